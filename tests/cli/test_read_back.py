"""`spec readback` and `spec answer`."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from factory_tui.cli.main import main
from factory_tui.model.money import MicroUsd
from factory_tui.model.readback import ReadBack, ReadBackQuestion
from factory_tui.model.spec import Question
from factory_tui.specs import read_spec
from factory_tui.store.store import Store
from tests.cli.small_engine import small_engine
from tests.engine.factory import RIGHT, Factory, delivers

ASKED = ReadBackQuestion(
    text="How long may a name be?", section=Question.INPUTS, quote="1 to 40 characters", line=1,
    answers=("40 bytes.", "40 letters."), impact=4, uncertainty=3,
)  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT))
    return factory.workspace


def record(workspace: Path, *questions: ReadBackQuestion, version: str = "") -> None:
    spec = read_spec(workspace / "specs" / "greet.md")
    read = ReadBack(
        spec="greet", hash=version or spec.hash, summary="It greets \x1b[31mpeople.", questions=questions, dropped=2,
        model="claude-sonnet-4-6", cost=MicroUsd(12_000), when=datetime.now(UTC),
    )  # fmt: skip

    async def kept() -> None:
        async with await Store.open(workspace / "runs.db") as store:
            await store.record_read_back(read)

    asyncio.run(kept())


def run(workspace: Path, *words: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["factory-tui", "-C", str(workspace), *words])
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0)


def test_what_was_read_before_needs_no_engine(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(workspace, ASKED)
    assert run(workspace, "spec", "readback", "greet") == 0
    out = capsys.readouterr().out
    assert "greet as claude-sonnet-4-6 understands it" in out
    assert "1 question · $0.01" in out
    assert "It greets people." in out
    assert "1. How long may a name be?" in out
    assert "INPUTS, line 24: “1 to 40 characters”" in out
    assert "  2. 40 letters." in out
    assert "→ factory-tui spec answer greet 1 NUMBER" in out
    assert "2 remarks were left out" in out
    assert not (workspace / ".factory" / "engine.log").exists()


def test_as_json(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(workspace, ASKED)
    assert run(workspace, "spec", "readback", "greet", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["spec"], found["cost"], found["questions"][0]["line"]) == ("greet", 12_000, 24)


@pytest.mark.parametrize(("given", "written"), [(("2",), "40 letters."), (("at", "most", "30"), "at most 30")])
def test_an_answer_goes_into_its_section_and_the_spec_is_draft_again(
    workspace: Path, capsys: pytest.CaptureFixture[str], given: tuple[str, ...], written: str
) -> None:
    record(workspace, ASKED)
    assert run(workspace, "spec", "answer", "greet", "1", *given) == 0
    out = capsys.readouterr().out
    assert f"written into specs/greet.md below INPUTS: {written}" in out
    assert "greet is draft again: an answer makes another version" in out
    assert "factory-tui spec ready greet" in out
    section = read_spec(workspace / "specs" / "greet.md").section(Question.INPUTS)
    assert section is not None
    assert f"- Question: How long may a name be?\n  Answer: {written}" in section.body


def test_an_answered_question_says_so(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(workspace, ASKED)
    assert run(workspace, "spec", "answer", "greet", "1", "1", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {
        "spec": "greet", "path": "specs/greet.md", "answer": "40 bytes.", "status": "draft", "ready": said["ready"]
    }  # fmt: skip
    record(workspace, ASKED)
    assert run(workspace, "spec", "readback", "greet") == 0
    assert "✓ answered: 40 bytes." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("2", "yes"), "there is no question 2"),
        (("0", "yes"), "there is no question 0"),
        (("x", "yes"), "there is no question x"),
        (("1", "3"), "there is no answer 3"),
        (("1", " "), "the answer is empty"),
    ],
)
def test_a_wrong_number_is_said(
    workspace: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], what: str
) -> None:
    record(workspace, ASKED)
    before = (workspace / "specs" / "greet.md").read_bytes()
    assert run(workspace, "spec", "answer", "greet", *words) == 2
    assert what in capsys.readouterr().err
    assert (workspace / "specs" / "greet.md").read_bytes() == before


def test_without_a_read_back_there_is_nothing_to_answer(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "spec", "answer", "greet", "1", "yes") == 2
    assert "was never read back\n  → factory-tui spec readback greet" in capsys.readouterr().err


def test_what_the_engine_refuses_is_one_line_and_what_to_do(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(workspace, ASKED, version="an older one")
    with small_engine(workspace):
        assert run(workspace, "spec", "readback", "greet") == 3
    err = capsys.readouterr().err
    assert "asking the twin of m" in err
    assert "the twin has no read-back for greet\n  → add one" in err
