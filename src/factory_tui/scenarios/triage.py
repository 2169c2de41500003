"""The triage list: every spec of a workspace with its state, findings, coverage and history."""

from collections.abc import Mapping
from pathlib import Path

from factory_tui.config import Settings
from factory_tui.model.finding import Finding, Level
from factory_tui.model.foreign import clean_line
from factory_tui.model.money import NOTHING, MicroUsd
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import Spec
from factory_tui.model.views import RunRow, SpecRow
from factory_tui.scenarios.load import load_suite, scenarios_dir
from factory_tui.scenarios.readiness import readiness
from factory_tui.specs import SpecUnreadable, load_specs

NO_RUNS: Mapping[str, RunRow] = {}
NO_COSTS: Mapping[str, tuple[MicroUsd, int]] = {}


def triage(
    workspace: Path,
    settings: Settings,
    last_runs: Mapping[str, RunRow] = NO_RUNS,
    costs: Mapping[str, tuple[MicroUsd, int]] = NO_COSTS,
) -> list[SpecRow]:
    """A row for each spec file, unreadable ones included, by id; all text is cleaned.

    Args:
        workspace: its files are read.
        settings: of the workspace.
        last_runs: the last run by spec id, from the store.
        costs: money and number of all runs by spec id, from the store.
    """
    library = load_specs(workspace)
    directory = scenarios_dir(workspace, settings)
    rows = []
    for spec in library.specs.values():
        suite, broken = load_suite(directory, spec.id)
        findings = readiness(spec, library, suite, broken, settings)
        rows.append(_row(spec, suite, findings, workspace, last_runs.get(spec.id), costs.get(spec.id, (NOTHING, 0))))
    rows += [_unreadable(each, workspace) for each in library.unreadable]
    return sorted(rows, key=lambda row: row.id)


def _row(
    spec: Spec,
    suite: Suite,
    findings: tuple[Finding, ...],
    workspace: Path,
    last: RunRow | None,
    cost: tuple[MicroUsd, int],
) -> SpecRow:
    front = spec.front
    rules = {item.id for item in spec.rules if item.id.startswith("R")}
    covered = {rule for each in suite.scenarios for rule in each.scenario.covers}
    return SpecRow(
        id=clean_line(spec.id),
        title=clean_line(front.title if front else spec.id),
        status=front.status if front else None,
        kind=front.kind if front else None,
        category=front.category if front else None,
        priority=front.priority if front else 2,
        errors=sum(each.level is Level.ERROR for each in findings),
        warnings=sum(each.level is Level.WARNING for each in findings),
        findings=tuple(clean_finding(each, workspace) for each in findings),
        scenarios=len(suite.scenarios),
        rules=len(rules),
        covered_rules=len(rules & covered),
        version=clean_line(spec.hash),
        last_run=last.run if last else None,
        last_state=last.state if last else None,
        escaped=last.escaped if last else "",
        cost=cost[0],
        runs=cost[1],
    )


def clean_finding(finding: Finding, workspace: Path) -> Finding:
    """For a screen: text cleaned, the path relative to the workspace."""
    path = finding.path
    if path is not None:
        inside = Path(path).is_relative_to(workspace.absolute())
        path = clean_line(str(Path(path).relative_to(workspace.absolute())) if inside else path)
    return finding.model_copy(
        update={
            "quote": clean_line(finding.quote),
            "message": clean_line(finding.message),
            "fix": clean_line(finding.fix),
            "path": path,
        }
    )


def _unreadable(error: SpecUnreadable, workspace: Path) -> SpecRow:
    finding = Finding(rule="C15", level=Level.ERROR, message=f"the file cannot be used: {error.what}", fix=error.todo)
    name = clean_line(error.path.name.removesuffix(".md"))
    return SpecRow(
        id=name,
        title=name,
        status=None,
        kind=None,
        category=None,
        errors=1,
        warnings=0,
        findings=(clean_finding(finding, workspace),),
        scenarios=0,
        rules=0,
        covered_rules=0,
    )
