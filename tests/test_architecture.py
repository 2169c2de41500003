"""The map of the rooms shows every room."""

import re
from pathlib import Path

import factory_tui

MAP = Path(__file__).parents[1] / "docs" / "architecture.md"


def test_the_map_names_every_room_and_no_other() -> None:
    package = Path(factory_tui.__file__).parent
    rooms = {path.parent.name for path in package.glob("*/__init__.py")}
    assert set(re.findall(r"^\| `(\w+)/` ", MAP.read_text(encoding="utf-8"), re.MULTILINE)) == rooms
