"""An artifact, changed by one small change at a time: which changes there are, and a fair choice of them. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.model.mutation import Mutant
from factory_tui.scenarios.mutation.edits import Edit, shown_line
from factory_tui.scenarios.mutation.other import other_edits
from factory_tui.scenarios.mutation.python import parses, python_edits
from factory_tui.scenarios.mutation.sources import Source


@dataclass(frozen=True, slots=True)
class Change:
    """An edit of one file."""

    path: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes to be tried."""

    chosen: tuple[Change, ...]
    candidates: int
    """How many there could have been."""


def choose(files: Iterable[Source], limit: int) -> Plan:
    """At most `limit` changes of the sources: the same ones for the same input."""
    by_path = {each.path: each for each in files}
    found = [change for source in by_path.values() for change in _changes(source)]
    real = (each for each in spread(found) if _is_program(each, by_path[each.path]))
    return Plan(tuple(islice(real, limit)), len(found))


def mutated(artifact: Artifact, changes: Iterable[Change]) -> Iterator[tuple[Mutant, Artifact]]:
    """What each change makes of the artifact."""
    files = {str(each.path): each for each in artifact}
    for change in changes:
        file, edit = files[change.path], change.edit
        text = file.content.decode("utf-8")
        after = edit.applied(text)
        mutant = Mutant(
            path=change.path,
            line=edit.line(text),
            what=edit.what,
            before=shown_line(text, edit.start),
            after=shown_line(after, edit.start),
            operator=edit.operator,
            function=edit.function,
        )
        yield mutant, _with(artifact, replace(file, content=after.encode("utf-8")))


def spread(changes: Sequence[Change]) -> Iterator[Change]:
    """All changes, file after file and kind after kind in turn, each pile from its middle outwards.

    So that the first ones of them touch every file and every kind of change that there is.
    """
    piles: defaultdict[str, defaultdict[str, list[Change]]] = defaultdict(lambda: defaultdict(list))
    for each in sorted(changes, key=lambda each: (each.path, each.edit.start, each.edit.end, each.edit.replacement)):
        piles[each.path][each.edit.operator.value].append(each)
    files = [_in_turn([_halved(pile) for _, pile in sorted(kinds.items())]) for _, kinds in sorted(piles.items())]
    yield from _in_turn(files)


def _in_turn(piles: Iterable[Iterable[Change]]) -> Iterator[Change]:
    waiting = [iter(pile) for pile in piles]
    while waiting:
        left = []
        for pile in waiting:
            taken = next(pile, None)
            if taken is not None:
                yield taken
                left.append(pile)
        waiting = left


def _halved(pile: Sequence[Change]) -> Iterator[Change]:
    """The middle, then the middles of both halves, and so on."""
    spans = [(0, len(pile))]
    while spans:
        start, end = spans.pop(0)
        if start < end:
            middle = (start + end) // 2
            yield pile[middle]
            spans += [(start, middle), (middle + 1, end)]


def _changes(source: Source) -> Iterator[Change]:
    text, lines = source.text, source.lines
    edits = python_edits(text) if source.language == "python" else other_edits(text, source.language)
    seen = set()
    for edit in edits:
        result = (edit.start, edit.end, edit.replacement)
        if result not in seen and (lines is None or edit.line(text) in lines):
            seen.add(result)
            yield Change(source.path, edit)


def _is_program(change: Change, source: Source) -> bool:
    """A text that its language cannot read is no small change: anything would catch it."""
    return source.language != "python" or parses(change.edit.applied(source.text))


def _with(artifact: Artifact, changed: ArtifactFile) -> Artifact:
    return Artifact(tuple(changed if each.path == changed.path else each for each in artifact), artifact.dropped)
