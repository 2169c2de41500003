"""Word lists of the rules: one word a line, `#` starts a comment line."""

from functools import cache
from importlib import resources


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of `<name>.txt`."""
    return frozenset(word_rows(name))


@cache
def word_rows(name: str) -> tuple[str, ...]:
    """The lines of `<name>.txt` in order, for lists whose order or further columns mean something."""
    text = resources.files("factory_tui.specs.words").joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
