"""A log in words."""

from collections.abc import Iterable, Iterator

from factory_tui.model.views import LogLine
from factory_tui.tui.look import Line, Span, Tone, show_clock

_KIND_TONES = {
    "output": Tone.DIM,
    "run.shipped": Tone.GOOD,
    "run.failed": Tone.BAD,
    "run.error": Tone.BAD,
    "run.held": Tone.WARN,
    "failure.recorded": Tone.BAD,
    "limit.reached": Tone.WARN,
    "tool.started": Tone.KEY,
}


def log_lines(lines: Iterable[LogLine], *, times: bool) -> Iterator[Line]:
    """Log lines with the time in front, if wanted; a tool's output stands back."""
    for each in lines:
        stamp = (Span(f"{show_clock(each.ts, seconds=True)} ", Tone.DIM),) if times else ()
        margin = 9 if times else 0
        if each.kind == "output":
            text = (Span("    "), Span(each.text, Tone.DIM))
            yield Line((*stamp, *text), margin + 4)
        else:
            tone = _KIND_TONES.get(each.kind, Tone.PLAIN)
            yield Line((*stamp, Span(each.text, tone)), margin + 2)
