"""Versions in the history: recorded once, told with what became of them, and what the past says about the next run."""

import asyncio
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from factory_tui.model.failure import Failure, FailureClass, FailureLayer
from factory_tui.model.ids import BatchId
from factory_tui.model.readback import ReadBack
from factory_tui.model.run import HoldReason, RunState, Verdict
from factory_tui.model.spec import Category
from factory_tui.store.inbox import Inbox, Waiting
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store
from tests.store.test_inbox import NOON, version
from tests.store.test_runs import REPORT

ESCAPED = Failure(failure_class=FailureClass.SPEC_GAP, layer=FailureLayer.SPEC, cause="it owes")


def bank(new_run, run: str, what: str = "pay"):
    found = version(what)
    return new_run(run, spec="bank", spec_hash=found.hash, spec_text=found.text)


async def work(store: Store, run: str, end: RunState, *, attempts: int = 1) -> None:
    await store.move_run(run, RunState.PREPARING)
    for number in range(1, attempts + 1):
        await store.start_attempt(run)
        verdict = Verdict.PASS if end is RunState.SHIPPED and number == attempts else Verdict.FAIL
        await store.finish_attempt(run, number, REPORT, verdict, charged=True)
    if end is RunState.SHIPPED:
        for state in (RunState.BUILDING, RunState.COLLECTING, RunState.EVALUATING, RunState.SHIPPING):
            await store.move_run(run, state)
    await store.move_run(run, end, why="" if end is RunState.SHIPPED else "INCOMPLETE: half")


async def test_a_version_is_recorded_once_since_the_first_time(store: Store, reader: Reader) -> None:
    await store.record_version(version(when=NOON + timedelta(hours=1)))
    await store.record_version(version(when=NOON))
    (found,) = reader.versions("bank")
    assert (found.number, found.version, found.current) == (1, version(when=NOON), False)
    assert [dict(each.rules) for each in await store.earlier_versions("bank")] == [{"R1": "The bank must pay."}]


async def test_a_text_with_another_hash_is_not_recorded(store: Store, reader: Reader) -> None:
    with pytest.raises(ValueError, match="another hash"):
        await store.record_version(version().model_copy(update={"text": version("owe").text}))
    assert reader.versions("bank") == []


async def test_a_version_that_waits_and_is_recorded_counts_once(store: Store, reader: Reader, path: Path) -> None:
    Inbox(path.parent).keep(version())
    Inbox(path.parent).keep(version("owe", when=NOON + timedelta(days=1)))
    await store.record_version(version())
    assert [each.version.hash for each in reader.versions("bank")] == [version().hash, version("owe").hash]
    assert reader.revisions() == {"bank": 2}
    assert len(reader.earlier_rules()["bank"]) == 2


async def test_a_version_is_told_with_its_runs(store: Store, reader: Reader, new_run) -> None:
    await store.open_batch(BatchId("b1"))
    await store.record_version(version("pay"))
    await store.queue_run(bank(new_run, "r1"))
    await work(store, "r1", RunState.FAILED, attempts=2)
    await store.queue_run(bank(new_run, "r2"))
    await work(store, "r2", RunState.SHIPPED)
    await store.record_escape("r2", "it owes", None, ESCAPED)
    await store.queue_run(bank(new_run, "r3", "owe"))
    first, second = reader.versions("bank")
    assert [(each.run, each.state, each.attempts, each.why, each.escaped) for each in first.runs] == [
        ("r1", RunState.FAILED, 2, "INCOMPLETE: half", ""),
        ("r2", RunState.SHIPPED, 1, "", "it owes"),
    ]
    assert [(each.run, each.state) for each in second.runs] == [("r3", RunState.QUEUED)]


async def test_the_past_of_a_run_is_its_category_its_agent_and_its_working_time(
    store: Store, reader: Reader, new_run
) -> None:
    await store.open_batch(BatchId("b1"))
    await store.queue_run(bank(new_run, "r1"))
    await work(store, "r1", RunState.SHIPPED, attempts=2)
    await store.queue_run(bank(new_run, "r2"))
    await store.move_run("r2", RunState.HELD, why="When?", hold=HoldReason.QUESTION)
    await store.queue_run(new_run("r3", spec="odd", spec_text="no head"))
    await work(store, "r3", RunState.FAILED)
    (past,) = reader.past_runs()
    assert (past.spec, past.category, past.agent) == ("bank", Category.CRUD, "default")
    assert (past.shipped, past.first_attempt, past.escaped) == (True, False, False)
    assert 0 < past.seconds < 60
    await store.record_escape("r1", "it owes", None, ESCAPED)
    (past,) = reader.past_runs()
    assert (past.shipped, past.escaped) == (False, True)


