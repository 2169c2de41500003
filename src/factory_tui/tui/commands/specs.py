"""Commands about spec files: their status and priority, for one or for all that are marked, and taking them back."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from factory_tui.model.foreign import clean_line
from factory_tui.model.spec import Status
from factory_tui.model.views import SpecRow
from factory_tui.tui.look import Line, Tone, line, show_count
from factory_tui.tui.screens.confirm import ConfirmScreen
from factory_tui.tui.source import ChangedSpecs, SourceError, SpecChange, Topic
from factory_tui.tui.words import fact

if TYPE_CHECKING:
    from factory_tui.tui.marking import MarkingScreen

HIGHEST, LOWEST = 0, 4

SIGN_OF_LIFE = 0.25
"""Seconds between two messages of how far a change of many specs has come."""

_NAMED = 6
"""Specs that a question names."""


class SpecOrder(NamedTuple):
    """Something that the operator wants done with specs."""

    question: str
    """With `{}` for how many specs."""
    yes: str
    done: str
    """What a spec is afterwards."""
    of: Callable[[SpecRow], SpecChange | None]
    """What it means for one spec; None when there is nothing to change."""
    nothing: str
    """Why there is nothing."""
    judged: bool = False
    """Specs with errors are refused."""


def status_order(status: Status) -> SpecOrder:
    """Give specs a status."""
    name = "Ready" if status is Status.READY else status.value
    return SpecOrder(
        question=f"Make {{}} {name}?",
        yes=f"Make {name}",
        done=status.value,
        of=lambda row: None if row.status is status else SpecChange(row.id, status=status),
        nothing=f"{status.value} already",
        judged=status is Status.READY,
    )


def priority_order(by: int) -> SpecOrder:
    """Move specs by so much: -1 is one step more urgent."""
    end = HIGHEST if by < 0 else LOWEST

    def change(row: SpecRow) -> SpecChange | None:
        if row.status is None or row.priority == end:
            return None
        return SpecChange(row.id, priority=row.priority + by)

    direction = "more" if by < 0 else "less"
    return SpecOrder(
        question=f"Make {{}} {direction} urgent by one step?",
        yes=f"{direction.capitalize()} urgent",
        done=f"one step {direction} urgent",
        of=change,
        nothing=f"at {end}, the {'highest' if by < 0 else 'lowest'} priority, or unreadable",
    )


class SpecOrders:
    """Gives orders about specs, one after the other, and knows how to take the last one back."""

    def __init__(self, screen: "MarkingScreen[SpecRow]") -> None:
        self._screen = screen
        self._turn = asyncio.Lock()
        self._undo: tuple[SpecChange, ...] = ()

    async def make(self, status: Status) -> None:
        """Give a status to all that are marked, after asking; without marks to the row under the cursor, at once."""
        await self._give(status_order(status))

    async def move(self, by: int) -> None:
        """As `make`: by one step more urgent (-1) or less (1)."""
        await self._give(priority_order(by))

    async def _give(self, order: SpecOrder) -> None:
        screen = self._screen
        if screen.marks:
            await self._give_to_marked(order)
        elif screen.current is not None:
            await self._give_to_one(screen.current.id, order)

    async def _give_to_one(self, spec: str, order: SpecOrder) -> None:
        async with self._turn:
            # As it is by now: the same key may have been pressed before.
            row = next((each for each in self._screen.all_items if each.id == spec), None)
            change = order.of(row) if row else None
            if row is None or change is None:
                self._screen.say(f"{spec} is {order.nothing}")
                return
            if change.priority is not None:
                await self._screen.source.set_priority(spec, change.priority)
                self._screen.say(f"{spec} has priority {change.priority} now")
            elif change.status is not None:
                await self._screen.source.set_status(spec, change.status)
                self._screen.say(f"{spec} is {change.status} now")
            self._remember((row,), (change,))
            self._show_at_once(change)

    def _show_at_once(self, change: SpecChange) -> None:
        """The next reading of the files says the same; keys pressed until then go by it."""
        new = {key: value for key in ("status", "priority") if (value := getattr(change, key)) is not None}
        rows = self._screen.all_items
        self._screen.set_all([each.model_copy(update=new) if each.id == change.spec else each for each in rows])
        self._screen.room.ask(Topic.SPECS)

    async def _give_to_marked(self, order: SpecOrder) -> None:
        screen = self._screen
        rows = screen.marked
        changes = [each for each in map(order.of, rows) if each is not None]
        if not changes:
            screen.say(f"nothing to change: all {len(rows)} marked are {order.nothing}")
            return
        question = order.question.format(show_count(len(changes), "marked spec"))
        lines = bulk_lines(rows, changes, len(screen.hidden & {each.spec for each in changes}), order)
        if self._is_busy() or not await screen.answer_to(ConfirmScreen(question, lines, order.yes)):
            return
        changed = await self._change(rows, changes)
        screen.set_marks(frozenset(each.spec for each in changed.refused))
        self._tell(changed, order.done)

    async def take_back(self) -> None:
        """Make the last change undone, after asking when it was about several specs."""
        screen, back = self._screen, self._undo
        if not back:
            screen.say("nothing was changed here that could be taken back")
            return
        names = line(", ".join(clean_line(each.spec) for each in back[:_NAMED]) + _and_more(len(back)))
        question = f"Take the last change of {show_count(len(back), 'spec')} back?"
        if self._is_busy() or (
            len(back) > 1 and not await screen.answer_to(ConfirmScreen(question, (names,), "Take back"))
        ):
            return
        wanted = {each.spec for each in back}
        rows = [each for each in screen.all_items if each.id in wanted]
        known = {each.id for each in rows}
        self._tell(await self._change(rows, [each for each in back if each.spec in known]), "as before")

    def _is_busy(self) -> bool:
        if self._turn.locked():
            self._screen.say("specs are being changed; this has to wait for the end of it")
        return self._turn.locked()

    async def _change(self, rows: Sequence[SpecRow], changes: Sequence[SpecChange]) -> ChangedSpecs:
        said = time.monotonic()

        def progress(number: int) -> None:
            nonlocal said
            if number < len(changes) and time.monotonic() - said > SIGN_OF_LIFE:
                said = time.monotonic()
                self._screen.say(f"{number} of {len(changes)} specs changed …")

        async with self._turn:
            try:
                changed = await self._screen.source.change_specs(changes, progress)
            except SourceError:
                self._screen.room.ask(Topic.SPECS)
                raise
            done = set(changed.done)
            self._remember(rows, [each for each in changes if each.spec in done])
            self._screen.room.ask(Topic.SPECS)
        return changed

    def _remember(self, rows: Sequence[SpecRow], changes: Sequence[SpecChange]) -> None:
        before = {each.id: each for each in rows}
        self._undo = tuple(
            SpecChange(
                each.spec,
                status=before[each.spec].status if each.status is not None else None,
                priority=before[each.spec].priority if each.priority is not None else None,
            )
            for each in changes
            if before[each.spec].status is not None
        )

    def _tell(self, changed: ChangedSpecs, done: str) -> None:
        said = f"{show_count(len(changed.done), 'spec')} {done}"
        if not changed.refused:
            self._screen.say(f"{said}; z takes it back")
            return
        first = changed.refused[0]
        stay = "the refused stay marked; /is:marked shows them only"
        self._screen.say_error(
            f"{said}, {len(changed.refused)} refused; first: {clean_line(first.what)}",
            f"{clean_line(first.todo)}; {stay}" if first.todo else stay,
        )


def bulk_lines(rows: Sequence[SpecRow], changes: Sequence[SpecChange], hidden: int, order: SpecOrder) -> list[Line]:
    """What a change of many specs is about, before it happens."""
    wanted = {each.spec for each in changes}
    names = ", ".join(clean_line(each.spec) for each in changes[:_NAMED]) + _and_more(len(changes))
    lines = [line(names), Line()]
    if hidden:
        lines.append(fact("hidden", f"{hidden} of them not shown: the filter hides them", Tone.WARN))
    errors = sum(row.errors > 0 for row in rows if row.id in wanted) if order.judged else 0
    if errors:
        lines.append(
            fact("refused", f"{show_count(errors, 'spec')} with errors stay as they are, and marked", Tone.WARN)
        )
    left = len(rows) - len(changes)
    if left:
        lines.append(fact("left out", f"{left} marked, but {order.nothing}"))
    return lines if len(lines) > 2 else lines[:1]


def _and_more(number: int) -> str:
    return f" and {number - _NAMED} more" if number > _NAMED else ""
