"""One engine per workspace: a kernel lock that dies with its holder."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from factory_tui.control.address import LOCK


class EngineRunning(Exception):
    """Another engine holds the workspace. The message names it."""


class WorkspaceUnwritable(Exception):
    """The workspace's `.factory` directory cannot be made or written."""


class EngineLock:
    """Holds `.factory/engine.lock` for the life of the engine; its text is the holder's pid."""

    def __init__(self, workspace: Path) -> None:
        self._path = workspace / ".factory" / LOCK
        self._fd: int | None = None

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            EngineRunning: another process has it.
            WorkspaceUnwritable: the directory or file cannot be made.
        """
        try:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise WorkspaceUnwritable(f"{self._path}: {error.strerror}") from None
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(fd, 32).decode("ascii", errors="replace").strip()
            os.close(fd)
            raise EngineRunning(f"an engine already runs on this workspace (pid {holder or 'unknown'})") from None
        try:
            os.ftruncate(fd, 0)
            os.write(fd, f"{os.getpid()}\n".encode())
        except OSError as error:
            os.close(fd)
            raise WorkspaceUnwritable(f"{self._path}: {error.strerror}") from None
        self._fd = fd
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
