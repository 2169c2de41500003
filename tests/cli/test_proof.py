"""`export`, `evaluate --run`, `--junit` and `scenario mutate` from the command line, without an engine and with one."""

import asyncio
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from factory_tui.cli.evaluation_text import again_lines, result_lines
from factory_tui.cli.main import main
from factory_tui.engine.again import Again
from factory_tui.model.binding import Binding, BoundAttempt
from factory_tui.model.evaluation import Evaluation, Result, ScenarioResult, Trial
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import Layer
from tests.engine.factory import RIGHT, WRONG, Factory, delivers, only_these_words


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Factory:
    made = Factory.at(tmp_path_factory.mktemp("proof") / "w", attempts=2)
    made.add("greet", delivers(WRONG), delivers(RIGHT))
    made.add("fails", delivers(WRONG), delivers(WRONG))
    asyncio.run(made.run_batch())
    return made


@pytest.fixture
def run(factory, monkeypatch, capsys):
    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["factory-tui", "-C", str(factory.workspace), *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


def test_a_run_is_exported_as_show_has_it(run):
    assert json.loads(run("export", "greet")[1]) == json.loads(run("show", "greet", "--json")[1])
    view = json.loads(run("show", "greet", "--json")[1])
    assert [set(each["binding"]) for each in view["attempts"]] == [
        {"spec_hash", "suite_hash", "base_commit", "artifact_hash", "image", "twins", "judge"}
    ] * 2
    assert view["twins"].keys() == {"anthropic"}


def test_show_says_what_a_verdict_is_bound_to(run):
    _, out, _ = run("show", "greet")
    bound = out.partition("bound to\n")[2]
    assert {"spec version", "suite", "base commit", "image", "artifact", "twin          anthropic"} <= {
        each for each in ("spec version", "suite", "base commit", "image", "artifact", "twin          anthropic")
        if each in bound
    }  # fmt: skip


def test_junit_of_an_attempt_into_a_file_as_a_whole(run, tmp_path: Path):
    file = tmp_path / "results.xml"
    file.write_text("old")
    code, out, _ = run("export", "greet", "--format", "junit", "--attempt", "1", "--to", str(file))
    assert (code, "as junit" in out) == (0, True)
    root = ET.parse(file).getroot()
    assert [each.get("name") for each in root.iter("testcase") if each.find("failure") is not None] == [
        "refuses-without-a-name"
    ]
    code, _, err = run("export", "greet", "--format", "junit", "--attempt", "9")
    assert (code, "no attempt 9 that was judged" in err) == (2, True)
    code, _, err = run("export", "greet", "--to", str(tmp_path / "none" / "x"))
    assert (code, "cannot be written" in err) == (2, True)


def test_a_run_is_judged_again_and_compared(run, tmp_path: Path):
    file = tmp_path / "results.xml"
    code, out, _ = run("evaluate", "greet", "--run", "greet", "--junit", str(file))
    assert code == 0
    assert "the same verdict as recorded for" in out
    assert "no input differs" in out
    assert ET.parse(file).getroot().find(".//failure") is None
    code, out, _ = run("evaluate", "greet", "--run", "greet", "--attempt", "1", "--json")
    told = json.loads(out)
    assert (code, told["verdict"], told["same_verdict"], told["same_results"], told["differs"]) == (
        1, "fail", True, True, [],
    )  # fmt: skip
    assert told["recorded"]["artifact_hash"] == told["artifact_hash"]


def test_trials_that_disagree_are_counted():
    trials = tuple(Trial(result=each, seconds=0.1) for each in (Result.PASS, Result.FAIL, Result.PASS))
    coin = ScenarioResult(
        id="coin", covers=("R1",), sentence="", result=Result.FLAKY, trials=trials, layer=Layer.RESERVE
    )
    assert next(result_lines(coin, 1, 1)).endswith("  2 of 3 trials passed  (reserve: does not count)")


def test_inputs_that_differ_have_the_names_that_show_gives_them():
    recorded = BoundAttempt(1, "pass", Binding(suite_hash="s1", twins={"anthropic": "t1"}))
    evaluation = Evaluation(
        spec="greet", verdict=Verdict.PASS, scenarios=(), spec_hash="", suite_hash="s2", image="local"
    )
    now = Binding(suite_hash="s2", twins={"anthropic": "t2"})
    again = Again(evaluation, recorded, recorded.binding.differences(now), ())
    assert list(again_lines(again, "r1"))[2:] == [
        "    suite: s1 then, s2 now",
        "    twin anthropic: t1 then, t2 now",
    ]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--artifact", ".", "--run", "greet"),
        ("--artifact", ".", "--attempt", "1"),
        ("--run", "greet", "--base", "."),
    ],
)
def test_what_is_to_be_judged_is_said_once(run, words: tuple[str, ...]):
    assert run("evaluate", "greet", *words)[0] == 2


def test_mutants_without_an_engine_are_told_and_not_recorded(factory, run):
    code, out, err = run("scenario", "mutate", "greet", "--limit", "4", "--json")
    told = json.loads(out)
    assert told["recorded"] is False
    assert len(told["fates"]) == 4
    assert code == (1 if told["missing"]["scenarios"] else 0)
    assert "nothing was recorded" in err
    with factory.reader() as reader:
        assert reader.mutations().get("greet") is None
    code, _, err = run("scenario", "mutate", "fails")
    assert (code, "has not shipped" in err) == (2, True)
    code, _, err = run("scenario", "mutate", "greet", "--stop")
    assert (code, "no engine" in err) == (3, True)


async def test_mutants_with_an_engine_are_recorded(factory) -> None:
    async with factory.engine():
        words = (
            "-m",
            "factory_tui",
            "-C",
            str(factory.workspace),
            "scenario",
            "mutate",
            "greet",
            "--limit",
            "2",
            "--json",
        )
        done = await asyncio.to_thread(
            subprocess.run, (sys.executable, *words), capture_output=True, text=True, env=only_these_words()
        )
    told = json.loads(done.stdout)
    assert told["recorded"] is True
    with factory.reader() as reader:
        report = reader.mutations().get("greet")
    assert report is not None
    assert [each.mutant.what for each in report.fates] == [each["mutant"]["what"] for each in told["fates"]]
