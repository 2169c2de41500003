"""Ways through the text: to findings, to sections and sub-sections, to rules."""

from typing import TYPE_CHECKING

from factory_tui.model.foreign import clean_line
from factory_tui.model.spec import Question
from factory_tui.tui.editing.lines import next_finding
from factory_tui.tui.editing.outline import Part, findings_within, parts
from factory_tui.tui.look import show_count
from factory_tui.tui.screens.choose import Choice, ChooseScreen

if TYPE_CHECKING:
    from factory_tui.tui.screens.editor import EditorScreen

_LETTERS = "abcdefhimno"
"""Keys of sub-sections: those that move no cursor. More of them are reached by going on."""

NAMES = 26
"""Cells of a sub-section's name."""


class Ways:
    """Where the cursor of one editor can go."""

    def __init__(self, editor: "EditorScreen") -> None:
        self._editor = editor

    def to_finding(self, step: int, *, tell: bool) -> None:
        """To the next line with a finding, or with -1 to the one before.

        Args:
            step: 1 or -1.
            tell: say what is found: nothing else on the screen does.
        """
        editor = self._editor
        found = next_finding(editor.findings or (), editor.area.cursor_row, step)
        if found is not None:
            editor.area.go_to(found.line - 1, found.column - 1, center=True)
            editor.area.focus()
            if tell:
                editor.say(f"{found.rule} line {found.line}: {clean_line(found.message)}")
        elif editor.findings:
            editor.say("the findings that are left are about scenario files; they stand beside the text")
        elif editor.loaded:
            editor.say("no findings")

    def to_part(self, step: int) -> None:
        """To the next heading, or with -1 to the one before."""
        here, rows = self._editor.area.cursor_row, [each.row for each in self._editor.outline]
        beyond = [row for row in rows if row > here] if step > 0 else [row for row in rows[::-1] if row < here]
        if beyond:
            self._editor.area.go_to(beyond[0], center=True)

    async def ask_for_section(self) -> None:
        """Go to one of the seven answers, or to a sub-section."""
        editor = self._editor
        places = self._places()
        choices = [Choice(key, key, name, about) for key, name, about, _ in places]
        here = [key for key, _, _, row in places if row is not None and row <= editor.area.cursor_row]
        dialog = ChooseScreen("Go to", choices, entry="", at=here[-1] if here else "", names=NAMES)
        chosen = await editor.answer_to(dialog)
        if chosen is None:
            return
        name, row = next((name, row) for key, name, _, row in places if key == chosen.choice)
        if row is None:
            editor.say(f"write ## {name} on a line of its own; it has no section yet")
        else:
            editor.area.go_to(row, center=True)

    def _places(self) -> list[tuple[str, str, str, int | None]]:
        """Key, name, what there is to say, and 0-based line, None for a question without a section."""
        outline, places = self._editor.outline, list[tuple[str, str, str, int | None]]()
        wholes, letters = {each.name: each for each in reversed(parts(outline))}, iter(_LETTERS)
        for number, question in enumerate(Question, start=1):
            part = wholes.get(question)
            if part is None:
                places.append((str(number), question, "! is missing", None))
                continue
            places.append((str(number), question, self._about(part), part.row))
            after = next((each.row for each in parts(outline) if each.row > part.row), None)
            for inner in outline:
                inside = part.row < inner.row and (after is None or inner.row < after)
                if inside and (letter := next(letters, "")):
                    places.append((letter, f"  {inner.name}", self._about(inner), inner.row))
        return places

    def _about(self, part: Part) -> str:
        within = findings_within(self._editor.outline, part, self._editor.findings or ())
        return show_count(len(within), "finding") if within else "✓"

    async def ask_for_rule(self) -> None:
        """Show the trace matrix as a table, and go to the rule that is picked there."""
        from factory_tui.tui.screens.editor_trace import TraceScreen

        editor = self._editor
        rows = await editor.source.trace(editor.spec, editor.desk.file_text(editor.area.text))
        if not rows:
            editor.say("no rules to trace yet; F5 adds one")
            return
        line = await editor.answer_to(TraceScreen(editor.spec, rows, editor.area.cursor_row + 1))
        if line is not None:
            editor.area.go_to(line - 1, center=True)
