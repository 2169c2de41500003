"""The triage list: every spec of a workspace with its state, findings, coverage and history."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from factory_tui.config import ConfigError, Settings
from factory_tui.model.finding import Finding, Level
from factory_tui.model.foreign import clean_line
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import FrontMatter, Spec
from factory_tui.model.version import Earlier
from factory_tui.model.views import SpecRow
from factory_tui.scenarios.readiness import readiness
from factory_tui.scenarios.reading.load import load_suite, scenarios_dir
from factory_tui.specs import SpecUnreadable, load_specs

NO_HISTORY: Mapping[SpecId, tuple[Earlier, ...]] = {}


def triage(
    workspace: Path, settings: Settings, earlier: Mapping[SpecId, tuple[Earlier, ...]] = NO_HISTORY
) -> list[SpecRow]:
    """A row for each spec file, unreadable ones included, by id; all text is cleaned. History is added elsewhere.

    Args:
        workspace: its files are read.
        settings: of the workspace.
        earlier: what earlier versions of each spec said, from the store.
    """
    library = replace(load_specs(workspace), earlier=earlier)
    directory = scenarios_dir(workspace, settings)
    rows = []
    for spec in library.specs.values():
        suite, broken = load_suite(directory, spec.id)
        findings = readiness(spec, library, suite, broken, settings)
        rows.append(_row(spec, suite, findings, workspace, settings))
    rows += [_unreadable(each, workspace) for each in library.unreadable]
    return sorted(rows, key=lambda row: row.id)


def _row(spec: Spec, suite: Suite, findings: tuple[Finding, ...], workspace: Path, settings: Settings) -> SpecRow:
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
        depends_on=tuple(clean_line(each) for each in front.depends_on) if front else (),
        agent=_agent(front, settings) if front else "",
        template=clean_line(front.template) if front else "",
    )


def _agent(front: FrontMatter, settings: Settings) -> str:
    """The profile that would build it; empty when the spec names one that does not exist, which is a finding."""
    try:
        return clean_line(settings.profile_name(front))
    except ConfigError:
        return ""


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
