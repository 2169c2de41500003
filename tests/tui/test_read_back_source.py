"""The real source of read-backs: a workspace, its engine, its files."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from factory_tui.model.spec import Question, Status
from factory_tui.specs import read_spec
from factory_tui.tui.live import LiveSource
from factory_tui.tui.source import SourceError
from tests.engine.factory import RIGHT, Factory, delivers
from tests.engine.test_readbacks import SAYS, reads
from tests.tui.reading import QUESTIONS


@pytest.fixture
def factory(tmp_path: Path) -> Factory:
    made = Factory.at(tmp_path / "w")
    made.add("greet", delivers(RIGHT))
    reads(made, says=SAYS)
    return made


@pytest.fixture
async def live(factory: Factory) -> AsyncIterator[LiveSource]:
    source = LiveSource(factory.workspace, factory.settings())
    yield source
    await source.close()


def path(factory: Factory) -> Path:
    return factory.workspace / "specs" / "greet.md"


async def test_a_spec_is_read_answered_and_read_beside_its_file(factory: Factory, live: LiveSource) -> None:
    assert await live.last_read_back("greet") is None
    async with factory.engine():
        plan = await live.plan_read_back("greet")
        assert not plan.charged
        read = await live.read_back("greet")
        assert read.cost <= plan.most
    view = await live.last_read_back("greet")
    assert view is not None
    assert view.current
    (question,) = view.read.questions
    assert question.answered == ""
    assert "1 to 40 characters" in path(factory).read_text().splitlines()[question.line - 1]
    assert await live.answer_read_back("greet", question, question.answers[0]) is True
    front = read_spec(path(factory)).front
    assert front is not None
    assert front.status is Status.DRAFT
    view = await live.last_read_back("greet")
    assert view is not None
    assert not view.current
    assert [each.answered for each in view.read.questions] == [question.answers[0]]


async def test_an_answer_to_a_text_that_is_typed_leaves_the_file_alone(factory: Factory, live: LiveSource) -> None:
    async with factory.engine():
        (question,) = (await live.read_back("greet")).questions
    before = path(factory).read_text()
    typed = before.replace("One line on standard output", "Two lines on standard output")
    after = await live.with_answer("greet", typed, question, "Exit code 2.")
    assert "Two lines on standard output" in after
    assert "  Answer: Exit code 2.\n" in after
    assert path(factory).read_text() == before
    view = await live.last_read_back("greet", after)
    assert view is not None
    assert [each.answered for each in view.read.questions] == ["Exit code 2."]
    with pytest.raises(SourceError, match=f"no section {Question.RULES}"):
        await live.with_answer("greet", "no head", question, "x")


async def test_what_goes_wrong_is_said_in_the_words_of_the_screen(factory: Factory, live: LiveSource) -> None:
    script = factory.workspace / "twins" / "anthropic" / "greet.yaml"
    script.write_text(json.dumps({**json.loads(script.read_text()), "readback": None}))
    async with factory.engine():
        with pytest.raises(SourceError, match="the twin has no read-back for greet") as said:
            await live.read_back("greet")
        assert "readback:" in said.value.todo
        with pytest.raises(SourceError, match=r"nobody\.md"):
            await live.plan_read_back("nobody")


async def test_read_only_asks_nothing_and_writes_nothing(factory: Factory) -> None:
    source = LiveSource(factory.workspace, factory.settings(), read_only=True)
    for attempt in (source.plan_read_back("greet"), source.read_back("greet")):
        with pytest.raises(SourceError, match="read-only"):
            await attempt
    with pytest.raises(SourceError, match="read-only"):
        await source.answer_read_back("greet", QUESTIONS[0], "x")
    assert await source.last_read_back("greet") is None
    await source.close()
