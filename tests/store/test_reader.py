"""The reader: an empty history without a file, and never a control sequence in a view."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from factory_tui.model.amendment import Amendment, AmendmentKind, Ask, RecurringGroup
from factory_tui.model.build import BuildEnd, BuildReport
from factory_tui.model.evaluation import Evidence, Feedback, Result, RuleStatus, ScenarioResult, Trial
from factory_tui.model.event import EventDraft
from factory_tui.model.failure import Failure, FailureClass, FailureLayer
from factory_tui.model.ids import BatchId
from factory_tui.model.money import MicroUsd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.run import HoldReason, RunState, Verdict
from factory_tui.model.spec import Kind, Question
from factory_tui.model.usage import Usage
from factory_tui.store.errors import StoreError
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store

HOSTILE = (
    "\x1b]52;c;ZXZpbA==\x07 \x1b[2J \x9b31m \x1bP+q\x1b\\ \u202etxt\u202c \u2066x\u2069 \x00 \x07 \r over \u200b "
    + "".join(map(chr, range(0x20)))
    + "".join(map(chr, range(0x7F, 0xA0)))
    + "\ufeff\ue000\U000e0041\udcff \x1b]8;;http://example.org\x1b\\link"
)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        yield from strings(value.model_dump(mode="python"))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from strings(key)
            yield from strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings(each)


def is_clean(text: str) -> bool:
    return not any(
        (ord(each) < 0x20 and each != "\n")
        or 0x7F <= ord(each) < 0xA0
        or each in "\u202e\u202c\u2066\u2069\u200b\ufeff"
        for each in text
    )


def ask_everything(reader: Reader) -> dict[str, object]:
    runs = reader.board()
    name = runs[0].run if runs else "r1"
    return {
        "board": runs,
        "batch": reader.batch(),
        "last_runs": reader.last_runs(),
        "spec_cost": reader.spec_cost(),
        "run": reader.run(name),
        "log": reader.log(name),
        "events": reader.events(),
        "events of a run": reader.events(run=name),
        "failures": reader.failures(),
        "failure": reader.failure(1),
        "last_seq": reader.last_seq(),
        "matching": reader.matching_runs(name),
        "idle": reader.is_idle(),
        "batches": reader.batches(),
        "paused": reader.paused(),
        "holding": reader.holding(),
        "lessons_records": reader.lessons_records(),
        "amendments": reader.amendments(),
    }


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.touch()], ids=["missing", "empty"])
def test_without_a_database_the_history_is_empty(path: Path, make) -> None:
    make(path)
    answers = ask_everything(Reader(path))

    assert answers == {
        "board": [],
        "batch": None,
        "last_runs": {},
        "spec_cost": {},
        "run": None,
        "log": [],
        "events": [],
        "events of a run": [],
        "failures": [],
        "failure": None,
        "last_seq": 0,
        "matching": [],
        "idle": True,
        "batches": [],
        "paused": False,
        "holding": None,
        "lessons_records": [],
        "amendments": [],
    }


async def test_a_reader_sees_a_database_that_appears_and_one_that_replaces_it(path: Path, new_run) -> None:
    reader = Reader(path)
    assert reader.board() == []
    async with await Store.open(path) as store:
        await store.open_batch(BatchId("b1"))
        await store.queue_run(new_run("r1"))
        assert [row.run for row in reader.board()] == ["r1"]
    path.rename(path.with_name("old.db"))
    assert reader.board() == []
    async with await Store.open(path) as store:
        await store.open_batch(BatchId("b1"))
        await store.queue_run(new_run("r2"))
        assert [row.run for row in reader.board()] == ["r2"]


async def test_the_state_is_another_after_every_write_and_every_replacement(path: Path, new_run) -> None:
    with Reader(path) as reader:
        states = [reader.state()]
        async with await Store.open(path) as store:
            states.append(reader.state())
            await store.open_batch(BatchId("b1"))
            states.append(reader.state())
            assert reader.state() == states[-1]
            assert reader.last_runs() == {}
            assert reader.state() == states[-1]
            await store.queue_run(new_run())
            states.append(reader.state())
        path.rename(path.with_name("old.db"))
        async with await Store.open(path):
            states.append(reader.state())
    assert len(set(states)) == len(states)


async def test_a_reader_is_not_stopped_by_a_transaction_in_progress(store: Store, queued, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE run SET title = 'not yet'")

    assert Reader(path).board()[0].title == "Withdraw money"
    other.execute("ROLLBACK")
    other.close()


async def hostile_history(store: Store, new_run) -> None:
    await store.open_batch(BatchId("b1"))
    run = new_run(
        "r1", spec=f"s{HOSTILE}", title=HOSTILE, target=HOSTILE, base=HOSTILE, profile=HOSTILE, model=HOSTILE,
        spec_hash=HOSTILE, spec_text=HOSTILE, depends_on=(HOSTILE,), findings_json=json.dumps([HOSTILE])
    )  # fmt: skip
    await store.queue_run(run)
    for state in (RunState.PREPARING, RunState.BUILDING):
        await store.move_run("r1", state, why=HOSTILE, data={HOSTILE: [HOSTILE, {HOSTILE: HOSTILE}]})
    await store.start_attempt("r1")
    await store.record_turn("r1", 1, 1, HOSTILE, Usage(), MicroUsd(1))
    await store.record_tool_started("r1", 1, 1, HOSTILE, HOSTILE, HOSTILE)
    await store.record_tool_finished("r1", 1, 1, HOSTILE, HOSTILE, False, 0.1, HOSTILE)
    await store.move_run("r1", RunState.COLLECTING)
    await store.move_run("r1", RunState.EVALUATING)
    bindings = dict.fromkeys(("base_commit", "image", "suite_hash", "artifact_hash", "commit", "branch"), HOSTILE)
    await store.bind_run("r1", **bindings)
    evidence = (Evidence(step=1, check=HOSTILE, expected=HOSTILE, observed=HOSTILE),)
    trial = Trial(result=Result.FAIL, seconds=1, evidence=evidence)
    result = ScenarioResult(id=HOSTILE, covers=(HOSTILE,), result=Result.FAIL, trials=(trial,), sentence=HOSTILE)
    await store.record_scenario("r1", 1, result, 1, 1)
    failure = Failure(
        failure_class=FailureClass.INCOMPLETE, layer=FailureLayer.SPEC, cause=HOSTILE, scenario=HOSTILE,
        rules=(HOSTILE,), evidence=evidence, quotes=(HOSTILE,)
    )  # fmt: skip
    await store.record_failures("r1", 1, f"s{HOSTILE}", [failure])
    feedback = Feedback(rules=((HOSTILE, RuleStatus.PARTLY),), passed=0, total=1)
    await store.record_disclosure("r1", 1, feedback)
    report = BuildReport(
        end=BuildEnd.DONE, detail=HOSTILE, turns=1, usage=Usage(), cost=MicroUsd(1), final_text=HOSTILE, tools=()
    )
    await store.finish_attempt("r1", 1, report, Verdict.FAIL, charged=True, ended=HOSTILE)
    await store.record_container(HOSTILE, "r1", 1, HOSTILE)
    await store.container_gone(HOSTILE, reaped=True)
    await store.record_question(
        "r1", 1, AgentQuestion(text=HOSTILE.replace("\udcff", "")[:500], answers=(HOSTILE, "\x1b[2J", "plain"))
    )
    await store.move_run("r1", RunState.HELD, why=HOSTILE, hold=HoldReason.QUESTION, remedy=HOSTILE)
    await store.reclassify(1, FailureClass.SPEC_GAP, HOSTILE)
    ask = Ask(section=Question.RULES, subsection=HOSTILE, label=HOSTILE, words=(HOSTILE,))
    group = RecurringGroup(
        failure_class=FailureClass.SPEC_GAP, section=None, qualifier=None, theme=HOSTILE, records=(1,),
        specs=(HOSTILE,), first=datetime.now(UTC), last=datetime.now(UTC), cause=HOSTILE
    )  # fmt: skip
    amendment = Amendment(
        kind=AmendmentKind.QUESTION, template=Kind.FEATURE, ask=ask, line=HOSTILE, why=HOSTILE
    )  # fmt: skip
    for _ in range(3):
        await store.propose_amendment(amendment, group, HOSTILE)
    await store.accept_amendment(1, HOSTILE)
    await store.reject_amendment(2, HOSTILE)
    await store.start_hold(None, HOSTILE)
    await store.queue_run(new_run("r2", spec=f"t{HOSTILE}", title=HOSTILE, spec_hash=HOSTILE, spec_text=HOSTILE))
    for name in ("preparing", "building", "collecting", "evaluating", "shipping", "shipped"):
        await store.move_run("r2", RunState(name), why=HOSTILE)
    await store.record_escape("r2", HOSTILE, HOSTILE, failure)
    await store.queue_run(new_run("r3", spec=f"t{HOSTILE}", title=HOSTILE, spec_hash=HOSTILE, spec_text=HOSTILE))
    await store.record_question("r3", 1, AgentQuestion(text="\x1b[2J", answers=(HOSTILE,)))
    await store.answer_question("r3", HOSTILE)
    await store.emit(EventDraft(type="image.progress", spec=HOSTILE, data={HOSTILE: HOSTILE, "text": HOSTILE}))


async def test_foreign_text_is_clean_in_every_answer(store: Store, new_run, reader: Reader) -> None:
    await hostile_history(store, new_run)
    answers = ask_everything(reader)

    for question, answer in answers.items():
        found = list(strings(answer))
        dirty = [text for text in found if not is_clean(text)]
        assert dirty == [], question
    assert all(len(list(strings(answers[name]))) > 1 for name in ("board", "run", "log", "events", "failures"))
    assert all("\n" not in line.text for line in answers["log"])
    questions = [row.question for row in answers["board"] if row.question]
    assert [len(each.answers) for each in questions] == [2]
    assert all("\n" not in text for each in questions for text in (each.text, *each.answers))
    assert all(row.escaped for row in answers["board"] if row.run == "r2")
    assert "\n" not in reader.board()[0].why + reader.board()[0].title + reader.board()[0].last_action


async def test_a_row_that_is_no_longer_what_it_was_is_a_clear_error(path: Path, new_run) -> None:
    async with await Store.open(path) as store:
        await store.open_batch(BatchId("b1"))
        await store.queue_run(new_run("r1"))
    for damage in ("UPDATE event SET data = '{\"cut'", "UPDATE run SET state = 'sold'"):
        with sqlite3.connect(path) as raw:
            raw.execute(damage)
        raw.close()
    with pytest.raises(StoreError, match="damaged"):
        Reader(path).events()
    with pytest.raises(StoreError, match="damaged"):
        Reader(path).board()


async def test_a_board_makes_views_only_of_rows_that_changed(store: Store, new_run, reader: Reader) -> None:
    await store.open_batch(BatchId("b1"))
    for name, spec in (("r1", "one"), ("r2", "two"), ("r3", "two")):
        await store.queue_run(new_run(name, spec=spec))
    before = {row.run: row for row in reader.board()}

    await store.move_run("r1", RunState.PREPARING)

    after = {row.run: row for row in reader.board()}
    assert after["r1"].state is RunState.PREPARING
    assert after["r2"] is before["r2"]
    assert after["r3"] is before["r3"]


async def test_a_run_that_ended_changes_how_long_its_spec_usually_takes(store: Store, new_run, reader: Reader) -> None:
    await store.open_batch(BatchId("b1"))
    for name, spec in (("r1", "one"), ("r2", "one"), ("r3", "two")):
        await store.queue_run(new_run(name, spec=spec))
    before = {row.run: row for row in reader.board()}
    assert before["r2"].usual_seconds is None

    for state in (RunState.PREPARING, RunState.BUILDING, RunState.FAILED):
        await store.move_run("r1", state)

    after = {row.run: row for row in reader.board()}
    assert after["r2"].usual_seconds is not None
    assert after["r3"] is before["r3"]


async def test_an_event_of_a_type_that_is_unknown_passes_through(store: Store, path: Path, reader: Reader) -> None:
    await store.emit(EventDraft.model_construct(type="moon.rose", data={"phase": "full"}))

    assert reader.events()[0].to_json()["type"] == "moon.rose"


async def test_events_and_log_come_in_pages_without_gaps(store: Store, queued, reader: Reader) -> None:
    for number in range(25):
        await store.record_tool_started(queued, 1, number, f"c{number}", "bash", "ls")
    seen, after = [], 0
    while page := reader.events(after, limit=4):
        seen += [event.seq for event in page]
        after = page[-1].seq
    assert seen == list(range(1, reader.last_seq() + 1))

    lines, after = [], 0
    while page := reader.log(queued, after, limit=4):
        lines += [line.seq for line in page]
        after = page[-1].seq
    assert lines == [event.seq for event in reader.events(run=queued)]


def test_reading_imports_neither_the_writer_nor_a_heavy_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys, factory_tui.store.reader, factory_tui.control\n"
        "print([m for m in ('aiosqlite', 'anthropic', 'docker', 'textual', 'factory_tui.store.writer') "
        "if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
