"""A question parks the run and frees the lane; the operator's answer goes into the spec, which then runs again."""

import asyncio
from pathlib import Path

import pytest

from factory_tui.control import Refused
from factory_tui.model.run import HoldReason, RunState
from tests.engine.nights import asking


async def test_a_question_holds_the_run_with_its_answers_and_keeps_the_work(tmp_path: Path) -> None:
    factory = asking(tmp_path / "w")
    await factory.run_batch()
    row = factory.run_of("greet").row
    assert (row.state, row.hold) == (RunState.HELD, HoldReason.QUESTION)
    assert row.question is not None
    assert row.question.text == "Is the greeting in English?"
    assert row.question.answers == ("yes, always", "in the caller's language")
    assert row.why == "Is the greeting in English?"
    assert row.remedy == f"answer {row.run}"
    assert row.branch is not None, "the work so far is kept"
    assert factory.run_of("greet").failures == ()


async def test_the_answer_stands_in_the_spec_and_the_spec_ships(tmp_path: Path) -> None:
    factory = asking(tmp_path / "w")
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.held", spec="greet")
        held = factory.run_of("greet").row.run
        taken = await client.answer(held, "yes, always")
        await factory.until("run.shipped", spec="greet")
    text = (factory.workspace / "specs" / "greet.md").read_text()
    assert "- Question: Is the greeting in English?\n  Answer: yes, always\n" in text
    assert text.index("## OUTPUTS") < text.index("Answer: yes") < text.index("## RULES")
    assert taken != held
    assert factory.run_of("greet").row.run == taken
    events = {event.type: event for event in factory.events()}
    assert events["run.answered"].data["answer"] == "yes, always"


async def test_of_two_viewers_one_answers_and_one_is_told_so(tmp_path: Path) -> None:
    factory = asking(tmp_path / "w")
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.held", spec="greet")
        held = factory.run_of("greet").row.run
        async with type(client).connect(factory.workspace, factory.settings()) as other:
            outcomes = await asyncio.gather(
                client.answer(held, "yes"), other.answer(held, "no"), return_exceptions=True
            )
        await factory.until("run.shipped", spec="greet")
    refused = [each for each in outcomes if isinstance(each, Refused)]
    assert len(refused) == 1, outcomes
    assert "asks nothing" in refused[0].what
    assert (factory.workspace / "specs" / "greet.md").read_text().count("Answer: ") == 1
    assert sum(event.type == "run.queued" for event in factory.events()) == 2


async def test_an_answer_to_a_spec_that_is_gone_says_so_and_the_question_stays(tmp_path: Path) -> None:
    factory = asking(tmp_path / "w")
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.held", spec="greet")
        held = factory.run_of("greet").row.run
        (factory.workspace / "specs" / "greet.md").rename(tmp_path / "elsewhere.md")
        with pytest.raises(Refused, match=r"greet\.md"):
            await client.answer(held, "yes")
        assert factory.run_of("greet").row.question is not None
        (tmp_path / "elsewhere.md").rename(factory.workspace / "specs" / "greet.md")
        await client.answer(held, "yes")
        await factory.until("run.shipped", spec="greet")


@pytest.mark.parametrize("status", ["draft", "parked"])
async def test_an_answer_never_runs_a_spec_that_was_taken_back(tmp_path: Path, status: str) -> None:
    factory = asking(tmp_path / "w")
    spec = factory.workspace / "specs" / "greet.md"
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.held", spec="greet")
        held = factory.run_of("greet").row.run
        spec.write_text(spec.read_text().replace("status: ready", f"status: {status}"))
        before = spec.read_text()
        with pytest.raises(Refused, match=f"it is {status}"):
            await client.answer(held, "yes")
        assert spec.read_text() == before
        assert factory.run_of("greet").row.question is not None
        spec.write_text(before.replace(f"status: {status}", "status: ready"))
        await client.answer(held, "yes")
        await factory.until("run.shipped", spec="greet")
