"""The map of the rooms shows every room, and every file that stands outside of them."""

import re
from pathlib import Path

import factory_tui

MAP = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGE = Path(factory_tui.__file__).parent


def test_the_map_names_every_room_and_no_other() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert set(re.findall(r"^\| `(\w+)/` ", MAP, re.MULTILINE)) == rooms


def test_the_map_names_every_file_outside_of_a_room() -> None:
    rows = re.findall(r"^\| .*", MAP, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+\.py)`", row)}
    files = {path.name for path in PACKAGE.glob("*.py") if not path.name.startswith("__")}
    assert files <= named
