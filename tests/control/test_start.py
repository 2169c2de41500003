"""Starting an engine: what it says when it cannot start reaches the operator."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from factory_tui.config import Limits, Settings, load
from factory_tui.control import ConfigurationDiffers, ensure_engine, start
from factory_tui.control.protocol import differing, fingerprint
from factory_tui.control.start import EngineDidNotStart, wait_until_gone
from tests.control.conftest import Plant


async def test_a_running_engine_is_used(plant: Plant) -> None:
    assert (await ensure_engine(plant.workspace, Settings())).pid == 4242


async def test_a_running_engine_with_another_configuration_is_not(plant: Plant) -> None:
    with pytest.raises(ConfigurationDiffers):
        await ensure_engine(plant.workspace, Settings(limits=Limits(attempts=2)))


async def test_the_words_of_an_engine_that_cannot_start_are_shown(tmp_path: Path) -> None:
    (tmp_path / "factory.toml").write_text("[limits]\nattemps = 2\n")
    with pytest.raises(EngineDidNotStart) as error:
        await ensure_engine(tmp_path, Settings())
    assert "attemps" in str(error.value)
    assert "attempts" in str(error.value)


async def test_only_the_words_of_this_start_are_shown(tmp_path: Path) -> None:
    (tmp_path / ".factory").mkdir()
    (tmp_path / ".factory" / "engine.log").write_text("an old story\nwith its own end\n")
    with pytest.raises(EngineDidNotStart) as error:
        await ensure_engine(tmp_path, Settings())
    assert "old story" not in str(error.value)
    assert "its own end" not in str(error.value)


async def test_an_unwritable_workspace_is_said(tmp_path: Path) -> None:
    (tmp_path / ".factory").write_text("a file in the way")
    with pytest.raises(EngineDidNotStart, match="cannot be written"):
        await ensure_engine(tmp_path, Settings())


async def test_who_gives_up_before_an_engine_answers_takes_it_away_again(tmp_path: Path) -> None:
    (tmp_path / "factory.toml").write_text('[model]\nbase_url = "twin"\n[sandbox]\nbackend = "local"\n')
    starting = asyncio.create_task(ensure_engine(tmp_path, load(tmp_path)))
    while not (engines := engines_on(tmp_path)):  # noqa: ASYNC110 - a process gives no event when it appears
        await asyncio.sleep(0)
    (engine,) = engines
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert await wait_until_gone(engine, 60)


def engines_on(workspace: Path) -> list[int]:
    """Processes that are engines of `workspace`."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = file.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"factory_tui.engine" in arguments and bytes(workspace) in arguments:
            found.append(int(file.parent.name))
    return found


def test_an_engine_that_ended_early_is_quoted(tmp_path: Path) -> None:
    (tmp_path / ".factory").mkdir()
    log = tmp_path / ".factory" / "engine.log"
    log.write_text("an old story\n")
    offset = start.end_of_log(tmp_path)
    assert "old story" not in str(start.ended_early(tmp_path, offset))
    with log.open("a") as file:
        file.write("runs.db: the file is damaged\nrestore a copy\n")
    error = start.ended_early(tmp_path, offset)
    assert error.what.endswith("runs.db: the file is damaged")
    assert error.todo == "restore a copy, then run again"


def test_of_the_errors_of_several_tasks_the_last_one_is_told(tmp_path: Path) -> None:
    (tmp_path / ".factory").mkdir()
    story = "  + Exception Group Traceback (most recent call last):\n  | Traceback (most recent call last):\n"
    (tmp_path / ".factory" / "engine.log").write_text(
        f"{story}    | Traceback (most recent call last):\n"
        "    | ZeroDivisionError: on purpose\n    +------------------------------------\n"
    )
    assert start.ended_early(tmp_path, 0).what.endswith("the engine failed: ZeroDivisionError: on purpose")


def test_an_engine_without_room_for_its_words_is_spoken_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".factory").mkdir()
    (tmp_path / ".factory" / "engine.log").touch()
    monkeypatch.setattr(start, "_ROOM", 1 << 62)
    assert "is full" in start.ended_early(tmp_path, 0).what


async def test_waiting_for_a_process_ends_with_it() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert not await wait_until_gone(child.pid, 0.05)
    child.communicate(b"\n")
    assert await wait_until_gone(child.pid, 10)


def test_control_is_light() -> None:
    code = "import sys, factory_tui.control; print(*sorted(m.split('.')[0] for m in sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert not {"anthropic", "docker", "textual", "aiosqlite", "sqlite3"} & set(answer.stdout.split())


def test_a_fingerprint_shows_no_value_and_names_every_difference() -> None:
    mine = fingerprint('{"a": {"b": 1, "c": [1, 2]}, "d": {}}')
    theirs = fingerprint('{"a": {"b": 2, "c": [1, 2], "e": null}, "d": {"x": 1}}')
    assert differing(mine, theirs) == ("a.b", "a.e", "d", "d.x")
    assert differing(mine, dict(mine)) == ()
    assert all(len(digest) == 16 for digest in mine.values())


async def test_a_history_that_cannot_be_read_is_told_from_something_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "factory.toml").write_text('[model]\nbase_url = "twin"\n[sandbox]\nbackend = "local"\n')
    (tmp_path / "runs.db").write_bytes(b"no database, for all its sixteen bytes" * 100)
    with pytest.raises(EngineDidNotStart, match="damaged") as error:
        await ensure_engine(tmp_path, load(tmp_path))
    assert error.value.unreadable
