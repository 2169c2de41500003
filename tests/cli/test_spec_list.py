"""`spec list`, `spec advice` and `spec priority`, over files and a history that are real."""

import json
import shutil
from pathlib import Path

import pytest

from factory_tui.cli.main import main
from factory_tui.model.run import RunState
from factory_tui.specs import read_spec

from .past import write_past

REPOSITORY = Path(__file__).resolve().parents[2]

SHIPPED, FAILED = RunState.SHIPPED, RunState.FAILED


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for name in ("specs", "scenarios"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    shutil.copy(REPOSITORY / "factory.toml", tmp_path)
    return tmp_path


class Shell:
    def __init__(self, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._workspace, self._monkeypatch, self._capsys = workspace, monkeypatch, capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self._monkeypatch.setattr("sys.argv", ["factory-tui", "-C", str(self._workspace), "spec", *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = self._capsys.readouterr()
        return int(caught.value.code or 0), out, err

    def json(self, *arguments: str) -> object:
        code, out, err = self(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)


@pytest.fixture
def shell(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(workspace, monkeypatch, capsys)


async def a_past(workspace: Path) -> None:
    await write_past(
        workspace,
        [("stock-api", FAILED), ("stock-api", SHIPPED), ("close-month", SHIPPED), ("rotate-logs", SHIPPED)],
    )


def test_without_history_it_says_so(shell: Shell) -> None:
    code, out, _ = shell("list")
    assert code == 0
    line = next(each for each in out.splitlines() if each.startswith("stock-api"))
    assert "no history" in line
    assert {each["estimate"]["n"] for each in shell.json("list")["specs"]} == {0}  # type: ignore[index]


async def test_specs_are_estimated_from_runs_of_their_category_and_agent(workspace: Path, shell: Shell) -> None:
    await a_past(workspace)
    rows = {each["id"]: each for each in shell.json("list")["specs"]}  # type: ignore[index]
    assert (rows["stock-api"]["estimate"]["n"], rows["stock-api"]["estimate"]["shipped"]) == (3, 2)
    assert rows["close-month"]["estimate"] == rows["stock-api"]["estimate"], "both are crud"
    assert rows["folder-checksums"]["estimate"]["n"] == 0
    assert (rows["stock-api"]["agent"], rows["stock-api"]["revisions"], rows["stock-api"]["runs"]) == ("default", 1, 2)
    assert rows["rotate-docs"]["depends_on"] == ["rotate-logs"]
    _, out, _ = shell("list")
    assert "2/3" in next(each for each in out.splitlines() if each.startswith("stock-api"))


async def test_the_order_leaves_out_what_has_shipped(workspace: Path, shell: Shell) -> None:
    before = {each["spec"]: each for each in shell.json("list", "--order")["order"]}  # type: ignore[index]
    assert (before["rotate-docs"]["step"], before["rotate-docs"]["waits_for"]) == (2, ["rotate-logs"])
    await a_past(workspace)
    after = {each["spec"]: each for each in shell.json("list", "--order")["order"]}  # type: ignore[index]
    assert "rotate-logs" not in after
    assert (after["rotate-docs"]["step"], after["rotate-docs"]["waits_for"]) == (1, [])
    code, out, _ = shell("list", "--order")
    assert code == 0
    assert out.splitlines()[0].split() == ["STEP", "SPEC", "STANDS", "WAITS", "FOR"]


async def test_advice_has_a_word_and_a_reason_for_every_category(workspace: Path, shell: Shell) -> None:
    await a_past(workspace)
    found = {each["category"]: each for each in shell.json("advice")["advice"]}  # type: ignore[index]
    assert found["crud"]["word"] == "watch"
    assert found["docs"]["word"] == "no history"
    code, out, _ = shell("advice")
    assert code == 0
    assert "n = 1 is little to go by" in out
    assert "2 of 3 shipped and held" in out


def test_a_priority_is_given_to_several_specs_at_once(workspace: Path, shell: Shell) -> None:
    code, out, _ = shell("priority", "4", "stock-api", "close-month", "stock-api")
    assert (code, out.splitlines()) == (0, ["stock-api has priority 4", "close-month has priority 4"])
    for name in ("stock-api", "close-month"):
        front = read_spec(workspace / "specs" / f"{name}.md").front
        assert front is not None
        assert front.priority == 4


def test_a_spec_that_cannot_be_changed_does_not_keep_the_others_from_it(workspace: Path, shell: Shell) -> None:
    (workspace / "specs" / "odd.md").write_text("no front matter")
    code, out, err = shell("priority", "0", "odd", "stock-api", "--json")
    assert code == 1
    assert "no front matter" in err
    odd, stock = json.loads(out)["specs"]
    assert (odd["refused"] != "", stock["priority"], stock["before"]) == (True, 0, 1)


def test_a_priority_that_does_not_exist_is_wrong_usage(shell: Shell) -> None:
    code, _, err = shell("priority", "7", "stock-api")
    assert code == 2
    assert "7" in err
