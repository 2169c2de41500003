"""`run`, `status`, `logs`, `show`: what is happening, and why."""

import asyncio
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from factory_tui.cli import run_text
from factory_tui.cli.asking import explained, history_of, one_run
from factory_tui.cli.output import CommandFailed, Exit, as_json, end, print_json, print_lines, settings_of, workspace_of
from factory_tui.cli.watch import can_draw, draw, whenever_it_changes
from factory_tui.config import Settings
from factory_tui.control import ControlClient, EngineStatus, NoEngine, RunAnswer, ensure_engine
from factory_tui.control.start import end_of_log, ended_early
from factory_tui.model.event import Event
from factory_tui.model.run import AT_REST, RunState
from factory_tui.store.reader import Reader

_STATES = frozenset(state.value for state in RunState)
"""Other events about a run do not move it."""


@click.command()
@click.argument("specs", nargs=-1)
@click.option("--until-idle", is_flag=True, help="Return when nothing is queued or running any more.")
@click.option("--json", "as_json", is_flag=True, help="One event a line, as JSON.")
@click.pass_context
def run(context: click.Context, specs: tuple[str, ...], until_idle: bool, as_json: bool) -> None:
    """Queue SPECS, or every Ready spec, and follow; starts the engine when none runs.

    Returns when the queued runs have come to rest. Exit code 0: all shipped; 1: one did not, or was not queued.
    """
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    _require_specs(workspace, specs)
    with history_of(workspace) as reader:
        follower = Follower(workspace, settings, reader, until_idle, as_json)
        try:
            shipped = asyncio.run(follower.queue_and_follow(specs))
        except KeyboardInterrupt:
            print("\nthe engine goes on; `factory-tui status` shows how far it is", file=sys.stderr)
            end(Exit.INTERRUPTED)
    if not shipped:
        end(Exit.FINDINGS)


@click.command()
@click.option("-w", "--watch", is_flag=True, help="Go on showing it until interrupted.")
@as_json
@click.pass_context
def status(context: click.Context, watch: bool, as_json: bool) -> None:
    """What is happening: the engine, the newest batch, and every run that waits or works."""
    workspace = workspace_of(context)
    with history_of(workspace) as reader:
        if not watch:
            _print_status(asyncio.run(engine_status(workspace)), reader, as_json)
            return
        try:
            asyncio.run(watch_status(workspace, reader, as_json))
        except KeyboardInterrupt:
            end(Exit.INTERRUPTED)


@click.command()
@click.argument("name", metavar="RUN")
@click.option("-f", "--follow", is_flag=True, help="Go on while the run is live.")
@click.option("--json", "as_json", is_flag=True, help="Events, one a line, as JSON.")
@click.pass_context
def logs(context: click.Context, name: str, follow: bool, as_json: bool) -> None:
    """What happened in RUN: an id, the beginning of one, or a spec for its newest run."""
    workspace = workspace_of(context)
    with history_of(workspace) as reader:
        found = one_run(reader, name)
        seq = _print_log(reader, found, 0, as_json)
        if not follow:
            return
        try:
            asyncio.run(_follow_log(workspace, reader, found, seq, as_json))
        except KeyboardInterrupt:
            end(Exit.INTERRUPTED)


@click.command()
@click.argument("name", metavar="RUN")
@as_json
@click.pass_context
def show(context: click.Context, name: str, as_json: bool) -> None:
    """What became of RUN and why: verdict, evidence, failures, cost, and what the verdict is bound to."""
    with history_of(workspace_of(context)) as reader:
        view = reader.run(one_run(reader, name))
    assert view is not None
    if as_json:
        print_json(view.model_dump(mode="json"))
    else:
        print_lines(run_text.run_lines(view))


async def engine_status(workspace: Path) -> EngineStatus | None:
    """What the running engine says of itself; None when none runs."""
    try:
        async with ControlClient.connect(workspace) as client:
            return await client.status()
    except NoEngine:
        return None


def _print_status(engine: EngineStatus | None, reader: Reader, as_json: bool) -> None:
    batch, rows = reader.batch(), reader.board()
    if as_json:
        print_json(
            {
                "engine": engine.info.model_dump(mode="json") if engine else None,
                "paused": engine.paused if engine else False,
                "holding": engine.holding.model_dump(mode="json") if engine and engine.holding else None,
                "batch": batch.model_dump(mode="json") if batch else None,
                "runs": [row.model_dump(mode="json") for row in rows],
            }
        )
    else:
        print_lines(run_text.status_lines(engine, batch, rows))


