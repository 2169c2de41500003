"""`context/glossary.md`: a list of terms, each in bold with its meaning, and the names that it takes the place of."""

import re
from pathlib import Path
from types import MappingProxyType

from factory_tui.model.glossary import Glossary, Term
from factory_tui.regular_file import read_regular
from factory_tui.specs.reading.lines import split_lines

PLACE = Path("context") / "glossary.md"
MAX_BYTES = 1_000_000

_TERM = re.compile(
    r"(?:^\s*[-*+]\s+|(?<=\.\s))\*\*(?P<name>[^*\n]{1,80})\*\*"
    r"\s*(?:\((?:not|instead of):\s*(?P<not>[^)\n]{1,400})\))?\s*[:–—-]\s*(?P<meaning>[^\n]{1,1000})"
)


def parse_glossary(text: str) -> Glossary:
    """Every `- **term** (not: other name, another): meaning`; what is written otherwise is not a term."""
    terms: dict[str, Term] = {}
    for number, line in enumerate(split_lines(text), start=1):
        for match in _TERM.finditer(line):
            name = match["name"].strip(" :")
            avoided = tuple(each.strip() for each in (match["not"] or "").split(",") if each.strip())
            terms.setdefault(name.casefold(), Term(name, match["meaning"].strip(), avoided, number))
    instead = {name.casefold(): term for term in terms.values() for name in term.instead_of}
    return Glossary(MappingProxyType(terms), MappingProxyType(instead))


def load_glossary(workspace: Path) -> Glossary:
    """The workspace's glossary; empty when there is none or it cannot be read."""
    try:
        return parse_glossary(read_regular(workspace / PLACE, MAX_BYTES)[:MAX_BYTES].decode("utf-8", "replace"))
    except OSError:
        return Glossary()
