"""Writing specs: their text, what stands against it, and what must not be lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from factory_tui.model.finding import Finding
from factory_tui.model.spec import Kind, Question
from factory_tui.model.trace import TraceRow


@dataclass(frozen=True, slots=True)
class SpecText:
    """A spec file as it was read for editing."""

    text: str
    """With line ends as in the file."""
    kind: Kind
    """Whose template guides; `feature` when the front matter is broken."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Text of a spec that was typed and not saved."""

    text: str
    seen: str
    """What the file held when the typing began."""
    when: datetime
    """Aware UTC."""


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A spec that shipped with its first attempt: what a good answer looks like."""

    spec: str
    title: str
    answers: Mapping[Question, str]
    """Body of each section, clean, with line ends."""


class Editing(Protocol):
    """The text of a spec, what is found in it, and what it can be compared with."""

    def spec_file(self, spec: str) -> Path: ...

    async def read_spec(self, spec: str) -> SpecText: ...

    async def check_spec(self, spec: str, text: str) -> tuple[Finding, ...]:
        """Findings on the text as if it were saved, its scenarios included, in the order of the file."""
        ...

    async def guidance(self, kind: Kind) -> Mapping[Question, str]:
        """What the template of a kind says about each question: one paragraph, plain text."""
        ...

    async def save_spec(self, spec: str, text: str, seen: str) -> None:
        """Replace the file as a whole, if it still holds `seen` (empty: if there is none). Raises `SpecChanged`."""
        ...

    async def create_spec(self, spec: str, kind: Kind) -> None:
        """A new draft from the template of its kind."""
        ...

    async def draft(self, spec: str) -> Draft | None:
        """What was kept of an editor that ended without saving; None when there is nothing, or nothing else."""
        ...

    async def keep_draft(self, spec: str, text: str, seen: str) -> None:
        """Keep unsaved text, so that it outlives this process."""
        ...

    async def drop_draft(self, spec: str) -> None: ...

    async def set_aside(self, spec: str, text: str, whose: str) -> str:
        """Keep a text that another one takes the place of; where, for the operator. `whose` is `mine` or `theirs`."""
        ...

    async def trace(self, spec: str, text: str) -> tuple[TraceRow, ...]:
        """Rules × evaluation × scenarios of the text as if it were saved, in the order of the rules."""
        ...

    async def taken_ids(self, spec: str) -> frozenset[str]:
        """Ids that nothing new may have: of items that earlier versions had, and of rules that scenarios cover."""
        ...

    async def exemplar(self, kind: Kind, without: str) -> Exemplar | None:
        """The newest spec of a kind, not `without`, that shipped with its first attempt; None when there is none."""
        ...
