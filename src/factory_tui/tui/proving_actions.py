"""Keys that act on the suite and the scenario under the cursor, the same on every screen that shows some."""

from collections.abc import Coroutine

from factory_tui.model.evidence_views import ScenarioRow, SuiteRow
from factory_tui.model.foreign import clean_line
from factory_tui.tui.base import RoomScreen
from factory_tui.tui.commands import scenario as commands


class ProvingActions(RoomScreen):
    """A screen with a current suite, and perhaps a current scenario."""

    @property
    def suite_row(self) -> SuiteRow | None:
        """The suite that keys act on."""
        raise NotImplementedError

    @property
    def scenario_row(self) -> ScenarioRow | None:
        """The scenario that keys act on."""
        return None

    def action_admit(self) -> None:
        if (suite := self.suite_row) is not None:
            self._do(commands.admit(self, suite))

    def action_check_mutants(self) -> None:
        if (suite := self.suite_row) is not None:
            self._do(commands.check_mutants(self, suite))

    def action_show_mutants(self) -> None:
        suite = self.suite_row
        if suite is None:
            return
        if suite.mutation is None:
            self.say(f"{clean_line(suite.spec)} was never checked with mutants; m does it")
        else:
            self.attempt(self._show_mutants(suite))

    async def _show_mutants(self, suite: SuiteRow) -> None:
        from factory_tui.tui.screens.mutants import MutantsScreen

        assert suite.mutation is not None
        read_only = self.source.read_only
        if await self.answer_to(MutantsScreen(suite, suite.mutation, read_only=read_only)) == "n":
            await commands.new_scenario(self, suite)

    def action_new_scenario(self) -> None:
        if (suite := self.suite_row) is not None:
            self._do(commands.new_scenario(self, suite))

    def action_burn(self) -> None:
        row = self.scenario_row
        if row is None:
            self.say("put the cursor on a scenario; B burns that one")
        else:
            self._do(commands.burn(self, row))

    def action_edit_scenario(self) -> None:
        row = self.scenario_row
        if row is None:
            self.say("put the cursor on a scenario; e opens its file")
        else:
            line = min((each.line for each in row.findings), default=1)
            self._do(commands.edit_scenario(self, row.spec, row.id, line))

    def _do(self, command: Coroutine[None, None, None]) -> None:
        """Carry it out, unless this control room only reads."""
        if self.refuse_read_only():
            command.close()
        else:
            self.attempt(command)
