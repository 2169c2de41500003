"""Finding what the operator means: actions, specs and runs, from a few typed characters. Pure."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from factory_tui.model.foreign import clean_line
from factory_tui.model.views import RunRow, SpecRow
from factory_tui.tui.actions import Where, actions_of, show_key


class EntryKind(StrEnum):
    """What is found; `spec` and `run` in front of what is typed look for these only."""

    ACTION = "key"
    SPEC = "spec"
    RUN = "run"


class Entry(NamedTuple):
    """Something to go to or to do."""

    kind: EntryKind
    id: str
    """Name of the action, or id of the spec or run."""
    name: str
    about: str
    key: str = ""


MOST = 50
"""Entries that are offered; who wants another one types on."""

_ENOUGH = 5
"""Who hits as many hardly slipped, and is spared what is only alike."""

_SHORTEST = 3
"""Letters that can be short for a name; two are in nearly every one."""

_LIKE_ENOUGH = 72
"""Of 100, for what does not contain what was typed. Below it rapidfuzz's ratios find words that only share letters."""


def action_entries(where: Where, *, read_only: bool) -> list[Entry]:
    """What can be done on a screen, its own actions first."""
    return [
        Entry(EntryKind.ACTION, each.name, each.label, each.help, show_key(each.keys[0]) if each.keys else "")
        for each in actions_of(where)
        if each.in_palette and not (read_only and each.commands)
    ]


def spec_entries(rows: Iterable[SpecRow]) -> list[Entry]:
    return [
        Entry(EntryKind.SPEC, row.id, clean_line(row.id), f"{clean_line(row.title)} · {row.status or 'broken'}")
        for row in rows
    ]


def run_entries(rows: Iterable[RunRow]) -> list[Entry]:
    return [Entry(EntryKind.RUN, row.run, clean_line(row.run), f"{clean_line(row.spec)} · {row.state}") for row in rows]


class Guide:
    """Looks among entries as somebody types: what is compared is made once."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._known = [_Known.of(each) for each in entries]

    def find(self, typed: str) -> list[Entry]:
        """The entries that are meant, best first: what begins like it, what contains it, then what is like it."""
        kind, wanted = _kind_of(typed)
        among = [each for each in self._known if kind is None or each.entry.kind is kind]
        # `run ready` is the name of an action, although it begins like a kind.
        whole = typed.casefold().strip()
        other = [each for each in self._known if wanted and kind not in (None, each.entry.kind)]
        named = [each for each in other if each.name.startswith(whole)]
        found = [each.entry for each in [*named, *_find(wanted, among)][:MOST]]
        if kind is EntryKind.RUN and _RUN_ID.fullmatch(wanted) and all(each.id != wanted for each in found):
            # Of an earlier batch: the board does not have it. What is only alike is another run, and comes after it.
            begun = sum(each.id.startswith(wanted) for each in found)
            found.insert(begun, Entry(EntryKind.RUN, wanted, wanted, "open the run with this id"))
        return found


class _Known(NamedTuple):
    """An entry as it is compared."""

    entry: Entry
    name: str
    parts: tuple[str, ...]
    """Of the name."""
    text: str
    """Everything about it."""

    @staticmethod
    def of(entry: Entry) -> "_Known":
        name = entry.name.casefold()
        text = f"{entry.kind} {name} {entry.id} {entry.about}".casefold()
        return _Known(entry, name, tuple(_BETWEEN.split(name)), text)


_BETWEEN = re.compile(r"[\s_-]+")
_RUN_ID = re.compile(r"r[0-9a-z]{5,20}")
_PREFIX = re.compile(r"(spec|run)\s+(.*)")


def _kind_of(typed: str) -> tuple[EntryKind | None, str]:
    match = _PREFIX.fullmatch(typed.casefold().lstrip())
    if match is not None:
        return EntryKind(match[1]), match[2].strip()
    return None, typed.casefold().strip()


def _find(wanted: str, among: Sequence[_Known]) -> Sequence[_Known]:
    if not wanted:
        return among
    words = wanted.split()
    hits = [each for each in among if all(word in each.text for word in words)]
    if len(hits) >= _ENOUGH:
        return sorted(hits, key=lambda each: _place(each, wanted))
    others = [each for each in among if each not in hits]
    short_for = [each for each in others if _shortens(wanted, each.name)]
    alike = _alike(wanted, [each for each in others if each not in short_for])
    return [*sorted(hits, key=lambda each: _place(each, wanted)), *short_for, *alike]


def _shortens(wanted: str, name: str) -> bool:
    """`lnkshrt` is short for `link-shortener`: its letters in their order, from the first one on."""
    letters = iter(name)
    return len(wanted) >= _SHORTEST and name[:1] == wanted[0] and all(each in letters for each in wanted)


def _place(known: _Known, wanted: str) -> int:
    """0 is the name itself; 4 has every word somewhere."""
    if wanted in (known.name, known.entry.id.casefold()):
        return 0
    if known.name.startswith(wanted):
        return 1
    if any(part.startswith(wanted) for part in known.parts):
        return 2
    return 3 if wanted in known.name else 4


def _alike(wanted: str, among: Sequence[_Known]) -> list[_Known]:
    """What has a name or words like what was typed, for slips of the finger."""
    from rapidfuzz import fuzz, process

    texts = [each.text for each in among]
    hits = process.extract(wanted, texts, scorer=fuzz.partial_ratio, score_cutoff=_LIKE_ENOUGH, limit=MOST)
    return [among[index] for _, _, index in hits]
