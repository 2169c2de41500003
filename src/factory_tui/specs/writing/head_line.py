"""One line of a spec's front matter as another one: no other byte of the file changes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from factory_tui.specs.errors import EditRefused
from factory_tui.specs.parse import BOM
from factory_tui.specs.reading.front import find_head
from factory_tui.specs.reading.lines import LINE_END, line_ends, split_lines
from factory_tui.specs.reading.marked_yaml import MarkedYaml, YamlProblem, read_yaml


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A line `key: value` that the factory may write."""

    key: str
    below: tuple[str, ...]
    """A missing line is added below the first of these keys that is there."""
    example: str
    """A value, for whoever has to mend the line by hand."""

    @property
    def todo(self) -> str:
        return f"write {self.key}: {self.example}"


STATUS = HeadLine("status", ("category", "kind", "title", "id"), "draft")
PRIORITY = HeadLine(
    "priority", ("agent", "base", "target", "template", "status", "category", "kind", "title", "id"), "2"
)


def with_line(path: Path, text: str, line: HeadLine, value: str) -> str:
    """The text of a spec with this value on this line.

    Args:
        path: of the spec, for errors; it is not read.
        text: the whole file.
        line: which one.
        value: a plain YAML word.

    Raises:
        EditRefused: the front matter cannot be edited safely.
    """
    lines = split_lines(text.removeprefix(BOM))
    close = find_head(lines)
    if close is None:
        raise EditRefused(path, "it has no front matter", "run spec lint for what is missing")
    ends = line_ends(text)
    start, end = ends[0], ends[close - 1]
    head = text[start:end]
    try:
        document = read_yaml(head, first_line=2)
    except YamlProblem as problem:
        raise EditRefused(path, f"line {problem.mark.line}: {problem.what}", problem.todo) from None
    if not isinstance(document.value, dict) or document.flow:
        raise EditRefused(path, "its front matter is not one key a line", "write one key: value a line")
    if any("given twice" in problem.what and line.key in problem.what for problem in document.problems):
        raise EditRefused(path, f"it has two {line.key} lines", "keep one of them")
    return text[:start] + _changed(path, head, document, line, value) + text[end:]


def _changed(path: Path, head: str, document: MarkedYaml, line: HeadLine, value: str) -> str:
    values, key = document.value, line.key
    assert isinstance(values, dict)
    if key not in values:
        return _with_new_line(head, document, line, value)
    first, after = document.spans[key,]
    line_start = max(head.rfind("\n", 0, first), head.rfind("\r", 0, first)) + 1
    if isinstance(values[key], dict | list) or LINE_END.search(head[first:after].rstrip()):
        raise EditRefused(path, f"its {key} is not a single word", line.todo)
    if values[key] is None and first == after:
        written = re.compile(rf"(?<![^\r\n])({key}|\"{key}\"|'{key}')[ \t]*:").search(head)
        if written is None:
            raise EditRefused(path, f"its {key} line is not understood", line.todo)
        return f"{head[: written.end()]} {value}{head[written.end() :]}"
    if not re.match(rf"[\"']?{key}[\"']?[ \t]*:[ \t]*", head[line_start:first]):
        raise EditRefused(path, f"its {key} does not stand on the line of its key", line.todo)
    return head[:first] + value + head[after:]


def _with_new_line(head: str, document: MarkedYaml, line: HeadLine, value: str) -> str:
    values = document.value
    assert isinstance(values, dict)
    rows = split_lines(head)
    anchor = next((document.keys[key,].line - 2 for key in line.below if key in values), None)
    single = anchor is not None and not _continues(rows, anchor)
    ends = line_ends(head)
    at = ends[anchor] if single and anchor is not None else len(head)
    first_end = LINE_END.search(head)
    newline = first_end[0] if first_end else "\n"
    return f"{head[:at]}{line.key}: {value}{newline}{head[at:]}"


def _continues(rows: Sequence[str], row: int) -> bool:
    """True when the value of the key on this row goes on below it."""
    return row + 1 < len(rows) and rows[row + 1][:1] in (" ", "\t", "-")
