"""$EDITOR, from the list and from the editor here: the file goes out and comes back, judged anew."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.app import App

from factory_tui.tui.editing.outside import editor_command, left, run_editor
from factory_tui.tui.source import SourceError

from . import evening
from .driving import opened, seen, until
from .fake_source import FakeSource, busy
from .test_editor import SPEC, editing, settled
from .test_editor_saving import asked


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test has no terminal to give away; what happens while it is away does not depend on one."""

    @contextmanager
    def suspend(self: App[int]) -> Iterator[None]:
        yield

    monkeypatch.setattr(App, "suspend", suspend)
    monkeypatch.delenv("VISUAL", raising=False)


def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: FakeSource, code: str) -> None:
    """Make $EDITOR a shell script, and the directory of the specs one that it can write to."""
    source.directory = tmp_path / "specs"
    source.directory.mkdir()
    script = tmp_path / "vi"
    script.write_text(f"#!/bin/sh\n{code}\n")
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))


@pytest.fixture
async def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSource:
    """A source whose texts are files, and an editor that replaces TBD and notes how it was called."""
    source = busy()
    await source.read_spec(SPEC)
    program(tmp_path, monkeypatch, source, f'echo "$@" > {tmp_path}/called; sed -i "s/TBD/JSON/" "$2"')
    file = source.spec_file(SPEC)
    file.write_text(source.texts[SPEC])
    read = source.read_spec

    async def read_file(spec: str) -> object:
        source.texts[spec] = source.spec_file(spec).read_text()
        return await read(spec)

    source.read_spec = read_file  # type: ignore[method-assign,assignment]
    return source


async def test_the_list_says_what_is_left_after_another_editor(source: FakeSource, tmp_path: Path) -> None:
    async with opened(source) as (room, pilot):
        room.room_screen.point_at(SPEC)  # type: ignore[union-attr]
        await pilot.press("e")
        await until(pilot, lambda: "no errors or warnings left" in seen(room), "what is left")
        assert f"{SPEC}: no errors" in seen(room)
    assert (tmp_path / "called").read_text() == f"+27 {source.spec_file(SPEC)}\n"


async def test_f9_opens_the_file_at_the_cursor_and_comes_back_to_its_findings(
    source: FakeSource, tmp_path: Path
) -> None:
    async with editing(source) as (room, pilot, editor):
        assert editor.findings
        row = editor.area.cursor_row
        await pilot.press("f9")
        await until(pilot, lambda: "no errors or warnings left" in editor.message, "what is left")
        assert "JSON" in editor.area.text
        assert editor.findings == ()
        assert editor.area.cursor_row == row
        assert "✓ saved" in seen(room)
    assert (tmp_path / "called").read_text().startswith(f"+{row + 1} ")


async def test_what_is_unsaved_is_saved_first_or_nothing_happens(source: FakeSource, tmp_path: Path) -> None:
    async with editing(source) as (room, pilot, editor):
        await pilot.press("end", *"mine", "f9")
        assert "has unsaved changes, and $EDITOR opens the file" in await asked(room, pilot)
        await pilot.press("n")
        await until(pilot, lambda: settled(room) and room.screen is editor, "the editor")
        assert editor.unsaved
        assert not (tmp_path / "called").exists()

        async def save(spec: str, text: str, seen: str) -> None:
            source.spec_file(spec).write_text(text)

        source.save_spec = save  # type: ignore[method-assign]
        await pilot.press("f9")
        await asked(room, pilot)
        await pilot.press("s")
        await until(pilot, lambda: "left" in editor.message, "what is left")
        assert "mine" in editor.area.text
        assert "JSON" in editor.area.text
        assert not editor.unsaved


async def test_a_file_that_stayed_as_it_was_is_said(source: FakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")
    async with editing(source) as (_, pilot, editor):
        await pilot.press("f9")
        await until(pilot, lambda: "nothing changed; 1 error left" in editor.message, "that nothing changed")


async def test_an_editor_that_fails_is_told_and_what_it_wrote_is_shown(
    source: FakeSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vi").write_text('#!/bin/sh\nsed -i "s/TBD/JSON/" "$2"; exit 3\n')
    async with editing(source) as (_, pilot, editor):
        await pilot.press("f9")
        await until(pilot, lambda: "exit code 3" in editor.message, "the failure")
        assert "JSON" in editor.area.text


async def test_a_file_that_another_editor_deleted_leaves_the_text_here(
    source: FakeSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vi").write_text('#!/bin/sh\nrm "$2"\n')
    source.error = None

    async def read_file(spec: str) -> object:
        if not source.spec_file(spec).exists():
            raise SourceError("bank-withdraw.md: there is no such file", "check the name")
        return await type(source).read_spec(source, spec)

    source.read_spec = read_file  # type: ignore[method-assign,assignment]
    async with editing(source) as (room, pilot, editor):
        await pilot.press("f9")
        await until(pilot, lambda: "there is no such file" in seen(room), "the banner")
        assert editor.unsaved
        assert "TBD" in editor.area.text


def test_what_is_left_counts_errors_and_warnings() -> None:
    assert left(evening.findings("TBD")).startswith("8 errors left")
    assert left(()) == "no errors or warnings left"


def test_an_editor_is_told_the_line_when_it_understands_that() -> None:
    assert editor_command("vim", 12) == ["vim", "+12"]
    assert editor_command("code --wait", 12) == ["code", "--wait"]
    assert editor_command("nano", 1) == ["nano"]
    with pytest.raises(SourceError, match="EDITOR is empty"):
        editor_command("  ", 1)
    with pytest.raises(SourceError, match="not a command line"):
        editor_command("vi 'x", 1)


async def test_an_editor_that_is_missing_is_said_before_the_terminal_is_given_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "no-such-editor --wait")
    async with opened(busy()) as (room, pilot):
        await pilot.press("e")
        await until(pilot, lambda: "the editor no-such-editor is not installed" in seen(room), "the reason")
        assert "set EDITOR" in seen(room)


def test_an_editor_that_cannot_start_is_an_answer_and_no_exception(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/no/such/interpreter\n")
    os.chmod(editor, 0o755)
    assert "cannot be started" in run_editor([str(editor)])
    assert "exit code 3" in run_editor(["sh", "-c", "exit 3"])
    assert run_editor(["true"]) == ""
