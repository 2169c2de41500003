"""Evaluation → the only words about it that may reach an agent: rule ids, counts and an enum."""

from collections.abc import Sequence

from factory_tui.model.evaluation import Evaluation, Feedback, Result, RuleStatus, ScenarioResult
from factory_tui.model.spec import Spec


def redact(spec: Spec, evaluation: Evaluation | None, constraints: Sequence[Spec] = ()) -> Feedback:
    """What the agent is told before its next attempt.

    Nothing of a scenario or its evidence is copied: ids come from the spec's own rules, the rest is counted. Reserve
    scenarios, burned ones and those whose judges came to no decision count nowhere. A rule that no gate scenario
    covers is left out, because nothing was observed.

    Args:
        spec: gives the rule ids and their order.
        evaluation: the result of the last attempt; None when it left nothing to evaluate.
        constraints: whose scenarios joined the suite; their rules are named `visitor-names:R2`.
    """
    if evaluation is None:
        return Feedback(rules=(), passed=0, total=0, nothing_delivered=True)
    gate = [each for each in evaluation.scenarios if each.gates and each.result is not Result.INCONCLUSIVE]
    rules = [rule.id for rule in spec.rules]
    rules += [f"{each.id}:{rule.id}" for each in constraints for rule in each.rules]
    statuses = ((rule, _status(rule, gate)) for rule in rules)
    return Feedback(
        rules=tuple((rule, status) for rule, status in statuses if status is not None),
        passed=sum(each.result is Result.PASS for each in gate),
        total=len(gate),
        set_up_failed=evaluation.setup_failed is not None,
    )


def _status(rule: str, gate: list[ScenarioResult]) -> RuleStatus | None:
    passed = [each.result is Result.PASS for each in gate if rule in each.covers]
    if not passed:
        return None
    if all(passed):
        return RuleStatus.SATISFIED
    return RuleStatus.PARTLY if any(passed) else RuleStatus.NOT_SATISFIED
