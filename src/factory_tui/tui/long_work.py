"""Work that takes minutes: it goes on whatever screen is shown, and its end is told where the operator is then."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from textual.app import App

from factory_tui.tui.source import SourceError

if TYPE_CHECKING:
    from factory_tui.tui.base import RoomScreen


class LongWork:
    """What goes on now, each once.

    Args:
        app: outlives every screen.
        screen: the one that is shown.
    """

    def __init__(self, app: App[Any], screen: "Callable[[], RoomScreen | None]") -> None:
        self._app, self._screen = app, screen
        self._at_work: dict[str, None] = {}

    @property
    def at_work(self) -> tuple[str, ...]:
        return tuple(self._at_work)

    def begin(self, what: str, work: Callable[[], Awaitable[str]]) -> bool:
        """Begin it unless it goes on already; what it gives, or why it failed, is said at its end."""
        if what in self._at_work:
            return False
        self._at_work[what] = None
        self._app.run_worker(self._carry_out(what, work), group="long")
        self._show()
        return True

    async def _carry_out(self, what: str, work: Callable[[], Awaitable[str]]) -> None:
        try:
            said, error = await work(), None
        except SourceError as raised:
            said, error = "", raised
        finally:
            self._at_work.pop(what, None)
            self._show()
        screen = self._screen()
        if screen is None:
            return
        if error is not None:
            screen.say_error(f"{what}: {error.what}", error.todo)
        else:
            screen.say(said, stays=True)

    def _show(self) -> None:
        if (screen := self._screen()) is not None:
            screen.show_room()
