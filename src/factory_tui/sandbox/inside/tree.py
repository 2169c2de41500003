"""Files of a sandbox: put, read, written and removed where the commands may have left anything in the way."""

from __future__ import annotations

import contextlib
import errno
import os
import stat

_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO, errno.ENODEV})
"""Errors by which the kernel says that there is no file to read: nothing, a dead link, a socket."""


def reach(path: bytes, made: set[bytes]) -> None:
    """Make the directories above `path`, replacing what stands in the way and is not a directory."""
    parent = os.path.dirname(path)
    if parent in made:
        return
    missing = []
    while parent not in made:
        missing.append(parent)
        parent = os.path.dirname(parent)
    for each in reversed(missing):
        try:
            if not stat.S_ISDIR(os.lstat(each).st_mode):
                os.unlink(each)
                os.mkdir(each, 0o755)
        except FileNotFoundError:
            os.mkdir(each, 0o755)
        made.add(each)


def fresh(top: bytes) -> None:
    """Make `top` an empty directory: commands may have removed or locked it, or put something else in its place."""
    try:
        status = os.lstat(top)
        if not stat.S_ISDIR(status.st_mode):
            os.unlink(top)
            raise FileNotFoundError
    except FileNotFoundError:
        os.makedirs(top, 0o755)
        return
    if status.st_mode & stat.S_IRWXU != stat.S_IRWXU:
        os.chmod(top, stat.S_IMODE(status.st_mode) | 0o755)
    empty(top)


def empty(top: bytes) -> None:
    """Remove everything below `top`, however deep or locked: directories are lifted up instead of descended."""
    serial = 0
    stubborn: set[bytes] = set()
    while True:
        names = [name for name in os.listdir(top) if name not in stubborn]
        if not names:
            return
        for name in names:
            path = os.path.join(top, name)
            try:
                if not stat.S_ISDIR(os.lstat(path).st_mode):
                    os.unlink(path)
                    continue
                os.chmod(path, 0o700)
                with os.scandir(path) as children:
                    for child in list(children):
                        if child.is_dir(follow_symlinks=False):
                            os.chmod(child.path, 0o700)
                            serial += 1
                            os.rename(child.path, os.path.join(top, b".lifted-%d-%d" % (os.getpid(), serial)))
                        else:
                            os.unlink(child.path)
                os.rmdir(path)
            except FileNotFoundError:
                continue
            except OSError:
                stubborn.add(name)


def is_plain(handle: int) -> bool:
    """A regular file that is not the kernel's: this process may open its own channel and memory below /proc/self."""
    status = os.fstat(handle)
    return stat.S_ISREG(status.st_mode) and status.st_dev != os.stat("/proc").st_dev


def put_files(top: bytes, files: list[tuple[str, bool, int, bool]], content: bytes) -> None:
    """Files below `top`, new or, when appended to, continued.

    Args:
        files: path, whether it is executable, bytes of `content` that are its, whether to append.
        content: of all files, one after the other.
    """
    made = {top}
    view = memoryview(content)
    for path, executable, size, append in files:
        full = os.path.join(top, os.fsencode(path))
        flags = os.O_WRONLY | os.O_APPEND
        if not append:
            reach(full, made)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(full)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        handle = os.open(full, flags | os.O_NOFOLLOW, 0o755 if executable else 0o644)
        try:
            rest = view[:size]
            while rest:
                rest = rest[os.write(handle, rest) :]
        finally:
            os.close(handle)
        view = view[size:]


def read_file(path: str, cap: int) -> bytes | None:
    """The first `cap` bytes of a regular file; None when there is none.

    Raises:
        OSError: something is there, or may be, and cannot be read: it must not pass for absent.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except ValueError:
        return None
    except OSError as error:
        if error.errno in _ABSENT:
            return None
        raise
    try:
        if not is_plain(handle):
            return None
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(cap)
    finally:
        os.close(handle)


def write_file(path: str, content: bytes) -> None:
    """Make or replace a regular file, and the directories above it.

    Raises:
        OSError: something else stands at `path` or above it.
    """
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NONBLOCK, 0o644)
    with os.fdopen(handle, "wb") as file:
        if not is_plain(handle):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        file.write(content)
