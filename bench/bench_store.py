"""The event store against raw sqlite3 with the same durability, and what a screen asks of a large history."""

import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from factory_tui.model.evaluation import Evidence
from factory_tui.model.failure import Failure, FailureClass, FailureLayer
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.run import RunState
from factory_tui.model.spec import Question
from factory_tui.store import NewRun
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store
from factory_tui.store.values import as_json
from factory_tui.store.writer import Connection

WRITES = 400
CALLERS = 8
"""Workstreams at the same time."""
HISTORY = 1_000_000
"""Events of the large history."""
RUNS = 5_000
"""Runs of the large history: about 200 events each, as a run of 40 tool calls leaves."""
ON_BOARD = 100
FAILURES = 100_000
"""Failure records of the large history: one about each run, the others about its scenarios."""


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as directory:
        here = Path(directory)
        raw = raw_events_per_second(here / "raw.db")
        one, many = asyncio.run(store_events_per_second(here / "runs.db"))
        return {
            "raw_per_s": raw,
            "one_caller_per_s": one,
            "eight_callers_per_s": many,
            "ratio_one_caller": one / raw,
            "ratio_eight_callers": many / raw,
            "hop_us": asyncio.run(cost_of_a_hop()),
            **large_history(here / "large.db"),
        }


def raw_events_per_second(path: Path) -> float:
    """The floor: the statements of one tool event by hand, one commit each, WAL and synchronous=FULL."""
    asyncio.run(prepared(path, 1))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    started = time.perf_counter()
    for number in range(WRITES):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE run SET last_action = ? WHERE run = 'r0'", (f"bash: command {number}",))
        seq = connection.execute(
            "INSERT INTO event (ts, type, batch, run, attempt, spec, data) "
            "VALUES (?, 'tool.started', 'b1', 'r0', 1, 's', ?)",
            (number, json.dumps({"turn": 1, "call": f"c{number}", "name": "bash", "summary": "command"})),
        ).lastrowid
        connection.execute(
            "INSERT INTO tool_call (started_seq, run, attempt, turn, call_id, name, summary) "
            "VALUES (?, 'r0', 1, 1, ?, 'bash', 'command')",
            (seq, f"c{number}"),
        )
        connection.execute("COMMIT")
    seconds = time.perf_counter() - started
    connection.close()
    return WRITES / seconds


async def store_events_per_second(path: Path) -> tuple[float, float]:
    """Events committed per second by one caller that awaits each, and by several that do."""
    await prepared(path, CALLERS)
    async with await Store.open(path) as store:

        async def write(run: int, count: int) -> None:
            for number in range(count):
                await store.record_tool_started(f"r{run}", 1, 1, f"c{number}", "bash", f"command {number}")

        started = time.perf_counter()
        await write(0, WRITES)
        one = WRITES / (time.perf_counter() - started)
        started = time.perf_counter()
        await asyncio.gather(*(write(run, WRITES) for run in range(CALLERS)))
        many = CALLERS * WRITES / (time.perf_counter() - started)
    return one, many


async def cost_of_a_hop() -> float:
    """Microseconds of processor time that a statement costs more when it goes to the thread by itself."""
    hops = 5 * WRITES

    def together(raw: sqlite3.Connection) -> None:
        for _ in range(hops):
            raw.execute("SELECT 1")

    async with Connection(partial(sqlite3.connect, ":memory:"), iter_chunk_size=64) as connection:
        started = time.process_time()
        await connection.on_thread(together)
        between = time.process_time()
        for _ in range(hops):
            await connection.execute("SELECT 1")
        ended = time.process_time()
    return 1e6 * ((ended - between) - (between - started)) / hops


async def prepared(path: Path, runs: int) -> None:
    async with await Store.open(path) as store:
        await store.open_batch(BatchId("b1"))
        for number in range(runs):
            await store.queue_run(
                NewRun(run=RunId(f"r{number}"), batch=BatchId("b1"), spec=SpecId(f"s{number % 50}"), title="A title",
                       spec_hash="h", spec_text="text", target="t", base="main")
            )  # fmt: skip


def large_history(path: Path) -> dict[str, float]:
    asyncio.run(prepared(path, RUNS))
    fill(path)
    started = time.perf_counter()
    asyncio.run(opened(path))
    answers = {"large_open_s": time.perf_counter() - started, "large_mb": path.stat().st_size / 1e6}
    with Reader(path) as reader:
        last = reader.last_seq()
        questions: dict[str, Callable[[], object]] = {
            "large_board_ms": lambda: reader.board(),
            "large_board_of_100_ms": lambda: reader.board("b2"),
            "large_run_ms": lambda: reader.run("r7"),
            "large_log_page_ms": lambda: reader.log("r7", limit=200),
            "large_news_ms": lambda: reader.events(last - 100),
            "large_last_runs_ms": lambda: reader.last_runs(),
            "large_failures_ms": lambda: reader.failures(),
            "large_report_ms": lambda: reader.report("bench", None, None, datetime.now(UTC)),
            "large_report_of_4900_ms": lambda: reader.report("bench", "b1", None, datetime.now(UTC)),
        }
        for name, ask in questions.items():
            answers[name] = 1_000 * median_seconds(ask)
    return answers


async def opened(path: Path) -> None:
    await (await Store.open(path)).close()


def median_seconds(ask: Callable[[], object], times: int = 7) -> float:
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def fill(path: Path) -> None:
    """Events by bulk insertion; runs finished but for the newest batch of `ON_BOARD`."""
    data = json.dumps({"turn": 3, "call": "toolu_012345", "name": "bash", "ok": True, "seconds": 0.125})
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.executemany(
        "INSERT INTO event (ts, type, batch, run, attempt, spec, data) VALUES (?, 'tool.finished', 'b1', ?, 1, ?, ?)",
        ((number, f"r{number % RUNS}", f"s{number % 50}", data) for number in range(HISTORY)),
    )
    classes = tuple(FailureClass)
    records = [as_json(failure(each, None)) for each in classes], [as_json(failure(each, "s1")) for each in classes]
    connection.executemany(
        "INSERT INTO failure (ts, run, attempt, spec, failure_class, data) VALUES (1, ?, 0, ?, ?, ?)",
        (
            (
                f"r{number % RUNS}",
                f"s{number % 50}",
                classes[number % len(classes)].value,
                records[number >= RUNS][number % len(classes)],
            )
            for number in range(FAILURES)
        ),
    )
    connection.execute("INSERT INTO batch (batch, started) VALUES ('b2', 1)")
    connection.execute(
        "UPDATE run SET state = ?, started = queued, finished = queued + 60000000", (RunState.SHIPPED.value,)
    )
    connection.execute("UPDATE run SET state = ? WHERE id % 2", (RunState.FAILED.value,))
    connection.execute(
        "UPDATE run SET batch = 'b2', state = ? WHERE id > ?", (RunState.BUILDING.value, RUNS - ON_BOARD)
    )
    connection.commit()
    connection.close()


def failure(failure_class: FailureClass, scenario: str | None) -> Failure:
    """A record of the usual size."""
    return Failure(
        failure_class=failure_class,
        layer=FailureLayer.AGENT,
        cause="R2 holds for amounts in euro, and not for those in cents: expected exit code 3, observed exit code 0",
        scenario=scenario,
        rules=("R2",),
        section=Question.RULES,
        evidence=(Evidence(step=1, check="stdout", expected="12.34", observed="Traceback: " + "a line\n" * 80),),
        sentence="given an account with 10.00, when 12.34 is withdrawn, then it is refused",
    )


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
