"""Where the control socket lies: in a directory that only this user can enter, found through a pointer file.

A socket's path may have about 108 bytes and a workspace's path any number, so the socket is named by a hash of the
workspace; `.factory/engine.sock.path` says where it is, whatever the client's own environment says.
"""

import fcntl
import hashlib
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from factory_tui.control.errors import ControlError
from factory_tui.regular_file import read_regular
from factory_tui.whole_file import mode_of_new_files, replace_whole

PATH_LIMIT = 107
"""Bytes of `sun_path` on Linux (unix(7)), without the final zero."""

POINTER = "engine.sock.path"
LOCK = "engine.lock"
"""Held by the engine while it lives; it stays held when the workspace is renamed, and a copy of it is another file."""
_POINTER_CAP = 4096


class UnsafeDirectory(ControlError):
    """The directory for the socket belongs to someone else or is open to others."""


def new_socket_path(workspace: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Where an engine puts its socket; makes the 0700 directory.

    Raises:
        UnsafeDirectory: it exists and is not private to this user.
    """
    name = _name(workspace)
    parents = [Path(tempfile.gettempdir()), Path("/tmp")]
    runtime = environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK):
        parents.insert(0, Path(runtime))
    for parent in parents:
        path = parent / f"factory-tui-{os.geteuid()}" / name
        if len(os.fsencode(path)) <= PATH_LIMIT:
            with suppress(OSError):
                path.parent.mkdir(mode=0o700, exist_ok=True)
            if os.path.lexists(path.parent):
                require_private(path.parent)
                return path
    raise UnsafeDirectory(
        "no directory for the socket can be made, or its path is too long",
        "set XDG_RUNTIME_DIR to a directory of this user with a short path",
    )


def _name(workspace: Path) -> str:
    return hashlib.sha256(os.fsencode(workspace.resolve())).hexdigest()[:20] + ".sock"


def require_private(directory: Path) -> None:
    """Raise `UnsafeDirectory` unless `directory` is a real directory of this user that nobody else can enter."""
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise UnsafeDirectory(
            f"{directory}: must be a directory of this user with mode 0700",
            f"remove it or run `chmod 700 {directory}`, then start the engine again",
        )


def publish(workspace: Path, socket_path: Path) -> None:
    """Write the pointer file; replaced in one step.

    Raises:
        ControlError: it cannot be written, so no client would find the engine.
    """
    pointer = workspace / ".factory" / POINTER
    try:
        pointer.parent.mkdir(mode=0o700, exist_ok=True)
        replace_whole(pointer, f"{socket_path}\n".encode(errors="surrogateescape"), mode_of_new_files())
    except OSError as error:
        raise ControlError(
            f"{pointer}: cannot be written: {error.strerror}",
            "remove what is there and free some space, then start again",
        ) from None


def identity(socket_path: Path) -> tuple[int, int] | None:
    """Device and inode of a socket: tells it from another one of the same name. None when it is gone."""
    try:
        status = socket_path.lstat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino)


def withdraw(workspace: Path, socket_path: Path, mine: tuple[int, int] | None) -> None:
    """Remove socket and pointer, unless another engine has put its own there (its lock file was deleted)."""
    if identity(socket_path) not in (mine, None):
        return
    socket_path.unlink(missing_ok=True)
    (workspace / ".factory" / POINTER).unlink(missing_ok=True)


def published_socket(workspace: Path) -> Path | None:
    """The socket that the workspace's engine has published; None when there is none.

    A copy of a workspace at work has the pointer of the original, whose engine is not its own.

    Raises:
        UnsafeDirectory: the directory it lies in is not private, so whoever answers there is not trusted.
    """
    try:
        text = read_regular(workspace / ".factory" / POINTER, _POINTER_CAP)
        path = Path(os.fsdecode(text.strip()))
        if not path.is_absolute() or not stat.S_ISSOCK(path.lstat().st_mode):
            return None
    except (OSError, ValueError):
        return None
    require_private(path.parent)
    is_ours = path.name == _name(workspace) or _is_held(workspace / ".factory" / LOCK)
    return path if is_ours else None


def _is_held(lock: Path) -> bool:
    """Whether a process holds this file."""
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
