"""Replacing a spec file as a whole, without losing what another program wrote to it."""

import ctypes
import errno
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from factory_tui.specs.errors import EditRefused, SpecChangedOutside
from factory_tui.specs.library import MAX_BYTES

_AT_FDCWD, _EXCHANGE = -100, 2
_CANNOT_EXCHANGE = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM})


def save_spec(path: Path, text: str, seen: str) -> None:
    """Make `text` the content of a spec file, if the file still holds `seen`; it keeps its mode.

    Args:
        path: `<workspace>/specs/<id>.md`; a link is followed when it stays inside the workspace.
        text: the whole file, line ends and byte order mark included.
        seen: what the file held when it was read; empty when there was none.

    Raises:
        SpecChangedOutside: the file holds something else, or is gone. It was left as it is.
        EditRefused: it leads out of the workspace, is read-only or no regular file, or cannot be written.
    """
    real = inside_workspace(path)
    after = text.encode("utf-8")
    if len(after) > MAX_BYTES:
        raise EditRefused(path, f"it would be larger than {MAX_BYTES:,} bytes", "split it into several specs")
    before = _now(path, real)
    if (before or b"") != seen.encode("utf-8"):
        raise changed(path, before)
    if before is not None:
        replace_file(path, real, before, after)
    else:
        _create(path, real, after)


def inside_workspace(path: Path) -> Path:
    """The file behind a spec's path. Raises `EditRefused` when a link leads out of the workspace or nowhere."""
    workspace = path.absolute().parent.parent
    try:
        real = path.resolve(strict=False)
        inside = real.is_relative_to(workspace.resolve())
    except (OSError, RuntimeError):
        raise EditRefused(path, "its link leads nowhere", "replace the link by a file") from None
    if not inside:
        raise EditRefused(path, f"it is a link that leaves the workspace (to {real})", "edit that file by hand")
    return real


def replace_file(path: Path, real: Path, before: bytes, after: bytes) -> None:
    """Put `after` in the place of `before`, at once and for good: never half of it, never instead of anything else.

    Where the kernel can, the two files change places in one step, and what comes out is looked at: a text that
    another program saved a moment ago goes back to where it was.

    Raises:
        SpecChangedOutside: the file holds something other than `before`.
        EditRefused: it cannot be written.
    """
    mode = _writable_mode(path, real)
    new = _written(path, real, after, mode)
    try:
        theirs = _swap(real, new, before)
        if theirs != before:
            raise changed(path, theirs)
        _sync_directory(real.parent)
    except OSError as error:
        raise _refused(path, error) from None
    finally:
        new.unlink(missing_ok=True)


def changed(path: Path, theirs: bytes | None) -> EditRefused:
    """What to raise when a file holds `theirs` instead of what was read; None when it is gone."""
    if theirs is None:
        return SpecChangedOutside(path, "it was deleted or renamed by another program", "save again to write it", None)
    try:
        text = theirs.decode("utf-8")
    except UnicodeDecodeError:
        return EditRefused(path, "another program made it something else than UTF-8 text", "look at it, then decide")
    return SpecChangedOutside(path, "it was changed by another program", "keep yours, or take theirs", text)


def _now(path: Path, real: Path) -> bytes | None:
    """What the file holds; None when there is none."""
    try:
        if not real.exists():
            return None
        if not real.is_file():
            raise EditRefused(path, "it is not a regular file", "keep a spec in a regular file")
        return real.read_bytes()
    except OSError as error:
        raise EditRefused(path, f"it cannot be read: {error.strerror}", "check its permissions") from None


def _writable_mode(path: Path, real: Path) -> int:
    try:
        mode = real.stat().st_mode & 0o7777
    except FileNotFoundError:
        raise changed(path, None) from None
    except OSError as error:
        raise _refused(path, error) from None
    if not mode & 0o222 or not os.access(real, os.W_OK):
        raise EditRefused(path, "it is read-only", f"chmod u+w {path.name}, then save again")
    return mode


def _written(path: Path, real: Path, data: bytes, mode: int) -> Path:
    """A new file beside `real` that holds `data`, on the disk and not only on its way there."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{real.name[:80]}.", suffix=".new", dir=real.parent)
    except OSError as error:
        raise EditRefused(path, f"its directory cannot be written: {error.strerror}", "check its permissions") from None
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
    except OSError as error:
        new.unlink(missing_ok=True)
        raise _refused(path, error) from None
    return new


def _swap(real: Path, new: Path, before: bytes) -> bytes | None:
    """Put `new` in the place of `real`; what was there. It is put back when it is not `before`."""
    exchange = _exchange()
    if exchange is not None:
        try:
            exchange(real, new)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno not in _CANNOT_EXCHANGE:
                raise
        else:
            theirs = new.read_bytes()
            if theirs != before:
                exchange(real, new)
            return theirs
    theirs_now = real.read_bytes() if real.exists() else None
    if theirs_now == before:
        new.replace(real)
    return theirs_now


@cache
def _exchange() -> Callable[[Path, Path], None] | None:
    """Linux: two names change places in one step (renameat2(2)). None where there is no such call."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return None
    call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)

    def exchange(one: Path, other: Path) -> None:
        if call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(one))

    return exchange


def _create(path: Path, real: Path, data: bytes) -> None:
    """A link does not replace what appeared meanwhile."""
    if not real.parent.is_dir():
        raise EditRefused(path, "its directory is gone", "make the directory again, then save")
    new = _written(path, real, data, 0o666 & ~_umask())
    try:
        os.link(new, real)
        _sync_directory(real.parent)
    except FileExistsError:
        raise changed(path, _now(path, real)) from None
    except OSError as error:
        raise _refused(path, error) from None
    finally:
        new.unlink(missing_ok=True)


def _umask() -> int:
    """The kernel's list of this process has it; to ask by setting it would race with other threads."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return next(int(line.split()[1], 8) for line in status.splitlines() if line.startswith("Umask:"))
    except (OSError, StopIteration):
        return 0o022


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refused(path: Path, error: OSError) -> EditRefused:
    return EditRefused(path, f"it cannot be written: {error.strerror}", "check permissions and free space")
