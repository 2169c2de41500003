"""The control room starts fast: it loads nothing that only the engine needs."""

import subprocess
import sys

import pytest

HEAVY = ("anthropic", "docker", "factory_tui.engine", "factory_tui.agents", "aiosqlite", "watchfiles", "ruamel.yaml")


@pytest.mark.parametrize("module", ["factory_tui.tui", "factory_tui.tui.opening", "factory_tui.cli.room"])
def test_importing_the_control_room_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
