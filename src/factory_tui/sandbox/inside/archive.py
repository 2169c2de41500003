"""The tree of a sandbox as a tar stream, made while commands may still have left anything in it."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from typing import IO, Any

from factory_tui.sandbox.inside.frames import PIECE

NOT_DESCENDED = frozenset({".git", "__pycache__", ".pytest_cache"})
"""Directories (lower case) that the collector drops: named in the archive, not entered."""


class Cancelled(Exception):
    """The engine no longer wants the rest of an archive."""


class ArchiveOut:
    """Takes an archive as it is written and sends it in pieces."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.send, self.buffer = send, bytearray()

    def write(self, data: bytes) -> int:
        self.buffer += data
        if len(self.buffer) >= PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        for start in range(0, len(self.buffer), PIECE):
            self.send(bytes(self.buffer[start : start + PIECE]))
        self.buffer.clear()


def archive(top: str, max_depth: int, send: Callable[[bytes], None]) -> None:
    """The tree below `top` as a tar stream. Links and special files are named, never followed or opened."""
    import tarfile

    out = ArchiveOut(send)
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
        pending = [("", 0)]
        while pending:
            folder, depth = pending.pop()
            directory = os.path.join(top, folder)
            with contextlib.suppress(OSError):
                os.chmod(directory, stat.S_IMODE(os.lstat(directory).st_mode) | 0o700)
            try:
                names = sorted(os.listdir(directory))
            except OSError:
                continue
            for name in names:
                path = f"{folder}/{name}" if folder else name
                try:
                    status = os.lstat(os.path.join(top, path))
                except OSError:
                    continue
                if stat.S_ISDIR(status.st_mode) and name.lower() not in NOT_DESCENDED and depth < max_depth:
                    pending.append((path, depth + 1))
                add_member(tar, top, path, status)
    out.flush()


def add_member(tar: Any, top: str, path: str, status: os.stat_result) -> None:
    import tarfile

    member = tarfile.TarInfo(path)
    member.mode = stat.S_IMODE(status.st_mode)
    full = os.path.join(top, path)
    if not stat.S_ISREG(status.st_mode):
        kinds = {stat.S_IFDIR: tarfile.DIRTYPE, stat.S_IFLNK: tarfile.SYMTYPE, stat.S_IFIFO: tarfile.FIFOTYPE}
        member.type = kinds.get(stat.S_IFMT(status.st_mode), tarfile.CHRTYPE)
        if member.type == tarfile.SYMTYPE:
            member.linkname = os.readlink(full)
        tar.addfile(member)
        return
    if not status.st_mode & stat.S_IRUSR:
        with contextlib.suppress(OSError):
            os.chmod(full, member.mode | stat.S_IRUSR)
    try:
        handle = os.open(full, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return
    with os.fdopen(handle, "rb") as file:
        member.size = os.fstat(handle).st_size
        tar.addfile(member, Exactly(file, member.size))


class Exactly:
    """Reads exactly `size` bytes from a file that may change while it is read: cut, or filled up with zeros."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file, self.left = file, size

    def read(self, count: int) -> bytes:
        count = min(count, self.left)
        data = self.file.read(count)
        self.left -= count
        return data + bytes(count - len(data))
