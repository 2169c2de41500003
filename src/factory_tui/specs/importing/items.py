"""Foreign list items as items of RULES and EVALUATION: each gets a fresh id, and keeps its words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_ITEM = re.compile(r"^(?P<indent> {0,3})(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?P<text>\S.*)$")
_OWN = re.compile(r"^(?:\*\*|__|`)?(?P<id>[RE]\d{1,4}[a-z]?)(?:\*\*|__|`)?[.:)]?\s+(?P<text>.*)$")
_STEP = re.compile(r"(?:\*\*|__)(given|when|then|and|but)(?:\*\*|__)", re.IGNORECASE)
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")


@dataclass
class Numbers:
    """Fresh ids of one kind, never one that the text has already."""

    prefix: str
    """`R` or `E`."""
    taken: set[str] = field(default_factory=set)

    def keep(self, name: str) -> str:
        """The id itself when it is of this kind and free, else a fresh one."""
        if name.startswith(self.prefix) and name not in self.taken:
            self.taken.add(name)
            return name
        return self.fresh()

    def fresh(self) -> str:
        number = 1 + sum(each.startswith(self.prefix) for each in self.taken)
        while f"{self.prefix}{number}" in self.taken:
            number += 1
        self.taken.add(f"{self.prefix}{number}")
        return f"{self.prefix}{number}"


def with_ids(lines: Iterable[str], numbers: Numbers) -> Iterator[str]:
    """Lines of a section with an id at each of its own list items; other text stays as it is.

    What is nested in an item, or goes on below it, is indented by two, as Markdown wants it below `- `.
    """
    inside, fence = False, ""
    for line in lines:
        mark = _FENCE.match(line)
        found = None if fence else _ITEM.match(line)
        if mark:
            fence = "" if fence and line.strip().startswith(fence) else fence or mark[1]
        if found:
            inside = True
            own = _OWN.match(found["text"])
            name = numbers.keep(own["id"]) if own else numbers.fresh()
            yield f"- {name} {plain_steps(own['text'] if own else found['text'])}"
        elif inside and line.startswith((" ", "\t")):
            yield f"  {line.strip()}" if not fence and not mark else f"  {line}"
        else:
            inside = inside and not line.strip()
            yield line


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
