"""Carrying out what a finding proposes: which one is meant, and how it is told."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from factory_tui.model.finding import Edit, Finding, Level
from factory_tui.model.foreign import clean_line
from factory_tui.tui.widgets.editor_text import NotEditable

if TYPE_CHECKING:
    from factory_tui.tui.screens.editor import EditorScreen

_LEVELS = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}
_SHOWN = 40
"""Characters of a text that is told."""


def nearest(findings: Sequence[Finding], row: int) -> Finding | None:
    """The finding that is meant on a 0-based line: there, one that can be carried out first; else the nearest."""
    in_text = [each for each in findings if each.path is None]
    return min(
        in_text,
        key=lambda each: (abs(each.line - row - 1), each.edit is None, _LEVELS[each.level], each.line, each.column),
        default=None,
    )


def told(finding: Finding, edit: Edit, before: str) -> str:
    """`C04 line 12: “R3” is “R4” now`.

    Args:
        finding: what was carried out.
        edit: its change.
        before: what stood there.
    """
    old, new = (" ".join(clean_line(each).split()) for each in (before, edit.text))
    place = f"{finding.rule} line {edit.line}: "
    if not new:
        return f"{place}“{_short(old)}” is removed" if old else f"{place}a line break is removed"
    return f"{place}“{_short(old)}” is “{_short(new)}” now" if old else f"{place}“{_short(new)}” is added"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


async def fix(editor: "EditorScreen") -> None:
    """Carry out what the finding at the cursor proposes, or the nearest one; where only a person can, say what to do.

    A finding on a text that is not there any more would change the wrong place, so the text is checked first.
    """
    if editor.refuse_read_only():
        return
    if not editor.findings_are_of_this_text:
        await editor.check()
    found = nearest(editor.findings or (), editor.area.cursor_row)
    if found is None:
        editor.say("nothing to fix in this text")
    elif found.edit is None:
        editor.area.go_to(found.line - 1, found.column - 1, center=True)
        editor.say(f"{found.rule} line {found.line}: {clean_line(found.fix)}")
    else:
        editor.say(_carried_out(editor, found, found.edit))


def _carried_out(editor: "EditorScreen", finding: Finding, edit: Edit) -> str:
    try:
        before = editor.area.carry_out(edit)
    except NotEditable as error:
        return f"{finding.rule} line {finding.line}: not done, {error}; {clean_line(finding.fix)}"
    return f"{told(finding, edit, before)}; ^z takes it back"
