"""The morning by command: what recurred, what it proposes, what the operator decides, what the report says."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from scripts.reference_json import SHAPES

from tests.engine.factory import only_these_words
from tests.engine.nights import two_that_forget_umlauts


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Room:
    workspace: Path

    def __call__(self, *words: str) -> Said:
        """One command, with nobody to ask at the other end."""
        done = subprocess.run(
            [sys.executable, "-m", "factory_tui", "-C", str(self.workspace), *words],
            env=only_these_words(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A workspace after a night in which two specs failed for the same reason."""
    factory = two_that_forget_umlauts(tmp_path_factory.mktemp("night") / "w")
    command = Room(factory.workspace)
    assert command("run", "--until-idle").code == 1
    try:
        yield command
    finally:
        command("engine", "stop")


def test_the_night_in_order(room: Room) -> None:
    """One history, read and decided on from top to bottom."""
    recurring = room("failures", "recurring")
    assert "INCOMPLETE in RULES" in recurring.out
    assert "4 records in greet, welcome" in recurring.out
    assert "not replayed yet" in room("template", "show").out
    shown = room("template", "show", "1").out
    assert "+template: feature@2" in shown
    assert "failures behind it" in shown
    assert json.loads(room("template", "show", "1", "--json").out)["replayed"] is False

    unasked = room("template", "accept", "1")
    assert (unasked.code, "add --yes" in unasked.err) == (2, True)
    assert "feature@2" in room("template", "accept", "1", "--yes").out
    asked_for_nothing = room("template", "accept", "1")
    assert (asked_for_nothing.out, "already part of feature@2" in asked_for_nothing.err) == ("", True)
    again = room("template", "reject", "1", "--reason", "too late")
    assert (again.code, "already part of feature@2" in again.err) == (2, True)
    assert "feature@2" in room("template", "history", "feature").out
    assert "T01" in room("spec", "lint", "greet").out
    assert "nothing new recurs" in room("template", "propose").out

    assert "is SPEC-GAP now" in room("failures", "classify", "1", "spec-gap", "--reason", "never said").out
    record = json.loads(room("failures", "show", "1", "--json").out)
    assert (record["failure_class"], record["first_class"]) == ("SPEC-GAP", "INCOMPLETE")
    assert "because     never said" in room("failures", "show", "1").out

    report = json.loads(room("report", "--format", "json").out)
    assert {each["spec"] for each in report["outcomes"]} == {"greet", "welcome"}


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("template", "show", "7"), "there is no amendment 7"),
        (("template", "show", "nonsense"), "there is no template nonsense"),
        (("template", "show", str(2**63)), f"there is no amendment {2**63}"),
        (("template", "show", "9" * 5000), "there is no template 999"),
        (("template", "reject", str(2**63), "--reason", "no"), f"there is no amendment {2**63}"),
        (("failures", "show", str(2**63)), f"there is no failure record {2**63}"),
        (("failures", "classify", str(2**63), "SPEC-GAP"), f"there is no failure record {2**63}"),
        (("show", "\udcff"), "there is no run"),
        (("template", "accept", "7", "--yes"), "there is no amendment 7"),
        (("template", "reject", "1"), "--reason"),
        (("template", "reject", "1", "--reason", " "), "needs a reason"),
        (("failures", "classify", "999", "SPEC-GAP"), "999"),
        (("failures", "classify", "1", "NO-SUCH"), "NO-SUCH"),
        (("answer", "greet", "yes"), "asks nothing"),
        (("answer", "nobody"), "there is no run nobody"),
        (("escape", "greet", "--reason", "wrong"), "failed, not shipped"),
        (("escape", "greet", "--reason", "wrong", "--yes"), "failed, not shipped"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_reason(room: Room, words: tuple[str, ...], what: str) -> None:
    said = room(*words)
    assert said.code == 2, said
    assert what in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("status", "status"),
        ("engine status", "engine status"),
        ("show", "show greet"),
        ("spec list", "spec list"),
        ("spec lint", "spec lint"),
        ("spec show", "spec show greet"),
        ("scenario list", "scenario list"),
        ("scenario lint", "scenario lint"),
        ("failures list", "failures list"),
        ("failures show", "failures show 1"),
        ("failures recurring", "failures recurring"),
        ("template show", "template show"),
        ("template show KIND", "template show feature"),
        ("template show NUMBER", "template show 1"),
        ("template history", "template history"),
        ("template propose", "template propose"),
    ],
)
def test_what_is_printed_as_json_is_what_the_reference_says(room: Room, command: str, words: str) -> None:
    shape = SHAPES[command]
    told = shape if isinstance(shape, Mapping) else shape.model_fields
    assert list(json.loads(room(*words.split(), "--json").out)) == list(told)


def test_pausing_shows_in_the_status(room: Room) -> None:
    assert room("pause").code == 0
    assert "paused   no run is started" in room("status").out
    assert room("resume").code == 0
    assert "paused" not in room("status").out


def test_a_window_is_no_longer_than_time_goes_back(room: Room) -> None:
    file = room.workspace / "factory.toml"
    before = file.read_text(encoding="utf-8")
    file.write_text(f"{before}\n[feedback]\nwindow_days = 1000000\n", encoding="utf-8")
    try:
        said = room("failures", "recurring")
    finally:
        file.write_text(before, encoding="utf-8")
    assert said.code == 2
    assert "feedback.window_days" in said.err
    assert "Traceback" not in said.err


def test_a_page_is_in_the_encoding_that_it_names_whatever_the_locale(room: Room) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "factory_tui", "-C", str(room.workspace), "report", "--format", "html"],
        env={**only_these_words(), "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=True,
    )
    page = said.stdout.decode("utf-8")
    assert '<meta charset="utf-8">' in page
    assert "·" in page


def test_a_template_is_shown_only_of_a_workspace(tmp_path: Path) -> None:
    said = Room(tmp_path)("template", "show", "feature")
    assert said.code == 2
    assert "not a workspace" in said.err
