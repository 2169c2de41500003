"""`kill -9` the engine, start it again: nothing recorded is lost, nothing is left behind."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from factory_tui.control import ControlClient, ensure_engine
from factory_tui.control.start import wait_until_gone
from factory_tui.engine.lock import EngineLock
from factory_tui.engine.plant import workspace_hash
from factory_tui.model.run import RunState
from factory_tui.sandbox import open_host
from tests.engine.factory import PATIENCE_S, RIGHT, Factory, delivers

BACKENDS = ["local", pytest.param("docker", marks=pytest.mark.docker)]


@pytest.fixture(params=BACKENDS)
def factory(request: pytest.FixtureRequest, tmp_path: Path) -> Factory:
    return Factory.at(tmp_path / "ws", backend=request.param)


async def test_after_kill_9_the_interrupted_run_is_queued_again_and_ships(factory: Factory) -> None:
    factory.add("greet", delivers(RIGHT, delay_ms=300_000))
    settings = factory.settings()
    first = await ensure_engine(factory.workspace, settings)
    try:
        async with ControlClient.connect(factory.workspace, settings) as client:
            await client.run(())
        await factory.until("run.building")
        before = factory.events()
        os.kill(first.pid, signal.SIGKILL)
        assert await wait_until_gone(first.pid, 10)
        script = factory.workspace / "twins" / "anthropic" / "greet.yaml"
        script.write_text(script.read_text().replace("300000", "0"))

        second = await ensure_engine(factory.workspace, settings)
        assert second.pid != first.pid
        assert second.epoch == first.epoch + 1
        await factory.until("run.shipped")
        events = factory.events()
        assert events[: len(before)] == before
        assert [each.seq for each in events] == list(range(1, len(events) + 1))
        assert "engine.recovered" in {each.type for each in events}
        assert factory.run_of("greet").row.state is RunState.SHIPPED
    finally:
        await _stop(factory)
    host = open_host(settings.sandbox)
    assert await host.sweep(workspace_hash(factory.workspace)) == ()
    await host.close()


async def test_a_second_engine_refuses_and_names_the_holder(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    factory.add("greet", delivers(RIGHT))
    info = await ensure_engine(factory.workspace, factory.settings())
    try:
        second = subprocess.run(
            [sys.executable, "-m", "factory_tui.engine", "--workspace", str(factory.workspace)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode == 4
        assert str(info.pid) in second.stderr
    finally:
        await _stop(factory)


async def test_an_engine_that_cannot_record_ends_with_a_reason_and_loses_no_run(factory: Factory) -> None:
    factory.add("greet", delivers(RIGHT, delay_ms=1000))
    settings = factory.settings()
    engine = await ensure_engine(factory.workspace, settings)
    async with ControlClient.connect(factory.workspace, settings) as client:
        await client.run(())
    await factory.until("run.building")
    with sqlite3.connect(factory.workspace / "runs.db") as other:
        other.execute("UPDATE meta SET value = value + 1 WHERE key = 'epoch'")
    other.close()
    assert await wait_until_gone(engine.pid, PATIENCE_S)
    words = (factory.workspace / ".factory" / "engine.log").read_text()
    assert "another engine took over" in words
    assert "Traceback" not in words
    assert factory.run_of("greet").row.state is RunState.BUILDING
    await ensure_engine(factory.workspace, settings)
    try:
        await factory.until("run.shipped")
    finally:
        await _stop(factory)


async def test_whoever_starts_an_engine_at_the_same_time_gets_the_same_one(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    settings = factory.settings()
    try:
        first, *others = await asyncio.gather(*(ensure_engine(factory.workspace, settings) for _ in range(3)))
        assert {each.pid for each in others} == {first.pid}
    finally:
        await _stop(factory)
    async with asyncio.timeout(PATIENCE_S):
        while _processes_of(factory):  # noqa: ASYNC110 - other processes tell nobody that they end
            await asyncio.sleep(0.02)
    assert [each.type for each in factory.events()] == ["engine.started", "engine.stopped"]


async def test_a_start_waits_for_an_engine_that_is_still_ending(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    log = factory.workspace / ".factory" / "engine.log"
    with EngineLock(factory.workspace):
        start = asyncio.create_task(ensure_engine(factory.workspace, factory.settings()))
        async with asyncio.timeout(PATIENCE_S):
            while not (log.exists() and "already runs" in log.read_text()):  # noqa: ASYNC110 - written by another process
                await asyncio.sleep(0.02)
    try:
        assert (await start).epoch == 1
    finally:
        await _stop(factory)


def _processes_of(factory: Factory) -> list[str]:
    """Engines on the workspace, starting and ending ones included."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = each.read_bytes().split(b"\0")
            if b"factory_tui.engine" in words and os.fsencode(factory.workspace) in words:
                found.append(each.parent.name)
    return found


async def _stop(factory: Factory) -> None:
    async with ControlClient.connect(factory.workspace, factory.settings()) as client:
        pid = (await client.hello(factory.settings())).pid
        await client.stop()
    assert await wait_until_gone(pid, 30)
