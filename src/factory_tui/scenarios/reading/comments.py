"""The comments of a scenario's file that waive a finding: `# allow Q05: reason`."""

import re
from collections.abc import Iterator
from itertools import islice

from factory_tui.model.spec import Waiver
from factory_tui.specs.reading.marked_yaml import MarkedYaml, Text

_ALLOW = re.compile(r"(?:(?<=\s)|^)#[ \t]{0,8}allow[ \t]{1,8}(?P<rule>[A-Za-z]\d\d)\b[ \t]{0,8}(?P<rest>[^\n]*)", re.M)
MAX_REASON = 1_000
MOST = 200
"""Comments of one file that are looked at: each is held against all lines and texts of the file."""


def comments(text: str, document: MarkedYaml) -> tuple[Waiver, ...]:
    """Waivers of a file, in order. One that stands alone reaches the line below, past other waivers.

    What looks like one inside of a text, such as a script in `files`, is part of that text.
    """
    return tuple(_waivers(text, document)) if "allow" in text else ()


def _waivers(text: str, document: MarkedYaml) -> Iterator[Waiver]:
    place = Text(text)
    lines = text.split("\n")
    inside = [span for at, span in document.spans.items() if not _holds_others(document, at)]
    for match in islice(_ALLOW.finditer(text), MOST):
        if any(start <= match.start() < end for start, end in inside):
            continue
        mark = place.mark(match.start())
        alone = not lines[mark.line - 1][: mark.column - 1].strip()
        rest = match["rest"].strip()
        yield Waiver(
            rule=match["rule"].upper(),
            reason=" ".join(rest[1:MAX_REASON].split()) if rest.startswith(":") else "",
            line=mark.line,
            column=mark.column,
            covers=(mark.line, _below(lines, mark.line)) if alone else (mark.line,),
            quote=mark.quote,
        )


def _below(lines: list[str], line: int) -> int:
    """The next line that is no waiver itself."""
    last = min(len(lines), line + MOST)
    while line < last and _ALLOW.match(lines[line].strip()):
        line += 1
    return line + 1


def _holds_others(document: MarkedYaml, at: tuple[int | str, ...]) -> bool:
    value: object = document.value
    for part in at:
        value = value[part]  # type: ignore[index]
    return isinstance(value, dict | list)
