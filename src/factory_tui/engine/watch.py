"""What an agent does, committed as it happens."""

from factory_tui.engine.leak_watch import LeakWatch
from factory_tui.model.holdout import Route
from factory_tui.model.money import MicroUsd
from factory_tui.model.usage import Usage
from factory_tui.store import Store


class RunWatch:
    """Writes one attempt's turns and tool calls into the store; the agent waits for each commit."""

    def __init__(self, store: Store, run: str, attempt: int, leaks: LeakWatch) -> None:
        self._store, self._run, self._attempt, self._leaks = store, run, attempt, leaks

    async def told(self, route: Route, text: str) -> None:
        await self._leaks.tell(route, text, self._attempt)

    async def said(self, text: str) -> None:
        await self._leaks.hear(text)

    async def turn_finished(self, turn: int, text: str, usage: Usage, cost: MicroUsd) -> None:
        await self._store.record_turn(self._run, self._attempt, turn, text, usage, cost)

    async def tool_started(self, turn: int, call_id: str, name: str, summary: str) -> None:
        await self._store.record_tool_started(self._run, self._attempt, turn, call_id, name, summary)

    async def tool_finished(self, turn: int, call_id: str, name: str, ok: bool, seconds: float, output: str) -> None:
        await self._store.record_tool_finished(self._run, self._attempt, turn, call_id, name, ok, seconds, output)
