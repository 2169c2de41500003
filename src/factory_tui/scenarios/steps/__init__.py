"""One file per kind of step; `perform` picks the one that a step is."""

from factory_tui.model.step import Step
from factory_tui.scenarios.matching.captures import UnusableCapture
from factory_tui.scenarios.steps.db import db_step
from factory_tui.scenarios.steps.file import file_step
from factory_tui.scenarios.steps.http import http_step
from factory_tui.scenarios.steps.run import run_step
from factory_tui.scenarios.steps.situation import Outcome, Shown, Situation
from factory_tui.scenarios.steps.tui import tui_step
from factory_tui.scenarios.steps.wait import wait_step

__all__ = ["Outcome", "Shown", "Situation", "perform"]


async def perform(step: Step, situation: Situation) -> Outcome:
    """Carry out one step and judge it.

    Raises:
        ScenarioFault: the step cannot be carried out as it is written.
        SandboxLost: the sandbox is gone.
    """
    try:
        if step.run is not None:
            return await run_step(step, step.run, situation)
        if step.http is not None:
            return await http_step(step, step.http, situation)
        if step.file is not None:
            return await file_step(step, step.file, situation)
        if step.wait is not None:
            return await wait_step(step.wait, situation)
        if step.tui is not None:
            return await tui_step(step, step.tui, situation)
        if step.db is not None:
            return await db_step(step, step.db, situation)
    except UnusableCapture as unusable:
        return Outcome([unusable.mismatch])
    raise AssertionError("a step is one of run, http, file, wait, tui, db")
