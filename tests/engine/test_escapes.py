"""An escaped defect is taken back on the target, filed, and asked about; what cannot be taken back is filed too."""

import subprocess
from pathlib import Path

import pytest

from factory_tui.control import Refused
from factory_tui.model.failure import DecidedBy, FailureClass
from factory_tui.model.run import HoldReason, RunState
from factory_tui.report.spec_rows import SpecsPast
from factory_tui.scenarios import triage
from tests.engine.factory import RIGHT, Factory, delivers


def git(target: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(target), *words], check=True, capture_output=True, text=True).stdout.strip()


async def test_the_work_is_taken_back_and_the_escape_is_on_record(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT))
    target = factory.workspace / "targets" / "greet"
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.shipped", spec="greet")
        shipped = factory.run_of("greet").row.run
        assert git(target, "ls-tree", "-r", "--name-only", "main") == "bin/greet"
        outcome = await client.escape(shipped, "it greets the dead")
    assert outcome.why_not == ""
    assert git(target, "rev-parse", "main") == outcome.reverted
    assert git(target, "ls-tree", "-r", "--name-only", "main") == ""
    message = git(target, "log", "-1", "--format=%B", "main")
    assert "it greets the dead" in message
    assert shipped in message
    view = factory.run_of("greet")
    assert (view.row.state, view.row.escaped) == (RunState.SHIPPED, "it greets the dead")
    (record,) = view.failures
    assert (record.id, record.escaped, record.decided_by) == (outcome.failure, True, DecidedBy.OPERATOR)
    assert record.failure_class is FailureClass.UNCLEAR
    assert "it greets the dead" in record.cause
    with factory.reader() as reader:
        (row,) = SpecsPast(reader.last_runs()).on(triage(factory.workspace, factory.settings()))
    assert row.escaped == "it greets the dead", "the triage list does not call it shipped"


async def test_what_a_terminal_would_obey_reaches_no_commit_message(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT))
    spec = factory.workspace / "specs" / "greet.md"
    spec.write_text(spec.read_text().replace("title: Greet somebody", r'title: "Greet \e[2J\0\u202ebody"'))
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.shipped", spec="greet")
        outcome = await client.escape(factory.run_of("greet").row.run, "it greets \x00\x1b]2;owned\x07\u202e the dead")
    assert outcome.why_not == ""
    said = git(factory.workspace / "targets" / "greet", "log", "--format=%B", "main")
    assert "it greets" in said
    assert "the dead" in said
    assert not {"\x1b", "\x07", "\u202e"} & set(said)


async def test_it_is_marked_once_and_only_when_it_shipped(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT))
    factory.add("other", [{"text": "I did nothing."}])
    async with factory.engine() as client:
        await client.run(())
        await factory.until("batch.finished")
        shipped = factory.run_of("greet").row.run
        await client.escape(shipped, "wrong")
        with pytest.raises(Refused, match="already marked"):
            await client.escape(shipped, "wrong again")
        with pytest.raises(Refused, match="failed, not shipped"):
            await client.escape(factory.run_of("other").row.run, "wrong")


async def test_later_work_on_the_same_file_is_never_overwritten(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT))
    target = factory.workspace / "targets" / "greet"
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.shipped", spec="greet")
        clone = tmp_path / "clone"
        subprocess.run(["git", "clone", "-q", "-b", "main", str(target), str(clone)], check=True)
        (clone / "bin" / "greet").write_text("#!/bin/sh\necho mended\n")
        who = ["-c", "user.name=operator", "-c", "user.email=operator@localhost"]
        git(clone, *who, "commit", "-qam", "mend")
        git(clone, "push", "-q", "origin", "HEAD:refs/heads/later")
        git(target, "update-ref", "refs/heads/main", "refs/heads/later")
        head = git(target, "rev-parse", "main")
        outcome = await client.escape(factory.run_of("greet").row.run, "wrong")
    assert outcome.reverted is None
    assert "bin/greet" in outcome.why_not
    assert git(target, "rev-parse", "main") == head
    assert factory.run_of("greet").row.escaped == "wrong"
    assert "still stands" in factory.run_of("greet").failures[0].cause


async def test_a_spec_that_escaped_no_longer_counts_as_shipped_for_its_dependents(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT))
    factory.add("after", delivers(RIGHT), after="greet", status="draft")
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.shipped", spec="greet")
        await client.escape(factory.run_of("greet").row.run, "wrong")
        spec = factory.workspace / "specs" / "after.md"
        spec.write_text(spec.read_text().replace("status: draft", "status: ready"))
        await client.run(("after",))
        await factory.until("run.held", spec="after")
    row = factory.run_of("after").row
    assert row.hold is HoldReason.DEPENDENCY
    assert "greet" in row.why


async def test_shipped_work_is_retried_only_after_it_was_taken_back(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT))
    async with factory.engine() as client:
        await client.run(())
        await factory.until("batch.finished")
        shipped = factory.run_of("greet").row.run
        with pytest.raises(Refused, match="has shipped, and greet still asks for the same"):
            await client.retry(shipped)
        seq = factory.events()[-1].seq
        await client.escape(shipped, "wrong")
        assert await client.retry(shipped) != shipped
        await factory.until("run.shipped", after=seq)
