"""Word lists of the rules: one word a line, `#` starts a comment line."""

from functools import cache
from importlib import resources


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of `<name>.txt`."""
    text = resources.files("factory_tui.specs.words").joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
