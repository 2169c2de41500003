"""What changed from one version of a spec to another: by key, item, input and sub-section, not by line. Pure."""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from factory_tui.model.spec import Question, Spec
from factory_tui.model.version import ItemChange
from factory_tui.specs.pieces import Piece, pieces
from factory_tui.specs.reading.front import SECTION as FRONT_MATTER

UNSAID = frozenset({"status"})
"""Keys of the front matter that say what the operator wants done with a spec, not what it asks for."""

_ORDER = {name: rank for rank, name in enumerate((FRONT_MATTER, *(each.value for each in Question)))}


@dataclass(frozen=True, slots=True)
class _Paired:
    """Which piece became which, by their indices; what has no partner was added or removed."""

    same: Mapping[int, int]
    moved: Mapping[int, int]
    """The same text under another id, name or title, or at another place."""
    changed: Mapping[int, int]

    def all(self) -> dict[int, int]:
        return {**self.same, **self.moved, **self.changed}


def differences(before: Spec, after: Spec) -> tuple[ItemChange, ...]:
    """Every change, front matter first, then in the order of the seven questions, then as the newer text has them.

    White space is no change, except in code.
    """
    old = [each for each in pieces(before) if each.section != FRONT_MATTER or each.item not in UNSAID]
    new = [each for each in pieces(after) if each.section != FRONT_MATTER or each.item not in UNSAID]
    paired = _paired(old, new)
    found = sorted(_changes(old, new, paired), key=lambda each: (_rank(each[1]), each[0]))
    return tuple(change for _, change in found)


def _rank(change: ItemChange) -> int:
    return _ORDER.get(change.section, len(_ORDER))


def _changes(
    old: Sequence[Piece], new: Sequence[Piece], paired: _Paired
) -> Iterator[tuple[tuple[int, int], ItemChange]]:
    """Each with its place: that in the newer text, or behind what came before it in the older one."""
    partners = paired.all()
    last = -1
    for index, piece in enumerate(old):
        if index not in partners:
            change = ItemChange(section=piece.section, item=piece.item, what="removed", before=piece.text)
            yield (last, index + 1), change
        else:
            last = partners[index]
    came_from = {there: here for here, there in partners.items()}
    for index, piece in enumerate(new):
        here = came_from.get(index)
        if here is None:
            change = ItemChange(section=piece.section, item=piece.item, what="added", after=piece.text)
        elif here in paired.moved:
            place = _place(old[here], piece)
            change = ItemChange(section=piece.section, item=piece.item, what="moved", before=place, after=piece.text)
        elif here in paired.changed:
            texts = {"before": old[here].text, "after": piece.text}
            change = ItemChange(section=piece.section, item=piece.item, what="changed", **texts)
        else:
            continue
        yield (index, 0), change


def _place(old: Piece, new: Piece) -> str:
    """Where it stood: its id, name or title, with the section when that is another one."""
    return old.item if old.section == new.section else f"{old.section} {old.item}".strip()


def _paired(old: Sequence[Piece], new: Sequence[Piece]) -> _Paired:
    """Whole pieces first, then the same text under another name, then what has the same name."""
    same = _matched(old, new, range(len(old)), range(len(new)), lambda each: each)
    left, right = _rest(old, same), _rest(new, same.values())
    said = _matched(old, new, left, right, lambda each: each.text if each.text and _may_move(each) else None)
    taken = {**same, **said}
    left, right = _rest(old, taken), _rest(new, taken.values())
    named = _matched(old, new, left, right, lambda each: (each.section, each.item))
    stayed = _rising(same)
    there = {here: same[here] for here in same if here in stayed or not _may_move(old[here])}
    elsewhere = {here: same[here] for here in same if here not in there}
    return _Paired(there, {**said, **elsewhere}, named)


def _may_move(piece: Piece) -> bool:
    """The order of the keys of the front matter says nothing, and two of them may well hold the same."""
    return piece.section != FRONT_MATTER


def _rest(every: Sequence[Piece], taken: Iterable[int]) -> list[int]:
    known = set(taken)
    return [index for index in range(len(every)) if index not in known]


def _matched(
    old: Sequence[Piece],
    new: Sequence[Piece],
    left: Sequence[int],
    right: Sequence[int],
    key: Callable[[Piece], Hashable],
) -> dict[int, int]:
    """Pairs with the same key, first with first; a key of None has no partner."""
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for index in right:
        waiting[key(new[index])].append(index)
    pairs = {}
    for index in left:
        wanted = key(old[index])
        if wanted is not None and waiting[wanted]:
            pairs[index] = waiting[wanted].popleft()
    return pairs


def _rising(pairs: Mapping[int, int]) -> set[int]:
    """The most pieces that stand in the same order in both texts: all others have moved past them."""
    ends: list[int] = []
    tails: list[int] = []
    before: dict[int, int] = {}
    for here in sorted(pairs):
        there = pairs[here]
        at = bisect_left(ends, there)
        if at == len(ends):
            ends.append(there)
            tails.append(here)
        else:
            ends[at], tails[at] = there, here
        if at:
            before[here] = tails[at - 1]
    found = set()
    step = tails[-1] if tails else None
    while step is not None:
        found.add(step)
        step = before.get(step)
    return found
