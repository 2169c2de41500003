"""Screens with a list: filter, sort, and a detail that follows the cursor."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.containers import Container
from textual.widget import Widget

from factory_tui.tui.base import RoomScreen
from factory_tui.tui.look import Line
from factory_tui.tui.room import Room
from factory_tui.tui.widgets.prompt_line import PromptLine
from factory_tui.tui.widgets.table import Table
from factory_tui.tui.widgets.text_pane import TextPane

Item = TypeVar("Item")

Order = tuple[str, Callable[[Any], Any]]
"""Name of a sort order and its key."""


class ListScreen(RoomScreen, Generic[Item]):
    """A list and the detail of its current item."""

    orders: ClassVar[tuple[Order, ...]]

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._all: Sequence[Item] = ()
        self._wanted: Hashable | None = None
        """What the cursor goes to once it is listed."""
        self._order = 0
        self._filter = ""
        self.loaded = False

    # To be filled in

    def make_table(self) -> Table[Item]:
        """The list, with the id `list`."""
        raise NotImplementedError

    def haystack(self, item: Item) -> str:
        """The text in which a filter is looked for."""
        raise NotImplementedError

    def detail(self, item: Item) -> Iterable[Line]:
        raise NotImplementedError

    def empty_lines(self) -> list[Line]:
        """What to say, and which key to press, when there is nothing at all."""
        raise NotImplementedError

    def summary(self) -> None:
        """Fill the line below the top one."""
        raise NotImplementedError

    # Parts

    def compose_body(self) -> Iterable[Widget]:
        with Container(id="body"):
            yield self.make_table()
            yield TextPane(id="detail")

    @property
    def table(self) -> Table[Item]:
        return self.query_one("#list", Table)

    @property
    def current(self) -> Item | None:
        return self.table.current

    @property
    def order_name(self) -> str:
        return self.orders[self._order][0]

    @property
    def filter_text(self) -> str:
        return self._filter

    def set_all(self, items: Sequence[Item]) -> None:
        """Take these items as the whole list."""
        self._all, self.loaded = items, True
        self.show_rows()

    @property
    def all_items(self) -> Sequence[Item]:
        return self._all

    def show_rows(self) -> None:
        """Filter, sort and show what there is. What is not known yet is not shown as nothing."""
        if not self.loaded:
            return
        chosen = sorted(self.keep(self._all), key=self.orders[self._order][1])
        was_empty = self.has_class("-empty")
        self.show_empty([] if self._all else self.empty_lines())
        self.table.set_items(self.rows(chosen))
        if self._wanted is not None and self.table.select(self._wanted):
            self._wanted = None
        if was_empty and self._all and self.focused is None:
            self.call_after_refresh(self.focus_main)
        self.summary()

    def identity_from(self, text: str) -> Hashable:
        """The identity of an item, from the way it is written elsewhere."""
        return text

    def point_at(self, identity: str) -> None:
        self._wanted = self.identity_from(identity)
        if self.loaded:
            self._filter = ""
            self.query_one(PromptLine).clear()
            self.show_rows()

    def rows(self, items: Sequence[Item]) -> Sequence[Item]:
        """The rows that these items make."""
        return items

    def keep(self, items: Sequence[Item]) -> Sequence[Item]:
        """Items that pass the filter; a leading `!` turns it around."""
        wanted = self._filter.casefold()
        inverse = wanted.startswith("!")
        wanted = wanted.removeprefix("!").strip()
        if not wanted:
            return items
        return [item for item in items if (wanted in self.haystack(item).casefold()) is not inverse]

    # Events and actions

    @on(Table.Moved, "#list")
    def _moved(self, event: Table.Moved) -> None:
        event.stop()
        self.show_detail()

    def show_detail(self) -> None:
        current = self.current
        self.query_one("#detail", TextPane).set_lines(
            self.detail(current) if current is not None else (), keep_place=self._same_as_before(current)
        )

    _detailed: object = None

    def _same_as_before(self, current: Item | None) -> bool:
        identity = None if current is None else self.table.identity_of(current)
        same, self._detailed = identity == self._detailed, identity
        return same

    @on(PromptLine.Changed)
    def _filter_changed(self, event: PromptLine.Changed) -> None:
        event.stop()
        self._filter = event.text
        self.show_rows()

    def action_filter(self) -> None:
        self.query_one(PromptLine).open()

    def action_sort(self) -> None:
        self._order = (self._order + 1) % len(self.orders)
        self.show_rows()
        self.say(f"sorted by {self.order_name}")
