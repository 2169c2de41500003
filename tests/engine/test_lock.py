"""Two engines never work on one workspace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from factory_tui.engine.lock import EngineLock, EngineRunning, WorkspaceUnwritable


def test_a_second_engine_is_refused_and_told_who_holds_the_workspace(tmp_path: Path) -> None:
    with EngineLock(tmp_path), pytest.raises(EngineRunning, match=str(os.getpid())), EngineLock(tmp_path):
        pass


def test_the_lock_dies_with_its_holder(tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom factory_tui.engine.lock import EngineLock\n"
        "EngineLock(Path(sys.argv[1])).__enter__()\nprint('held', flush=True)\nsys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(EngineRunning), EngineLock(tmp_path):
            pass
        holder.kill()
    with EngineLock(tmp_path):
        pass


def test_a_workspace_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / ".factory").write_text("a file is in the way")
    with pytest.raises(WorkspaceUnwritable, match="factory"), EngineLock(tmp_path):
        pass


def test_the_lock_directory_is_for_the_owner_only(tmp_path: Path) -> None:
    with EngineLock(tmp_path):
        assert (tmp_path / ".factory").stat().st_mode & 0o077 == 0


def test_a_pipe_in_place_of_the_lock_is_named(tmp_path: Path) -> None:
    (tmp_path / ".factory").mkdir()
    os.mkfifo(tmp_path / ".factory" / "engine.lock")
    with pytest.raises(WorkspaceUnwritable, match=r"engine\.lock"), EngineLock(tmp_path):
        pass
