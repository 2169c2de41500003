"""Versions that wait in files: whole or not at all, known by their content, and nothing of them is trusted."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from factory_tui.model.finding import Finding, Level
from factory_tui.model.version import SpecVersion
from factory_tui.specs import parse
from factory_tui.store import StoreError
from factory_tui.store.inbox import MOST_FINDINGS, PLACE, Inbox, Refused, Waiting, version_of
from factory_tui.store.reader import Reader

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

TEXT = """\
---
id: bank
title: The bank
kind: feature
category: crud
status: draft
template: feature@2
target: t
---
## RULES
- R1 The bank must {what}.
<!-- allow C07: it says no elsewhere -->
"""


def version(what: str = "pay", spec: str = "bank", when: datetime = NOON, text: str = TEXT) -> SpecVersion:
    finding = Finding(rule="L01", level=Level.WARNING, line=11, message="how", fix="say how")
    found = parse(Path(f"{spec}.md"), text.format(what=what))
    return version_of(found, [finding], when)


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)


def files(workspace: Path) -> list[Path]:
    return sorted((workspace / PLACE).iterdir())


def test_a_version_waits_as_it_was_given_readable_by_the_operator_only(inbox: Inbox, tmp_path: Path) -> None:
    inbox.keep(version())
    (path,) = files(tmp_path)
    assert path.name == f"bank.{version().hash}.json"
    assert [path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777] == [0o600, 0o700]
    assert (tmp_path / ".factory").stat().st_mode & 0o777 == 0o700
    assert inbox.versions() == Inbox(tmp_path).versions() == (version(),)
    assert [each.rule for each in version().waivers] == ["C07"]


def test_the_same_text_is_one_version_since_the_first_time(inbox: Inbox, tmp_path: Path) -> None:
    inbox.keep(version())
    inbox.keep(version(when=NOON + timedelta(hours=1)))
    assert [each.when for each in inbox.versions()] == [NOON]
    inbox.keep(version("owe", when=NOON - timedelta(hours=1)))
    assert [each.when for each in inbox.versions()] == [NOON - timedelta(hours=1), NOON]
    assert len(files(tmp_path)) == 2


def test_a_version_of_a_spec_that_was_refused_is_dropped_again(inbox: Inbox) -> None:
    with pytest.raises(RuntimeError), inbox.keeping(version()):
        raise RuntimeError("the file changed")
    assert inbox.versions() == ()
    with inbox.keeping(version()):
        pass
    with pytest.raises(RuntimeError), inbox.keeping(version()):
        raise RuntimeError("the file changed")
    assert inbox.versions() == (version(),), "it was Ready before"


def test_who_is_killed_between_version_and_status_leaves_a_version_that_is_whole(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with Inbox(tmp_path).keeping(version()):
            os._exit(9)
    os.waitpid(child, 0)
    assert Inbox(tmp_path).versions() == (version(),)


@pytest.mark.parametrize("name", ["a.json/.factory/versions", ".factory", ".factory/versions"])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    workspace = tmp_path / "a.json" if name.startswith("a") else tmp_path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("a file")
    with pytest.raises(StoreError) as error:
        Inbox(workspace).keep(version())
    assert error.value.todo
    assert Inbox(workspace).look() == ()


def test_a_place_that_cannot_be_read_is_told_to_readers_and_keeps_no_engine(inbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / ".factory").write_text("")
    assert inbox.look() == ()
    with pytest.raises(StoreError, match="cannot be read"):
        inbox.versions()
    with pytest.raises(StoreError, match="not a directory"):
        inbox.keep(version())


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / ".factory").mkdir()
    (tmp_path / PLACE).symlink_to(elsewhere)
    with pytest.raises(StoreError, match="link"):
        Inbox(tmp_path).keep(version())
    (elsewhere / f"bank.{version().hash}.json").write_text(version().model_dump_json())
    assert Inbox(tmp_path).look() == ()
    assert len(list(elsewhere.iterdir())) == 1


@pytest.mark.parametrize("spec", ["Bank", "../bank", "b/k", "b\nk", ""])
def test_what_cannot_be_a_name_is_no_file(inbox: Inbox, tmp_path: Path, spec: str) -> None:
    odd = version().model_copy(update={"spec": spec})
    with pytest.raises(StoreError):
        inbox.keep(odd)
    assert not (tmp_path / PLACE).exists()


def hostile(folder: Path) -> None:
    """Everything that may lie there and is no version."""
    whole = version().model_dump(mode="json")
    name = f"bank.{version().hash}.json"
    (folder / "broken.json").write_text("{")
    (folder / "binary.json").write_bytes(bytes(range(256)))
    (folder / "deep.json").write_text("[" * 100_000)
    (folder / "empty.json").write_text("")
    (folder / "other.json").write_text(json.dumps(whole))
    (folder / f"x{name}").write_text(json.dumps({**whole, "spec": "xbank", "when": "2026-11-21T12:00:00"}))
    (folder / f"y{name}").write_text(json.dumps({**whole, "spec": "ybank", "mood": "fine"}))
    (folder / f"z{name}").symlink_to(folder / "other.json")
    forged = {**whole, "spec": "forged", "text": TEXT.format(what="owe")}
    (folder / f"forged.{version().hash}.json").write_text(json.dumps(forged))
    (folder / "dir.json").mkdir()
    os.mkfifo(folder / "pipe.json")


def test_what_is_no_version_is_refused_and_the_rest_is_read(inbox: Inbox, tmp_path: Path) -> None:
    inbox.keep(version())
    folder = tmp_path / PLACE
    hostile(folder)
    (folder / ".bank.half.new").write_text("{")
    (folder / "notes.txt").write_text("mine")
    found = inbox.look()
    assert len([each for each in found if isinstance(each, Refused)]) == 11
    assert [each.version.spec for each in found if isinstance(each, Waiting)] == ["bank"]
    for each in found:
        if isinstance(each, Refused):
            assert each.why
            each.set_aside()
    assert all(isinstance(each, Waiting) for each in inbox.look())
    assert (folder / "notes.txt").exists()


def test_a_file_says_no_more_of_a_version_than_its_text(inbox: Inbox, tmp_path: Path) -> None:
    inbox.keep(version())
    (path,) = files(tmp_path)
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "title": "Another", "template": "feature@9", "waivers": []}))
    assert inbox.versions() == (version(),)
    path.write_text(json.dumps({**told, "text": told["text"].replace("pay", "never pay")}))
    assert inbox.versions() == ()
    with Reader(tmp_path / "runs.db") as reader:
        assert reader.versions("bank") == []
        assert reader.earlier_rules() == {}
        assert reader.version_text("bank", version().hash) is None


def test_a_file_that_was_written_anew_meanwhile_is_not_removed(inbox: Inbox, tmp_path: Path) -> None:
    inbox.keep(version())
    (taken,) = inbox.look()
    assert isinstance(taken, Waiting)
    inbox.keep(version())
    taken.remove()
    assert len(files(tmp_path)) == 1
    (again,) = inbox.look()
    assert isinstance(again, Waiting)
    again.remove()
    again.remove()
    assert files(tmp_path) == []


def test_a_file_name_that_is_no_unicode_does_not_keep_a_version_from_waiting(inbox: Inbox) -> None:
    odd = Finding(rule="Q01", level=Level.WARNING, path="s/\udcff.yaml", message="m", fix="f")
    inbox.keep(version_of(parse(Path("bank.md"), TEXT), [odd], NOON))
    assert [each.findings[0].path for each in inbox.versions()] == ["s/?.yaml"]


def test_findings_without_number_are_cut() -> None:
    many = [Finding(rule="L01", level=Level.WARNING, line=n, message="m", fix="f") for n in range(2 * MOST_FINDINGS)]
    assert len(version_of(parse(Path("bank.md"), TEXT), many, NOON).findings) == MOST_FINDINGS


def test_a_reader_counts_what_waits_without_any_database(inbox: Inbox, tmp_path: Path) -> None:
    inbox.keep(version("pay"))
    inbox.keep(version("owe", when=NOON + timedelta(days=1)))
    with Reader(tmp_path / "runs.db") as reader:
        first, second = reader.versions("bank")
        assert (first.number, first.version.template, second.number) == (1, "feature@2", 2)
        assert first.runs == ()
        assert reader.version_text("bank", first.version.hash) == TEXT.format(what="pay")
        assert reader.version_text("bank", "0" * 64) is None
        assert reader.revisions() == {"bank": 2}
        assert [dict(each.rules) for each in reader.earlier_rules()["bank"]] == [
            {"R1": "The bank must pay."},
            {"R1": "The bank must owe."},
        ]
    assert not (tmp_path / "runs.db").exists()


def test_what_waits_reaches_a_screen_clean(tmp_path: Path) -> None:
    Inbox(tmp_path).keep(version("p\x1b]52;c;eA==\x07ay"))
    with Reader(tmp_path / "runs.db") as reader:
        (found,) = reader.versions("bank")
    assert "\x1b" not in found.model_dump_json()
    assert "must pay" in found.version.text
