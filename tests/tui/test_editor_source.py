"""What an editor asks of a source, held by the real one and by the fake."""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from factory_tui import config
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.run import RunState
from factory_tui.model.spec import Kind, Question, Status
from factory_tui.store import NewRun
from factory_tui.store.store import Store
from factory_tui.tui.live import LiveSource
from factory_tui.tui.source import Source, SourceError, SpecChanged, Topic

from .fake_source import busy
from .test_source import make_workspace

LIVE, FAKE = "rotate-logs", "csv-report"


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveSource]:
    workspace = make_workspace(tmp_path)
    source = LiveSource(workspace, config.load(workspace, {}))
    yield source
    await source.close()


@pytest.fixture(params=["live", "fake"])
def source(request: pytest.FixtureRequest) -> Source:
    made: Source = request.getfixturevalue("live") if request.param == "live" else busy()
    return made


def known(source: Source) -> str:
    return LIVE if isinstance(source, LiveSource) else FAKE


async def test_a_spec_is_read_and_saved(source: Source) -> None:
    spec = known(source)
    read = await source.read_spec(spec)
    assert read.kind is Kind.FEATURE
    await source.save_spec(spec, read.text + "more\n", read.text)
    assert (await source.read_spec(spec)).text == read.text + "more\n"


async def test_a_save_over_what_was_not_read_is_refused_with_what_is_there(source: Source) -> None:
    spec = known(source)
    read = await source.read_spec(spec)
    await source.save_spec(spec, read.text + "theirs\n", read.text)
    with pytest.raises(SpecChanged) as caught:
        await source.save_spec(spec, read.text + "mine\n", read.text)
    assert caught.value.theirs == read.text + "theirs\n"
    assert caught.value.what
    assert caught.value.todo


async def test_a_spec_that_is_not_there_is_told(source: Source) -> None:
    with pytest.raises(SourceError) as caught:
        await source.read_spec("no-such-spec")
    assert caught.value.todo


async def test_a_spec_is_checked_without_being_saved(source: Source) -> None:
    spec = known(source)
    read = await source.read_spec(spec)
    broken = read.text.replace("## WHO\n", "## WHOM\n")
    assert any(each.level == "error" for each in await source.check_spec(spec, broken))
    assert (await source.read_spec(spec)).text == read.text


async def test_every_question_has_guidance(source: Source) -> None:
    said = await source.guidance(Kind.FEATURE)
    assert set(said) == set(Question)
    assert all(text and "\n" not in text for text in said.values())


async def test_each_rule_is_traced_to_what_shows_and_proves_it(source: Source) -> None:
    spec = known(source)
    text = (await source.read_spec(spec)).text
    rows = await source.trace(spec, text.replace("## RULES\n\n", "## RULES\n\n- R77 A new one must hold.\n"))
    assert (rows[0].rule, rows[0].evaluation, rows[0].scenarios) == ("R77", (), ())
    assert rows[1].rule == "R1"
    assert rows[1].evaluation
    assert rows[1].scenarios


async def test_without_history_there_is_nothing_to_learn_from(source: Source) -> None:
    assert await source.exemplar(Kind.FEATURE, "another") is None


async def test_a_draft_is_kept_until_it_is_dropped(source: Source) -> None:
    spec = known(source)
    assert await source.draft(spec) is None
    await source.keep_draft(spec, "typed\r\n", "seen")
    await source.keep_draft(spec, "typed more\r\n", "seen")
    draft = await source.draft(spec)
    assert draft is not None
    assert (draft.text, draft.seen) == ("typed more\r\n", "seen")
    await source.drop_draft(spec)
    await source.drop_draft(spec)
    assert await source.draft(spec) is None


async def test_a_text_is_set_aside_and_the_operator_told_where(source: Source) -> None:
    assert "mine" in await source.set_aside(known(source), "my text\n", "mine")


async def test_a_new_spec_can_be_edited_at_once(source: Source) -> None:
    await source.create_spec("pay-out", Kind.CONSTRAINT)
    assert (await source.read_spec("pay-out")).kind is Kind.CONSTRAINT
    with pytest.raises(SourceError):
        await source.create_spec("pay-out", Kind.FEATURE)