async def watch_status(workspace: Path, reader: Reader, as_json: bool) -> None:
    """Draw the status again whenever something happened. A terminal is cleared once, then only drawn over."""
    if can_draw() and not as_json:
        click.clear()
    shown: list[str] = []
    async for _ in whenever_it_changes(workspace, reader.last_seq):
        engine = await engine_status(workspace)
        if as_json:
            _print_status(engine, reader, as_json)
            continue
        lines = list(run_text.status_lines(engine, reader.batch(), reader.board()))
        if lines != shown:
            draw(lines, shutil.get_terminal_size())
            shown = lines


def _require_specs(workspace: Path, specs: Sequence[str]) -> None:
    """A name that no file has is wrong usage: nothing of the command is carried out."""
    for spec in specs:
        if "/" in spec or not (workspace / "specs" / f"{spec}.md").exists():
            raise CommandFailed(f"there is no spec {spec}", "`factory-tui spec list` names the specs")


class Follower:
    """Queues specs and shows what happens until it is over."""

    def __init__(self, workspace: Path, settings: Settings, reader: Reader, until_idle: bool, as_json: bool) -> None:
        self._workspace, self._settings, self._reader = workspace, settings, reader
        self._until_idle, self._as_json = until_idle, as_json
        self._states: dict[str, RunState] = {}
        """Of the runs that count for the exit code."""

    async def queue_and_follow(self, specs: Sequence[str]) -> bool:
        """True when every run shipped and every spec was queued."""
        await ensure_engine(self._workspace, self._settings)
        async with ControlClient.connect(self._workspace, self._settings) as client:
            before = self._reader.last_seq()
            answer = await client.run(tuple(specs))
            self._show_refused(answer)
            self._states = dict.fromkeys(answer.runs, RunState.QUEUED)
            if answer.runs or not self._is_over():
                await self._follow(client, before)
        if not self._as_json:
            self._show_summary(answer)
        return not answer.refused and all(state is RunState.SHIPPED for state in self._states.values())

    async def _follow(self, client: ControlClient, after_seq: int) -> None:
        last: int | None = None
        words = end_of_log(self._workspace)
        async for event in client.follow(after_seq):
            self._note(event)
            self._show(event)
            # The database is ahead of the stream: when it is over there, show what is still on its way here.
            if last is None and event.type.startswith(("run.", "batch.")) and self._is_over():
                last = self._reader.last_seq()
            if last is not None and event.seq >= last:
                return
        raise ended_early(self._workspace, words)

    def _note(self, event: Event) -> None:
        state = event.type.removeprefix("run.")
        if event.run and state in _STATES and (self._until_idle or event.run in self._states):
            self._states[event.run] = RunState(state)

    def _is_over(self) -> bool:
        if self._until_idle:
            return self._reader.is_idle()
        return all(state in AT_REST for state in self._states.values())

    def _show(self, event: Event) -> None:
        if self._as_json:
            print_json(event.to_json())
        elif event.type in run_text.IMPORTANT:
            print_lines([run_text.event_line(event)])

    def _show_refused(self, answer: RunAnswer) -> None:
        for spec, reason in answer.refused:
            print(run_text.plain(f"{spec} was not queued: {reason}"), file=sys.stderr, flush=True)
        if not answer.runs and not answer.refused and not self._as_json:
            print_lines(["nothing new to run: no Ready spec without an outcome (`factory-tui spec list`)"])

    def _show_summary(self, answer: RunAnswer) -> None:
        rows = [view.row for name in self._states if (view := self._reader.run(name))]
        if rows:
            print_lines(run_text.summary_lines(rows, answer.batch))


async def _follow_log(workspace: Path, reader: Reader, run: str, seq: int, as_json: bool) -> None:
    """New lines whenever the engine says that something happened in the run."""
    try:
        async with ControlClient.connect(workspace) as client:
            if _is_at_rest(reader, run):
                _print_log(reader, run, seq, as_json)
                return
            async for event in client.follow(seq, run):
                if event.seq > seq:
                    seq = _print_log(reader, run, seq, as_json)
                if _is_at_rest(reader, run):
                    _print_log(reader, run, seq, as_json)
                    return
    except NoEngine:
        if not _is_at_rest(reader, run):
            raise
        return
    raise NoEngine("the engine ended while the run was live", "`factory-tui engine start` takes it up again")


def _is_at_rest(reader: Reader, run: str) -> bool:
    view = reader.run(run)
    return view is None or view.row.state in AT_REST


def _print_log(reader: Reader, run: str, after_seq: int, as_json: bool) -> int:
    """Print everything after `after_seq`; the last seq that was printed."""
    with explained():
        while True:
            if as_json:
                events = reader.events(after_seq, run=run)
                for event in events:
                    print_json(event.to_json())
                seq = events[-1].seq if events else after_seq
            else:
                lines = reader.log(run, after_seq)
                print_lines(f"{run_text.clock(line.ts)}  {run_text.log_text(line)}" for line in lines)
                seq = lines[-1].seq if lines else after_seq
            if seq == after_seq:
                return seq
            after_seq = seq
