"""`spec`, `scenario` and `schema` as a script or an operator uses them: output, exit codes, files."""

import json
from pathlib import Path

import pytest

from factory_tui.cli.main import main
from specs.texts import front_text, spec_text

SCENARIO = """\
id: both
covers: [R1, R2]
kind: negative
given: A day
when: It is closed
then: It is
steps:
  - run: close
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "factory.toml").write_text("", encoding="utf-8")
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "close-day.md").write_text(spec_text(), encoding="utf-8")
    (tmp_path / "scenarios" / "close-day").mkdir(parents=True)
    (tmp_path / "scenarios" / "close-day" / "both.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


class Shell:
    def __init__(self, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.workspace, self._monkeypatch, self._capsys = workspace, monkeypatch, capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self._monkeypatch.setattr("sys.argv", ["factory-tui", "-C", str(self.workspace), *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = self._capsys.readouterr()
        return int(caught.value.code or 0), out, err


@pytest.fixture
def shell(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(workspace, monkeypatch, capsys)


def spec_file(shell: Shell) -> Path:
    return shell.workspace / "specs" / "close-day.md"


def test_a_clean_workspace_lints_with_exit_0(shell: Shell) -> None:
    code, out, _ = shell("spec", "lint")
    assert (code, out) == (0, "1 spec, 1 can be Ready; no findings\n")
    code, out, _ = shell("spec", "lint", "--json")
    assert json.loads(out) == {
        "specs": [{"id": "close-day", "path": "specs/close-day.md", "ready": True, "findings": []}]
    }


def test_errors_exit_1_with_the_public_form(shell: Shell) -> None:
    spec_file(shell).write_text(spec_text(OUTPUTS="Format: TBD"), encoding="utf-8")
    code, out, _ = shell("spec", "lint", "close-day", "--json")
    assert code == 1
    (entry,) = json.loads(out)["specs"]
    assert entry["ready"] is False
    (finding,) = entry["findings"]
    assert list(finding) == ["rule", "level", "section", "line", "column", "quote", "message", "fix"]
    assert (finding["rule"], finding["level"], finding["section"], finding["column"], finding["quote"]) == (
        "C02",
        "error",
        "OUTPUTS",
        9,
        "TBD",
    )


def test_warnings_exit_0(shell: Shell) -> None:
    spec_file(shell).write_text(spec_text(front_text(template="feature@9")), encoding="utf-8")
    code, out, _ = shell("spec", "lint")
    assert code == 0
    assert "1 warning" in out


def test_findings_are_told_as_a_linter_does(shell: Shell) -> None:
    spec_file(shell).write_text(spec_text(OUTPUTS="Format: TBD"), encoding="utf-8")
    _, out, _ = shell("spec", "lint", "specs/close-day.md")
    place, quote, fix, _ = out.split("\n")[:4]
    assert place.startswith("specs/close-day.md:33:9 C02 error TBD stands where")
    assert quote == "    │ TBD"
    assert fix.startswith("    → ")


def test_a_broken_scenario_is_told_with_its_own_path(shell: Shell) -> None:
    (shell.workspace / "scenarios" / "close-day" / "both.yaml").write_text("id: both\n", encoding="utf-8")
    code, out, _ = shell("spec", "lint", "--json")
    assert code == 1
    paths = {each.get("path") for each in json.loads(out)["specs"][0]["findings"]}
    assert paths == {None, "scenarios/close-day/both.yaml"}
    code, out, _ = shell("scenario", "lint")
    assert code == 1
    assert "scenarios/close-day/both.yaml:1:1 Q01 error covers is missing" in out


def test_an_unreadable_file_exits_2_and_the_rest_is_linted(shell: Shell) -> None:
    (shell.workspace / "specs" / "latin.md").write_bytes(b"\xe9")
    code, out, err = shell("spec", "lint", "--json")
    assert code == 2
    assert [each["id"] for each in json.loads(out)["specs"]] == ["close-day", "latin"]
    assert "specs/latin.md: it is not UTF-8" in err
    assert shell("spec", "lint", "latin")[0] == 2
    assert shell("spec", "lint", "close-day")[0] == 0


@pytest.mark.parametrize("command", ["lint", "show", "ready", "draft", "park"])
def test_an_unknown_spec_exits_2_with_the_nearest(shell: Shell, command: str) -> None:
    code, out, err = shell("spec", command, "close-dya")
    assert (code, out) == (2, "")
    assert "did you mean close-day?" in err


def test_outside_of_a_workspace_it_says_so(shell: Shell) -> None:
    (shell.workspace / "factory.toml").unlink()
    code, _, err = shell("spec", "lint")
    assert code == 2
    assert "not a workspace" in err


def test_ready_draft_and_park_write_the_status(shell: Shell) -> None:
    for command, status in (("ready", "ready"), ("draft", "draft"), ("park", "parked")):
        code, out, _ = shell("spec", command, "close-day", "--json")
        assert code == 0
        assert json.loads(out)["specs"][0]["status"] == status
        assert spec_file(shell).read_text(encoding="utf-8") == spec_text(front_text(status=status))


def test_ready_is_refused_with_the_findings(shell: Shell) -> None:
    text = spec_text(OUTPUTS="TBD")
    spec_file(shell).write_text(text, encoding="utf-8")
    code, out, err = shell("spec", "ready", "close-day")
    assert code == 1
    assert "C02 error" in out
    assert "close-day is not Ready: 1 error" in err
    assert spec_file(shell).read_text(encoding="utf-8") == text


def test_draft_takes_a_broken_spec_too(shell: Shell) -> None:
    spec_file(shell).write_text("---\nid: close-day\nstatus: ready\n---\n", encoding="utf-8")
    assert shell("spec", "draft", "close-day")[0] == 0
    assert "status: draft" in spec_file(shell).read_text(encoding="utf-8")


def test_new_writes_a_draft_that_is_not_ready(shell: Shell) -> None:
    code, out, _ = shell("spec", "new", "open-day", "--kind", "constraint", "--title", "Open", "--json")
    assert (code, json.loads(out)) == (0, {"id": "open-day", "path": "specs/open-day.md"})
    assert shell("spec", "lint", "open-day")[0] == 1
    assert shell("spec", "new", "open-day")[0] == 2
    code, out, _ = shell("spec", "new", "architectural", "open-night", "--json")
    assert code == 0, "the kind may stand before the id"
    assert "kind: architectural" in (shell.workspace / json.loads(out)["path"]).read_text()
    assert shell("spec", "new", "constraint", "shut", "--kind", "feature")[0] == 2
    assert shell("spec", "new", "open", "day")[0] == 2
    assert shell("spec", "new", "Open Day")[0] == 2
    assert shell("spec", "new", "x", "--kind", "wish")[0] == 2


def test_list_shows_every_spec_without_any_history(shell: Shell) -> None:
    code, out, _ = shell("spec", "list", "--json")
    (row,) = json.loads(out)["specs"]
    assert code == 0
    assert (row["id"], row["status"], row["rules"], row["covered_rules"], row["errors"]) == (
        "close-day",
        "draft",
        2,
        2,
        0,
    )
    _, out, _ = shell("spec", "list")
    assert out.split("\n")[1].split()[:2] == ["close-day", "draft"]


def test_show_traces_rules_to_their_proof(shell: Shell) -> None:
    _, out, _ = shell("spec", "show", "close-day", "--json")
    shown = json.loads(out)
    assert shown["ready"] is True
    assert shown["rules"][0]["evaluation"] == ["E1"]
    assert shown["rules"][0]["scenarios"] == ["both"]
    _, out, _ = shell("spec", "show", "close-day")
    assert "R2    evaluation: E2; scenarios: both" in out


def test_control_sequences_in_a_spec_never_reach_the_terminal(shell: Shell) -> None:
    evil = spec_text(OUTPUTS="TBD \x1b]52;c;aGk=\x07 \u202e \x9b31m")
    spec_file(shell).write_text(evil, encoding="utf-8")
    for command in (["lint"], ["lint", "--json"], ["show", "close-day"], ["show", "close-day", "--json"], ["list"]):
        _, out, err = shell("spec", *command)
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(out + err), command


def test_scenarios_are_listed(shell: Shell) -> None:
    code, out, _ = shell("scenario", "list", "close-day", "--json")
    (entry,) = json.loads(out)["scenarios"]
    assert code == 0
    assert (entry["spec"], entry["id"], entry["covers"], entry["base"]) == ("close-day", "both", ["R1", "R2"], "fail")
    assert "both" in shell("scenario", "list")[1]


@pytest.mark.parametrize("name", ["spec", "scenario", "config", "event"])
def test_a_schema_describes_its_fields(shell: Shell, name: str) -> None:
    code, out, _ = shell("schema", name)
    schema = json.loads(out)
    assert (code, schema["title"]) == (0, name)
    assert schema["properties"]


def test_the_scenario_schema_knows_what_a_step_expects(shell: Shell) -> None:
    schema = json.loads(shell("schema", "scenario")[1])
    step = schema["$defs"]["Step"]["properties"]
    assert {"$ref": "#/$defs/RunExpect"} in step["expect"]["anyOf"]
    assert "JSONPath" in step["capture"]["description"]


def test_an_unknown_schema_exits_2(shell: Shell) -> None:
    assert shell("schema", "runs")[0] == 2
