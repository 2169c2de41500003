"""A scenario without its steps, and the text of its file.

The text cannot be read as a scenario before somebody has written the steps: what proves nothing must not look as if
it did. `scenario lint` names the empty `steps:` and what to do about it (Q01).
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from factory_tui.model.foreign import clean
from factory_tui.model.scenario import Layer, ScenarioKind

LONGEST_ID = 60
"""Characters of an id that is made of a sentence."""

_PLAIN = re.compile(r"[A-Za-z][\w ,.()/€-]*[\w.)]")
"""Text that YAML takes as it is, unless it is one of its words."""

_WORDS_OF_YAML = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})

_HEADS = (
    ("kind", "primary | alternate | negative | recovery | limit"),
    ("layer", "gate | reserve"),
    ("base", "fail | pass: what it does on the untouched base"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a scenario before its steps are written."""

    id: str
    origin: str
    """Where it comes from, such as `E2 of bank-withdraw`."""
    given: str
    when: str
    then: str
    """Empty where the origin does not say; lint names it."""
    covers: tuple[str, ...] = ()
    kind: ScenarioKind = ScenarioKind.PRIMARY
    layer: Layer = Layer.GATE
    examples: tuple[str, ...] = ()
    """Lines of steps that may be meant, as they stand below `steps:`."""
    notes: tuple[str, ...] = ()
    """Lines that belong to the sentence and are no part of it, such as a table."""


def text_of(draft: Draft) -> str:
    """The file of a draft. It is found incomplete until its steps are written."""
    return "\n".join(_lines(draft)) + "\n"


def slug(text: str, words: int = 8) -> str:
    """An id made of the first words of a text; empty when it has no Latin letter to begin with."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    found = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in ("a", "an", "the")]
    while found and found[0][0].isdigit():
        del found[0]
    name = ""
    for word in found[:words]:
        if len(name) + len(word) + 1 > LONGEST_ID:
            break
        name = f"{name}-{word}" if name else word
    return name or (found[0][:LONGEST_ID] if found else "")


def numbered(names: Iterable[str]) -> list[str]:
    """The names, each once: the second of a name gets `-2`, and so on."""
    taken: set[str] = set()
    given: list[str] = []
    for name in names:
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name}-{number}"
        taken.add(free)
        given.append(free)
    return given


def _lines(draft: Draft) -> Iterator[str]:
    yield f"# {draft.origin}. It proves nothing before its steps are written."
    yield f"id: {draft.id}"
    yield f"covers: [{', '.join(draft.covers)}]"
    for name, choices in _HEADS:
        value = {"kind": draft.kind.value, "layer": draft.layer.value, "base": "fail"}[name]
        yield f"{f'{name}: {value}':<30} # {choices}"
    for name in ("given", "when", "then"):
        yield f"{name}: {scalar(getattr(draft, name))}".rstrip()
    yield from _comments(draft.notes)
    yield "steps:"
    if draft.examples:
        yield "# Take what you need out of its comment, complete it, and delete the rest."
        yield from _comments(draft.examples)


def _comments(lines: Iterable[str]) -> Iterator[str]:
    """Each on one line of the file, whatever it takes for the end of a line, without control characters."""
    return (f"# {clean(' '.join(line.splitlines()))}".rstrip() for line in lines)


def scalar(text: str) -> str:
    """A text as YAML on one line: plain where that is safe, else in double quotes, as JSON writes it."""
    if not text or (_PLAIN.fullmatch(text) and text.isascii() and text.lower() not in _WORDS_OF_YAML):
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())
