"""The pane beside the text: what the validator says, how another spec answers, or what proves each rule."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from factory_tui.model.spec import Kind, Question
from factory_tui.model.trace import TraceRow
from factory_tui.tui.editing.exemplar import exemplar_lines
from factory_tui.tui.editing.lines import side_lines
from factory_tui.tui.editing.matrix import place_of, trace_lines
from factory_tui.tui.look import Line
from factory_tui.tui.source import Exemplar
from factory_tui.tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from factory_tui.tui.screens.editor import EditorScreen


class View(StrEnum):
    """What the pane shows."""

    FINDINGS = "findings and guidance"
    EXEMPLAR = "how a spec answers that shipped with its first attempt"
    TRACE = "what shows and proves each rule"


class Side:
    """The pane of one editor. What a view needs is asked for when it is first shown."""

    def __init__(self, editor: "EditorScreen", kind: Kind) -> None:
        self._editor, self._kind = editor, kind
        self.view = View.FINDINGS
        self._guidance: Mapping[Question, str] = {}
        self._exemplar: Exemplar | None = None
        self._looked = False
        """True once an exemplar was asked for."""
        self._rows: tuple[TraceRow, ...] | None = None

    async def open(self) -> None:
        """The guidance of the template as it is now."""
        self._guidance = await self._editor.source.guidance(self._kind)

    async def turn(self) -> None:
        """Show the next view."""
        views = list(View)
        self.view = views[(views.index(self.view) + 1) % len(views)]
        await self.follow(self._editor.text)
        self._editor.say(self.view)
        self.draw()

    async def follow(self, text: str) -> None:
        """Ask for what the view shows of a text that was checked."""
        editor = self._editor
        if self.view is View.EXEMPLAR and not self._looked:
            self._exemplar = await editor.source.exemplar(self._kind, editor.spec)
            self._looked = True
        elif self.view is View.TRACE:
            self._rows = await editor.source.trace(editor.spec, editor.desk.file_text(text))

    def draw(self) -> None:
        """Show what there is to say about the line of the cursor."""
        pane, row = self._editor.query_one("#side", TextPane), self._editor.area.cursor_row
        pane.set_lines(self._lines(row) if self._editor.loaded else ())
        if self.view is View.TRACE:
            pane.reveal(place_of(self._rows or (), row))

    def _lines(self, row: int) -> Iterable[Line]:
        editor = self._editor
        if self.view is View.EXEMPLAR:
            return exemplar_lines(editor.outline, row, self._kind, self._exemplar) if self._looked else ()
        if self.view is View.TRACE:
            return trace_lines(self._rows, row) if self._rows is not None else ()
        return side_lines(editor.outline, row, editor.findings or (), self._guidance)
