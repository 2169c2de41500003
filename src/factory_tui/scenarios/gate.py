"""The gate: scenario results → verdict. Pure, and closed unless every gate scenario is proven to pass."""

from collections.abc import Sequence
from typing import NamedTuple

from factory_tui.model.evaluation import Result, ScenarioResult
from factory_tui.model.run import HoldReason, Verdict
from factory_tui.model.scenario import Layer

_NAMED = 5
"""Scenario ids named in a reason before it says how many more there are."""


class Ruling(NamedTuple):
    """What the gate says."""

    verdict: Verdict
    reason: str = ""
    """Why; empty for a plain pass."""
    hold: HoldReason | None = None
    """What a held verdict waits for."""


def decide(results: Sequence[ScenarioResult]) -> Ruling:
    """The verdict on an artifact.

    Reserve scenarios never count. Without a gate scenario nothing is proven: held. One error and the evaluation gave
    no valid signal: error. One fail or flaky scenario: fail. A rubric that its judges could not decide, or a rule that
    only burned scenarios prove: held. A pass needs a pass of every gate scenario, each with at least one trial and
    every trial passed.

    A burned scenario proves nothing by passing. What does not pass it is held all the same: else an agent would be rid
    of the scenarios that its work fails by getting them burned, such as by printing what they might expect.
    """
    gate = [each for each in results if each.gates]
    burned = [each for each in results if each.layer is Layer.GATE and each.burned]
    if not gate:
        return _nothing_proves(burned)
    if broken := [each.id for each in gate if each.result is Result.ERROR]:
        return Ruling(Verdict.ERROR, f"the evaluation itself broke in {_names(broken)}")
    undecided = [each for each in gate if each.result is Result.INCONCLUSIVE]
    if failed := [each.id for each in gate if not _proven(each) and each.result is not Result.INCONCLUSIVE]:
        flaky = [each.id for each in gate if each.result is Result.FLAKY]
        note = f" ({_names(flaky)} flaky: trials disagree)" if flaky else ""
        return Ruling(Verdict.FAIL, f"{len(failed)} of {len(gate)} gate scenarios failed: {_names(failed)}{note}")
    if undecided:
        return Ruling(Verdict.HELD, _no_decision(undecided), HoldReason.JUDGE)
    proven = {rule for each in gate for rule in each.covers}
    if lost := sorted({rule for each in burned for rule in each.covers} - proven):
        names = _names([each.id for each in burned])
        return Ruling(Verdict.HELD, f"{_names(lost)} is proven by burned scenarios only: {names}", HoldReason.BURNED)
    if against := [each.id for each in burned if not _proven(each)]:
        return Ruling(
            Verdict.HELD, f"what passes the others does not pass {_names(against)} (burned)", HoldReason.BURNED
        )
    return Ruling(Verdict.PASS)


def _nothing_proves(burned: list[ScenarioResult]) -> Ruling:
    if burned:
        names = _names([each.id for each in burned])
        return Ruling(Verdict.HELD, f"every gate scenario is burned: {names}", HoldReason.BURNED)
    return Ruling(
        Verdict.HELD, "there is no gate scenario, so nothing can prove the artifact right", HoldReason.NO_SCENARIOS
    )


def _no_decision(undecided: list[ScenarioResult]) -> str:
    """Which rubrics are open, and what was said about the first of them."""
    said = next((f": {each.judgement.reason}" for each in undecided if each.judgement), "")
    return f"the judges came to no decision about {_names([each.id for each in undecided])}{said}"


def _proven(result: ScenarioResult) -> bool:
    return (
        result.result is Result.PASS
        and len(result.trials) > 0
        and all(trial.result is Result.PASS and not trial.evidence for trial in result.trials)
    )


def _names(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:_NAMED])
    return f"{shown} and {len(ids) - _NAMED} more" if len(ids) > _NAMED else shown
