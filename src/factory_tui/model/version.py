"""Versions of a spec: what it said each time that it became Ready, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from factory_tui.model.finding import Finding
from factory_tui.model.ids import SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import RunState
from factory_tui.model.spec import Waiver


class SpecVersion(BaseModel):
    """A spec as it was when it became Ready. Its hash is its name; a text that comes back is the same version."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    spec: SpecId
    hash: str
    title: str
    text: str
    template: str
    """Template version that it was written against, such as `feature@1`."""
    findings: tuple[Finding, ...] = ()
    """What the validator said then; none of them is an error, unless the file was made Ready by hand."""
    waivers: tuple[Waiver, ...] = ()
    when: datetime
    """Aware UTC: when it first became Ready."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier version said, as far as the validator compares with it."""

    hash: str
    rules: Mapping[str, str]
    """Id → text of each rule that it had."""


class VersionRun(BaseModel):
    """What became of a version, once."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    run: str
    state: RunState
    attempts: int
    cost: MicroUsd
    finished: datetime | None
    why: str = ""
    """Clean; empty for a run that shipped."""
    escaped: str = ""
    """Why the operator marked it as an escaped defect."""


class VersionView(BaseModel):
    """A version with its results, as listings show it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    number: int
    """1 for the oldest."""
    version: SpecVersion
    runs: tuple[VersionRun, ...] = ()
    """Oldest first."""
    current: bool = False
    """It is what the file says now."""


class ItemChange(BaseModel):
    """One difference between two versions, by the item that it is about."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    section: str
    """One of the seven questions, `front matter`, the title of another heading; empty before the first one."""
    item: str
    """Id of an item (`R4`), key of the front matter, name of an input or label of an item, else the title of the
    sub-section; empty for text outside of any."""
    what: Literal["added", "removed", "changed", "moved"]
    """`moved`: the same text under another id or name, or at another place."""
    before: str = ""
    """Text as it was; of what moved, the id or name that it had."""
    after: str = ""
