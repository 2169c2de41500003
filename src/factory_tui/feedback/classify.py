"""Facts → failures: one for the attempt, one for each scenario that failed. Pure; the first class that matches wins."""

from collections.abc import Callable, Iterator, Sequence

from factory_tui.feedback.facts import AttemptFacts
from factory_tui.feedback.proof import Finding, claim_without_check, own_test_is_green, weakened_tests
from factory_tui.model.build import BuildEnd
from factory_tui.model.evaluation import Result, ScenarioResult
from factory_tui.model.failure import Failure, FailureClass, FailureLayer, Qualifier
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import Layer, OnBase
from factory_tui.model.spec import Question

_LAYERS = {
    FailureClass.EVAL_BROKEN: FailureLayer.EVALUATION,
    FailureClass.ENVIRONMENT: FailureLayer.ENVIRONMENT,
}
"""Layer of a class; the agent's for any other that is decided here."""

_CAPS = {
    BuildEnd.BUDGET: "the cost cap stopped the agent",
    BuildEnd.TURNS: "the turn cap stopped the agent",
    BuildEnd.DEADLINE: "the deadline stopped the agent",
}

_NOT_RUNNABLE = ("126", "127")
"""Exit codes with which a shell says that it could not execute or find a program."""


def classify(facts: AttemptFacts) -> tuple[Failure, ...]:
    """What an attempt that did not ship failed at.

    The first failure is about the attempt as a whole (`scenario` is None); then one per scenario that did not pass,
    reserve scenarios included, in the order of the suite.
    """
    return (_of_attempt(facts), *_of_scenarios(facts))


def _of_attempt(facts: AttemptFacts) -> Failure:
    rules: tuple[Callable[[AttemptFacts], Failure | None], ...] = (
        _eval_broken,
        _environment,
        _budget,
        _stuck,
        _no_delivery,
        _regression,
        _limit_missed,
        _false_done,
        _incomplete,
    )
    return next((failure for rule in rules if (failure := rule(facts)) is not None), _unclear(facts))


def _eval_broken(facts: AttemptFacts) -> Failure | None:
    evaluation = facts.evaluation
    faults = [each.message for each in facts.faults if each.where == "evaluation"]
    if evaluation is not None and evaluation.verdict in (Verdict.ERROR, Verdict.HELD):
        faults.append(evaluation.reason)
    if not faults:
        return None
    return _failure(FailureClass.EVAL_BROKEN, f"The evaluation gave no verdict: {_clause(faults[0])}.")


def _environment(facts: AttemptFacts) -> Failure | None:
    if facts.faults:
        first = facts.faults[0]
        return _failure(FailureClass.ENVIRONMENT, f"The {first.where} failed: {_clause(first.message)}.")
    report = facts.report
    if report is not None and report.end in (BuildEnd.PROVIDER, BuildEnd.PROVIDER_HOLD):
        return _failure(FailureClass.ENVIRONMENT, f"The model's service failed: {_clause(report.detail)}.")
    return None


def _budget(facts: AttemptFacts) -> Failure | None:
    report = facts.report
    if report is None or report.end not in _CAPS:
        return None
    return _failure(FailureClass.BUDGET, f"After {report.turns} turns {_CAPS[report.end]}: {_clause(report.detail)}.")


def _stuck(facts: AttemptFacts) -> Failure | None:
    report = facts.report
    if report is None or report.end is not BuildEnd.STUCK:
        return None
    quotes = tuple(tool.summary for tool in report.tools[-1:])
    return _failure(
        FailureClass.STUCK,
        f"The agent got no further after {report.turns} turns: {_clause(report.detail)}.",
        quotes=quotes,
    )


def _no_delivery(facts: AttemptFacts) -> Failure | None:
    cause = _nothing_delivered(facts)
    return _failure(FailureClass.NO_DELIVERY, cause, qualifier=Qualifier.MISSING) if cause else None


