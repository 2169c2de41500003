"""One small change of a text, before anybody has made it."""

from dataclasses import dataclass

from factory_tui.model.mutation import Operator

_SHOWN = 200
"""Characters of a line that a mutant keeps."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `text[start:end]`."""

    start: int
    end: int
    replacement: str
    operator: Operator
    what: str
    """In words, such as `> becomes >=`."""
    function: str = ""
    """Name of the function around it."""

    def applied(self, text: str) -> str:
        return text[: self.start] + self.replacement + text[self.end :]

    def line(self, text: str) -> int:
        """1-based."""
        return text.count("\n", 0, self.start) + 1


def shown_line(text: str, position: int) -> str:
    """The line at a position without the spaces around it."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return text[start : end if end >= 0 else len(text)].strip()[:_SHOWN]
