"""`spec lint` and `scenario lint` for other programs: SARIF, annotations, and the edits that end a finding."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from factory_tui.cli.annotations import annotation, annotations
from factory_tui.cli.findings import Told, finding_json
from factory_tui.cli.main import main
from factory_tui.cli.sarif import sarif
from factory_tui.model.finding import Edit, Finding, Level
from factory_tui.scenarios.rulebook import all_rules
from factory_tui.specs import SpecUnreadable
from specs.texts import spec_text

Shell = Callable[..., tuple[int, str, str]]

FOUND = Finding(
    rule="L01",
    level=Level.ERROR,
    section="RULES",
    line=3,
    column=7,
    quote="quickly",
    message="“quickly” is 100% a matter of taste, not of measure: nobody can test it",
    fix="write a number\nwith its unit",
    edit=Edit(line=3, column=7, end_line=3, end_column=14, text="within 2 seconds"),
)

SCENARIO = "id: closes\ncovers: [R1, R2]\ngiven: A day\nwhen: It is closed\nthen: It is\nsteps:\n  - run: close\n"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    (tmp_path / "factory.toml").write_text("", encoding="utf-8")
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "close-day.md").write_text(spec_text(OUTPUTS="Format: TBD"), encoding="utf-8")
    (tmp_path / "scenarios" / "close-day").mkdir(parents=True)
    (tmp_path / "scenarios" / "close-day" / "closes.yaml").write_text(SCENARIO.replace("R2", "R7"), encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["factory-tui", "-C", str(tmp_path), *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capsys.readouterr()
        return int(caught.value.code or 0), out, err

    return run


def test_json_is_json_by_either_name(shell: Shell) -> None:
    assert shell("spec", "lint", "--json") == shell("spec", "lint", "--format", "json")
    assert shell("scenario", "lint", "--json") == shell("scenario", "lint", "--format", "json")
    assert shell("spec", "lint") == shell("spec", "lint", "--format", "text")


def test_two_forms_at_once_are_refused(shell: Shell) -> None:
    code, out, err = shell("spec", "lint", "--json", "--format", "sarif")
    assert (code, out) == (2, "")
    assert "give one" in err


def test_an_edit_is_in_the_public_form_when_there_is_one() -> None:
    assert finding_json(FOUND, Path("/w"))["edit"] == {
        "line": 3,
        "column": 7,
        "end_line": 3,
        "end_column": 14,
        "text": "within 2 seconds",
    }
    assert "edit" not in finding_json(FOUND.model_copy(update={"edit": None}), Path("/w"))


def test_sarif_has_every_finding_with_its_place_and_every_rule_with_its_help(shell: Shell) -> None:
    code, out, _ = shell("spec", "lint", "--format", "sarif")
    assert code == 1
    log = json.loads(out)
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == [rule.id for _, rule in all_rules()]
    assert all(each["help"]["text"] and each["shortDescription"]["text"] for each in rules)
    _, as_json, _ = shell("spec", "lint", "--json")
    findings = json.loads(as_json)["specs"][0]["findings"]
    assert [each["ruleId"] for each in run["results"]] == [each["rule"] for each in findings]
    for result, finding in zip(run["results"], findings, strict=True):
        place = result["locations"][0]["physicalLocation"]
        assert place["region"] == {"startLine": finding["line"], "startColumn": finding["column"]}
        assert place["artifactLocation"]["uri"] == finding.get("path", "specs/close-day.md")
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")


def test_sarif_has_the_edit_as_a_fix() -> None:
    log = json.loads(json.dumps(sarif([Told(FOUND, "specs/a b.md")], (), Path("/w"))))
    (result,) = log["runs"][0]["results"]
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "specs/a%20b.md"}
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "startColumn": 7, "endLine": 3, "endColumn": 14},
            "insertedContent": {"text": "within 2 seconds"},
        }
    ]


def test_a_file_that_cannot_be_read_is_told_in_every_form(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "specs" / "latin.md").write_bytes(b"\xe9")
    code, out, _ = shell("spec", "lint", "--format", "sarif")
    assert code == 2
    (invocation,) = json.loads(out)["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    (said,) = invocation["toolExecutionNotifications"]
    assert said["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "specs/latin.md"
    code, out, _ = shell("spec", "lint", "--format", "github")
    assert code == 2
    assert "::error file=specs/latin.md::it is not UTF-8" in out


def test_a_named_file_that_cannot_be_read_keeps_nothing_of_the_other_names_back(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "specs" / "photo.md").write_bytes(b"\x00\xff")
    code, out, err = shell("spec", "lint", "photo", "close-day")
    assert code == 2
    assert "1 spec, " in out
    assert "specs/photo.md: it is binary" in err
    assert shell("spec", "lint", "photo") == (2, "", err)


def test_scenarios_of_a_spec_that_cannot_be_read_are_not_called_judged(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "specs" / "photo.md").write_bytes(b"\x00\xff")
    for form in ("text", "json", "sarif", "github"):
        code, _, err = shell("scenario", "lint", "--format", form)
        assert (code, "specs/photo.md: it is binary" in err) == (2, True)
    assert shell("scenario", "lint", "close-day")[0] == 1


def test_a_file_outside_of_the_workspace_has_a_whole_address() -> None:
    error = SpecUnreadable(Path("/elsewhere/a.md"), "it is binary", "save it as plain text")
    run = sarif([Told(FOUND, "/holdout/x.yaml")], (error,), Path("/w"))["runs"]
    text = json.dumps(run)
    assert '"file:///holdout/x.yaml"' in text
    assert '"file:///elsewhere/a.md"' in text


def test_a_name_that_is_no_text_is_told_in_every_form(shell: Shell, tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/specs/caf\xe9.md")).write_text(spec_text(), encoding="utf-8")
    code, out, _ = shell("spec", "lint", "--format", "sarif")
    places = [each["locations"][0]["physicalLocation"] for each in json.loads(out)["runs"][0]["results"]]
    assert code == 1
    assert "specs/caf%E9.md" in {each["artifactLocation"]["uri"] for each in places}
    for form in ("text", "json", "github"):
        assert shell("spec", "lint", "--format", form)[0] == 1


def test_annotations_are_one_line_each_with_what_they_hold_escaped() -> None:
    (line,) = annotations([Told(FOUND, "specs/a,b:c.md")])
    assert line == (
        "::error file=specs/a%2Cb%3Ac.md,line=3,col=7,title=L01::“quickly” is 100%25 a matter of taste, not of "
        "measure: nobody can test it%0A→ write a number%0Awith its unit"
    )


def test_no_text_of_a_file_begins_another_command() -> None:
    hostile = "x\n::set-output name=a::b\r\n::error::\x1b]0;title\x07"
    line = annotation("error", hostile, file=hostile, title=hostile)
    assert "\n" not in line
    assert "\r" not in line
    assert "\x1b" not in line


@pytest.mark.parametrize(("level", "command"), [("error", "error"), ("warning", "warning"), ("info", "notice")])
def test_the_level_is_the_command(level: str, command: str) -> None:
    (line,) = annotations([Told(FOUND.model_copy(update={"level": Level(level)}), "specs/a.md")])
    assert line.startswith(f"::{command} ")


@pytest.mark.parametrize("room", ["spec", "scenario"])
def test_scenarios_are_told_with_their_own_file(shell: Shell, room: str) -> None:
    _, out, _ = shell(room, "lint", "--format", "github")
    assert "::error file=scenarios/close-day/closes.yaml,line=2,col=14,title=Q02::" in out
    _, out, _ = shell(room, "lint", "--format", "sarif")
    uris = {
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in json.loads(out)["runs"][0]["results"]
    }
    assert "scenarios/close-day/closes.yaml" in uris


def test_a_rule_is_shown_with_its_reason_and_what_its_bad_example_brings(shell: Shell) -> None:
    code, out, _ = shell("spec", "rules", "t01")
    assert code == 0
    assert out.startswith("T01 warning: ")
    assert "then it says: template feature@2 also asks: Interrupted half-way" in out


def test_every_rule_is_listed(shell: Shell) -> None:
    _, out, _ = shell("spec", "rules")
    assert [rule.id for _, rule in all_rules() if f"\n  {rule.id}  " not in out] == []
    _, out, _ = shell("spec", "rules", "--json")
    assert [each["id"] for each in json.loads(out)["rules"]] == [rule.id for _, rule in all_rules()]
    _, out, _ = shell("spec", "rules", "C01", "--json")
    assert json.loads(out)["id"] == "C01"


def test_an_unknown_rule_exits_2_with_the_nearest(shell: Shell) -> None:
    code, out, err = shell("spec", "rules", "C91")
    assert (code, out) == (2, "")
    assert "did you mean" in err


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_no_name_of_a_file_and_no_text_commands_what_reads_the_output(shell: Shell, tmp_path: Path, form: str) -> None:
    evil = "::error::pwned\x1b]0;t\x07\x9b2J\u2028::warning::pwned\r::notice::pwned TBD"
    for name, data in (("a\n::error::x", b"\0"), ("b\n::error::y", b"text"), ("c\x1b[2J", b"text")):
        (tmp_path / "specs" / f"{name}.md").write_bytes(data)
    (tmp_path / "specs" / "close-day.md").write_text(spec_text(WHO=evil, RULES=f"- R1 {evil}"), newline="")
    (tmp_path / "scenarios" / "close-day" / "a\n::error::z.yaml").write_text("id: [")
    _, out, err = shell("spec", "lint", "--format", form)
    lines = [each.lstrip() for each in (out + err).split("\n")]
    allowed = "::" if form == "github" else "no such start"
    own = [each for each in lines if each.startswith(allowed)]
    assert all(each.split(" ")[1].startswith("file=") for each in own)
    assert not [each for each in lines if each.startswith("::") and each not in own]
    assert not [each for each in out + err if ord(each) in (0x1B, 0x9B, 0x2028, 0x0D)]
    if form == "sarif":
        told = [each["message"]["text"] for each in json.loads(out)["runs"][0]["results"]]
        assert told
        assert not [text for text in told if "\x1b" in text or "\x9b" in text]
