"""Escaped defects: a shipped run that the operator found wrong is taken back, filed, and asks for a scenario."""

import asyncio

from factory_tui.control.protocol import EscapeAnswer
from factory_tui.delivery import NotShipped, TargetError, open_target
from factory_tui.engine.commands import CommandRefused
from factory_tui.engine.plant import Plant
from factory_tui.model.failure import DecidedBy, Failure, FailureClass, FailureLayer
from factory_tui.model.foreign import clean_line
from factory_tui.model.run import RunState
from factory_tui.scenarios import scenarios_dir
from factory_tui.store import AlreadyDecided, StoredRun

LONGEST_REASON = 1000
"""Characters of a reason: it becomes a line of a commit message, shown to everybody who reads the target's log."""


class Escapes:
    """Takes shipped work back."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._one_at_a_time = asyncio.Lock()

    async def mark(self, run: StoredRun, reason: str) -> EscapeAnswer:
        """Revert on the target, then record the escape with its failure.

        What cannot be taken back is filed all the same: the record says why, and the operator does it by hand.
        """
        reason = clean_line(reason, limit=LONGEST_REASON)
        if not reason:
            raise CommandRefused("an escaped defect needs a reason", "say what is wrong with what was shipped")
        if run.state is not RunState.SHIPPED:
            raise CommandRefused(f"{run.run} is {run.state.value}, not shipped", "only shipped work can have escaped")
        async with self._one_at_a_time:
            if await self._plant.store.has_escaped(run.run):
                raise CommandRefused(f"{run.run} is already marked as an escaped defect", "nothing is left to do")
            reverted, why_not = await self._take_back(run, reason)
            try:
                number = await self._plant.store.record_escape(run.run, reason, reverted, _failure(reason, why_not))
            except AlreadyDecided as error:
                raise CommandRefused(str(error), "nothing is left to do") from error
        return EscapeAnswer(failure=number, reverted=reverted, why_not=why_not)

    async def _take_back(self, run: StoredRun, reason: str) -> tuple[str | None, str]:
        on_pass = self._plant.settings.delivery.on_pass
        if on_pass != "merge":
            return None, f"`delivery.on_pass` is {on_pass}: the factory did not change {run.base} of the target"
        if run.commit is None or run.base_commit is None:
            return None, "nothing was committed for it"
        try:
            target = await open_target(
                self._plant.workspace,
                run.target,
                run.base,
                holdout=scenarios_dir(self._plant.workspace, self._plant.settings),
            )
            answer = await target.revert(run.commit, run.base_commit, _message(run, reason))
        except TargetError as error:
            return None, f"{error.what}; {error.todo}"
        if isinstance(answer, NotShipped):
            return None, f"{answer.what}; {answer.remedy}"
        return answer, ""


def _message(run: StoredRun, reason: str) -> str:
    return (
        f"Take back: {clean_line(run.title)}\n\n"
        f"Escaped defect: {reason}\nSpec: {run.spec}\nRun: {run.run}\nReverts: {run.commit}\n"
    )


def _failure(reason: str, why_not: str) -> Failure:
    kept = f" It still stands on the target: {why_not}." if why_not else ""
    return Failure(
        failure_class=FailureClass.UNCLEAR,
        layer=FailureLayer.SCENARIO,
        cause=f"Shipped, and wrong: {reason}. No scenario noticed.{kept}",
        decided_by=DecidedBy.OPERATOR,
        quotes=(reason,),
        escaped=True,
    )
