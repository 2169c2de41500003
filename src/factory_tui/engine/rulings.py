"""The operator's word on rubrics that no judge could decide. It holds for the artifact that it was said about."""

from collections.abc import Mapping

from factory_tui.engine.commands import CommandRefused
from factory_tui.engine.plant import Plant
from factory_tui.model.evaluation import ScenarioResult
from factory_tui.model.foreign import clean_line
from factory_tui.model.judgement import OPERATOR, Judgement, JudgementKey, Outcome
from factory_tui.model.run import HoldReason, RunState
from factory_tui.store import StoredRun


async def rule(run: StoredRun, meets: bool, reason: str, scenario: str, plant: Plant) -> None:
    """Record what the operator says, before the run is judged again.

    Args:
        run: held because its judges came to no decision.
        meets: its output meets the rubric.
        reason: the operator's.
        scenario: the one it is about; empty for all that are undecided.
        plant: the engine's means.

    Raises:
        CommandRefused: there is nothing to decide.
    """
    said = clean_line(reason)
    if not said:
        raise CommandRefused("the decision has no reason", "say why, in a few words")
    if run.state is not RunState.HELD or run.hold is not HoldReason.JUDGE or run.artifact_hash is None:
        what = f"{run.run} waits for no decision about a rubric (it is {run.state.value})"
        raise CommandRefused(what, "`factory-tui status` shows what waits")
    open_ones = await plant.store.undecided(run.run)
    chosen = [each for each in open_ones if scenario in ("", each.id)]
    if not chosen:
        names = ", ".join(each.id for each in open_ones) or "none"
        raise CommandRefused(f"{scenario or 'no scenario'} of {run.run} is not undecided", f"undecided: {names}")
    await plant.store.record_rulings(run.run, _rulings(chosen, run.artifact_hash, meets, said))


def _rulings(
    results: list[ScenarioResult], artifact: str, meets: bool, reason: str
) -> Mapping[JudgementKey, Judgement]:
    return {
        JudgementKey(each.hash, artifact, OPERATOR): Judgement(
            outcome=Outcome.UPHELD if meets else Outcome.LOWERED,
            reason=f"the operator decided that it {'meets' if meets else 'misses'} the rubric: {reason}",
            votes=each.judgement.votes if each.judgement else (),
            quorum=each.judgement.quorum if each.judgement else 0,
            model=OPERATOR,
        )
        for each in results
    }
