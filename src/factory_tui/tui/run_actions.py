"""Keys that act on the run under the cursor, the same on every screen that shows runs."""

from collections.abc import Awaitable, Callable

from factory_tui.model.views import RunRow
from factory_tui.tui.base import RoomScreen
from factory_tui.tui.commands import run as run_commands

Command = Callable[[RoomScreen, RunRow], Awaitable[None]]


class RunActions(RoomScreen):
    """A screen with a current run."""

    @property
    def run_row(self) -> RunRow | None:
        """The run that keys act on."""
        raise NotImplementedError

    def _on_run(self, command: Command) -> None:
        row = self.run_row
        if row is not None and not self.refuse_read_only():
            self.attempt(command(self, row))

    def action_cancel(self) -> None:
        self._on_run(run_commands.ask_and_cancel)

    def action_retry(self) -> None:
        self._on_run(run_commands.retry)

    def action_answer(self) -> None:
        self._on_run(run_commands.answer)

    def action_escape(self) -> None:
        self._on_run(run_commands.escape)
