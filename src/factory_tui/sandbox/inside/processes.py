"""The processes of a sandbox, as /proc and the kernel's counters tell them."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator


def processes() -> Iterator[tuple[int, str, int, int]]:
    """Every visible process as (pid, state, parent, session)."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        yield int(name), fields[0].decode(), int(fields[1]), int(fields[3])


def kill_group(leader: int, number: int) -> None:
    """Signal the process group of a command; for KILL also what else is in its session."""
    with contextlib.suppress(OSError):
        os.killpg(leader, number)
    if number != signal.SIGKILL:
        return
    for pid, _, _, session in processes():
        if session == leader:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)


def oom_kills() -> int:
    """How often the memory limit of this container has killed something; 0 when it cannot be known."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path) as file:
                for line in file:
                    if line.startswith("oom_kill "):
                        return int(line.split()[1])
        except (OSError, ValueError):
            continue
    return 0


def own_peak() -> int:
    """Most resident memory that this process ever had, in bytes; 0 when it cannot be known.

    The kernel counts the memory of a process from before its `exec`, when it was still a copy of this one
    (`exec_mmap` in fs/exec.c of Linux), so no command can be seen to need less.
    """
    try:
        with open("/proc/self/status") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:")), 0)
    except (OSError, ValueError):
        return 0


def is_ours(pid: int) -> bool:
    """By the status file: the owner of /proc/PID lies for a process that made itself undumpable."""
    try:
        with open(f"/proc/{pid}/status") as file:
            users = next((line.split()[1:] for line in file if line.startswith("Uid:")), [])
    except OSError:
        return False
    return str(os.getuid()) in users
