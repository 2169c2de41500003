"""Putting a file in the place of one that was read, without losing what another program wrote meanwhile."""

import ctypes
import errno
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

_AT_FDCWD, _EXCHANGE = -100, 2
_CANNOT_EXCHANGE = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM})


def replace_seen(path: Path, new: Path, seen: bytes) -> bytes | None:
    """Put the file `new` in the place of `path` if that holds `seen`.

    Where the kernel can, the two change places in one step and what comes out is looked at, so that a text which
    another program saved a moment ago goes back to where it was. Elsewhere it is looked at just before.

    Returns:
        What `path` held; None when it is gone. Anything but `seen`: nothing was replaced.

    Raises:
        OSError: a file cannot be read or replaced.
    """
    exchange = kernels_exchange()
    if exchange is not None:
        try:
            exchange(path, new)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno not in _CANNOT_EXCHANGE:
                raise
        else:
            found = new.read_bytes()
            if found != seen:
                exchange(path, new)
            return found
    found_now = path.read_bytes() if path.exists() else None
    if found_now == seen:
        new.replace(path)
    return found_now


@cache
def kernels_exchange() -> Callable[[Path, Path], None] | None:
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
