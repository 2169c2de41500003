"""The table of commands."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from factory_tui.cli.main import COMMANDS, cli, main
from factory_tui.model.event import Event


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_explains_itself(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"Usage: cli {name}")


def test_a_mistyped_command_is_answered_with_the_nearest_one() -> None:
    result = CliRunner().invoke(cli, ["statsu"])
    assert result.exit_code == 2
    assert "Did you mean 'status'?" in result.output


@pytest.mark.parametrize(
    ("words", "what", "todo"),
    [
        (["prune"], "prune: not in this version yet", "`factory-tui --help` lists what there is"),
        (
            ["template", "effect", "x"],
            "template effect: not in this version yet",
            "`factory-tui template --help` lists what there is",
        ),
        (["schema", "nope"], "'nope' is not one of", "`factory-tui schema --help` shows how it is used"),
        (
            ["scenario", "mutate", "x", "--minutes", "nan"],
            "nan is not in the range 0.1<=x<=600",
            "`factory-tui scenario mutate --help` shows how it is used",
        ),
        (["logs"], "Missing argument 'RUN'.", "`factory-tui logs --help` shows how it is used"),
        (["nope", "--x"], "No such command 'nope'.", "`factory-tui --help` shows how it is used"),
        (["--nope"], "No such option", "`factory-tui --help` shows how it is used"),
    ],
)
def test_wrong_usage_is_one_line_what_and_one_line_what_to_do(
    words: list[str], what: str, todo: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["factory-tui", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    first, second = said.err.splitlines()
    assert what in first
    assert second == f"  → {todo}"


def test_a_path_that_the_system_refuses_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.argv", ["factory-tui", "-C", str(tmp_path / ("a" * 300)), "status"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "File name too long\n  → " in capsys.readouterr().err


def test_the_schema_of_an_event_describes_the_line_that_is_printed() -> None:
    schema = json.loads(CliRunner().invoke(cli, ["schema", "event"]).output)
    event = Event(type="run.queued", seq=1, ts=datetime(2026, 1, 1, tzinfo=UTC), data={"title": "x"})
    assert set(event.to_json()) == {*schema["properties"], "title"}


PROGRAM = [sys.executable, "-m", "factory_tui"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_the_letters_gets_question_marks(tmp_path: Path, encoding: str) -> None:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": encoding, "HOME": str(tmp_path)}
    subprocess.run([*PROGRAM, "init", str(tmp_path / "w")], env=environment, check=True, capture_output=True)
    for command in (["-C", "w", "template", "show", "feature"], ["-C", "w", "show", "nobody"]):
        said = subprocess.run([*PROGRAM, *command], env=environment, capture_output=True, cwd=tmp_path, check=False)
        assert b"Traceback" not in said.stderr
        assert b"?" in said.stdout + said.stderr
        assert said.returncode == (2 if command[2] == "show" else 0)


@pytest.mark.parametrize("words", ["schema scenario", "schema config"])
def test_a_reader_that_has_enough_is_no_fault(words: str) -> None:
    line = f"set -o pipefail; {' '.join(PROGRAM)} {words} | head -c 1"
    said = subprocess.run(["bash", "-c", line], capture_output=True, check=False)
    assert (said.returncode, said.stderr) == (0, b"")


def test_a_closed_output_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["factory-tui", "schema", "event"])
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert sys.stdout is not None
    sys.stdout.close()
