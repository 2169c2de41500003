"""The gate: scenario results → verdict. Pure, and closed unless every gate scenario is proven to pass."""

from collections.abc import Sequence

from factory_tui.model.evaluation import Result, ScenarioResult
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import Layer

_NAMED = 5
"""Scenario ids named in a reason before it says how many more there are."""


def decide(results: Sequence[ScenarioResult]) -> tuple[Verdict, str]:
    """The verdict on an artifact and, unless it is a plain pass, why.

    Reserve scenarios never count. Without a gate scenario nothing is proven: held. One error and the evaluation
    gave no valid signal: error. One fail or flaky scenario: fail. A pass needs a pass of every gate scenario,
    each with at least one trial and every trial passed.
    """
    gate = [each for each in results if each.layer is Layer.GATE]
    if not gate:
        return Verdict.HELD, "there is no gate scenario, so nothing can prove the artifact right"
    if broken := [each.id for each in gate if each.result is Result.ERROR]:
        return Verdict.ERROR, f"the evaluation itself broke in {_names(broken)}"
    if failed := [each.id for each in gate if not _proven(each)]:
        flaky = [each.id for each in gate if each.result is Result.FLAKY]
        note = f" ({_names(flaky)} flaky: trials disagree)" if flaky else ""
        return Verdict.FAIL, f"{len(failed)} of {len(gate)} gate scenarios failed: {_names(failed)}{note}"
    return Verdict.PASS, ""


def _proven(result: ScenarioResult) -> bool:
    return (
        result.result is Result.PASS
        and len(result.trials) > 0
        and all(trial.result is Result.PASS and not trial.evidence for trial in result.trials)
    )


def _names(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:_NAMED])
    return f"{shown} and {len(ids) - _NAMED} more" if len(ids) > _NAMED else shown
