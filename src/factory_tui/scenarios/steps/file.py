"""`file`: what a file of the work directory holds after the steps before."""

import asyncio

from factory_tui.model.step import Step
from factory_tui.scenarios.captures import Variables, captured, filled_matcher
from factory_tui.scenarios.matchers import Mismatch, check, mentions_existence, show_matcher
from factory_tui.scenarios.steps.situation import OUTPUT_CAP, Outcome, Shown, Situation, inside, text_of
from factory_tui.scenarios.values import ABSENT, Observed


async def file_step(step: Step, path: str, situation: Situation) -> Outcome:
    """Read the file and judge its text. A check of what it holds needs it to be there, `not` included."""
    path = inside(path, situation.variables)
    data = await situation.sandbox.read(path, cap=OUTPUT_CAP + 1)
    return await asyncio.to_thread(_judge, step, path, data, situation.variables)


def _judge(step: Step, path: str, data: bytes | None, variables: Variables) -> Outcome:
    label = f"file {path}"
    matcher = filled_matcher(step.file_expect, variables)
    if data is not None and len(data) > OUTPUT_CAP:
        return Outcome([Mismatch(f"{label} size", f"at most {OUTPUT_CAP} bytes", "more")])
    observed: Observed = ABSENT if data is None else text_of(data)
    if observed is ABSENT and not mentions_existence(matcher):
        return Outcome([Mismatch(f"{label} exists", show_matcher(matcher), "no such file")])
    values, missing = captured(step.capture, text_of(data or b""), complete=data is not None)
    shown = [Shown(label, text_of(data))] if data is not None else []
    return Outcome(check(matcher, observed, label) + missing, values, shown)
