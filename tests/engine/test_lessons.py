"""The loop closes: a batch's own failures recur, propose one amendment, and what the operator decides holds."""

import asyncio
from pathlib import Path

import pytest

from factory_tui.control import Refused
from factory_tui.model.amendment import AmendmentKind, AmendmentState
from factory_tui.model.failure import DecidedBy, FailureClass
from factory_tui.scenarios import load_suite, readiness, scenarios_dir
from factory_tui.specs import load_specs
from tests.engine.factory import Factory, delivers
from tests.engine.nights import ASCII_ONLY, two_that_forget_umlauts


def findings_of(factory: Factory, spec: str) -> list[str]:
    library = load_specs(factory.workspace)
    found = next(each for name, each in library.specs.items() if name == spec)
    settings = factory.settings()
    suite, broken = load_suite(scenarios_dir(factory.workspace, settings), found.id)
    return [f"{each.rule} {each.message}" for each in readiness(found, library, suite, broken, settings)]


async def test_a_batch_s_own_failures_propose_one_amendment_before_it_is_called_finished(tmp_path: Path) -> None:
    factory = two_that_forget_umlauts(tmp_path / "w")
    await factory.run_batch()
    (record,) = factory.amendments()
    assert record.state is AmendmentState.PROPOSED
    assert record.group.failure_class is FailureClass.INCOMPLETE
    assert record.group.specs == ("greet", "welcome")
    assert len(record.group.records) == 4
    assert record.amendment.kind is AmendmentKind.EDGE_CASE
    types = [event.type for event in factory.events()]
    assert types.index("amendment.proposed") < types.index("batch.finished")


async def test_accepting_makes_the_next_version_and_older_specs_hear_of_it(tmp_path: Path) -> None:
    factory = two_that_forget_umlauts(tmp_path / "w")
    async with factory.engine() as client:
        await client.run(())
        await factory.until("batch.finished")
        assert not any(each.startswith("T01") for each in findings_of(factory, "greet"))
        (number,) = [each.id for each in factory.amendments()]
        assert await client.accept(number) == "feature@2"
        with pytest.raises(Refused, match=r"already part of feature@2"):
            await client.accept(number)
        with pytest.raises(Refused, match=r"already part of feature@2"):
            await client.reject(number, "too late")
        assert await client.propose() == (), "what is asked already is not proposed again"
    assert [each for each in findings_of(factory, "greet") if each.startswith("T01")]
    templates = factory.workspace / "specs" / "_templates"
    assert "template: feature@2" in (templates / "feature.md").read_text()
    assert "template: feature@1" in (templates / "history" / "feature@1.md").read_text()
    (record,) = factory.amendments()
    assert (record.state, record.template_after) == (AmendmentState.ACCEPTED, "feature@2")


async def test_of_two_viewers_that_accept_and_reject_one_wins_and_the_other_is_told(tmp_path: Path) -> None:
    factory = two_that_forget_umlauts(tmp_path / "w")
    async with factory.engine() as client:
        await client.run(())
        await factory.until("batch.finished")
        async with type(client).connect(factory.workspace, factory.settings()) as other:
            outcomes = await asyncio.gather(client.accept(1), other.reject(1, "not again"), return_exceptions=True)
    assert sum(isinstance(each, Refused) for each in outcomes) == 1, outcomes
    (record,) = factory.amendments()
    written = (factory.workspace / "specs" / "_templates" / "feature.md").exists()
    assert written == (record.state is AmendmentState.ACCEPTED)


async def test_a_rejected_group_is_quiet_until_it_has_recurred_anew(tmp_path: Path) -> None:
    factory = two_that_forget_umlauts(tmp_path / "w")
    async with factory.engine() as client:
        await client.run(())
        await factory.until("batch.finished")
        with pytest.raises(Refused, match="reason"):
            await client.reject(1, "   ")
        await client.reject(1, "our users have plain names")
        assert await client.propose() == ()
        seq = factory.events()[-1].seq
        await client.run(("greet", "welcome"))
        await factory.until("batch.finished", after=seq)
    first, second = factory.amendments()
    assert (first.state, first.reason) == (AmendmentState.REJECTED, "our users have plain names")
    assert second.state is AmendmentState.PROPOSED
    assert not (factory.workspace / "specs" / "_templates").exists()


async def test_a_template_edited_into_nonsense_stops_neither_the_night_nor_the_validator(tmp_path: Path) -> None:
    factory = two_that_forget_umlauts(tmp_path / "w")
    templates = factory.workspace / "specs" / "_templates"
    templates.mkdir()
    (templates / "feature.md").write_text("---\ntemplate: [feature\n## WHAT\n\x00\x1b]0;hello\x07")
    async with factory.engine() as client:
        await client.run(())
        await factory.until("batch.finished")
        assert factory.amendments() == []
        (templates / "feature.md").unlink()
        assert await client.propose() == (1,)
        (templates / "feature.md").write_text("nonsense")
        with pytest.raises(Refused, match=r"feature\.md"):
            await client.accept(1)
    assert factory.run_of("greet").row.state.value == "failed"
    (record,) = factory.amendments()
    assert record.state is AmendmentState.PROPOSED


async def test_the_operator_s_class_holds_and_the_rule_s_stays_on_record(tmp_path: Path) -> None:
    factory = two_that_forget_umlauts(tmp_path / "w")
    async with factory.engine() as client:
        await client.run(("greet",))
        await factory.until("batch.finished")
        record = factory.run_of("greet").failures[0]
        await client.classify(record.id, FailureClass.SPEC_GAP, "the spec never speaks of umlauts")
        with pytest.raises(Refused, match="999"):
            await client.classify(999, FailureClass.SPEC_GAP)
    after = factory.run_of("greet").failures[0]
    assert (after.failure_class, after.first_class) == (FailureClass.SPEC_GAP, FailureClass.INCOMPLETE)
    assert (after.decided_by, after.reclassified) == (DecidedBy.OPERATOR, "the spec never speaks of umlauts")
    (event,) = [each for each in factory.events() if each.type == "failure.reclassified"]
    assert event.run == factory.run_of("greet").row.run


async def test_a_paused_engine_starts_nothing_until_it_is_told_also_after_a_new_start(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(ASCII_ONLY))
    async with factory.engine() as client:
        await client.pause()
        await client.pause()
        await client.run(())
        status = await client.status()
        assert (status.paused, status.queued, status.running) == (True, 1, ())
    async with factory.engine() as client:  # a new start does not begin what the operator held back
        assert (await client.status()).paused
        await client.resume()
        await factory.until("batch.finished")
    types = [event.type for event in factory.events()]
    assert types.count("engine.paused") == types.count("engine.resumed") == 1
    assert types.index("engine.resumed") < types.index("run.preparing")
