"""An evaluation in words and in the JSON of the command line contract. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from factory_tui.cli.judgement_text import judgement_lines
from factory_tui.cli.quality_text import place, quality_lines
from factory_tui.model.binding import Binding, Difference
from factory_tui.model.evaluation import Evaluation, Result, ScenarioResult
from factory_tui.model.scenario import Layer

if TYPE_CHECKING:
    from factory_tui.engine.again import Again

_GLYPHS = {Result.PASS: "✓", Result.FAIL: "✗", Result.ERROR: "!", Result.FLAKY: "~", Result.INCONCLUSIVE: "?"}
_SHOWN_LINES = 12
"""Lines of an expected or observed value in the text output; `--json` has it all."""

_SHOWN_HASH = 12

_INPUTS = {
    "spec_hash": "spec version",
    "suite_hash": "suite",
    "base_commit": "base commit",
    "artifact_hash": "artifact",
}
"""Inputs of a verdict as `show` calls them; those that are not here have their own name."""


def as_public_json(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation in the form of the command line contract."""
    return {
        "spec": evaluation.spec,
        "verdict": evaluation.verdict.value,
        "reason": evaluation.reason,
        "hold": evaluation.hold.value if evaluation.hold else None,
        "scenarios": [_scenario_json(each) for each in evaluation.scenarios],
        "setup_failed": evaluation.setup_failed,
        "spec_hash": evaluation.spec_hash,
        "suite_hash": evaluation.suite_hash,
        "base_commit": evaluation.base_commit,
        "artifact_hash": evaluation.artifact_hash,
        "image": evaluation.image,
        "twins": evaluation.twins,
        "judge": evaluation.judge,
    }


def again_json(again: "Again", run: str) -> dict[str, Any]:
    """The same, with the record beside it."""
    recorded = again.recorded
    return {
        **as_public_json(again.evaluation),
        "run": run,
        "attempt": recorded.attempt,
        "recorded": {
            "verdict": recorded.verdict,
            "reason": recorded.reason,
            **recorded.binding.model_dump(mode="json"),
        },
        "same_verdict": again.evaluation.verdict.value == recorded.verdict,
        "same_results": again.same,
        "differs": [each.model_dump(mode="json") for each in again.differs],
        "results_differ": list(again.results_differ),
    }


def again_lines(again: "Again", run: str) -> Iterator[str]:
    """Whether it is what was recorded, and if not, which input differs."""
    recorded, now = again.recorded, again.evaluation.verdict.value
    where = f"{run} attempt {recorded.attempt}"
    if now == recorded.verdict:
        yield f"the same verdict as recorded for {where}: {now}"
    else:
        yield f"another verdict than recorded for {where}: {recorded.verdict or 'none'} then, {now} now"
    if again.results_differ:
        yield f"  other results: {', '.join(again.results_differ)}"
    if again.differs:
        yield "  inputs that differ:"
        yield from (f"    {_difference(each)}" for each in again.differs)
    elif not again.same:
        yield "  no input differs: the artifact or a scenario is not deterministic (`trials:` finds such scenarios)"
    else:
        yield "  no input differs"


def _difference(each: Difference) -> str:
    recorded, now = (value[:_SHOWN_HASH] if value else "none" for value in (each.recorded, each.now))
    if recorded == now:
        recorded, now = each.recorded, each.now
    return f"{_INPUTS.get(each.what, each.what.replace('twins.', 'twin '))}: {recorded} then, {now} now"


def _scenario_json(result: ScenarioResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "result": result.result.value,
        "layer": result.layer.value,
        "burned": result.burned,
        "covers": list(result.covers),
        "hash": result.hash,
        "trials": [{"result": each.result.value, "seconds": each.seconds} for each in result.trials],
        "evidence": [each.model_dump() for each in result.evidence],
        "measures": [each.model_dump() for each in result.measures],
        "judgement": result.judgement.model_dump(mode="json") if result.judgement else None,
    }


def result_lines(result: ScenarioResult, done: int, total: int) -> Iterator[str]:
    """One scenario as it lands."""
    seconds = sum(trial.seconds for trial in result.trials)
    note = "" if result.layer is Layer.GATE else "  (reserve: does not count)"
    note = f"  (burned: does not count; {result.burned})" if result.burned else note
    if result.result is Result.FLAKY:
        passed = sum(each.result is Result.PASS for each in result.trials)
        note = f"  {passed} of {len(result.trials)} trials passed{note}"
    yield f"[{done}/{total}] {_GLYPHS[result.result]} {result.result.value:<5} {result.id}  {seconds:.1f} s{note}"
    yield from (f"      {each}" for each in judgement_lines(result))
    if result.result is Result.PASS:
        return
    yield f"      {result.sentence}"
    for each in result.evidence:
        yield f"      {place(each)}: {each.check}"
        yield from _value("expected", each.expected)
        yield from _value("observed", each.observed)


def _value(name: str, text: str) -> Iterator[str]:
    lines = text.splitlines() or ["(empty)"]
    yield f"        {name}: {lines[0]}"
    yield from (f"                  {line}" for line in lines[1:_SHOWN_LINES])
    if len(lines) > _SHOWN_LINES:
        yield f"                  … {len(lines) - _SHOWN_LINES} more lines; --json has them"


def summary(evaluation: Evaluation) -> Iterator[str]:
    """The verdict, why, and what it is bound to."""
    passed = sum(each.result is Result.PASS for each in evaluation.scenarios)
    yield f"{evaluation.verdict.value}: {passed} of {len(evaluation.scenarios)} scenarios passed"
    if evaluation.reason:
        yield f"  {evaluation.reason}"
    if evaluation.setup_failed:
        yield from (f"  {line}" for line in evaluation.setup_failed.splitlines()[1:])
    yield from (f"  {line}" for line in quality_lines(evaluation.scenarios))
    yield f"  {bound_line(Binding.of(evaluation))}"


def bound_line(binding: Binding) -> str:
    """What a verdict is bound to, in one line; `--json` has the whole hashes."""
    words = {
        "spec": binding.spec_hash[:_SHOWN_HASH],
        "suite": binding.suite_hash[:_SHOWN_HASH],
        "base": (binding.base_commit or "")[:_SHOWN_HASH],
        "artifact": (binding.artifact_hash or "")[:_SHOWN_HASH],
        "image": binding.image,
        **{f"twin {name}": version[:_SHOWN_HASH] for name, version in sorted(binding.twins.items())},
        "judge": binding.judge,
    }
    return " · ".join(f"{name} {value}" for name, value in words.items() if value)
