"""What a screen may ask of the control room around it, so that screens do not know the app that wires them."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from factory_tui.tui.actions import Where
from factory_tui.tui.halt import Halt
from factory_tui.tui.look import Span
from factory_tui.tui.source import BoardView, Source, Topic


class Room(Protocol):
    """The control room as its screens and commands see it."""

    @property
    def source(self) -> Source: ...

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock: aware UTC."""
        ...

    @property
    def here(self) -> Where:
        """The numbered screen that is shown, or lies below what is shown."""
        ...

    @property
    def board(self) -> BoardView:
        """As the source said last."""
        ...

    @property
    def halt(self) -> Halt:
        """What keeps every run from moving now."""
        ...

    @property
    def nothing_ran(self) -> bool:
        """True in a workspace where no run was ever queued, once that is known."""
        ...

    @property
    def progress(self) -> str:
        """One line about a long operation; empty when there is none."""
        ...

    @property
    def at_work(self) -> tuple[str, ...]:
        """What takes minutes and goes on now, each in a few words."""
        ...

    def begin(self, what: str, work: Callable[[], Awaitable[str]]) -> bool:
        """Have something done that takes minutes; its end is told on whatever screen is shown then.

        Args:
            what: in a few words; the same is not begun twice, and False then.
            work: gives what to say at its end. May raise `SourceError`.
        """
        ...

    @property
    def starts_batch(self) -> bool:
        """True until the batch that was asked for at the start is queued, or cannot be."""
        ...

    @property
    def unfinished(self) -> int:
        """Runs that an engine would work on."""
        ...

    def status_spans(self) -> list[Span]:
        """What the top line says on the right."""
        ...

    def ask(self, topics: Topic) -> None:
        """Have the visible screen ask again for these topics, soon and together with others."""
        ...

    async def start_engine(self) -> None: ...

    def go(self, where: Where, at: str | None = None) -> None:
        """Show a numbered screen, with the cursor on `at` when it is there."""
        ...

    def open_run(self, run: str) -> None: ...

    def next_theme(self) -> None: ...

    def exit(self) -> None: ...
