"""An engine that died between an effect and its record: the next one, or the same command again, makes up for it."""

import json
import subprocess
from pathlib import Path

import pytest

from factory_tui.control import Refused
from factory_tui.delivery import open_target
from factory_tui.model.amendment import AmendmentState
from factory_tui.model.run import HoldReason, RunState
from factory_tui.specs import accept_amendment, write_answer
from factory_tui.store import Store
from tests.engine.factory import RIGHT, WRONG, Factory, delivers
from tests.engine.nights import asking, two_that_forget_umlauts


async def test_an_amendment_that_is_in_the_template_is_accepted_at_the_next_start(tmp_path: Path) -> None:
    factory = two_that_forget_umlauts(tmp_path / "w")
    await factory.run_batch()
    (record,) = factory.amendments()
    assert accept_amendment(factory.workspace, record.amendment, record.id) == "feature@2"
    async with factory.engine() as client:
        with pytest.raises(Refused, match="already part of feature@2"):
            await client.reject(record.id, "the template would go on asking")
        with pytest.raises(Refused, match="already part of feature@2"):
            await client.accept(record.id)
    (after,) = factory.amendments()
    assert (after.state, after.template_after) == (AmendmentState.ACCEPTED, "feature@2")
    assert [event.type for event in factory.events()].count("amendment.accepted") == 1


async def test_an_amendment_that_is_in_the_template_cannot_be_rejected_any_more(tmp_path: Path) -> None:
    """The record could not be written, on a full disk say, and the engine went on."""
    factory = two_that_forget_umlauts(tmp_path / "w")
    async with factory.engine() as client:
        await client.run(())
        await factory.until("batch.finished")
        (record,) = factory.amendments()
        accept_amendment(factory.workspace, record.amendment, record.id)
        with pytest.raises(Refused, match="already part of feature@2"):
            await client.reject(record.id, "the template would go on asking")
    assert factory.amendments()[0].state is AmendmentState.ACCEPTED


async def test_a_template_that_is_broken_by_hand_keeps_no_engine_from_starting(tmp_path: Path) -> None:
    factory = two_that_forget_umlauts(tmp_path / "w")
    await factory.run_batch()
    templates = factory.workspace / "specs" / "_templates"
    templates.mkdir()
    (templates / "feature.md").write_bytes(b"\xff\xfe")
    async with factory.engine() as client:
        await client.status()
    (after,) = factory.amendments()
    assert after.state is AmendmentState.PROPOSED


async def test_an_answer_that_is_only_in_the_spec_is_given_again_and_stands_there_once(tmp_path: Path) -> None:
    factory = asking(tmp_path / "w")
    await factory.run_batch()
    factory.break_twin("greet")  # it would ask again: what it asked is forgotten with its engine
    row = factory.run_of("greet").row
    assert row.question is not None
    spec = factory.workspace / "specs" / "greet.md"
    write_answer(spec, row.question, "yes, always")
    async with factory.engine() as client:
        await client.answer(row.run, "no, never")
        await factory.until("run.shipped", spec="greet")
    text = spec.read_text()
    assert text.count("Answer: ") == 1
    assert "Answer: no, never" in text


async def test_an_answer_that_leads_to_no_run_leaves_the_question_open(tmp_path: Path) -> None:
    factory = asking(tmp_path / "w")
    await factory.run_batch()
    factory.break_twin("greet")  # it would ask again: what it asked is forgotten with its engine
    held = factory.run_of("greet").row
    spec = factory.workspace / "specs" / "greet.md"
    whole = spec.read_text()
    spec.write_text(whole.replace("budget_usd: 1.00", "budget_usd: much"))
    async with factory.engine() as client:
        with pytest.raises(Refused, match="front matter"):
            await client.answer(held.run, "yes")
        assert factory.run_of("greet").row.question == held.question
        spec.write_text(spec.read_text().replace("budget_usd: much", "budget_usd: 1.00"))
        await client.answer(held.run, "yes")
        await factory.until("run.shipped", spec="greet")
    assert spec.read_text().count("Answer: yes") == 1


async def test_work_that_was_taken_back_is_marked_with_its_revert_whatever_the_second_reason_says(
    tmp_path: Path,
) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT))
    await factory.run_batch()
    store = await Store.open(factory.workspace / "runs.db")
    run = await store.stored_run(factory.run_of("greet").row.run)
    await store.close()
    assert run.commit is not None
    assert run.base_commit is not None
    target = await open_target(factory.workspace, run.target, run.base)
    said = f"Spec: greet\nRun: {run.run}\nReverts: {run.commit}"
    first = await target.revert(
        run.commit, run.base_commit, f"Take back: {run.title}\n\nEscaped defect: a first reason\n{said}\n"
    )
    async with factory.engine() as client:
        outcome = await client.escape(run.run, "the same, in other words")
    assert (outcome.reverted, outcome.why_not) == (first, "")
    git = ["git", "-C", str(factory.workspace / "targets" / "greet")]
    assert subprocess.check_output([*git, "rev-list", "--count", "main"], text=True).strip() == "3"


async def test_who_waited_for_what_has_shipped_meanwhile_goes_on_at_the_next_start(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT))
    factory.add("after", delivers(RIGHT), after="greet")
    async with factory.engine() as client:
        await client.run(("after",))
        await factory.until("run.held", spec="after")
        assert factory.run_of("after").row.hold is HoldReason.DEPENDENCY
    async with factory.engine() as client:
        assert factory.run_of("after").row.state is RunState.HELD, "what it depends on has never run"
        await client.pause()
        await client.run(("greet",))
    store = await Store.open(factory.workspace / "runs.db")
    run = (await store.queued_runs())[0].run
    for state in ("preparing", "building", "collecting", "evaluating", "shipping", "shipped"):
        await store.move_run(run, RunState(state))
    await store.close()
    async with factory.engine() as client:
        await client.resume()
        await factory.until("run.shipped", spec="after")


async def test_an_engine_that_ends_during_the_second_attempt_begins_it_again_with_the_first_ones_work_and_words(
    tmp_path: Path,
) -> None:
    factory = Factory.at(tmp_path / "ws", attempts=2)
    waits = [
        {"tools": [{"bash": "ls bin && test ! -e half && touch half bin/other"}]},
        {"text": "…", "delay_ms": 60_000},
    ]
    factory.add("greet", delivers(WRONG), waits)
    async with factory.engine() as client:
        await client.run(("greet",))
        await factory.until("disclosure.made", spec="greet")
        seq = factory.events()[-1].seq
        await factory.until("tool.finished", spec="greet", after=seq)
    mends = [
        {"tools": [{"bash": "test ! -e half && grep -q hello bin/greet && echo as it was judged"}]},
        {"tools": [{"write": {"path": "bin/greet", "content": RIGHT}}]},
        {"text": "Done."},
    ]
    script = factory.workspace / "twins" / "anthropic" / "greet.yaml"
    script.write_text(json.dumps({"attempts": [list(delivers(WRONG)), mends]}))
    async with factory.engine():
        await factory.until("run.shipped", spec="greet")
    run = factory.run_of("greet")
    assert [each.verdict for each in run.attempts] == ["fail", "pass"]
    with factory.reader() as reader:
        assert any("as it was judged" in line.text for line in reader.log(run.row.run, limit=10_000))
    assert len(run.disclosures) == 1, "told once, and told again in the same words"
