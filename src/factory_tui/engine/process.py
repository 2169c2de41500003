"""The engine's process: one per workspace, started by whoever needs it, outliving every terminal."""

import asyncio
import faulthandler
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from factory_tui import __version__
from factory_tui.agents import (
    Agent,
    ApiKey,
    KeyUnusable,
    ModelGateway,
    ModelJudge,
    NativeAgent,
    ProviderHold,
    ReadBackAgent,
    VoteRecords,
    load_client,
    read_api_key,
)
from factory_tui.config import ConfigError, Settings, load
from factory_tui.control import ControlError
from factory_tui.control.start import ALREADY_RUNNING, UNREADABLE
from factory_tui.engine.core import Engine
from factory_tui.engine.lessons import Lessons
from factory_tui.engine.lock import EngineLock, EngineRunning, WorkspaceUnwritable
from factory_tui.engine.plant import Plant
from factory_tui.engine.recovery import recover
from factory_tui.engine.sandboxes import RecordingHost
from factory_tui.engine.scheduler import Scheduler
from factory_tui.engine.server import ControlServer
from factory_tui.ledger import Book, PricesError, load_prices
from factory_tui.model.views import EngineInfo
from factory_tui.sandbox import open_host
from factory_tui.scenarios import scenarios_dir
from factory_tui.store import Store, StoreError
from factory_tui.twins import TwinError, start_messages_twin

LEAVE_SECONDS = 20.0
"""How long a stopped engine may take to close what it holds open."""

START_FAILED = 2


def main(workspace: Path) -> int:
    """Run the engine until it is told to stop; the exit code of the process."""
    os.umask(0o077)
    try:
        settings = load(workspace)
        with EngineLock(workspace):
            asyncio.run(serve(workspace, settings, leaving=leave_in_time))
            faulthandler.cancel_dump_traceback_later()
    except Exception as error:  # what has words for the operator is said in them, the rest is raised
        known = next((each for each in map(_in_words, _causes(error)) if each is not None), None)
        if known is None:
            raise
        return _fail(*known)
    return 0


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, or what several tasks ended with."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _causes(each)
    else:
        yield error


def _in_words(error: BaseException) -> tuple[str, str, int] | None:
    """What happened, what to do about it, and the exit code; None for what nobody foresaw."""
    if isinstance(error, EngineRunning):
        return str(error), "factory-tui engine status", ALREADY_RUNNING
    if isinstance(error, WorkspaceUnwritable):
        return str(error), "make the workspace writable for this user", START_FAILED
    if isinstance(error, StoreError):
        return error.what, error.todo, UNREADABLE
    if isinstance(error, ControlError):
        return error.what, error.todo, START_FAILED
    if isinstance(error, ConfigError | PricesError | TwinError):
        what, _, todo = str(error).partition("\n")
        return what, todo, UNREADABLE
    return None


def _fail(what: str, todo: str, code: int) -> int:
    print(what, file=sys.stderr)
    print(todo, file=sys.stderr, flush=True)
    return code


def leave_in_time(seconds: float = LEAVE_SECONDS) -> None:
    """End the process after `seconds` even when something in it never ends, and log what that was.

    A thread that waits for an answer that does not come would keep the workspace locked for good. Everything is
    committed by then, and starting is recovering.
    """
    faulthandler.dump_traceback_later(seconds, exit=True)


async def serve(workspace: Path, settings: Settings, leaving: Callable[[], None] = lambda: None) -> None:
    """Open the store, recover, then serve commands and the queue until stopped.

    Args:
        leaving: called when the last event is committed and only closing is left.
    """
    async with AsyncExitStack() as stack:
        engine, server, scheduler = await _assemble(workspace, settings, stack)
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, engine.request_stop)
        loop.add_signal_handler(signal.SIGHUP, lambda: None)
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve(), name="control socket")
            await scheduler.serve()
            await engine.say_goodbye()
            leaving()
            serving.cancel()


async def _assemble(
    workspace: Path, settings: Settings, stack: AsyncExitStack
) -> tuple[Engine, ControlServer, Scheduler]:
    now = _utc_now
    store = await Store.open(workspace / "runs.db")
    stack.push_async_callback(store.close)
    host = RecordingHost(open_host(settings.sandbox, hide=(workspace, scenarios_dir(workspace, settings))), store)
    stack.push_async_callback(host.close)
    prices = load_prices(workspace)
    key, no_key = _read_key(settings)
    # The SDK takes about a second to import: in a thread, while the twin starts, and nothing waits for the loop.
    base_url, _ = await asyncio.gather(
        stack.enter_async_context(_messages_api(workspace, settings)), asyncio.to_thread(load_client)
    )
    hold = ProviderHold(store.start_hold, store.end_hold)
    gateway = ModelGateway(settings.model, prices, key, base_url, hold=hold)
    stack.push_async_callback(gateway.close)

    def make_agent(book: Book) -> Agent:
        return NativeAgent(gateway, book)

    def make_judge(records: VoteRecords, attempt: int) -> ModelJudge:
        return ModelJudge(gateway, settings.profiles[settings.gate.judge_profile], settings.gate, records, attempt)

    plant = Plant(workspace, settings, store, host, make_agent, make_judge, now, hold)
    await recover(plant)
    lessons = Lessons(plant)
    await lessons.settle()
    scheduler = Scheduler(plant, lessons, paused=await store.paused())
    capabilities = host.capabilities()
    info = EngineInfo(
        pid=os.getpid(),
        epoch=store.epoch,
        started=now(),
        workspace=str(workspace),
        sandbox=host.name,
        unsafe=capabilities.unsafe,
        model="twin" if settings.model.is_twin else settings.model.base_url,
        version=__version__,
    )
    await store.engine_started(info)
    engine = Engine(plant, scheduler, lessons, info, prices, no_key, gateway.verify_model, ReadBackAgent(gateway))
    return engine, ControlServer(workspace, engine, store), scheduler


def _read_key(settings: Settings) -> tuple[ApiKey | None, str | None]:
    """The key, or why there is none: without one the engine still shows what happened, and refuses to run specs."""
    try:
        return read_api_key(settings.model, os.environ), None
    except KeyUnusable as error:
        return None, str(error)


@asynccontextmanager
async def _messages_api(workspace: Path, settings: Settings) -> AsyncIterator[str]:
    """The base URL to talk to: the configured one, or a twin that lives as long as the engine."""
    if not settings.model.is_twin:
        yield settings.model.base_url
        return
    async with start_messages_twin(workspace / "twins" / "anthropic", prices=workspace) as url:
        yield url


def _utc_now() -> datetime:
    return datetime.now(UTC)
