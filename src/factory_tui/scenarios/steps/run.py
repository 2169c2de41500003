"""`run`: a shell command; its exit code comes from the sandbox's runner, never from what it prints."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from factory_tui.model.matcher import Matcher
from factory_tui.model.step import Step
from factory_tui.sandbox.port import ExecResult
from factory_tui.scenarios.matching.captures import Variables, captured, filled_matcher
from factory_tui.scenarios.matching.matchers import Mismatch, check
from factory_tui.scenarios.quality import Again, Call, decides_exit, qualities_of, repeated, within
from factory_tui.scenarios.steps.situation import OUTPUT_CAP, Outcome, Shown, Situation, printed, text_of, timeout_of

_SUCCESS = Matcher(equals=0)


async def run_step(step: Step, text: str, situation: Situation) -> Outcome:
    """Run `text` with `/bin/sh -c` and judge how it ended, what it printed and how long it took.

    Further calls for its qualities are made only where the first did what it should.
    """
    timeout_s = timeout_of(step)

    async def call() -> ExecResult:
        return await situation.sandbox.exec(situation.command(text, timeout_s, step.stdin or ""))

    result = await call()
    if result.timed_out:
        still = f"still running, killed\n{printed(result)}".strip()
        return Outcome([Mismatch("timeout", f"ends within {timeout_s:g} s", still)])
    outcome = await asyncio.to_thread(_judge, step, result, situation.variables)
    if step.quality is None or outcome.mismatches:
        return outcome

    async def once_more() -> Call:
        return _seen(await call())

    def wrong(seen: Call) -> list[Mismatch]:
        return _check_output(step, ((seen.stdout, seen.cut), (seen.stderr, seen.cut)), situation.variables)

    further = await repeated(step.quality, _seen(result), Again(once_more, wrong, situation.sandbox.collect))
    return replace(outcome, mismatches=further.astray, readings=[*outcome.readings, *further.readings])


def _judge(step: Step, result: ExecResult, variables: Variables) -> Outcome:
    expect = step.run_expect
    wanted = filled_matcher(expect.exit or _SUCCESS, variables)
    mismatches = [] if decides_exit(step) else _check_exit(wanted, result)
    streams = [(text_of(data), _is_cut(result, data)) for data in (result.stdout, result.stderr)]
    mismatches += _check_output(step, streams, variables)
    values, missing = captured(step.capture, text_of(result.stdout), complete=not _is_cut(result, result.stdout))
    readings = [] if expect.within is None else [within(expect.within, result.seconds)]
    readings += [] if step.quality is None else qualities_of(step.quality, _seen(result))
    return Outcome(mismatches + missing, values, _shown(result), readings)


def _check_output(step: Step, streams: Sequence[tuple[str, bool]], variables: Variables) -> list[Mismatch]:
    """What does not hold of standard output and standard error: of each its text, and whether that is not all of it."""
    wanted = (("stdout", step.run_expect.stdout), ("stderr", step.run_expect.stderr))
    mismatches: list[Mismatch] = []
    for (name, matcher), (text, is_cut) in zip(wanted, streams, strict=True):
        if matcher is None:
            continue
        if is_cut:
            mismatches.append(Mismatch(f"{name} size", f"at most {OUTPUT_CAP} bytes", "more"))
        else:
            mismatches += check(filled_matcher(matcher, variables), text, name)
    return mismatches


def _seen(result: ExecResult) -> Call:
    return Call(
        exit_code=result.exit_code,
        stdout=text_of(result.stdout),
        stderr=text_of(result.stderr),
        seconds=result.seconds,
        printed=result.printed,
        peak=result.peak,
        floor=result.floor,
        cut=result.truncated,
        timed_out=result.timed_out,
    )


def _shown(result: ExecResult) -> list[Shown]:
    streams = (("stdout", result.stdout), ("stderr", result.stderr))
    seen = [Shown(name, text_of(data), whole=not _is_cut(result, data)) for name, data in streams]
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
