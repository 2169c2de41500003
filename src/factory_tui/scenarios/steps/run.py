"""`run`: a shell command; its exit code comes from the sandbox's runner, never from what it prints."""

import asyncio

from factory_tui.model.matcher import Matcher
from factory_tui.model.step import Step
from factory_tui.sandbox.port import ExecResult
from factory_tui.scenarios.captures import Variables, captured, filled_matcher
from factory_tui.scenarios.matchers import Mismatch, check
from factory_tui.scenarios.steps.limit import check_within
from factory_tui.scenarios.steps.situation import OUTPUT_CAP, Outcome, Shown, Situation, printed, text_of, timeout_of

_SUCCESS = Matcher(equals=0)


async def run_step(step: Step, text: str, situation: Situation) -> Outcome:
    """Run `text` with `/bin/sh -c` and judge how it ended, what it printed and how long it took."""
    timeout_s = timeout_of(step)
    result = await situation.sandbox.exec(situation.command(text, timeout_s, step.stdin or ""))
    if result.timed_out:
        still = f"still running, killed\n{printed(result)}".strip()
        return Outcome([Mismatch("timeout", f"ends within {timeout_s:g} s", still)])
    return await asyncio.to_thread(_judge, step, result, situation.variables)


def _judge(step: Step, result: ExecResult, variables: Variables) -> Outcome:
    expect = step.run_expect
    mismatches = _check_exit(filled_matcher(expect.exit or _SUCCESS, variables), result)
    for name, matcher, data in (("stdout", expect.stdout, result.stdout), ("stderr", expect.stderr, result.stderr)):
        if matcher is None:
            continue
        if _is_cut(result, data):
            mismatches.append(Mismatch(f"{name} size", f"at most {OUTPUT_CAP} bytes", "more"))
        else:
            mismatches += check(filled_matcher(matcher, variables), text_of(data), name)
    mismatches += check_within(expect.within, result.seconds)
    values, missing = captured(step.capture, text_of(result.stdout), complete=not _is_cut(result, result.stdout))
    return Outcome(mismatches + missing, values, _shown(result))


def _shown(result: ExecResult) -> list[Shown]:
    streams = (("stdout", result.stdout), ("stderr", result.stderr))
    seen = [Shown(name, text_of(data), whole=not _is_cut(result, data)) for name, data in streams if data]
    return [Shown("exit", str(result.exit_code)), *seen]


def _check_exit(matcher: Matcher, result: ExecResult) -> list[Mismatch]:
    """The exit code, with what the command printed: the code alone seldom tells the operator why."""
    why = "killed by the memory limit" if result.oom else printed(result)
    return [
        Mismatch(each.check, each.expected, f"{each.observed}\n{why}".strip())
        for each in check(matcher, result.exit_code, "exit")
    ]


def _is_cut(result: ExecResult, data: bytes) -> bool:
    """Whether this stream may be the one that lost bytes; the runner tells it of the command, not of a stream."""
    return result.truncated and len(data) >= OUTPUT_CAP // 2
