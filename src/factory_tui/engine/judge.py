"""Judges of rubrics at work for a run: under its caps, and told in its log."""

from dataclasses import dataclass

from factory_tui.engine.plant import Plant
from factory_tui.ledger import Caps
from factory_tui.model.judge_case import JudgeCase
from factory_tui.model.judgement import Judgement
from factory_tui.scenarios import Judge
from factory_tui.store import StoredRun


@dataclass(frozen=True)
class RunJudge:
    """Says what a judge says, and has it recorded for the run."""

    plant: Plant
    run: StoredRun
    attempt: int
    judges: Judge

    @property
    def model(self) -> str:
        return self.judges.model

    async def judge(self, case: JudgeCase) -> Judgement:
        """As the judge does."""
        judgement = await self.judges.judge(case)
        await self.plant.store.announce_judgement(self.run.run, self.attempt, case.scenario, judgement)
        return judgement


def judge_of(run: StoredRun, attempt: int, caps: Caps, plant: Plant) -> RunJudge:
    """Who judges the rubrics of an attempt."""
    return RunJudge(plant, run, attempt, plant.make_judge(plant.store.judgements(run.run, caps), attempt))
