"""Ending a command that holds sandboxes of its own."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def removed_on_hang_up() -> Iterator[None]:
    """A closed terminal or a TERM ends the command like Ctrl-C, so that its sandboxes are removed."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    numbers = (signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, lambda: task.cancel() if task else None)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
