"""Editing specs in the control room: their text, what the validator says about it, and what must not be lost."""

from collections.abc import Mapping
from pathlib import Path

from factory_tui.model.finding import Finding
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.spec import Kind, Question
from factory_tui.model.trace import TraceRow
from factory_tui.tui.live.exemplars import exemplar
from factory_tui.tui.live.told import told_of_specs
from factory_tui.tui.live.workspace import LiveWorkspace
from factory_tui.tui.source import Draft, Exemplar, SpecChanged, SpecText

GUIDANCE = 1_200
"""Characters of guidance for one question."""


class LiveEditing(LiveWorkspace):
    """Implements `tui.source.editing.Editing`."""

    async def read_spec(self, spec: str) -> SpecText:
        return await self._ask(lambda: text_of(self.spec_file(spec)))

    async def check_spec(self, spec: str, text: str) -> tuple[Finding, ...]:
        return await self._ask(lambda: self._checker.check(self.spec_file(spec), text, self._settings))

    async def guidance(self, kind: Kind) -> Mapping[Question, str]:
        return await self._ask(lambda: guidance_of(self._workspace, kind))

    async def trace(self, spec: str, text: str) -> tuple[TraceRow, ...]:
        return await self._ask(lambda: self._checker.trace(self.spec_file(spec), text, self._settings))

    async def taken_ids(self, spec: str) -> frozenset[str]:
        return await self._ask(lambda: self._checker.taken_ids(self.spec_file(spec), self._settings))

    async def exemplar(self, kind: Kind, without: str) -> Exemplar | None:
        return await self._ask(lambda: exemplar(self._reader, kind, without))

    async def save_spec(self, spec: str, text: str, seen: str) -> None:
        self._allowed()
        await self._ask(lambda: save(self.spec_file(spec), text, seen))
        self._triage.look_again()

    async def create_spec(self, spec: str, kind: Kind) -> None:
        self._allowed()
        await self._ask(lambda: create(self._workspace, spec, kind))
        self._triage.look_again()

    async def draft(self, spec: str) -> Draft | None:
        return await self._ask(lambda: self._drafts.read(spec))

    async def keep_draft(self, spec: str, text: str, seen: str) -> None:
        self._allowed()
        await self._ask(lambda: self._drafts.keep(spec, text, seen))

    async def drop_draft(self, spec: str) -> None:
        self._allowed()
        await self._ask(lambda: self._drafts.drop(spec))

    async def set_aside(self, spec: str, text: str, whose: str) -> str:
        self._allowed()
        path = await self._ask(lambda: self._drafts.set_aside(spec, text, whose))
        return str(path.relative_to(self._workspace))


def text_of(path: Path) -> SpecText:
    """A spec file for editing, byte order mark and line ends included.

    Only its head is parsed: a file that is too large to be edited here is refused without a wait.
    """
    from factory_tui.specs import read_text
    from factory_tui.specs.parse import BOM
    from factory_tui.specs.reading.front import read_front
    from factory_tui.specs.reading.lines import split_lines

    with told_of_specs():
        text = read_text(path)
    front = read_front(split_lines(text.removeprefix(BOM))).matter
    return SpecText(text, front.kind if front else Kind.FEATURE)


def guidance_of(workspace: Path, kind: Kind) -> Mapping[Question, str]:
    """What the template says about each question, clean."""
    from factory_tui.specs import guidance

    return {question: clean_line(text, limit=GUIDANCE) for question, text in guidance(workspace, kind).items()}


def save(path: Path, text: str, seen: str) -> None:
    """Raises `SpecChanged` when the file is not the one that was read, else `SourceError`."""
    from factory_tui.specs import SpecChangedOutside, save_spec

    with told_of_specs():
        try:
            save_spec(path, text, seen)
        except SpecChangedOutside as error:
            raise SpecChanged(clean(f"{path.name}: {error.what}"), clean(error.todo), error.theirs) from error


def create(workspace: Path, spec: str, kind: Kind) -> None:
    """A new draft from the template of its kind."""
    from factory_tui.specs import new_spec

    with told_of_specs():
        new_spec(workspace, spec, kind)