async def test_what_shipped_when_first_tried_is_an_example(store: Store, reader: Reader, new_run) -> None:
    await store.open_batch(BatchId("b1"))
    for run, what, end, attempts in (
        ("r1", "pay", RunState.SHIPPED, 1),
        ("r2", "owe", RunState.FAILED, 1),
        ("r3", "owe", RunState.SHIPPED, 1),
        ("r4", "lend", RunState.SHIPPED, 2),
        ("r5", "save", RunState.SHIPPED, 1),
    ):
        await store.queue_run(bank(new_run, run, what))
        await work(store, run, end, attempts=attempts)
    assert reader.first_time_shipped() == [("bank", version("save").hash), ("bank", version("pay").hash)]
    assert await store.shipped_texts() == {"bank": version("save").text}
    await store.record_escape("r5", "it owes", None, ESCAPED)
    assert reader.first_time_shipped() == [("bank", version("pay").hash)]
    assert await store.shipped_texts() == {"bank": version("lend").text}


async def test_a_run_tells_which_constraints_it_took_along(store: Store, reader: Reader, new_run) -> None:
    await store.open_batch(BatchId("b1"))
    await store.queue_run(bank(new_run, "r1"))
    await store.bind_constraints("r1", [("law", "h1", "s1"), ("code", "h2", "s2")])
    await store.bind_constraints("r1", [("law", "h3", "s3")])
    view = reader.run("r1")
    assert view is not None
    assert view.constraints == (("law", "h3"),)


async def test_the_newest_read_back_of_a_spec_is_found(store: Store, reader: Reader) -> None:
    assert reader.last_read_back("bank") is None
    for summary in ("It pays.", "It \x1b[31mowes."):
        await store.record_read_back(ReadBack(spec="bank", hash="h", summary=summary, when=NOON))
    found = reader.last_read_back("bank")
    assert found is not None
    assert found.summary == "It owes."


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from factory_tui.store.inbox import Inbox
from factory_tui.store.store import Store

async def main(path):
    store = await Store.open(path)
    (waiting,) = Inbox(path.parent).look()
    await store.record_version(waiting.version)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(Path(sys.argv[1])))
"""


async def test_taking_in_is_repeated_after_a_crash_between_record_and_removal(path: Path) -> None:
    """The engine that died had recorded the version; the next one finds the file and records it once more."""
    Inbox(path.parent).keep(version())
    died = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", KILLED, str(path)], check=False)
    assert died.returncode == -signal.SIGKILL
    with Reader(path) as reader:
        assert [each.version for each in reader.versions("bank")] == [version()], "in both places, and told once"
    async with await Store.open(path) as store:
        (waiting,) = Inbox(path.parent).look()
        assert isinstance(waiting, Waiting)
        await store.record_version(waiting.version)
        waiting.remove()
    with Reader(path) as reader:
        assert [each.version for each in reader.versions("bank")] == [version()]
    assert Inbox(path.parent).look() == ()


async def test_a_reader_never_misses_a_version_while_it_is_taken_in(store: Store, path: Path) -> None:
    """Files are looked at before the database: what moves between the two is seen in one of them."""
    for number in range(40):
        Inbox(path.parent).keep(version(f"pay {number} times", when=NOON + timedelta(minutes=number)))
    with Reader(path) as reader:

        async def take_in() -> None:
            for each in Inbox(path.parent).look():
                assert isinstance(each, Waiting)
                await store.record_version(each.version)
                each.remove()

        taking = asyncio.create_task(take_in())
        counts = []
        while not taking.done():
            counts.append(await asyncio.to_thread(lambda: len(reader.versions("bank"))))
        await taking
        assert {*counts, len(reader.versions("bank"))} == {40}
