"""The triage list of the last time: it counts as long as nothing changed that it was made from."""

import os
import shutil
from pathlib import Path

import pytest

from factory_tui.config import Settings, load
from factory_tui.store.reader import Reader
from factory_tui.tui.live import kept
from factory_tui.tui.live.triage import LiveTriage

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for name in ("specs/rotate-logs.md", "scenarios/rotate-logs", "factory.toml"):
        source, place = REPOSITORY / name, tmp_path / name
        place.parent.mkdir(exist_ok=True)
        shutil.copytree(source, place) if source.is_dir() else shutil.copy(source, place)
    (tmp_path / ".factory").mkdir()
    return tmp_path


def triage(workspace: Path) -> LiveTriage:
    return LiveTriage(workspace, Reader(workspace / "runs.db"))


def names(workspace: Path, settings: Settings | None = None) -> list[str]:
    return [row.title for row in triage(workspace).rows(settings or load(workspace))]


def pretend_that_it_was_read(workspace: Path, title: str, settings: Settings) -> None:
    """Keep rows that no file says, to see whether they are taken."""
    [row] = triage(workspace).rows(settings)
    files = kept.signature(triage(workspace).watched(settings))
    kept.keep(workspace, kept.digest(files, settings), [row.model_copy(update={"title": title})])


def test_rows_are_taken_from_the_last_time_and_say_the_same(workspace: Path) -> None:
    first = triage(workspace).rows(load(workspace))
    assert (workspace / kept.PLACE).stat().st_mode & 0o777 == 0o600
    assert triage(workspace).rows(load(workspace)) == first
    pretend_that_it_was_read(workspace, "from the last time", load(workspace))
    assert names(workspace) == ["from the last time"]


def test_a_changed_file_or_setting_is_read_anew(workspace: Path) -> None:
    pretend_that_it_was_read(workspace, "from the last time", load(workspace))
    other = load(workspace).model_copy(update={"gate": load(workspace).gate.model_copy(update={"trials": 3})})
    assert names(workspace, other) != ["from the last time"]
    pretend_that_it_was_read(workspace, "from the last time", load(workspace))
    os.utime(workspace / "specs" / "rotate-logs.md", ns=(1, 1))
    assert names(workspace) != ["from the last time"]


def test_an_upgraded_program_reads_anew(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_that_it_was_read(workspace, "from the last time", load(workspace))
    monkeypatch.setattr(kept, "JUDGES", (*kept.JUDGES, "regular_file.py"))
    assert names(workspace) != ["from the last time"]


@pytest.mark.parametrize("content", ["", "{", '{"of": "x", "rows": [{"id": 1}]}', "\x00" * 100])
def test_what_cannot_be_read_is_read_from_the_specs(workspace: Path, content: str) -> None:
    before = names(workspace)
    (workspace / kept.PLACE).write_text(content)
    assert names(workspace) == before


def test_a_place_that_cannot_be_written_is_no_error(workspace: Path) -> None:
    (workspace / ".factory").rmdir()
    assert names(workspace)
    assert not (workspace / ".factory").exists()


def test_a_changed_fixture_makes_the_list_stale(workspace: Path) -> None:
    seen = triage(workspace)
    settings = load(workspace)
    seen.rows(settings)
    fixture = workspace / "scenarios" / "rotate-logs" / "fixtures" / "logs" / "app.log"
    fixture.parent.mkdir(parents=True)
    fixture.write_bytes(b"1")
    assert seen.is_stale(settings)
    seen.look_again()
    seen.rows(settings)
    fixture.write_bytes(b"12")
    assert seen.is_stale(settings)
