"""The promises of `tui.source.Source`, held by the real source and by the fake that other tests use."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from factory_tui import config
from factory_tui.config import Settings
from factory_tui.control.protocol import RunAnswer
from factory_tui.engine.commands import CommandRefused
from factory_tui.engine.server import ControlServer
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.money import from_usd
from factory_tui.model.run import RunState
from factory_tui.model.spec import Status
from factory_tui.model.views import EngineInfo
from factory_tui.store import NewRun
from factory_tui.store.store import Store
from factory_tui.tui.commands.batch import plan_lines
from factory_tui.tui.live import LiveSource
from factory_tui.tui.source import Change, Source, SourceError, Topic

from . import sample
from .fake_source import busy

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class QueueingEngine:
    """Answers the control socket and queues runs in the real store; builds nothing."""

    settings: Settings
    store: Store
    asked: list[str] = field(default_factory=list)

    def info(self) -> EngineInfo:
        return sample.ENGINE

    def settings_json(self) -> str:
        return self.settings.model_dump_json()

    async def run(self, specs: tuple[str, ...]) -> RunAnswer:
        batch, run = BatchId("b00000001"), RunId("r00000001")
        await self.store.open_batch(batch, from_usd(10))
        await self.store.queue_run(
            NewRun(run=run, batch=batch, spec=SpecId("rotate-logs"), title="Rotate", spec_hash="h", spec_text="",
                   target="targets/logs", base="main")
        )  # fmt: skip
        return RunAnswer(batch=batch, runs=(run,), refused=(("stock-api", "its version has shipped"),))

    async def cancel(self, run: str) -> None:
        if run != "r00000001":
            raise CommandRefused(f"there is no run {run}", "factory-tui status lists them")
        self.asked.append(f"cancel {run}")
        await self.store.move_run(run, RunState.CANCELLED, why="by the operator")

    async def retry(self, run: str) -> str:
        self.asked.append(f"retry {run}")
        again = RunId("r00000002")
        await self.store.queue_run(
            NewRun(run=again, batch=BatchId("b00000001"), spec=SpecId("rotate-logs"), title="Rotate", spec_hash="h",
                   spec_text="", target="targets/logs", base="main")
        )  # fmt: skip
        return again

    async def stop(self) -> None:
        self.asked.append("stop")


@dataclass
class World:
    """A source and what a test needs to know about it."""

    source: Source
    ready: str
    """A spec that is Ready."""
    broken: str
    """A draft with errors."""
    tell: Callable[[], None] = lambda: None
    """Make the fake tell its news; the real one hears of them itself."""


def make_workspace(directory: Path) -> Path:
    for name in ("specs", "scenarios"):
        shutil.copytree(REPOSITORY / name, directory / name)
    shutil.copy(REPOSITORY / "factory.toml", directory / "factory.toml")
    (directory / ".factory").mkdir(mode=0o700)
    text = (directory / "specs" / "rotate-logs.md").read_text()
    broken = text.replace("id: rotate-logs", "id: half-done").replace("status: ready", "status: draft")
    (directory / "specs" / "half-done.md").write_text(broken.replace("## WHO", "## WHOM"))
    return directory


@asynccontextmanager
async def live_world(directory: Path, read_only: bool = False) -> AsyncIterator[World]:
    workspace = make_workspace(directory)
    settings = config.load(workspace, {})
    source = LiveSource(workspace, settings, read_only=read_only)
    async with (
        await Store.open(workspace / "runs.db") as store,
        ControlServer(workspace, QueueingEngine(settings, store), store).listening(),
    ):
        yield World(source, "rotate-logs", "half-done")
        await source.close()


@asynccontextmanager
async def fake_world(directory: Path, read_only: bool = False) -> AsyncIterator[World]:
    source = busy()
    source.read_only = read_only
    yield World(source, "csv-report", "bank-withdraw", lambda: source.tell(Change(Topic.RUNS)))


WORLDS = {"live": live_world, "fake": fake_world}


@pytest.fixture(params=list(WORLDS))
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    directory = tmp_path / "workspace"
    directory.mkdir()
    async with WORLDS[request.param](directory) as made:
        yield made


async def row_of(source: Source, spec: str) -> Status | None:
    return next(row.status for row in await source.specs() if row.id == spec)


async def test_specs_carry_their_findings(world: World) -> None:
    rows = {row.id: row for row in await world.source.specs()}
    assert rows[world.ready].status is Status.READY
    assert rows[world.ready].errors == 0
    assert rows[world.broken].errors > 0
    assert rows[world.broken].findings[0].fix


async def test_a_status_is_changed_and_seen_at_once(world: World) -> None:
    for status in (Status.DRAFT, Status.PARKED, Status.READY):
        await world.source.set_status(world.ready, status)
        assert await row_of(world.source, world.ready) is status


async def test_a_spec_with_errors_is_refused_with_the_reason_and_the_fix(world: World) -> None:
    with pytest.raises(SourceError, match=f"{world.broken} cannot be Ready: [CQ]\\d\\d") as caught:
        await world.source.set_status(world.broken, Status.READY)
    assert caught.value.todo
    assert await row_of(world.source, world.broken) is Status.DRAFT


async def test_the_plan_names_what_would_run(world: World) -> None:
    plan = await world.source.plan()
    assert world.ready in plan.specs
    assert world.broken not in plan.specs
    assert plan.parallel >= 1


async def test_a_batch_shows_up_on_the_board_and_in_the_news(world: World) -> None:
    changes = world.source.changes()
    news = asyncio.create_task(anext(changes))
    queued = await world.source.start_batch()
    world.tell()
    async with asyncio.timeout(20):
        seen = await news
        while not seen.topics & Topic.RUNS:
            seen = await anext(changes)
    await changes.aclose()  # type: ignore[attr-defined]
    board = await world.source.board()
    assert {row.run for row in board.rows} >= set(queued.runs)
    assert all(row.state is RunState.QUEUED for row in board.rows if row.run in queued.runs)


async def test_a_log_is_read_page_by_page_to_its_end(world: World) -> None:
    run = (await world.source.start_batch()).runs[0]
    after, count = 0, 0
    while page := await world.source.log(run, after):
        assert page[0].seq > after
        after, count = page[-1].seq, count + len(page)
    assert count > 0


async def test_a_run_can_be_looked_at_and_an_unknown_one_is_none(world: World) -> None:
    run = (await world.source.start_batch()).runs[0]
    view = await world.source.run(run)
    assert view is not None
    assert view.row.run == run
    assert await world.source.run("rnothing") is None


async def test_cancel_and_retry_reach_the_engine(world: World) -> None:
    run = (await world.source.start_batch()).runs[0]
    await world.source.cancel(run)
    again = await world.source.retry(run)
    view = await world.source.run(again)
    assert view is not None
    assert view.row.state is RunState.QUEUED


async def test_the_engine_is_known(world: World) -> None:
    info = await world.source.connect(start=False)
    assert info is not None
    assert info.pid == sample.ENGINE.pid


@pytest.mark.parametrize("kind", list(WORLDS))
async def test_a_read_only_source_gives_no_command(kind: str, tmp_path: Path) -> None:
    async with WORLDS[kind](tmp_path, read_only=True) as world:
        source = world.source
        assert source.read_only
        assert await source.specs()
        for command in (
            source.set_status(world.ready, Status.DRAFT),
            source.start_batch(),
            source.cancel("r00000001"),
            source.retry("r00000001"),
        ):
            with pytest.raises(SourceError, match="read-only"):
                await command


async def test_a_refusal_of_the_engine_is_told_with_its_remedy(tmp_path: Path) -> None:
    async with live_world(tmp_path) as world:
        with pytest.raises(SourceError, match="there is no run r9") as caught:
            await world.source.cancel("r9")
        assert caught.value.todo == "factory-tui status lists them"


async def test_without_an_engine_files_and_history_are_read(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    source = LiveSource(workspace, config.load(workspace, {}), read_only=True)
    assert await source.connect(start=False) is None
    assert await source.connect(start=True) is None
    assert await source.specs()
    assert (await source.board()).rows == ()
    assert await source.failures() == ()
    await source.close()


async def test_a_plan_names_the_ready_specs_that_will_be_held(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    file = workspace / "specs" / "rotate-logs.md"
    file.write_text(file.read_text().replace("## WHO\n", "## WHY\n"))
    source = LiveSource(workspace, config.load(workspace, {}), read_only=True)
    plan = await source.plan()
    assert "rotate-logs" in plan.with_errors
    assert "rotate-logs" not in plan.specs
    assert any("rotate-logs" in each.text and "Ready with errors" in each.text for each in plan_lines(plan))
    await source.close()


async def test_a_plan_leaves_out_what_has_run_as_it_is(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    source = LiveSource(workspace, config.load(workspace, {}), read_only=True)
    version = next(row.version for row in await source.specs() if row.id == "rotate-logs")
    async with await Store.open(workspace / "runs.db") as store:
        await store.open_batch(BatchId("b00000001"))
        await store.queue_run(
            NewRun(run=RunId("r00000001"), batch=BatchId("b00000001"), spec=SpecId("rotate-logs"), title="Rotate",
                   spec_hash=version, spec_text="", target="targets/logs", base="main")
        )  # fmt: skip
    plan = await source.plan()
    assert "rotate-logs" not in plan.specs
    assert plan.unchanged == 1
    assert any("1 Ready spec: nothing changed since the last run" in each.text for each in plan_lines(plan))
    file = workspace / "specs" / "rotate-logs.md"
    file.write_text(file.read_text().replace("## WHO\n", "## WHO\n\nWho keeps a machine running.\n"))
    await source.close()
    later = LiveSource(workspace, config.load(workspace, {}), read_only=True)
    plan = await later.plan()
    assert "rotate-logs" in (*plan.specs, *plan.with_errors)
    await later.close()


async def test_a_configuration_mended_under_an_open_room_counts(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    source = LiveSource(workspace, config.load(workspace, {}), read_only=True)
    file = workspace / "factory.toml"
    file.write_text("[limits]\nattempts = 3\nrun_usd = 0.25\n")
    plan = await source.plan()
    assert (plan.attempts, plan.run_cap, plan.charged) == (3, from_usd(0.25), True)
    file.write_text("[limits]\nattemps = 3\n")
    with pytest.raises(SourceError, match="attemps") as caught:
        await source.plan()
    assert caught.value.todo
    await source.close()


async def test_a_spec_saved_in_an_editor_is_news(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    source = LiveSource(workspace, config.load(workspace, {}), read_only=True)
    before = {row.id for row in await source.specs()}
    changes = source.changes()

    async def hear() -> None:
        async for change in changes:
            if change.topics & Topic.SPECS:
                return

    async def save_until_heard(task: "asyncio.Task[None]") -> None:
        number = 0
        while not task.done():
            number += 1
            (workspace / "specs" / f"new-{number}.md").write_text("---\nid: new\n---\n")
            await asyncio.wait([task], timeout=0.5)

    async with asyncio.timeout(30):
        task = asyncio.create_task(hear())
        await save_until_heard(task)
    await changes.aclose()  # type: ignore[attr-defined]
    assert {row.id for row in await source.specs()} - before
    await source.close()


async def test_a_spec_saved_before_the_files_are_watched_is_news(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    source = LiveSource(workspace, config.load(workspace, {}), read_only=True)
    await source.specs()
    (workspace / "specs" / "new.md").write_text("---\nid: new\n---\n")

    changes = source.changes()
    async with asyncio.timeout(30):
        async for change in changes:
            if change.topics & Topic.SPECS:
                break

    await changes.aclose()  # type: ignore[attr-defined]
    assert "new" in {row.id for row in await source.specs()}
    await source.close()


async def test_the_watcher_is_not_loaded_before_the_first_list(tmp_path: Path) -> None:
    code = f"""
import asyncio, sys
from pathlib import Path
from factory_tui import config
from factory_tui.tui.live import LiveSource

async def main():
    workspace = Path({str(make_workspace(tmp_path))!r})
    source = LiveSource(workspace, config.load(workspace, {{}}), read_only=True)
    changes = asyncio.ensure_future(anext(source.changes()))
    await source.board()
    await source.failures()
    print("watchfiles" in sys.modules)
    await source.specs()
    async with asyncio.timeout(30):
        while "watchfiles" not in sys.modules:
            await source.board()
    changes.cancel()

asyncio.run(main())
"""
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False"]


async def test_a_damaged_database_is_told_with_a_remedy(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    (workspace / "runs.db").write_bytes(b"not a database at all" * 100)
    source = LiveSource(workspace, config.load(workspace, {}), read_only=True)
    with pytest.raises(SourceError, match=r"runs\.db") as caught:
        await source.board()
    assert caught.value.todo
    await source.close()
