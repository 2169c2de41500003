"""Going to what the operator finds in the palette, or doing it."""

from typing import TYPE_CHECKING

from factory_tui.tui.actions import Where
from factory_tui.tui.guide import EntryKind
from factory_tui.tui.screens.palette import PaletteScreen

if TYPE_CHECKING:
    from factory_tui.tui.base import RoomScreen


async def find_and_go(screen: "RoomScreen") -> None:
    """Have an action, a spec or a run found: do it, go to its line, or open it."""
    room = screen.room
    entry = await screen.answer_to(PaletteScreen(screen.where, screen.source, room.board.rows))
    if entry is None:
        return
    if entry.kind is EntryKind.ACTION:
        await screen.run_action(f"screen.{entry.id}")
    elif entry.kind is EntryKind.SPEC:
        room.go(Where.SPECS, entry.id)
    else:
        room.open_run(entry.id)
