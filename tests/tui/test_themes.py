"""Every theme can be chosen, and its tones are drawn in its colours."""

from textual.color import Color

from factory_tui.tui.actions import Where
from factory_tui.tui.look import Tone
from factory_tui.tui.themes import INKS, THEMES
from factory_tui.tui.widgets.toned import tone_style
from tests.tui.driving import opened, until
from tests.tui.test_hostile_text import busy


async def test_every_theme_can_be_chosen_and_colours_every_tone() -> None:
    async with opened(busy(), Where.BOARD) as (room, pilot):
        for theme in (*THEMES[1:], THEMES[0]):
            room.next_theme()
            assert room.theme == theme.name
            wanted = Color.parse(theme.variables["quiet"]).rich_color
            await until(pilot, lambda wanted=wanted: tone_style(room, Tone.DIM).color == wanted, "its colours")  # type: ignore[misc]
            assert tone_style(room, Tone.GOOD).color == Color.parse(str(theme.success)).rich_color
            await pilot.press("slash")
            await pilot.press("escape")


def test_every_tone_has_its_ink() -> None:
    assert set(INKS) == set(Tone)
