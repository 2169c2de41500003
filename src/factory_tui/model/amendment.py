"""What recurring failures teach: a group of like failures, and the one change to a template that it proposes."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from factory_tui.model.failure import FailureClass, Qualifier
from factory_tui.model.spec import Kind, Question


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class RecurringGroup(_Frozen):
    """Failures of one class, section and qualifier with a similar cause, in several specs, within the window."""

    failure_class: FailureClass
    section: Question | None
    qualifier: Qualifier | None
    theme: str
    """What the causes have in common, as a short phrase: the id of a theme of `feedback/themes.toml`, or empty."""
    records: tuple[int, ...]
    """Ids of the failure records, oldest first."""
    specs: tuple[str, ...]
    """Spec ids, sorted."""
    first: datetime
    last: datetime
    cause: str
    """The cause of the newest record, for the operator."""

    @property
    def key(self) -> str:
        """Names the group: the same failures have the same key tomorrow."""
        parts = (self.failure_class.value, self.section or "-", self.qualifier or "-", self.theme or "-")
        return "/".join(str(part) for part in parts)


NOT_REPLAYED = "not replayed yet"
"""What every amendment is labelled with: nobody knows yet what it would have changed in earlier runs."""


class AmendmentKind(StrEnum):
    """What an amendment adds. Never a rewrite: one item."""

    QUESTION = "question"
    """A required sub-section that asks one question."""
    EDGE_CASE = "edge-case"
    """A row of the edge cases."""


class Ask(_Frozen):
    """Something that a template asks since one of its versions, and how to tell that a spec answers it."""

    section: Question
    subsection: str
    """Title of the `###` sub-section that holds the answer."""
    label: str
    """First words of the line that answers it (`Interrupted`); empty when the sub-section itself is the answer."""
    words: tuple[str, ...] = ()
    """Stems, lower case; a line of the section that holds one of them answers it as well."""
    since: int = 1
    """Template version that asked first."""
    amendment: int | None = None
    """Number of the amendment that brought it."""


class Amendment(_Frozen):
    """One change to the template of a kind."""

    kind: AmendmentKind
    template: Kind
    ask: Ask
    line: str
    """What is added to the template: the line or the guidance, as it will stand there."""
    why: str
    """One sentence: which failures ask for it."""


class AmendmentState(StrEnum):
    """Proposed ones wait for the operator."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class AmendmentRecord(_Frozen):
    """An amendment as stored, with the failures behind it."""

    id: int
    ts: datetime
    state: AmendmentState
    amendment: Amendment
    group: RecurringGroup
    template_before: str
    """`feature@1`: the version it was proposed for."""
    template_after: str | None = None
    """`feature@2`, once accepted."""
    decided: datetime | None = None
    reason: str = ""
    """Why it was rejected."""