def _nothing_delivered(facts: AttemptFacts) -> str | None:
    if facts.artifact is None or facts.artifact.hash == facts.base.hash:
        why = ": the model declined" if facts.report and facts.report.end is BuildEnd.REFUSED else ""
        return f"The agent ended without changing anything on the base{why}."
    if facts.evaluation is not None and facts.evaluation.setup_failed is not None:
        return f"The artifact cannot be set up: {_clause(facts.evaluation.setup_failed.splitlines()[0])}."
    failed = _failed_gate(facts)
    if failed and len(failed) == len(_gate(facts)) and all(map(_never_started, failed)):
        first = failed[0].evidence[0]
        return f"Nothing that was delivered starts: expected {first.expected}, observed {_one_line(first.observed)}."
    return None


def _never_started(result: ScenarioResult) -> bool:
    """The service did not come up, or the first command could not be executed."""
    first = next(iter(result.evidence), None)
    if first is None:
        return False
    if first.step == 0:
        return first.check.startswith("service")
    return first.step == 1 and first.check == "exit" and first.observed.split("\n")[0] in _NOT_RUNNABLE


def _regression(facts: AttemptFacts) -> Failure | None:
    broken = [each for each in _failed_gate(facts) if each.base is OnBase.PASS]
    if not broken:
        return None
    cause = f"What worked on the base no longer does: {_named(broken)}."
    return _failure(FailureClass.REGRESSION, cause, rules=_rules(broken), section=Question.RULES)


def _limit_missed(facts: AttemptFacts) -> Failure | None:
    failed = _failed_gate(facts)
    if not failed or not all(map(_only_limits, failed)):
        return None
    cause = f"Behaves as specified, but misses a limit: {_named(failed)}."
    return _failure(FailureClass.LIMIT_MISSED, cause, rules=_rules(failed), section=Question.CONSTRAINTS)


def _false_done(facts: AttemptFacts) -> Failure | None:
    failed = _failed_gate(facts)
    if not failed:
        return None
    finding = _unproven(facts) or next(filter(None, (_own_test_green(facts, each) for each in failed)), None)
    if finding is None:
        return None
    cause = f"The agent said it was done, and {len(failed)} gate scenarios fail; it {finding.cause}."
    return _failure(FailureClass.FALSE_DONE, cause, rules=_rules(failed), quotes=(finding.quote,))


def _incomplete(facts: AttemptFacts) -> Failure | None:
    partly = {rule: shares for rule in _rules(_failed_gate(facts)) if (shares := _shares(facts, rule))[0] > 0}
    if not partly:
        return None
    rule, (passed, total) = next(iter(partly.items()))
    others = f" (likewise {', '.join(list(partly)[1:])})" if len(partly) > 1 else ""
    cause = f"Right in part: {passed} of {total} scenarios of {rule} pass{others}."
    return _failure(FailureClass.INCOMPLETE, cause, rules=tuple(partly), qualifier=Qualifier.MISSING)


def _unclear(facts: AttemptFacts) -> Failure:
    failed = _failed_gate(facts)
    if failed:
        cause = f"The evidence does not say why these fail: {_named(failed)}."
        return _failure(FailureClass.UNCLEAR, cause, rules=_rules(failed))
    end = f" The agent's work ended with: {facts.report.end.value}." if facts.report else ""
    return _failure(FailureClass.UNCLEAR, f"Nothing observed says why the attempt did not ship.{end}")


def _of_scenarios(facts: AttemptFacts) -> Iterator[Failure]:
    for result in facts.evaluation.scenarios if facts.evaluation else ():
        if result.result is not Result.PASS:
            yield _of_scenario(facts, result)


