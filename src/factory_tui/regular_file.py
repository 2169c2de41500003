"""Reading the files that people write, bounded, and never waiting for one that is a pipe or a device."""

import errno
import stat
from pathlib import Path


def read_regular(path: Path, limit: int) -> bytes:
    """Content of a regular file, or its first `limit + 1` bytes when it has more, which is how a caller can tell.

    Raises:
        OSError: it cannot be read, or is no regular file: to open a pipe would wait for its writer, for ever.
    """
    kind = path.stat().st_mode
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, "Is a directory", str(path))
    if not stat.S_ISREG(kind):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    with path.open("rb") as file:
        return file.read(limit + 1)
