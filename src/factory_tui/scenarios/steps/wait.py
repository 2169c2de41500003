"""`wait` and a service's `ready`: poll a condition until it holds or its bound is over."""

import asyncio

from factory_tui.model.step import Condition
from factory_tui.sandbox.port import BackgroundProcess
from factory_tui.scenarios.matching.captures import Variables, filled
from factory_tui.scenarios.matching.matchers import Mismatch
from factory_tui.scenarios.steps.situation import HTTP_SECONDS, Outcome, Situation, inside

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.02, 0.25
"""Between two looks: short at first, because most services are up in a moment."""


async def wait_step(wait: Condition | float, situation: Situation) -> Outcome:
    """Wait for the condition, or the plain number of seconds."""
    if isinstance(wait, Condition):
        return Outcome(await hold_on(wait, situation, "wait"))
    await asyncio.sleep(wait)
    return Outcome([])


async def hold_on(
    condition: Condition, situation: Situation, label: str, until: BackgroundProcess | None = None
) -> list[Mismatch]:
    """Empty as soon as the condition holds; a mismatch when it does not within its bound.

    Args:
        condition: what to wait for.
        situation: where.
        label: names the check.
        until: when this process has ended there is nothing left to wait for.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + condition.within
    pause = _FIRST_PAUSE_S
    while True:
        left = end - loop.time()
        seen = await _look(condition, situation, max(left, _FIRST_PAUSE_S))
        if seen is None:
            return []
        if loop.time() + pause >= end or (until is not None and await until.poll() is not None):
            wanted = _wanted(condition, situation.variables)
            return [Mismatch(label, f"{wanted} within {condition.within:g} s", seen)]
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_S)


async def _look(condition: Condition, situation: Situation, left: float) -> str | None:
    """One look: None when the condition holds, else what was seen instead."""
    sandbox, variables = situation.sandbox, situation.variables
    if condition.http is not None:
        url = filled(condition.http, variables)
        answer = await sandbox.http("GET", url, {}, b"", min(left, HTTP_SECONDS))
        if answer.error is None and answer.status < 500:
            return None
        return answer.error or f"status {answer.status}"
    if condition.file is not None:
        path = inside(condition.file, variables)
        return None if await sandbox.read(path, cap=1) is not None else "no such file"
    result = await sandbox.exec(situation.command(condition.run or "", left))
    if result.exit_code == 0 and not result.timed_out:
        return None
    return "still running" if result.timed_out else f"exit {result.exit_code}"


def _wanted(condition: Condition, variables: Variables) -> str:
    if condition.http is not None:
        return f"an answer below 500 from {filled(condition.http, variables)}"
    if condition.file is not None:
        return f"the file {filled(condition.file, variables)}"
    return f"exit 0 of {condition.run}"
