"""The closing words of a demonstration. Pure; gets views, whose text is already cleaned."""

import shlex
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

from factory_tui.model.money import show_usd
from factory_tui.model.report import Decision, Outcome, Report
from factory_tui.model.run import RunState
from factory_tui.report import phrases

WIDTH = 79
"""Characters of a line that no terminal breaks."""

_MARGIN = 18
"""Columns of the headings; the longest class fits."""


def closing_lines(program: str, workspace: Path, report: Report | None) -> Iterator[str]:
    """What shipped, what failed and why, what waits for the operator, what it cost, and how to go on.

    Args:
        program: how this program is called at the operator's prompt.
        report: of the batch; None when nothing was run.
    """
    yield ""
    if report is None:
        yield "nothing was run"
    else:
        yield from _endings(report)
        yield from _waiting(report.decisions)
        yield ""
        yield f"{'cost':<{_MARGIN}}{show_usd(phrases.cost_of(report))} at list prices; the twin charges nothing"
        if report.finished is not None:
            yield f"{'time':<{_MARGIN}}{_duration((report.finished - report.started).total_seconds())}"
    yield ""
    yield f"the workspace is kept in {workspace}"
    here = f"{shlex.quote(program)} -C {shlex.quote(str(workspace))}"
    for meaning, command in _commands(report, here, shlex.quote(program)):
        # Below each other, for paths are long: a command that the terminal breaks cannot be copied.
        yield f"  {meaning}:"
        yield f"    {command}"


def _endings(report: Report) -> Iterator[str]:
    """Every way in which a run of the batch ended, with its specs."""
    yield from _ending("shipped", report.of(RunState.SHIPPED), _with_attempt)
    failed = report.of(RunState.FAILED)
    if failed:
        yield f"failed {len(failed)}"
        for group in phrases.failed_by_class(report):
            yield from _folded(f"  {group.name}", ", ".join(each.spec for each in group.outcomes))
    yield from _ending("cancelled", report.of(RunState.CANCELLED), _with_branch)
    yield from _ending("held", report.of(RunState.HELD), _with_reason)
    yield from _ending("error", report.of(RunState.ERROR), _name)
    left = len(report.of(*phrases.AT_WORK))
    if left:
        yield from _folded(f"not done {left}", "the next start of the engine takes them up")


def _ending(word: str, outcomes: tuple[Outcome, ...], said: Callable[[Outcome], str]) -> Iterator[str]:
    if outcomes:
        yield from _folded(f"{word} {len(outcomes)}", ", ".join(said(each) for each in outcomes))


def _waiting(decisions: tuple[Decision, ...]) -> Iterator[str]:
    """What the operator is asked in the morning, each with the command that answers."""
    if not decisions:
        return
    yield ""
    yield f"{phrases.counted(len(decisions), 'thing')} for you to decide, the most urgent first"
    for each in decisions:
        yield from _wrapped(each.what, "  ", "    ")
        if each.why not in each.what:
            yield from _wrapped(each.why, "    ", "    ")
        yield f"    → {each.command}"


def _commands(report: Report | None, here: str, program: str) -> Iterator[tuple[str, str]]:
    yield "the control room on it", here
    if report is not None and report.decisions:
        yield "what you decide", f"{here} {report.decisions[0].command}"
    if report is not None:
        yield "the whole report", f"{here} report"
        if report.of(RunState.FAILED):
            yield "what failed, with the evidence", f"{here} failures list"
    if report is None or report.of(*phrases.AT_WORK):
        yield "run what is not done yet", f"{here} run"
    yield "a workspace of your own", f"{program} init DIR"


def _name(outcome: Outcome) -> str:
    return outcome.spec


def _with_attempt(outcome: Outcome) -> str:
    return f"{outcome.spec} (attempt {outcome.attempts})" if outcome.attempts > 1 else outcome.spec


def _with_branch(outcome: Outcome) -> str:
    return f"{outcome.spec} (its work is on {outcome.branch})" if outcome.branch else outcome.spec


def _with_reason(outcome: Outcome) -> str:
    reason = "question" if outcome.question else outcome.hold.value if outcome.hold else ""
    return f"{outcome.spec} ({reason})" if reason else outcome.spec


def _folded(head: str, words: str) -> list[str]:
    """Words beside their heading, broken between them for a terminal of 80 characters."""
    return _wrapped(words, f"{head:<{_MARGIN - 1}} ", " " * _MARGIN)


def _wrapped(text: str, first: str, further: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=further, break_on_hyphens=False, break_long_words=False
    )


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
