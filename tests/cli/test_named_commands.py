"""Commands that messages name: each of them exists."""

import re
from pathlib import Path

import click

import factory_tui
from factory_tui.cli.main import cli

_NAMED = re.compile(r"`factory-tui((?: +-C +\S+)?)((?: +[a-z]+)+)")


def _is_unknown(words: list[str]) -> bool:
    command: click.Command = cli
    for word in words:
        if not isinstance(command, click.Group):
            return False
        found = command.get_command(click.Context(command), word)
        if found is None:
            return True
        command = found
    return False


def test_every_command_that_a_message_names_exists() -> None:
    room = Path(factory_tui.__file__).parent
    named = {match[2] for file in room.rglob("*.py") for match in _NAMED.finditer(file.read_text(encoding="utf-8"))}
    assert len(named) > 10
    assert [each for each in sorted(named) if _is_unknown(each.split())] == []
