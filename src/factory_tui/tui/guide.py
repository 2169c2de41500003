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


def find(typed: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries that are meant, best first: what begins like it, what contains it, then what is like it."""
    kind, wanted = _kind_of(typed)
    among = [each for each in entries if kind is None or each.kind is kind]
    # `run ready` is the name of an action, although it begins like a kind.
    whole = typed.casefold().strip()
    other = [each for each in entries if wanted and kind not in (None, each.kind)]
    named = [each for each in other if each.name.casefold().startswith(whole)]
    return [*named, *_find(wanted, among)][:MOST]


def _find(wanted: str, among: Sequence[Entry]) -> Sequence[Entry]:
    if not wanted:
        return among
    places: dict[Entry, tuple[int, int]] = {}
    words = wanted.split()
    for number, each in enumerate(among):
        place = _place(each, wanted, words)
        if place is not None:
            places[each] = (place, number)
    found = sorted(places, key=places.__getitem__)
    if len(found) < MOST:
        found += _alike(wanted, [each for each in among if each not in places])
    return found


_PREFIX = re.compile(r"(spec|run)\s+(.*)")


def _kind_of(typed: str) -> tuple[EntryKind | None, str]:
    match = _PREFIX.fullmatch(typed.casefold().lstrip())
    if match is not None:
        return EntryKind(match[1]), match[2].strip()
    return None, typed.casefold().strip()


def _place(entry: Entry, wanted: str, words: Sequence[str]) -> int | None:
    """0 is the name itself; None does not contain every word."""
    name = entry.name.casefold()
    if wanted in (name, entry.id.casefold()):
        return 0
    if name.startswith(wanted):
        return 1
    if any(part.startswith(wanted) for part in re.split(r"[\s_-]", name)):
        return 2
    if wanted in name:
        return 3
    text = f"{entry.kind} {name} {entry.id} {entry.about}".casefold()
    return 4 if all(word in text for word in words) else None


def _alike(wanted: str, entries: Sequence[Entry]) -> list[Entry]:
    """Entries whose name or words are like what was typed, for slips of the finger."""
    from rapidfuzz import fuzz, process

    names = [f"{each.name} {each.about}".casefold() for each in entries]
    hits = process.extract(wanted, names, scorer=fuzz.partial_ratio, score_cutoff=_LIKE_ENOUGH, limit=MOST)
    return [entries[index] for _, _, index in hits]
