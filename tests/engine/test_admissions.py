"""Admission through a real engine: what holds a run, what is recorded, and what is not tried twice."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from factory_tui.control import ControlClient, ControlError, Refused
from factory_tui.model.evaluation import Result
from factory_tui.model.run import HoldReason, RunState
from tests.engine.factory import GREETS, REFUSES, RIGHT, Factory, delivers

WEAK = """\
id: does-not-fail
covers: [R1]
given: The command
when: It is called with ada
then: It ends well
steps:
  - run: bin/greet ada
    expect: {exit: 0}
"""

SLOW = """\
id: takes-its-time
covers: [R2]
given: The command
when: It is called after a while
then: It greets
steps:
  - run: sleep 60; bin/greet ada
    timeout: 90s
    expect: {stdout: "hello ada"}
"""


def rows(factory: Factory, query: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(factory.workspace / "runs.db")) as raw:
        return raw.execute(query).fetchall()


async def test_a_scenario_that_a_stub_passes_holds_the_run_and_says_what_to_do(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT), scenarios=(WEAK, REFUSES))
    await factory.run_batch()
    run = factory.run_of("greet").row
    assert (run.state, run.hold) == (RunState.HELD, HoldReason.ADMISSION)
    assert "does-not-fail" in run.why
    assert "a stub whose programs do nothing and print nothing: check what they print or change" in run.why
    assert "scenario admit greet" in run.remedy


async def test_what_the_operator_has_admitted_is_recorded_and_not_tried_again_by_the_run(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT), scenarios=(GREETS, REFUSES))
    async with factory.engine() as client:
        admissions = await client.admit("greet")
        assert [(each.observed, each.on_stub, each.admitted) for each in admissions] == [
            (Result.FAIL, Result.FAIL, True)
        ] * 2
        proofs = rows(factory, "SELECT count(*) FROM container WHERE role = 'proof'")
        await client.run(("greet",))
        await factory.until("batch.finished")
    assert factory.run_of("greet").row.state is RunState.SHIPPED
    assert rows(factory, "SELECT count(*) FROM container WHERE role = 'proof'") == proofs
    assert rows(factory, "SELECT count(*) FROM container WHERE gone IS NULL") == [(0,)]
    with factory.reader() as reader:
        assert {each.scenario for each in reader.admissions().values()} == {each.scenario for each in admissions}


async def test_what_cannot_be_tried_is_refused_with_words(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT), scenarios=("id: broken\n",))
    async with factory.engine() as client:
        for name, why in (("../up", "no spec"), ("nobody", "nobody.md"), ("greet", "s0.yaml")):
            with pytest.raises(Refused, match=why):
                await client.admit(name)


async def test_an_engine_that_is_stopped_removes_the_sandboxes_of_an_admission(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT), status="draft", scenarios=(SLOW, GREETS))
    async with factory.engine():
        asking = asyncio.create_task(admit_in_vain(factory))
        async with asyncio.timeout(20):
            while True:
                if rows(factory, "SELECT count(*) FROM container WHERE role = 'proof'") != [(0,)]:
                    break
                await asyncio.sleep(0.01)
    await asking
    assert rows(factory, "SELECT count(*) FROM container WHERE gone IS NULL") == [(0,)]


async def admit_in_vain(factory: Factory) -> None:
    async with ControlClient.connect(factory.workspace) as client:
        with pytest.raises(ControlError):
            await client.admit("greet")
