"""The table: the cursor keeps to its item, and only what changed is drawn."""

from dataclasses import dataclass

from textual.app import App, ComposeResult
from textual.geometry import Region

from factory_tui.tui.look import Span, Tone, fit
from factory_tui.tui.widgets.table import Column, Table, lay_out

COLUMNS = (Column("NAME", 10, flex=1), Column("VALUE", 6, right=True))


@dataclass(frozen=True)
class Thing:
    name: str
    value: int = 0


class Probe(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def compose(self) -> ComposeResult:
        yield Table(COLUMNS, self._cells, lambda thing: thing.name, id="list")

    def _cells(self, thing: Thing, here: bool) -> tuple[Span, ...]:
        self.asked += 1
        return (Span(thing.name), Span(str(thing.value), Tone.DIM))

    @property
    def table(self) -> Table[Thing]:
        return self.query_one("#list", Table)


def things(count: int) -> list[Thing]:
    return [Thing(f"thing-{number:05}") for number in range(count)]


async def test_the_cursor_stays_on_its_item_when_the_list_is_sorted_anew() -> None:
    app = Probe()
    async with app.run_test(size=(40, 10)) as pilot:
        app.table.set_items(things(5))
        app.table.focus()
        await pilot.press("j", "j")
        assert app.table.current == Thing("thing-00002")
        app.table.set_items(list(reversed(things(5))))
        assert app.table.current == Thing("thing-00002")
        app.table.set_items([Thing("new"), *things(5)])
        assert app.table.cursor == 3


async def test_the_cursor_stays_in_its_place_when_its_item_is_gone() -> None:
    app = Probe()
    async with app.run_test(size=(40, 10)) as pilot:
        app.table.set_items(things(5))
        app.table.focus()
        await pilot.press("G")
        app.table.set_items(things(3))
        assert app.table.current == Thing("thing-00002")
        app.table.set_items([])
        assert app.table.current is None


async def test_only_visible_rows_of_ten_thousand_are_made() -> None:
    app = Probe()
    async with app.run_test(size=(40, 12)) as pilot:
        app.table.set_items(things(10_000))
        app.table.focus()
        await pilot.pause()
        assert app.asked < 100
        await pilot.press("G")
        assert app.table.current == Thing("thing-09999")
        assert app.asked < 200
        await pilot.press("g")
        assert app.table.cursor == 0


async def test_a_changed_cell_is_the_only_one_that_is_drawn() -> None:
    app = Probe()
    async with app.run_test(size=(40, 10)) as pilot:
        app.table.set_items(things(5))
        await pilot.pause()
        drawn: list[Region] = []
        refresh = app.table.refresh
        app.table.refresh = lambda *regions, **options: (drawn.extend(regions), refresh(*regions, **options))  # type: ignore
        items = things(5)
        items[3] = Thing("thing-00003", 7)
        app.table.set_items(items)
        assert [(region.y, region.height, region.width) for region in drawn] == [(4, 1, 6)]


async def test_nothing_is_drawn_when_nothing_changed() -> None:
    app = Probe()
    async with app.run_test(size=(40, 10)) as pilot:
        app.table.set_items(things(50))
        await pilot.pause()
        drawn: list[tuple[object, ...]] = []
        app.table.refresh = lambda *regions, **options: drawn.append(regions)  # type: ignore
        app.table.set_items(things(50))
        assert drawn == []


async def test_rows_that_are_gone_are_wiped_from_the_screen() -> None:
    app = Probe()
    async with app.run_test(size=(40, 10)) as pilot:
        app.table.set_items(things(8))
        await pilot.pause()
        app.table.set_items(things(2))
        await pilot.pause()
        text = "\n".join("".join(part.text for part in strip) for strip in app.screen._compositor.render_strips())
        assert "thing-00001" in text
        assert "thing-00002" not in text


def test_columns_that_do_not_fit_are_left_out_whole_least_important_first() -> None:
    columns = (Column("A", 10), Column("B", 10, rank=2), Column("C", 10, flex=1, rank=1))
    assert lay_out(columns, 40) == {0: 10, 1: 10, 2: 16}
    assert lay_out(columns, 30) == {0: 10, 2: 18}
    assert lay_out(columns, 15) == {0: 10}


def test_texts_are_cut_by_cells_not_by_characters() -> None:
    assert fit("漢字漢字", 5) == "漢字…"
    assert fit("漢字漢字", 6) == "漢字… "
    assert fit("abc", 5, right=True) == "  abc"


async def test_a_mark_draws_its_own_cells_and_belongs_to_the_item() -> None:
    app = Probe()
    async with app.run_test(size=(40, 10)) as pilot:
        app.table.set_items(things(5))
        await pilot.pause()
        drawn: list[Region] = []
        app.table.refresh = lambda *regions, **options: drawn.extend(regions)  # type: ignore
        app.table.set_marks(frozenset({"thing-00003"}))
        assert [(region.x, region.y, region.width) for region in drawn] == [(0, 4, 2)]
        del app.table.refresh
        app.table.set_items(list(reversed(things(5))))
        app.table.refresh()
        await pilot.pause()
        rows = ["".join(part.text for part in strip) for strip in app.screen._compositor.render_strips()]
        (marked,) = (row for row in rows if row[1] == "+")
        assert "thing-00003" in marked


async def test_other_columns_of_the_same_items_keep_the_cursor_and_are_drawn_at_once() -> None:
    class Turning(Probe):
        names: tuple[str, ...] = ("A", "B")

        def _cells(self, thing: Thing, here: bool) -> tuple[Span, ...]:
            return tuple(Span(f"{name}{thing.value}") for name in self.names)

    app = Turning()
    async with app.run_test(size=(40, 10)) as pilot:
        app.table.set_items(things(5))
        app.table.focus()
        await pilot.press("j", "j")
        app.names = ("C", "D", "E")
        app.table.set_columns([Column(name, 4) for name in app.names])
        app.table.set_items(things(5))
        await pilot.pause()
        assert app.table.cursor == 2
        assert app.table.render_line(0).text.split() == ["C", "D", "E"]
        assert app.table.render_line(1).text.split() == ["C0", "D0", "E0"]
