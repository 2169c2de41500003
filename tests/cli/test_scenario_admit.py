"""`scenario admit`: alone, through a running engine, for one spec and for many."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from factory_tui.cli.main import main
from tests.engine.factory import GREETS, REFUSES, RIGHT, Factory, delivers
from tests.engine.test_admissions import WEAK


@pytest.fixture
def factory(tmp_path: Path) -> Factory:
    made = Factory.at(tmp_path / "w")
    made.add("greet", delivers(RIGHT), scenarios=(GREETS, REFUSES))
    made.add("wave", delivers(RIGHT), scenarios=(WEAK,))
    made.add("later", delivers(RIGHT), status="draft", scenarios=())
    return made


def run(factory: Factory, *words: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["factory-tui", "-C", str(factory.workspace), "scenario", "admit", *words])
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0)


def test_one_spec_is_shown_with_what_each_scenario_did(factory: Factory, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(factory, "greet") == 0
    assert run(factory, "wave", "--json") == 1
    text, _, document = capsys.readouterr().out.rstrip().rpartition("\n")
    assert "ON A STUB" in text
    assert text.count("yes") == 2
    (found,) = json.loads(document)["admissions"]
    assert (found["observed"], found["on_stub"], found["admitted"]) == ("fail", "pass", False)
    assert "check what they print" in found["reason"]
    assert not (factory.workspace / "runs.db").exists()


def test_all_means_every_spec_that_has_scenarios(factory: Factory, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(factory, "--all") == 1
    out = capsys.readouterr().out
    assert "greet: 2 of 2 admitted" in out
    assert "wave: 0 of 1 admitted" in out
    assert "later" not in out
    assert run(factory, "--all", "--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert [each["spec"] for each in document["suites"]] == ["greet", "wave"]
    assert document["recorded"] is False


@pytest.mark.parametrize("words", [("later",), ("later", "--json")])
def test_a_spec_without_scenarios_is_told_so(
    factory: Factory, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(factory, *words) == 1
    said = capsys.readouterr()
    what, todo = said.err.splitlines()
    assert "later has no scenario" in what
    assert "scenario new later E1" in todo
    assert json.loads(said.out)["admissions"] == [] if "--json" in words else not said.out


def test_what_is_wrong_with_one_spec_does_not_hide_the_others(
    factory: Factory, capsys: pytest.CaptureFixture[str]
) -> None:
    (factory.workspace / "scenarios" / "wave" / "s1.yaml").write_text("id: s1\n")
    assert run(factory, "greet", "wave") == 2
    told = capsys.readouterr()
    assert "greet: 2 of 2 admitted" in told.out
    assert "s1.yaml" in told.err


@pytest.mark.parametrize("words", [(), ("greet", "--all"), ("nobody",)])
def test_it_must_be_clear_which_scenarios_are_meant(factory: Factory, words: tuple[str, ...]) -> None:
    assert run(factory, *words) == 2


async def test_a_running_engine_tries_and_records_them_unless_it_is_told_not_to(
    factory: Factory, capsys: pytest.CaptureFixture[str]
) -> None:
    async with factory.engine():
        assert await asyncio.to_thread(run, factory, "greet", "--alone", "--json") == 0
        with factory.reader() as reader:
            assert reader.admissions() == {}
        assert await asyncio.to_thread(run, factory, "greet", "wave", "--json") == 1
        with factory.reader() as reader:
            assert len(reader.admissions()) == 3
    first, second = capsys.readouterr().out.splitlines()
    assert (json.loads(first)["recorded"], json.loads(second)["recorded"]) == (False, True)
