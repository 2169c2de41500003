"""Replacing a spec file as a whole, without losing what another program wrote to it."""

import os
from pathlib import Path

from factory_tui.specs.errors import EditRefused, SpecChangedOutside
from factory_tui.specs.library import MAX_BYTES
from factory_tui.specs.writing.exchange import replace_seen
from factory_tui.whole_file import file_beside, mode_of_new_files, sync_directory


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
    try:
        with file_beside(real, after, mode, synced=True) as new:
            theirs = replace_seen(real, new, before)
            if theirs != before:
                raise changed(path, theirs)
        sync_directory(real.parent)
    except OSError as error:
        raise _refused(path, real, error) from None


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
        raise _refused(path, real, error) from None
    if not mode & 0o222 or not os.access(real, os.W_OK):
        raise EditRefused(path, "it is read-only", f"chmod u+w {path.name}, then save again")
    return mode


def _create(path: Path, real: Path, data: bytes) -> None:
    """A link does not replace what appeared meanwhile."""
    if not real.parent.is_dir():
        raise EditRefused(path, "its directory is gone", "make the directory again, then save")
    try:
        with file_beside(real, data, mode_of_new_files(), synced=True) as new:
            os.link(new, real)
        sync_directory(real.parent)
    except FileExistsError:
        raise changed(path, _now(path, real)) from None
    except OSError as error:
        raise _refused(path, real, error) from None


def _refused(path: Path, real: Path, error: OSError) -> EditRefused:
    if not os.access(real.parent, os.W_OK | os.X_OK):
        return EditRefused(path, f"its directory cannot be written: {error.strerror}", "check its permissions")
    return EditRefused(path, f"it cannot be written: {error.strerror}", "check permissions and free space")
