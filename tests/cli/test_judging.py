"""Rubrics from the command line: what `evaluate` remembers, what `show` tells, what `decide` asks and does."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from factory_tui.cli.main import main
from tests.engine.factory import Factory
from tests.engine.test_judging import MEETS, MISSES, judged

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["factory-tui", "-C", str(tmp_path / "ws"), *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    yield call
    call("engine", "stop")


def left_by(factory: Factory, to: Path) -> str:
    """What the run built, as a directory."""
    view = factory.run_of("greet")
    to.mkdir()
    archive = subprocess.run(
        ["git", "-C", str(factory.workspace / "targets" / "greet"), "archive", str(view.commit)],
        check=True,
        capture_output=True,
    )
    subprocess.run(["tar", "-x", "-C", str(to)], input=archive.stdout, check=True)
    return str(to)


def test_evaluate_takes_the_word_of_the_run_and_asks_nobody(tmp_path: Path, run: Run) -> None:
    factory = judged(tmp_path / "ws", MEETS)
    asyncio.run(factory.run_batch())
    code, out, _ = run("evaluate", "greet", "--artifact", left_by(factory, tmp_path / "left"), "--json")
    told = json.loads(out)
    (judgement,) = [each["judgement"] for each in told["scenarios"] if each["judgement"]]
    assert (code, told["verdict"], told["judge"]) == (0, "pass", judgement["model"])
    assert (judgement["outcome"], judgement["recorded"]) == ("upheld", True)
    assert [each["ballot"] for each in judgement["votes"]] == ["meets"] * 3


def test_evaluate_holds_what_nobody_judged_and_says_what_does(tmp_path: Path, run: Run) -> None:
    factory = judged(tmp_path / "ws", MISSES)
    asyncio.run(factory.run_batch())
    program = Path(left_by(factory, tmp_path / "left")) / "bin" / "greet"
    program.write_text(program.read_text().replace("usage: greet NAME", "call me with a name"))
    code, out, _ = run("evaluate", "greet", "--artifact", str(tmp_path / "left"))
    assert code == 1
    assert "? inconclusive says-how" in out
    assert "no judgement is recorded for this output" in out
    assert "a run of the spec does" in out


def test_what_judges_could_not_decide_is_shown_and_decided(tmp_path: Path, run: Run) -> None:
    factory = judged(tmp_path / "ws", MEETS, MISSES)
    asyncio.run(factory.run_batch())
    name = factory.run_of("greet").row.run
    _, shown, _ = run("show", name)
    assert f"decide {name} meets" in shown
    for told in (shown, run("decide", name)[1]):
        assert "judges: inconclusive: 1 meets, 1 misses, 0 no vote" in told
        assert "vote 2: misses · It does not say what a name is." in told
        assert "step 1 stderr: “usage: greet NAME”" in told
    undecided = json.loads(run("decide", name, "--json")[1])["undecided"]
    assert undecided[0]["output"][2]["text"] == "usage: greet NAME\n"
    code, _, err = run("decide", name, "meets")
    assert (code, "a decision needs its reason" in err) == (2, True)
    code, out, _ = run("decide", name, "meets", "--reason", "Anybody understands it.")
    assert (code, out) == (
        0,
        f"{name} is queued again: its artifact is judged with your decision, and not built again\n",
    )
    asyncio.run(factory.until("run.shipped"))
    _, shown, _ = run("show", name)
    assert "the operator decided that it meets the rubric: Anybody understands it." in shown


def test_a_run_that_waits_for_no_decision_says_so(tmp_path: Path, run: Run) -> None:
    factory = judged(tmp_path / "ws", MEETS)
    asyncio.run(factory.run_batch())
    code, _, err = run("decide", factory.run_of("greet").row.run)
    assert (code, "waits for no decision" in err) == (2, True)
