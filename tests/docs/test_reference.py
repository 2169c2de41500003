"""The reference says what the code says."""

import re
from collections.abc import Iterator

import click
import pytest
from scripts.reference import DOCS, pages, stale
from scripts.reference_json import SHAPES
from scripts.reference_pages import PAGES

from factory_tui.cli.main import COMMANDS, cli
from factory_tui.model.event import EVENT_MEANS, EVENT_TYPES


def test_the_committed_reference_is_what_the_code_would_write() -> None:
    assert stale() == [], "run `make docs` and commit what it changes"


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")

    assert [name for name in PAGES if f"({name}.md)" not in index] == []


def test_every_type_of_event_has_its_meaning() -> None:
    assert tuple(EVENT_MEANS) == EVENT_TYPES
    assert all(text.endswith(".") for text in EVENT_MEANS.values())


def test_every_field_and_option_has_a_meaning() -> None:
    for name, text in pages().items():
        lacking = re.findall(r"^\| (`[^|]*`) \|.*\|  \|$", text, re.MULTILINE)
        assert lacking == [], f"{name}: write a text below the field, or a help for the option"


def _commands(command: click.Command, context: click.Context | None, words: str) -> Iterator[tuple[str, click.Command]]:
    here = click.Context(command, parent=context, info_name=words)
    yield words, command
    if isinstance(command, click.Group):
        for name in command.list_commands(here):
            found = command.get_command(here, name)
            assert found is not None
            yield from _commands(found, here, f"{words} {name}".strip())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str) -> None:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    for words, command in _commands(found, None, name):
        assert (command.help or "").strip(), f"{words} has no docstring"


def test_every_document_that_a_command_prints_has_its_shape() -> None:
    told = {name for shape in SHAPES for name in _commands_of(shape)}
    printing = {
        words
        for words, command in _commands(cli, None, "")
        if any("--json" in each.opts for each in command.params) and words not in ("run", "logs", "report")
    }
    assert printing <= told


def _commands_of(shape: str) -> list[str]:
    """`spec draft, park, ready` are three; a word in capitals is an argument."""
    group, _, rest = shape.partition(" ")
    if "," in rest:
        return [f"{group} {each.strip()}" for each in rest.split(",")]
    return [" ".join(word for word in shape.split() if not word.isupper())]


def test_a_link_inside_a_page_leads_to_a_heading() -> None:
    for name, text in pages().items():
        heads = {re.sub(r"[^\w-]", "", head.lower().replace(" ", "-")) for head in re.findall(r"^#+ (.*)$", text, re.M)}
        missing = set(re.findall(r"\]\(#([^)]*)\)", text)) - heads
        assert missing == set(), f"{name} links to {missing}"
