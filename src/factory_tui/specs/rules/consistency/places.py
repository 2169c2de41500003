"""Where the words of an item stand in the file: its text has its lines joined."""

from factory_tui.model.spec import Item
from factory_tui.specs.rules.rule import Subject

_MOST_LINES = 20
"""Lines of an item in which its words are looked for."""


def place_of(subject: Subject, item: Item, said: str) -> tuple[int, int, str]:
    """Line, column and quote of words of an item; those of the whole item where they are broken across lines."""
    for line in range(item.line, min(item.line + _MOST_LINES, len(subject.lines) + 1)):
        at = subject.lines[line - 1].find(said)
        if at >= 0:
            return line, at + 1, said
    return item.line, item.column, subject.line(item.line)
