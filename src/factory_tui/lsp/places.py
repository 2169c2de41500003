"""Places of a text: ours are 1-based and in characters, a client's are 0-based and in the units that it chose."""

from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol.types import Position, Range
from pygls.workspace import PositionCodec

from factory_tui.model.finding import Edit, Finding
from factory_tui.specs.reading.lines import split_lines


@dataclass(frozen=True, slots=True)
class Places:
    """The lines of one text, as the validator counts them, for one client."""

    lines: Sequence[str]
    codec: PositionCodec

    @classmethod
    def of(cls, text: str, codec: PositionCodec) -> "Places":
        return cls(split_lines(text), codec)

    def position(self, line: int, column: int) -> Position:
        """Of a 1-based place; one behind the end of the text is its end."""
        if line > len(self.lines):
            line, column = len(self.lines), len(self.lines[-1]) + 1
        row = max(0, line - 1)
        return Position(row, self.codec.client_num_units(self.lines[row][: max(0, column - 1)]))

    def line_and_column(self, position: Position) -> tuple[int, int]:
        """1-based, of a client's position; what lies behind the end of a line is its end."""
        row = min(position.line, len(self.lines) - 1)
        units = 0
        for index, character in enumerate(self.lines[row]):
            if units >= position.character:
                return row + 1, index + 1
            units += self.codec.client_num_units(character)
        return row + 1, len(self.lines[row]) + 1

    def of_finding(self, finding: Finding) -> Range:
        """What the finding quotes when it stands there, else the rest of its line."""
        line = self.lines[min(finding.line, len(self.lines)) - 1]
        start = finding.column
        if finding.quote and line.startswith(finding.quote, start - 1):
            end = start + len(finding.quote)
        else:
            end = max(start, len(line.rstrip()) + 1)
        return Range(self.position(finding.line, start), self.position(finding.line, end))

    def of_edit(self, edit: Edit) -> Range:
        return Range(self.position(edit.line, edit.column), self.position(edit.end_line, edit.end_column))

    def of_lines(self, line: int, last: int) -> Range:
        """Whole lines, 1-based, both included."""
        return Range(self.position(line, 1), self.position(last, len(self.lines[min(last, len(self.lines)) - 1]) + 1))
