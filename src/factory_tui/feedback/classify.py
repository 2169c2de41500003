"""Facts → failures: one for the attempt, one for each scenario that failed. Pure; the first class that matches wins."""

from collections.abc import Callable, Sequence

from factory_tui.feedback.ended import ending, failed_gate, gate
from factory_tui.feedback.facts import AttemptFacts
from factory_tui.feedback.place import item_of, only_limits, qualifier_of, quote_of, section_of
from factory_tui.feedback.proof import Finding, claim_without_check, own_test_is_green, weakened_tests
from factory_tui.feedback.spec_evidence import doubt, has_finding
from factory_tui.feedback.wording import named, seen
from factory_tui.model.build import BuildEnd
from factory_tui.model.evaluation import Result, ScenarioResult
from factory_tui.model.failure import DecidedBy, Failure, FailureClass, FailureLayer, Qualifier, layer_of
from factory_tui.model.judgement import OPERATOR, Ballot, Outcome
from factory_tui.model.scenario import OnBase
from factory_tui.model.spec import Question

_ORDER = list(FailureClass)


def classify(facts: AttemptFacts) -> tuple[Failure, ...]:
    """What an attempt that did not ship failed at.

    The first failure is about the attempt as a whole (`scenario` is None); then one per gate scenario that did not
    pass, in the order of the suite. Those in reserve leave no failure: lessons are drawn from failures, and a lesson
    that is taken stands in the next spec, before the eyes of an agent.
    """
    failed = [(each, _of_scenario(facts, each)) for each in failed_gate(facts)]
    return (_of_attempt(facts, failed), *(failure for _, failure in failed))


# The attempt

_Judged = Sequence[tuple[ScenarioResult, Failure]]


def _of_attempt(facts: AttemptFacts, failed: _Judged) -> Failure:
    """What ended it, else the first class of the taxonomy that one of its gate scenarios has.

    Scenarios that assert too much decide only when nothing else failed, and so do missed limits: without them the
    attempt would have failed all the same.
    """
    ended = ending(facts)
    if ended is not None:
        return Failure(
            failure_class=ended.failure_class,
            layer=layer_of(ended.failure_class),
            cause=ended.cause,
            quotes=ended.quotes,
            qualifier=ended.qualifier,
        )
    blamed = failed
    for kind in (FailureClass.SCENARIO_WRONG, FailureClass.LIMIT_MISSED):
        others = [pair for pair in blamed if pair[1].failure_class is not kind]
        blamed = others or blamed
    if not blamed:
        end = f" The agent's work ended with: {facts.report.end.value}." if facts.report else ""
        cause = f"Nothing observed says why the attempt did not ship.{end}"
        return Failure(failure_class=FailureClass.UNCLEAR, layer=FailureLayer.AGENT, cause=cause)
    kind = min((failure.failure_class for _, failure in blamed), key=_ORDER.index)
    return _summary(facts, [pair for pair in blamed if pair[1].failure_class is kind])


def _summary(facts: AttemptFacts, deciding: _Judged) -> Failure:
    """One failure that says together what scenarios of one class say."""
    results, first = [result for result, _ in deciding], deciding[0][1]
    kind = first.failure_class
    rules = _rules(results)
    if kind is FailureClass.INCOMPLETE:
        rules = tuple(rule for rule in _rules(failed_gate(facts)) if _shares(facts, rule)[0] > 0)
        passed, total = _shares(facts, rules[0])
        others = f" (likewise {', '.join(rules[1:])})" if len(rules) > 1 else ""
        cause = f"Right in part: {passed} of {total} scenarios of {rules[0]} pass{others}."
    elif kind is FailureClass.FALSE_DONE:
        rules = _rules(failed_gate(facts))
        finding = _unproven(facts) or _own_test_green(facts, results[0])
        cause = f"The agent said it was done, and {len(failed_gate(facts))} gate scenarios fail"
        cause += f"; it {finding.cause}." if finding else "."
    else:
        cause = f"{_SUMMARIES[kind]}: {named(results)}."
    line, quote = _quoted(facts, rules)
    by_model = all(each.decided_by is DecidedBy.MODEL for _, each in deciding)
    decided_by = DecidedBy.MODEL if by_model else DecidedBy.RULE
    own = {"scenario": None, "evidence": (), "sentence": "", "spec_line": line, "spec_quote": quote}
    own |= {"decided_by": decided_by}
    return first.model_copy(update={"cause": cause, "rules": rules, **own})


