"""`# allow Q05: reason` in a scenario's file, on or above the line of a finding: the operator takes it knowingly."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from factory_tui.model.finding import Finding, Level
from factory_tui.model.scenario import LoadedScenario, Suite
from factory_tui.model.spec import Waiver
from factory_tui.scenarios.reading.load import finding as in_file
from factory_tui.specs.reading.marked_yaml import Mark, YamlProblem
from factory_tui.specs.rules.rule import Rule


def waive_in(suite: Suite, findings: Iterable[Finding], rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """Findings with those that a comment of the scenario's file allows turned into infos that name the reason."""
    by_path = {str(each.path): each.waivers for each in suite.scenarios if each.waivers}
    for finding in findings:
        waiver = _waiver_of(finding, by_path.get(finding.path or "", ()))
        rule = rules.get(finding.rule)
        if waiver is None or rule is None or not rule.waivable:
            yield finding
        else:
            said = f"waived ({waiver.reason}): {finding.message}"
            yield finding.model_copy(update={"level": Level.INFO, "message": said})


def _waiver_of(finding: Finding, waivers: tuple[Waiver, ...]) -> Waiver | None:
    fitting = (each for each in waivers if each.rule == finding.rule and each.reason and finding.line in each.covers)
    return next(fitting, None)


def idle_in(suite: Suite, rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """Comments that allow nothing: no reason given, or of a rule that cannot be waived."""
    for scenario in suite.scenarios:
        for waiver in scenario.waivers:
            rule = rules.get(waiver.rule)
            if rule is not None and not rule.waivable:
                yield _idle(scenario, waiver, f"{waiver.rule} cannot be waived", "remove the comment")
            elif not waiver.reason:
                fix = f"write # allow {waiver.rule}: why it is right here"
                yield _idle(scenario, waiver, "the waiver gives no reason, so it allows nothing", fix)


def _idle(scenario: LoadedScenario, waiver: Waiver, what: str, fix: str) -> Finding:
    mark = Mark(waiver.line, waiver.column, waiver.quote)
    return in_file(Path(scenario.path), YamlProblem(what, fix, mark), waiver.rule, Level.WARNING)
