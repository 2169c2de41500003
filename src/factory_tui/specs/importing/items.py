"""Foreign list items as items of RULES and EVALUATION: each gets a fresh id, and keeps its words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from factory_tui.specs.importing.foreign import with_fences

_ITEM = re.compile(r"^(?P<indent> {0,3})(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?P<text>\S.*)$")
_OWN = re.compile(r"^(?:\*\*|__|`)?(?P<id>[RE]\d{1,4}[a-z]?)(?:\*\*|__|`)?[.:)]?\s+(?P<text>.*)$")
_STEP = re.compile(r"(?:\*\*|__)(given|when|then|and|but)(?:\*\*|__)", re.IGNORECASE)


@dataclass
class Numbers:
    """Fresh ids of one kind, never one that the text has already."""

    prefix: str
    """`R` or `E`."""
    taken: set[str] = field(default_factory=set)
    last: int = 0
    """The highest number that was given as a fresh one."""

    def keep(self, name: str) -> str:
        """The id itself when it is of this kind and free, else a fresh one."""
        if name.startswith(self.prefix) and name not in self.taken:
            self.taken.add(name)
            return name
        return self.fresh()

    def fresh(self) -> str:
        number = max(self.last, len(self.taken)) + 1
        while f"{self.prefix}{number}" in self.taken:
            number += 1
        self.last = number
        self.taken.add(f"{self.prefix}{number}")
        return f"{self.prefix}{number}"


def with_ids(lines: Iterable[str], numbers: Numbers) -> Iterator[str]:
    """Lines of a section with an id at each of its own list items, and at lines that have one; other text stays.

    What is nested in an item, or goes on below it, is indented by two, as Markdown wants it below `- `.
    """
    inside = False
    for line, fence in with_fences(lines):
        found = None if fence else _ITEM.match(line)
        own = None if fence else _OWN.match(found["text"] if found else line)
        if found or own:
            inside = True
            name = numbers.keep(own["id"]) if own else numbers.fresh()
            said = own["text"] if own else found["text"] if found else line
            other = f"({own['id']}) " if own and own["id"] != name else ""
            yield f"- {name} {other}{plain_steps(said)}"
        elif inside and line.startswith((" ", "\t")):
            yield f"  {line}" if fence else f"  {line.strip()}"
        else:
            inside = inside and not line.strip()
            yield line


def is_text(line: str) -> bool:
    """Whether a line can follow an id: no list item, no fence, no table, no quote."""
    return bool(line) and not _ITEM.match(line) and line[0] not in "|>`~"


def without_ids(lines: Iterable[str]) -> Iterator[str]:
    """Lines of which no item is one of the spec's: what looks like an id is put in brackets."""
    for line, fence in with_fences(lines):
        found = None if fence else _ITEM.match(line)
        said = found["text"] if found else "" if fence else line
        own = _OWN.match(said)
        yield f"{line[: len(line) - len(said)]}({own['id']}) {own['text']}" if own else line


def plain_steps(text: str) -> str:
    """`**Given** a, **When** b` as `given a, when b`."""
    return _STEP.sub(lambda match: match[1].lower(), text)


def joined_steps(lines: Iterable[str]) -> str:
    """The steps of a scenario, one a line or a list item, as one sentence: `given a, when b, then c`."""
    steps = []
    for line in lines:
        found = _ITEM.match(line)
        text = plain_steps((found["text"] if found else line).strip())
        if text:
            word, _, rest = text.partition(" ")
            known = word.casefold().rstrip(":") in ("given", "when", "then", "and", "but")
            steps.append(f"{word.lower().rstrip(':')} {rest}".rstrip(" ,;.") if known else text.rstrip(" ,;."))
    return ", ".join(steps)
