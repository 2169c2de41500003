"""System V shared memory, semaphores and message queues: what a command can leave behind outside any directory."""

from __future__ import annotations

import contextlib
import ctypes

IPC_RMID = 0


def remove_ipc() -> None:
    """Remove whatever we may. Only for an IPC namespace that is the sandbox's own."""
    libc = ctypes.CDLL(None)
    for number in _numbers("shm"):
        libc.shmctl(number, IPC_RMID, None)
    for number in _numbers("msg"):
        libc.msgctl(number, IPC_RMID, None)
    for number in _numbers("sem"):
        libc.semctl(number, 0, IPC_RMID)


def _numbers(kind: str) -> list[int]:
    """The ids in the kernel's table of this kind; none where there is no such table."""
    with contextlib.suppress(OSError), open(f"/proc/sysvipc/{kind}") as table:
        return [int(line.split()[1]) for line in table.readlines()[1:]]
    return []
