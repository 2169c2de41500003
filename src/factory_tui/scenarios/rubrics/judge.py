"""The judge of a rubric, as the evaluation knows it; who judges is not this room's business."""

from collections.abc import Sequence
from typing import Protocol

from factory_tui.model.evaluation import Evidence, Result, ScenarioResult, Trial
from factory_tui.model.judge_case import JudgeCase
from factory_tui.model.judgement import Ballot, Judgement, Outcome, Quote
from factory_tui.model.scenario import LoadedScenario
from factory_tui.model.spec import Spec
from factory_tui.scenarios.matching.values import cut

CHECK = "judge"
"""Name of the check in evidence."""


class Judge(Protocol):
    """Says whether an output meets a rubric."""

    @property
    def model(self) -> str: ...

    async def judge(self, case: JudgeCase) -> Judgement:
        """Never raises for what a model or its service does: that is an inconclusive judgement."""
        ...


def case_of(loaded: LoadedScenario, result: ScenarioResult, specs: Sequence[Spec], artifact: str) -> JudgeCase:
    """What a judge is given of a scenario and its last trial.

    Args:
        loaded: it has a rubric.
        result: of its trials.
        specs: the spec, then those whose scenarios joined the suite.
        artifact: hash of what was evaluated.
    """
    assert loaded.scenario.judge is not None
    return JudgeCase(
        spec=str(specs[0].id),
        scenario=result.id,
        scenario_hash=loaded.hash,
        rubric=loaded.scenario.judge.rubric,
        sentence=result.sentence,
        rules=_texts(result.covers, specs),
        observations=result.trials[-1].observations,
        votes=loaded.scenario.judge.votes,
        artifact=artifact,
    )


def ruled(loaded: LoadedScenario, result: ScenarioResult, judgement: Judgement) -> ScenarioResult:
    """`result` as the judgement leaves it. What a judge found wrong is evidence like that of any check."""
    assert loaded.scenario.judge is not None
    if judgement.outcome is Outcome.UPHELD:
        return result.model_copy(update={"judgement": judgement})
    if judgement.outcome is Outcome.INCONCLUSIVE:
        return result.model_copy(update={"judgement": judgement, "result": Result.INCONCLUSIVE})
    last = _failed(result.trials[-1], _evidence(loaded.scenario.judge.rubric, judgement))
    trials = (*result.trials[:-1], last)
    return result.model_copy(update={"judgement": judgement, "result": Result.FAIL, "trials": trials})


def _failed(trial: Trial, evidence: Evidence) -> Trial:
    return trial.model_copy(update={"result": Result.FAIL, "evidence": (*trial.evidence, evidence)})


def _evidence(rubric: str, judgement: Judgement) -> Evidence:
    against = [vote for vote in judgement.votes if vote.ballot is Ballot.MISSES]
    quotes = list(dict.fromkeys(quote for vote in against for quote in vote.quotes))
    observed = "\n".join(_shown(quote) for quote in quotes) or judgement.reason
    return Evidence(
        step=quotes[0].step if quotes else 0, check=CHECK, expected=cut(rubric.strip()), observed=cut(observed)
    )


def _shown(quote: Quote) -> str:
    return f"step {quote.step} {quote.what}: {quote.text}"


def _texts(covers: Sequence[str], specs: Sequence[Spec]) -> tuple[str, ...]:
    """Rules of the spec by their ids, those of a constraint by `visitor-names:R2`."""
    own, *others = specs
    known = {rule.id: rule.text for rule in own.rules}
    known |= {f"{each.id}:{rule.id}": rule.text for each in others for rule in each.rules}
    return tuple(f"{rule}: {known[rule]}" for rule in covers if rule in known)
