"""`file`: what a file of the work directory holds after the steps before."""

import asyncio

from factory_tui.model.step import Step
from factory_tui.sandbox.port import Exec
from factory_tui.scenarios.matching.captures import Variables, captured, filled_matcher
from factory_tui.scenarios.matching.matchers import Mismatch, check, mentions_existence, show_matcher
from factory_tui.scenarios.matching.values import ABSENT, Observed
from factory_tui.scenarios.steps.situation import OUTPUT_CAP, RUN_SECONDS, Outcome, Shown, Situation, inside, text_of


async def file_step(step: Step, path: str, situation: Situation) -> Outcome:
    """Read the file and judge its text. A check of what it holds needs it to be there, `not` included."""
    path = inside(path, situation.variables)
    data = await situation.sandbox.read(path, cap=OUTPUT_CAP + 1)
    if data is None and await _is_something_else(path, situation):
        wanted = show_matcher(filled_matcher(step.file_expect, situation.variables))
        return Outcome([Mismatch(f"file {path} exists", wanted, "a directory, a pipe or a device, and no file")])
    return await asyncio.to_thread(_judge, step, path, data, situation.variables)


async def _is_something_else(path: str, situation: Situation) -> bool:
    """Whether something is there that is no regular file: it must not pass for the absence of one."""
    argv = ("/bin/sh", "-c", '[ -e "$1" ]', "sh", path)
    result = await situation.sandbox.exec(Exec(argv=argv, call_id=situation.new_call_id(), timeout_s=RUN_SECONDS))
    return result.exit_code == 0


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
