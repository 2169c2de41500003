"""What to do next in a workspace where nothing ever ran. A line or two on each screen; no file remembers them."""

from factory_tui.tui.actions import Where
from factory_tui.tui.look import Line, Span, Tone, line

_STEPS: dict[Where, tuple[Line, ...]] = {
    Where.SPECS: (
        line(
            Span("First: ", Tone.HEAD), Span("r", Tone.KEY), " makes a draft without errors Ready, ",
            Span("R", Tone.KEY), " runs every Ready spec;",
        ),
        line("       ", Span("2", Tone.KEY), " shows the work, ", Span("5", Tone.KEY), " in the morning its report"),
    ),
}  # fmt: skip
"""The other screens are empty then, and say it where their lists would be."""


def first_steps(where: Where) -> list[Line]:
    """What a screen says at its top while nothing has run."""
    return list(_STEPS.get(where, ()))