_SUMMARIES = {
    FailureClass.EVAL_BROKEN: "These could not be judged",
    FailureClass.SCENARIO_WRONG: "Only scenarios fail that assert what the spec does not state",
    FailureClass.SPEC_CONFLICT: "The spec contradicts itself where these fail",
    FailureClass.SPEC_GAP: "The spec leaves open what these expect",
    FailureClass.SPEC_AMBIGUOUS: "The spec can be read in two ways where these fail",
    FailureClass.REGRESSION: "What worked on the base no longer does",
    FailureClass.LIMIT_MISSED: "Behaves as specified, but misses a limit",
    FailureClass.DISOBEYED: "A clear rule was not followed at all",
    FailureClass.UNCLEAR: "The evidence does not say why these fail",
}


# One scenario


def _of_scenario(facts: AttemptFacts, result: ScenarioResult) -> Failure:
    """The class of one scenario that did not pass."""
    rules: tuple[Callable[[AttemptFacts, ScenarioResult], Failure | None], ...] = (
        _eval_broken,
        _no_delivery,
        _doubted,
        _regression,
        _limit_missed,
        _false_done,
        _incomplete,
        _disobeyed,
    )
    found = (rule(facts, result) for rule in rules)
    return next((each for each in found if each is not None), None) or _failure(
        facts, result, FailureClass.UNCLEAR, "Fails, and the evidence does not say why"
    )


def _eval_broken(facts: AttemptFacts, result: ScenarioResult) -> Failure | None:
    if result.result is not Result.ERROR:
        return None
    return _failure(facts, result, FailureClass.EVAL_BROKEN, "The scenario could not be judged")


def _no_delivery(facts: AttemptFacts, result: ScenarioResult) -> Failure | None:
    """Where nothing was delivered, no rule was followed or broken."""
    ended = ending(facts)
    if ended is None or ended.failure_class is not FailureClass.NO_DELIVERY:
        return None
    why = "Nothing was delivered that could be judged"
    return _failure(facts, result, FailureClass.NO_DELIVERY, why, qualifier=Qualifier.MISSING)


def _doubted(facts: AttemptFacts, result: ScenarioResult) -> Failure | None:
    found = doubt(facts, result)
    if found is None:
        return None
    return _failure(
        facts,
        result,
        found.failure_class,
        found.why,
        section=found.section,
        qualifier=found.qualifier,
        quotes=found.quotes,
    )


def _regression(facts: AttemptFacts, result: ScenarioResult) -> Failure | None:
    if result.base is not OnBase.PASS:
        return None
    return _failure(facts, result, FailureClass.REGRESSION, "Worked on the base and no longer does")


def _limit_missed(facts: AttemptFacts, result: ScenarioResult) -> Failure | None:
    if not only_limits(result):
        return None
    return _failure(facts, result, FailureClass.LIMIT_MISSED, "Right, but beyond a limit")


def _false_done(facts: AttemptFacts, result: ScenarioResult) -> Failure | None:
    finding = _unproven(facts) or _own_test_green(facts, result)
    if finding is None:
        return None
    why = f"Not met although the agent said it was done; it {finding.cause}"
    return _failure(facts, result, FailureClass.FALSE_DONE, why, quotes=(finding.quote,))


