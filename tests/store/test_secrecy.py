"""Seals, burns and what an agent was told, as they are kept."""

import asyncio
import json
from pathlib import Path

import pytest

from factory_tui.model.evaluation import Feedback, RuleStatus
from factory_tui.model.holdout import Burn, Route, Seal
from factory_tui.model.ids import ScenarioId, SpecId
from factory_tui.model.run import HoldReason, RunState
from factory_tui.store import NotReady
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store

from .conftest import MakeRun

SEAL = Seal(SpecId("bank-withdraw"), "5e41", ((ScenarioId("a"), "aa"), (ScenarioId("b"), "bb")))
HOSTILE = "x\x1b]0;pwned\x07\x1b[2J\u202etxet\nsecond line"


def burn(behaviour: str = "b1", run: str | None = "r1", why: str = "seen") -> Burn:
    return Burn(SpecId("bank-withdraw"), ScenarioId("overdrawn"), behaviour, Route.TOOL, why, run, 1 if run else None)


async def test_a_seal_comes_with_the_run_or_not_at_all(store: Store, queued: str, new_run: MakeRun) -> None:
    with pytest.raises(Exception, match="FOREIGN KEY"):
        await store.queue_run(new_run("r2", batch="no-such-batch"), seal=SEAL)
    assert await store.seal_of("r2") is None
    await store.move_run(queued, RunState.CANCELLED)
    await store.queue_run(new_run("r3"), seal=SEAL)
    assert await store.seal_of("r3") == SEAL


async def test_a_held_run_that_is_taken_up_again_is_sealed_anew(store: Store, queued: str) -> None:
    assert await store.seal_of(queued) is None
    await store.move_run(queued, RunState.HELD, hold=HoldReason.SEALED)
    newer = Seal(SpecId("bank-withdraw"), "77", ())
    await store.move_run(queued, RunState.QUEUED, seal=SEAL)
    await store.record_seal(queued, newer)
    assert await store.seal_of(queued) == newer


async def test_a_run_that_is_held_at_once_is_sealed_all_the_same(store: Store, queued: str, new_run: MakeRun) -> None:
    await store.move_run(queued, RunState.CANCELLED)
    await store.queue_run(new_run("r2"), not_ready=NotReady("a word is missing", "write it"), seal=SEAL)
    assert await store.seal_of("r2") == SEAL


async def test_a_behaviour_is_burned_once_a_run_and_for_the_operator_once(
    store: Store, queued: str, path: Path
) -> None:
    assert await store.record_burn(burn(run=queued))
    assert not await store.record_burn(burn(run=queued, why="again"))
    assert not await store.record_burn(burn(run=None))
    assert await store.record_burn(burn("b2", run=None, why="a talk"))
    assert not await store.record_burn(burn("b2", run=None))
    assert await store.record_burn(burn("b2", run=queued)), "another run has seen it: another disclosure"
    assert await store.burned(("b1", "b2", "b3")) == {"b1": "seen", "b2": "a talk"}
    assert await store.burned(()) == {}
    with Reader(path) as reader:
        events = [each for each in reader.events() if each.type == "scenario.burned"]
        assert [(each.run, each.spec) for each in events] == [
            (queued, "bank-withdraw"),
            (None, "bank-withdraw"),
            (queued, "bank-withdraw"),
        ]


async def test_concurrent_burns_of_one_run_are_one_row(store: Store, queued: str) -> None:
    recorded = await asyncio.gather(*(store.record_burn(burn(run=queued)) for _ in range(20)))
    assert sum(recorded) == 1


async def test_a_run_lists_what_was_disclosed_in_order_and_cleaned(store: Store, queued: str, path: Path) -> None:
    number = await store.start_attempt(queued)
    await store.record_burn(burn(run=queued, why=HOSTILE))
    feedback = Feedback(rules=(("R1", RuleStatus.PARTLY),), passed=1, total=2)
    await store.record_disclosure(queued, number, feedback)
    await store.record_burn(burn("b2", run=None, why="of no run"))
    with Reader(path) as reader:
        view = reader.run(queued)
        assert view is not None
        seen, told = view.disclosures
        assert (seen.scenario, seen.route, seen.attempt) == ("overdrawn", "tool", 1)
        assert (told.feedback, told.attempt) == (feedback, 1)
        words = json.dumps(view.model_dump(mode="json"), ensure_ascii=False) + "".join(
            each.model_dump_json() for each in reader.log(queued)
        )
    assert not set("\x1b\x07\u202e") & set(words)
