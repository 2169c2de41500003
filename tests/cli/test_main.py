"""The table of commands."""

import json
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
        (["spec", "diff", "x"], "spec diff: not in this version yet", "`factory-tui spec --help` lists what there is"),
        (["schema", "nope"], "'nope' is not one of", "`factory-tui schema --help` shows how it is used"),
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