def _incomplete(facts: AttemptFacts, result: ScenarioResult) -> Failure | None:
    for rule in result.covers:
        passed, total = _shares(facts, rule)
        if passed:
            why = f"{passed} of {total} scenarios of {rule} pass, this one does not"
            return _failure(facts, result, FailureClass.INCOMPLETE, why, qualifier=Qualifier.MISSING)
    return None


def _disobeyed(facts: AttemptFacts, result: ScenarioResult) -> Failure | None:
    """Nothing is wrong with the text of the rules, and what they ask was never seen, in no trial."""
    if not _is_done(facts) or any(has_finding(facts, rule) for rule in result.covers):
        return None
    for rule in result.covers:
        results = [each.result for each in gate(facts) if rule in each.covers]
        if results and item_of(facts.spec, rule) and all(each is Result.FAIL for each in results):
            all_of_it = "its only scenario fails" if len(results) == 1 else f"all {len(results)} scenarios of it fail"
            why = f"{rule} is clear, and {all_of_it}"
            return _failure(facts, result, FailureClass.DISOBEYED, why)
    return None


def _unproven(facts: AttemptFacts) -> Finding | None:
    """Evidence against the attempt's "done" that does not depend on a scenario."""
    if not _is_done(facts) or facts.artifact is None or facts.report is None:
        return None
    return weakened_tests(facts.base, facts.artifact) or claim_without_check(
        facts.report.final_text, facts.report.tools
    )


def _own_test_green(facts: AttemptFacts, result: ScenarioResult) -> Finding | None:
    if not _is_done(facts) or facts.artifact is None or facts.report is None:
        return None
    artifact, tools = facts.artifact, facts.report.tools
    found = (own_test_is_green(rule, artifact, tools) for rule in result.covers)
    return next((each for each in found if each is not None), None)


def _is_done(facts: AttemptFacts) -> bool:
    return facts.report is not None and facts.report.end is BuildEnd.DONE


def _shares(facts: AttemptFacts, rule: str) -> tuple[int, int]:
    """Gate scenarios of `rule` that pass, and how many there are."""
    results = [each.result for each in gate(facts) if rule in each.covers]
    return sum(each is Result.PASS for each in results), len(results)


def _rules(results: Sequence[ScenarioResult]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule for each in results for rule in each.covers))


def _failure(
    facts: AttemptFacts,
    result: ScenarioResult,
    kind: FailureClass,
    why: str,
    *,
    quotes: tuple[str, ...] = (),
    section: Question | None = None,
    qualifier: Qualifier | None = None,
) -> Failure:
    line, quote = _quoted(facts, result.covers)
    return Failure(
        failure_class=kind,
        layer=layer_of(kind),
        cause=f"{why}{seen(result)}.",
        scenario=result.id,
        rules=result.covers,
        section=section or section_of(facts.spec, result),
        qualifier=qualifier or qualifier_of(result),
        decided_by=_decided_by(result),
        evidence=result.evidence,
        quotes=quotes or _quotes_against(result),
        sentence=result.sentence,
        spec_line=line,
        spec_quote=quote,
    )


def _decided_by(result: ScenarioResult) -> DecidedBy:
    """Who found it wrong: where every check held, whoever judged its rubric."""
    if result.judgement is None or result.judgement.outcome is not Outcome.LOWERED:
        return DecidedBy.RULE
    return DecidedBy.OPERATOR if result.judgement.model == OPERATOR else DecidedBy.MODEL


def _quotes_against(result: ScenarioResult) -> tuple[str, ...]:
    """Words of the output that judges held against it."""
    votes = result.judgement.votes if result.judgement else ()
    quotes = (quote.text for vote in votes if vote.ballot is Ballot.MISSES for quote in vote.quotes)
    return tuple(dict.fromkeys(quotes))


def _quoted(facts: AttemptFacts, rules: Sequence[str]) -> tuple[int | None, str]:
    """Line and text of the first of the rules that the spec has."""
    item = next((found for rule in rules if (found := item_of(facts.spec, rule)) is not None), None)
    return (item.line, quote_of(facts.spec, item)) if item else (None, "")
