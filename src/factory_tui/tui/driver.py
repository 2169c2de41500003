"""The terminal at the end of a line that may be slow: it gets what changed."""

import signal
from typing import Any

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.message import Message
from textual.messages import InBandWindowResize

from factory_tui.tui.frames import Frames

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
"""Around every frame, for terminals that know how to show one at once."""

REDRAW = "ctrl+l"
"""Draws everything anew, as in other programs: cells that another program wrote over are not known to be wrong."""


class LineDriver(LinuxDriver):
    """Textual's driver, without the cells that the terminal shows already."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._frames = Frames()
        self._lost = False
        self._sync_waits = False

    def write(self, data: str) -> None:
        if self._lost:
            self._lost = False
            self._frames.forget()
        if data == SYNC_START:
            self._sync_waits = True
            return
        if data == SYNC_END and self._sync_waits:
            self._sync_waits = False
            return
        thin = self._frames.thin(data)
        if thin:
            super().write(SYNC_START + thin if self._sync_waits else thin)
            self._sync_waits = False

    # A terminal that changes its size may lose or move what it shows, and another program may have written over it.
    # That is heard of in another thread or in a signal, where word is left, and no more.

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        told = signal.getsignal(signal.SIGWINCH)

        def tell(number: int, frame: Any) -> None:
            self._lost = True
            if callable(told):
                told(number, frame)

        signal.signal(signal.SIGWINCH, tell)

    def process_message(self, message: Message) -> None:
        if isinstance(message, InBandWindowResize):
            self._lost = True
        if isinstance(message, Key) and message.key == REDRAW:
            self._lost = True
            self._app.call_later(self._app.screen.refresh)
        super().process_message(message)
