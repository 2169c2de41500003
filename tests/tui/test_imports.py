"""The control room starts fast and stays a viewer: it loads nothing that only the engine needs."""

import subprocess
import sys
from pathlib import Path

import pytest

ENGINE_ONLY = (
    "anthropic",
    "docker",
    "aiosqlite",
    "factory_tui.agents",
    "factory_tui.delivery",
    "factory_tui.engine",
    "factory_tui.ledger",
    "factory_tui.sandbox",
    "factory_tui.store.writer",
    "factory_tui.twins",
)
JUDGING = ("factory_tui.scenarios", "factory_tui.specs", "markdown_it", "yaml", "ruamel.yaml", "rapidfuzz")
"""What reads and judges specs: not needed while the triage list of the last time counts."""
NOT_BEFORE_THE_FIRST_FRAME = (*ENGINE_ONLY, *JUDGING, "watchfiles", "factory_tui.docstrings", "tomlkit")


def loaded(modules: str, names: tuple[str, ...]) -> list[str]:
    """Which of `names` an interpreter has loaded after importing `modules`."""
    code = f"import sys, {modules}; print(*(name for name in {names!r} if name in sys.modules))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("module", ["factory_tui.tui", "factory_tui.tui.opening", "factory_tui.cli.room"])
def test_importing_the_control_room_loads_nothing_heavy(module: str) -> None:
    assert loaded(module, NOT_BEFORE_THE_FIRST_FRAME) == []


def test_what_the_control_room_needs_later_is_no_part_of_the_engine() -> None:
    rooms = (
        "factory_tui.control, factory_tui.scenarios, factory_tui.specs, factory_tui.store.reader, factory_tui.tui.live"
    )
    assert loaded(rooms, ENGINE_ONLY) == []


def test_opening_on_a_list_that_is_known_loads_no_judge_and_no_engine(tmp_path: Path) -> None:
    (tmp_path / ".factory").mkdir()
    (tmp_path / "specs").mkdir()
    (tmp_path / "factory.toml").write_text("")
    asking = (
        "asyncio, pathlib, factory_tui.config, factory_tui.tui.live; "
        f"workspace = pathlib.Path({str(tmp_path)!r}); "
        "source = factory_tui.tui.live.LiveSource(workspace, factory_tui.config.load(workspace)); "
        "asyncio.run(source.specs()); asyncio.run(source.board())"
    )
    assert "factory_tui.specs" in loaded(asking, JUDGING)
    assert loaded(asking, NOT_BEFORE_THE_FIRST_FRAME) == []


def test_the_version_is_said_without_settings() -> None:
    assert loaded("factory_tui.cli.main", ("pydantic", "asyncio", "textual", "factory_tui.config")) == []
