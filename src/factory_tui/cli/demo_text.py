"""The closing words of a demonstration. Pure; gets views, whose text is already cleaned."""

import shlex
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from factory_tui.model.failure import FailureClass
from factory_tui.model.money import show_usd
from factory_tui.model.run import RunState
from factory_tui.model.views import BatchSummary, FailureGroup, RunRow

WIDTH = 79
"""Characters of a line that no terminal breaks."""


def closing_lines(
    program: str,
    workspace: Path,
    batch: BatchSummary | None,
    rows: Sequence[RunRow],
    failures: Sequence[FailureGroup],
) -> Iterator[str]:
    """What shipped, what failed and why, what waits, what it cost, and how to go on.

    Args:
        program: how this program is called at the operator's prompt.
    """
    yield ""
    if batch is None:
        yield "nothing was run"
    else:
        yield from _folded(f"shipped  {batch.shipped}{_names(rows, RunState.SHIPPED)}")
        yield from _folded(f"failed   {batch.failed}{_failed(rows, failures)}")
        for state, count in ((RunState.HELD, batch.held), (RunState.ERROR, batch.error)):
            if count:
                yield from _folded(f"{state.value:<8} {count}{_names(rows, state)}")
        unfinished = batch.queued + batch.running
        if unfinished:
            yield f"not done {unfinished}: the next start of the engine takes them up"
        yield f"cost     {show_usd(batch.cost)} at list prices; the twin charges nothing"
        if batch.finished is not None:
            yield f"time     {_duration((batch.finished - batch.started).total_seconds())}"
    yield ""
    yield f"the workspace is kept in {workspace}"
    here = f"{shlex.quote(program)} -C {shlex.quote(str(workspace))}"
    commands = [("the control room on it", here)]
    if failures:
        commands.append(("what failed, with the evidence", f"{here} failures list"))
    if batch is None or batch.queued + batch.running:
        commands.append(("run what is not done yet", f"{here} run"))
    commands.append(("a workspace of your own", f"{shlex.quote(program)} init DIR"))
    for meaning, command in commands:
        # Below each other, for paths are long: a command that the terminal breaks cannot be copied.
        yield f"  {meaning}:"
        yield f"    {command}"


def _folded(line: str) -> list[str]:
    """A line of names, broken between them for a terminal of 80 characters."""
    return textwrap.wrap(line, WIDTH, subsequent_indent=" " * 12, break_on_hyphens=False, break_long_words=False)


def _names(rows: Sequence[RunRow], state: RunState) -> str:
    names = [
        f"{row.spec} (attempt {row.attempt})" if row.attempt > 1 else row.spec for row in rows if row.state is state
    ]
    return f": {', '.join(names)}" if names else ""


def _failed(rows: Sequence[RunRow], failures: Sequence[FailureGroup]) -> str:
    """Failed runs, each with the classes of its records."""
    classes: dict[str, list[FailureClass]] = {}
    for group in failures:
        for record in group.records:
            found = classes.setdefault(record.run, [])
            if group.failure_class not in found:
                found.append(group.failure_class)
    words = [
        f"{row.spec} ({', '.join(classes[row.run])})" if row.run in classes else row.spec
        for row in rows
        if row.state is RunState.FAILED
    ]
    return f": {', '.join(words)}" if words else ""


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
