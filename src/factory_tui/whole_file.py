"""Writing files as a whole: whoever reads one finds all of the old content or all of the new."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME_PART = 40
"""Characters of a file's name that a new one beside it carries; 255 bytes is what file systems take."""


@contextmanager
def file_beside(path: Path, data: bytes, mode: int, *, synced: bool = False) -> Iterator[Path]:
    """A new file in the directory of `path`, for the caller to move into its place; gone afterwards if it was not.

    Args:
        path: the file that is to be replaced or made; links are not followed.
        data: what the new file holds.
        mode: its permissions, whatever the umask.
        synced: it is on the disk, and not only on its way there.

    Raises:
        OSError: it cannot be written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:_NAME_PART]}.", suffix=".new", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if synced:
                os.fsync(file.fileno())
        yield new
    finally:
        new.unlink(missing_ok=True)


def replace_whole(path: Path, data: bytes, mode: int, *, synced: bool = False) -> None:
    """Make `data` the content of a file, whatever it held. Raises `OSError`; the file is as it was then."""
    with file_beside(path, data, mode, synced=synced) as new:
        new.replace(path)


def sync_directory(directory: Path) -> None:
    """Bring the names in a directory to the disk. Raises `OSError`."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def mode_of_new_files() -> int:
    """Permissions that this process gives a new file.

    The kernel's list of this process has the umask; to ask by setting it would race with other threads.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        umask = next(int(line.split()[1], 8) for line in status.splitlines() if line.startswith("Umask:"))
    except (OSError, StopIteration):
        umask = 0o022
    return 0o666 & ~umask