# The real one


def workspace_of(source: LiveSource) -> Path:
    return source.spec_file("x").parent.parent


async def test_a_broken_template_is_told_in_the_editor_as_everywhere(live: LiveSource) -> None:
    templates = workspace_of(live) / "specs" / "_templates"
    templates.mkdir(exist_ok=True)
    (templates / "feature.md").write_text("nonsense")
    text = (await live.read_spec(LIVE)).text
    assert any(each.rule == "T02" for each in await live.check_spec(LIVE, text))


async def test_a_file_that_is_no_text_is_told_with_a_remedy(live: LiveSource) -> None:
    live.spec_file("binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError) as caught:
        await live.read_spec("binary")
    assert caught.value.todo


async def test_a_file_keeps_its_line_ends_and_mark(live: LiveSource) -> None:
    text = "\ufeff" + live.spec_file(LIVE).read_text().replace("\n", "\r\n")
    live.spec_file(LIVE).write_bytes(text.encode())
    assert (await live.read_spec(LIVE)).text == text


async def test_a_check_sees_scenarios_and_files_that_changed(live: LiveSource) -> None:
    text = (await live.read_spec(LIVE)).text
    assert not any(each.level == "error" for each in await live.check_spec(LIVE, text))
    suite = workspace_of(live) / "scenarios" / LIVE
    for file in suite.glob("*.yaml"):
        file.unlink()
    live._checker.forget()
    assert any(each.rule == "Q09" for each in await live.check_spec(LIVE, text))


async def test_a_history_that_cannot_be_read_keeps_nothing_from_being_judged(live: LiveSource) -> None:
    """The board tells what is wrong with it."""
    (workspace_of(live) / "runs.db").write_bytes(b"no database" * 1000)
    text = (await live.read_spec(LIVE)).text
    assert any(each.rule == "C09" for each in await live.check_spec(LIVE, text.replace("(R1", "(R99")))
    assert await live.trace(LIVE, text)
    assert {each.id: each.errors for each in await live.specs()}[LIVE] == 0
    await live.set_status(LIVE, Status.READY)
    with pytest.raises(SourceError, match=r"runs\.db"):
        await live.board()


async def test_a_glossary_that_changed_is_news_and_decides_in_the_list(live: LiveSource) -> None:
    before = {each.id: each.warnings for each in await live.specs()}
    glossary = workspace_of(live) / "context" / "glossary.md"
    glossary.parent.mkdir(exist_ok=True)
    glossary.write_text("- **journal** (not: log): what a program writes down\n")
    live._triage.look_again()
    after = {each.id: each.warnings for each in await live.specs()}
    assert after[LIVE] > before[LIVE]
    assert glossary.parent in live._triage.watched(live._settings)


async def test_a_read_only_room_changes_nothing(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    source = LiveSource(workspace, config.load(workspace, {}), read_only=True)
    text = (await source.read_spec(LIVE)).text
    for refused in (
        source.save_spec(LIVE, "x", text),
        source.create_spec("pay-out", Kind.FEATURE),
        source.keep_draft(LIVE, "x", text),
        source.set_aside(LIVE, "x", "mine"),
    ):
        with pytest.raises(SourceError, match="read-only"):
            await refused
    assert not (workspace / ".factory" / "drafts").exists()
    await source.close()


async def test_an_id_that_a_scenario_covers_or_a_version_had_is_taken(live: LiveSource) -> None:
    text = live.spec_file(LIVE).read_text()
    proof = next((workspace_of(live) / "scenarios" / LIVE).glob("*.yaml"))
    proof.write_text(re.sub(r"covers: .*", "covers: [R40]", proof.read_text()))
    await recorded(
        live, LIVE, text.replace("## EVALUATION\n", "## EVALUATION\n\n- E41 (R1): given a, when b, then c.\n")
    )
    taken = await live.taken_ids(LIVE)
    assert {"R40", "E41", "R1"} <= taken
    assert not {"R41", "E40"} & taken


async def test_what_shipped_with_its_first_attempt_is_the_exemplar(live: LiveSource) -> None:
    text = live.spec_file(LIVE).read_text()
    await recorded(live, LIVE, text.replace("## WHO\n", "## WHO\n\x1b[2J"), shipped=True)
    found = await live.exemplar(Kind.FEATURE, "half-done")
    assert found is not None
    assert found.spec == LIVE
    assert found.title
    assert "\x1b" not in found.answers[Question.WHO]
    assert "- R1 " in found.answers[Question.RULES]
    assert await live.exemplar(Kind.FEATURE, LIVE) is None, "a spec is no example for itself"
    assert await live.exemplar(Kind.CONSTRAINT, "half-done") is None


WAY = (RunState.PREPARING, RunState.BUILDING, RunState.COLLECTING, RunState.EVALUATING, RunState.SHIPPING,
       RunState.SHIPPED)  # fmt: skip


async def recorded(live: LiveSource, spec: str, text: str, *, shipped: bool = False) -> None:
    """Have runs.db know a version of a spec, and a run of it."""
    batch, run = BatchId("b00000001"), RunId("r00000001")
    async with await Store.open(workspace_of(live) / "runs.db") as store:
        await store.open_batch(batch, None)
        await store.queue_run(
            NewRun(run=run, batch=batch, spec=SpecId(spec), title="A run", spec_hash="h", spec_text=text,
                   target="targets/logs", base="main")
        )  # fmt: skip
        if shipped:
            for state in WAY:
                await store.move_run(run, state)
                if state is RunState.PREPARING:
                    await store.start_attempt(run)


CHANGES = [
    (f"specs/{LIVE}.md", Topic.SPECS),
    ("specs/_templates/feature.md", Topic.TEMPLATES),
    ("factory.toml", Topic.SPECS | Topic.RUNS),
    (f"scenarios/{LIVE}/new.yaml", Topic.SPECS),
]


@asynccontextmanager
async def listening(source: LiveSource) -> AsyncIterator[asyncio.Queue[Topic]]:
    """The news of a source."""
    heard: asyncio.Queue[Topic] = asyncio.Queue()

    async def listen() -> None:
        async for change in source.changes():
            heard.put_nowait(change.topics)

    task = asyncio.create_task(listen())
    yield heard
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def heard_after(heard: asyncio.Queue[Topic], file: Path, topics: Topic) -> float:
    """Seconds from a save to its news. Nobody can say when the watches are there: save until one save is heard of."""
    before = file.read_text() if file.exists() else "x"
    for number in range(60):
        while not heard.empty():
            heard.get_nowait()
        saved = time.monotonic()
        other = file.with_name(f".{file.name}.other")
        other.write_text(f"{before}\n# {number}\n")
        os.replace(other, file)
        try:
            async with asyncio.timeout(1.0):
                while topics not in await heard.get():
                    pass
            return time.monotonic() - saved
        except TimeoutError:
            continue
    raise AssertionError(f"no news of {file.name}")


@pytest.mark.parametrize(("name", "topics"), CHANGES, ids=lambda each: str(each).replace("/", " "))
async def test_a_file_that_another_program_saves_is_news_within_a_second(
    live: LiveSource, name: str, topics: Topic
) -> None:
    await live.specs()
    async with listening(live) as heard:
        assert await heard_after(heard, workspace_of(live) / name, topics) < 1.0


async def test_specs_in_a_folder_that_came_later_are_news(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    elsewhere = workspace / "specs-for-later"
    (workspace / "specs").rename(elsewhere)
    source = LiveSource(workspace, config.load(workspace, {}))
    assert await source.specs() == ()
    async with listening(source) as heard:
        await heard_after(heard, workspace / "factory.toml", Topic.RUNS)
        elsewhere.rename(workspace / "specs")
        async with asyncio.timeout(10):
            while Topic.SPECS not in await heard.get() or not await source.specs():
                pass
    assert Status.READY in {each.status for each in await source.specs()}
    await source.close()
