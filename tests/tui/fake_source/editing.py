"""Texts of specs in memory."""

from collections.abc import Mapping

from factory_tui.model.finding import Finding
from factory_tui.model.spec import Category, Kind, Question, Status
from factory_tui.model.trace import TraceRow
from factory_tui.tui.source import Draft, Exemplar, SourceError, SpecChanged, SpecText
from tests.tui import evening, sample

from .night import Night


class FakeEditing(Night):
    """Keeps the promises of `tui.source.editing.Editing`."""

    async def read_spec(self, spec: str) -> SpecText:
        self._ask()
        row = next((each for each in self.spec_rows if each.id == spec), None)
        if row is None:
            raise SourceError(f"there is no spec {spec}", "n makes a new one")
        text = self.texts.setdefault(spec, evening.SPEC_TEXT.format(id=row.id, title=row.title))
        return SpecText(text, row.kind or Kind.FEATURE)

    async def check_spec(self, spec: str, text: str) -> tuple[Finding, ...]:
        self._ask()
        return evening.findings(text)

    async def trace(self, spec: str, text: str) -> tuple[TraceRow, ...]:
        self._ask()
        return evening.trace(text)

    async def taken_ids(self, spec: str) -> frozenset[str]:
        return self.taken

    async def exemplar(self, kind: Kind, without: str) -> Exemplar | None:
        self._ask()
        return self.exemplars.get(kind)

    async def guidance(self, kind: Kind) -> Mapping[Question, str]:
        return evening.GUIDANCE

    async def save_spec(self, spec: str, text: str, seen: str) -> None:
        self._command(f"save {spec}")
        if spec not in self.texts and seen:
            raise SpecChanged(f"{spec}.md is gone", "save it again to make it anew", None)
        theirs = self.texts.get(spec, "")
        if theirs != seen:
            raise SpecChanged(f"{spec}.md was changed by another program", "keep yours or take theirs", theirs)
        self.texts[spec] = text

    async def draft(self, spec: str) -> Draft | None:
        return self.drafts.get(spec)

    async def keep_draft(self, spec: str, text: str, seen: str) -> None:
        self._command(f"keep {spec}")
        self.drafts[spec] = Draft(text, seen, sample.NOW)

    async def drop_draft(self, spec: str) -> None:
        self.drafts.pop(spec, None)

    async def set_aside(self, spec: str, text: str, whose: str) -> str:
        self._command(f"set aside {whose} {spec}")
        self.aside[whose] = text
        return f".factory/drafts/{spec}.{whose}-20260314-234210.md"

    async def create_spec(self, spec: str, kind: Kind) -> None:
        self._command(f"create {spec} {kind}")
        if any(row.id == spec for row in self.spec_rows):
            raise SourceError(f"there is a spec {spec} already", "choose another name")
        row = sample.spec(spec, status=Status.DRAFT, kind=kind, category=Category.FEATURE, scenarios=0)
        self.spec_rows = (*self.spec_rows, row)