def _of_scenario(facts: AttemptFacts, result: ScenarioResult) -> Failure:
    """The class of one scenario that did not pass, by the same precedence."""

    def failure(kind: FailureClass, why: str, **more: object) -> Failure:
        observed = _seen(result)
        base = _failure(kind, f"{why}{observed}.", rules=result.covers)
        return base.model_copy(update={"scenario": result.id, "evidence": result.evidence, **more})

    if result.result is Result.ERROR:
        return failure(FailureClass.EVAL_BROKEN, "The scenario could not be judged")
    if result.base is OnBase.PASS:
        return failure(FailureClass.REGRESSION, "Worked on the base and no longer does", section=Question.RULES)
    if _only_limits(result):
        return failure(FailureClass.LIMIT_MISSED, "Right, but beyond a limit", section=Question.CONSTRAINTS)
    finding = _unproven(facts) or _own_test_green(facts, result)
    if finding is not None:
        why = f"Not met although the agent said it was done; it {finding.cause}"
        return failure(FailureClass.FALSE_DONE, why, quotes=(finding.quote,))
    for rule in result.covers:
        passed, total = _shares(facts, rule)
        if passed:
            why = f"{passed} of {total} scenarios of {rule} pass, this one does not"
            return failure(FailureClass.INCOMPLETE, why, qualifier=Qualifier.MISSING)
    return failure(FailureClass.UNCLEAR, "Fails, and the evidence does not say why")


def _unproven(facts: AttemptFacts) -> Finding | None:
    """Evidence against the attempt's "done" that does not depend on a scenario."""
    report = facts.report
    if report is None or report.end is not BuildEnd.DONE or facts.artifact is None:
        return None
    return weakened_tests(facts.base, facts.artifact) or claim_without_check(report.final_text, report.tools)


def _own_test_green(facts: AttemptFacts, result: ScenarioResult) -> Finding | None:
    report = facts.report
    if report is None or report.end is not BuildEnd.DONE or facts.artifact is None:
        return None
    artifact = facts.artifact
    found = (own_test_is_green(rule, artifact, report.tools) for rule in result.covers)
    return next((each for each in found if each is not None), None)


def _gate(facts: AttemptFacts) -> list[ScenarioResult]:
    scenarios = facts.evaluation.scenarios if facts.evaluation else ()
    return [each for each in scenarios if each.layer is Layer.GATE]


def _failed_gate(facts: AttemptFacts) -> list[ScenarioResult]:
    return [each for each in _gate(facts) if each.result is not Result.PASS]


def _only_limits(result: ScenarioResult) -> bool:
    """Every trial that did not pass missed a limit and nothing else."""
    failed = [trial for trial in result.trials if trial.result is not Result.PASS]
    return bool(failed) and all(
        trial.result is Result.FAIL and trial.evidence and all(each.is_limit for each in trial.evidence)
        for trial in failed
    )


def _shares(facts: AttemptFacts, rule: str) -> tuple[int, int]:
    """Gate scenarios of `rule` that pass, and how many there are."""
    results = [each.result for each in _gate(facts) if rule in each.covers]
    return sum(each is Result.PASS for each in results), len(results)


def _rules(results: Sequence[ScenarioResult]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule for each in results for rule in each.covers))


def _named(results: Sequence[ScenarioResult]) -> str:
    shown = ", ".join(each.id for each in results[:3])
    return f"{shown} and {len(results) - 3} more" if len(results) > 3 else shown


def _seen(result: ScenarioResult) -> str:
    """The first piece of evidence as the rest of a sentence."""
    first = next(iter(result.evidence), None)
    if first is None:
        return ""
    flaky = " in some trials" if result.result is Result.FLAKY else ""
    where = f"step {first.step}" if first.step else "before the steps"
    return (
        f": {where}, {first.check}: expected {_one_line(first.expected)}, observed {_one_line(first.observed)}{flaky}"
    )


def _one_line(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= 120 else folded[:119] + "…"


def _clause(message: str) -> str:
    """The first line of another room's message, to stand inside a sentence."""
    return (message.strip().splitlines() or ["no reason was given"])[0].rstrip(".")


def _failure(
    kind: FailureClass,
    cause: str,
    *,
    rules: tuple[str, ...] = (),
    quotes: tuple[str, ...] = (),
    section: Question | None = None,
    qualifier: Qualifier | None = None,
) -> Failure:
    return Failure(
        failure_class=kind,
        layer=_LAYERS.get(kind, FailureLayer.AGENT),
        cause=cause,
        rules=rules,
        quotes=quotes,
        section=section,
        qualifier=qualifier,
    )
