"""Versions of a spec for the fake source: one failed, one escaped, one shipped, and the file may say something else."""

from datetime import timedelta
from pathlib import Path

from factory_tui.model.finding import Finding, Level
from factory_tui.model.ids import SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import RunState
from factory_tui.model.spec import Status, Waiver
from factory_tui.model.version import SpecVersion, VersionRun, VersionView
from factory_tui.specs import parse

from . import sample
from .fake_source import FakeSource

SPEC = "todo-api"

FIRST = """\
---
id: todo-api
title: A to-do list
kind: feature
category: crud
status: ready
template: feature@1
target: targets/todo
budget_usd: 2.00
---
## WHAT
A service that keeps a to-do list.

## INPUTS
| name | type | bounds | invalid case and its result |
|---|---|---|---|
| text | text | 1 to 100 characters | empty: status 400 |

## RULES
- R1 The service must answer with every item.
- R2 A restart must keep every item.
- R3 The service must never answer with an item of another user.

### Edge cases
- Empty: a list without items is answered as `[]`.
"""

SECOND = (
    FIRST.replace("1 to 100 characters", "1 to 200 characters")
    .replace("- R2 A restart", "- R2 Items must be answered oldest first.\n- R3 A restart")
    .replace("- R3 The service", "- R4 The service")
)

THIRD = SECOND.replace("answered as `[]`.", "answered as `[]` with status 200.\n- Duplicate: both items are kept (R1).")

NOW = THIRD.replace("budget_usd: 2.00", "budget_usd: 3.00").replace("status 200", "status 204")

WARNING = Finding(rule="L05", level=Level.WARNING, section="RULES", line=18, message="how many", fix="say how many")


def view(number: int, text: str, days: int, *runs: VersionRun, findings: tuple[Finding, ...] = ()) -> VersionView:
    spec = parse(Path(f"{SPEC}.md"), text)
    waivers = (Waiver(rule="C07", reason="there is one user", line=1, column=1, covers=(), quote=""),) * (number == 2)
    version = SpecVersion(
        spec=SpecId(SPEC),
        hash=spec.hash,
        title="A to-do list",
        text=text,
        template="feature@1",
        findings=findings,
        waivers=waivers,
        when=sample.NOW - timedelta(days=days),
    )
    return VersionView(number=number, version=version, runs=runs)


def run(name: str, state: RunState, cost: int, attempts: int = 1, why: str = "", escaped: str = "") -> VersionRun:
    return VersionRun(
        run=name, state=state, attempts=attempts, cost=MicroUsd(cost), finished=sample.NOW, why=why, escaped=escaped
    )


VERSIONS = (
    view(
        1,
        FIRST,
        9,
        run("r0aa001", RunState.FAILED, 410_000, 2, why="SPEC-GAP: in which order items are answered is not said"),
        findings=(WARNING, WARNING),
    ),
    view(2, SECOND, 6, run("r0ab002", RunState.SHIPPED, 520_000, escaped="the list of two equal items lost one")),
    view(3, THIRD, 2, run("r0ac003", RunState.SHIPPED, 330_000)),
)


def source(text: str = THIRD) -> FakeSource:
    """A spec with three versions, and a file that says this."""
    made = FakeSource(spec_rows=(sample.spec(SPEC, status=Status.READY),))
    made.texts[SPEC] = text
    made.version_views[SPEC] = VERSIONS
    return made
