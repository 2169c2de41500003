"""What ended an attempt before its scenarios could say anything: the first five classes of the taxonomy, in order."""

from collections.abc import Sequence
from typing import NamedTuple

from factory_tui.feedback.facts import AttemptFacts
from factory_tui.feedback.wording import clause, one_line
from factory_tui.model.build import BuildEnd
from factory_tui.model.evaluation import Result, ScenarioResult
from factory_tui.model.failure import FailureClass, Qualifier
from factory_tui.model.run import Verdict

_CAPS = {
    BuildEnd.BUDGET: "the cost cap stopped the agent",
    BuildEnd.TURNS: "the turn cap stopped the agent",
    BuildEnd.DEADLINE: "the deadline stopped the agent",
}

_NOT_RUNNABLE = ("126", "127")
"""Exit codes with which a shell says that it could not execute or find a program."""


class Ending(NamedTuple):
    """Why an attempt failed, whatever its scenarios say."""

    failure_class: FailureClass
    cause: str
    quotes: tuple[str, ...] = ()
    qualifier: Qualifier | None = None


def ending(facts: AttemptFacts) -> Ending | None:
    """The first of EVAL-BROKEN, ENVIRONMENT, BUDGET, STUCK and NO-DELIVERY that the facts show."""
    rules = (_eval_broken, _environment, _budget, _stuck, _no_delivery)
    return next((found for rule in rules if (found := rule(facts)) is not None), None)


def _eval_broken(facts: AttemptFacts) -> Ending | None:
    evaluation = facts.evaluation
    faults = [each.message for each in facts.faults if each.where == "evaluation"]
    if evaluation is not None and evaluation.verdict in (Verdict.ERROR, Verdict.HELD):
        faults.append(evaluation.reason)
    if not faults:
        return None
    return Ending(FailureClass.EVAL_BROKEN, f"The evaluation gave no verdict: {clause(faults[0])}.")


def _environment(facts: AttemptFacts) -> Ending | None:
    if facts.faults:
        first = facts.faults[0]
        return Ending(FailureClass.ENVIRONMENT, f"The {first.where} failed: {clause(first.message)}.")
    report = facts.report
    if report is not None and report.end in (BuildEnd.PROVIDER, BuildEnd.PROVIDER_HOLD):
        return Ending(FailureClass.ENVIRONMENT, f"The model's service failed: {clause(report.detail)}.")
    return None


def _budget(facts: AttemptFacts) -> Ending | None:
    report = facts.report
    if report is None or report.end not in _CAPS:
        return None
    turns = f"{report.turns} {'turn' if report.turns == 1 else 'turns'}"
    return Ending(FailureClass.BUDGET, f"After {turns} {_CAPS[report.end]}: {clause(report.detail)}.")


def _stuck(facts: AttemptFacts) -> Ending | None:
    report = facts.report
    if report is None or report.end is not BuildEnd.STUCK:
        return None
    cause = f"The agent got no further after {report.turns} turns: {clause(report.detail)}."
    return Ending(FailureClass.STUCK, cause, quotes=tuple(tool.summary for tool in report.tools[-1:]))


def _no_delivery(facts: AttemptFacts) -> Ending | None:
    cause = _nothing_delivered(facts)
    return Ending(FailureClass.NO_DELIVERY, cause, qualifier=Qualifier.MISSING) if cause else None


def _nothing_delivered(facts: AttemptFacts) -> str | None:
    if facts.artifact is None or facts.artifact.hash == facts.base.hash:
        why = ": the model declined" if facts.report and facts.report.end is BuildEnd.REFUSED else ""
        return f"The agent ended without changing anything on the base{why}."
    if facts.evaluation is not None and facts.evaluation.setup_failed is not None:
        return f"The artifact cannot be set up: {clause(facts.evaluation.setup_failed)}."
    failed = failed_gate(facts)
    if failed and len(failed) == len(gate(facts)) and all(map(_never_started, failed)):
        first = failed[0].evidence[0]
        return f"Nothing that was delivered starts: expected {first.expected}, observed {one_line(first.observed)}."
    return None


def _never_started(result: ScenarioResult) -> bool:
    """The service did not come up, or the first command could not be executed."""
    first = next(iter(result.evidence), None)
    if first is None:
        return False
    if first.step == 0:
        return first.check.startswith("service")
    return first.step == 1 and first.check == "exit" and first.observed.split("\n")[0] in _NOT_RUNNABLE


def gate(facts: AttemptFacts) -> Sequence[ScenarioResult]:
    """Results of the scenarios that decide; one whose judges came to no decision does not yet."""
    scenarios = facts.evaluation.scenarios if facts.evaluation else ()
    return [each for each in scenarios if each.gates and each.result is not Result.INCONCLUSIVE]


def failed_gate(facts: AttemptFacts) -> Sequence[ScenarioResult]:
    """Those of them that did not pass."""
    return [each for each in gate(facts) if each.result is not Result.PASS]
