"""What moves a failed run on: the cap, the spec, the scenario or another try, by who has to change. Pure."""

from collections.abc import Collection

from factory_tui.model.failure import FailureClass
from factory_tui.model.run import HoldReason

_REMEDIES = {
    FailureClass.BUDGET: "raise the cap or the deadline in {spec} or [limits], or make it smaller, then retry {run}",
    FailureClass.STUCK: "retry {run}, with another `agent` in {spec} if it happens again",
    FailureClass.REGRESSION: "say in {spec} what has to stay as it is, then run it again; or retry {run}",
    FailureClass.LIMIT_MISSED: "say in {spec} how the limit is measured, or allow more, then run it again",
    FailureClass.SCENARIO_WRONG: "mend the scenario, or say in {spec} what it asserts; then retry {run}",
    FailureClass.SPEC_CONFLICT: "decide in {spec} which of the two holds, then run it again",
    FailureClass.UNCLEAR: "look at the evidence and give the failure its class, then mend {spec} or retry {run}",
}
_REMEDIES |= dict.fromkeys(
    (FailureClass.FALSE_DONE, FailureClass.NO_DELIVERY, FailureClass.DISOBEYED), _REMEDIES[FailureClass.STUCK]
)
_REMEDIES |= dict.fromkeys(
    (FailureClass.ENVIRONMENT, FailureClass.EVAL_BROKEN), "`factory-tui doctor` says what is broken; then retry {run}"
)
_OTHERWISE = "say in {spec} what it leaves open, then run it again; or retry {run}"


ROTATE = "rotate them: write what they do anew, with other inputs; then retry {run}"
"""What makes an end of burned scenarios."""

_OF_GATE = {
    HoldReason.BURNED: ROTATE,
    HoldReason.JUDGE: "decide {run} meets, or decide {run} misses; retry {run} asks for votes that could not be had. "
    "None of it builds anything again",
}


def remedy_of_gate(hold: HoldReason, run: str) -> str:
    """What moves a run on that the gate holds."""
    return _OF_GATE.get(hold, "mend the suite, then retry {run}").format(run=run)


def remedy_of(failure_class: FailureClass | None, spec: str, run: str, broken: Collection[str] = ()) -> str:
    """Advice in one sentence.

    Args:
        failure_class: None when the run left no failure record.
        spec: what was built.
        run: the run that failed.
        broken: names of the scenarios that failed; those of a constraint begin with its spec and a slash.
    """
    constraints = dict.fromkeys(each.partition("/")[0] for each in broken if "/" in each)
    if constraints and all("/" in each for each in broken):
        kept = " and ".join(constraints)
        return f"retry {run}, since {kept} says already what has to hold; or mend {kept} if it asks too much"
    words = _OTHERWISE if failure_class is None else _REMEDIES.get(failure_class, _OTHERWISE)
    return words.format(spec=spec, run=run)
