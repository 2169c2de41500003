"""The front matter of a spec: where it is, what it says, and what is wrong with it (rule C15)."""

import re
from dataclasses import dataclass

from pydantic import ValidationError

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import FrontMatter
from factory_tui.specs.reading.marked_yaml import Mark, YamlProblem, read_yaml
from factory_tui.specs.reading.schema_errors import explain

SECTION = "front matter"
MAX_LINES = 400
"""A head longer than this has lost its closing `---`."""

_EXAMPLE = "start the file with a line of ---, the keys id, title, kind, category, target, and a line of ---"


@dataclass(frozen=True, slots=True)
class Front:
    """The head of a file; lines are 1-based."""

    matter: FrontMatter | None
    lines: dict[str, int]
    problems: tuple[Finding, ...]
    body_index: int
    """0-based index of the first line below the head."""


def is_fence(line: str) -> bool:
    return line.rstrip() == "---"


def find_head(lines: list[str]) -> int | None:
    """0-based index of the line that closes the front matter; None when there is no front matter."""
    if not lines or not is_fence(lines[0]):
        return None
    for index, line in enumerate(lines[1:MAX_LINES], start=1):
        if is_fence(line) or line.rstrip() == "...":
            return index
    return None


def read_front(lines: list[str]) -> Front:
    """Never raises: what cannot be read is a problem."""
    close = find_head(lines)
    if close is None:
        return Front(None, {}, (_missing(lines),), 0)
    text = "\n".join(lines[1:close])
    try:
        document = read_yaml(text, first_line=2)
    except YamlProblem as problem:
        return Front(None, _lines_of_keys(lines[1:close]), (_finding(problem),), close + 1)
    problems = [_finding(each) for each in document.problems]
    matter, keys = None, {}
    if not isinstance(document.value, dict):
        problems.append(
            _finding(YamlProblem("the front matter holds no keys", "write one key: value a line", Mark(2, 1)))
        )
    else:
        keys = {str(at[0]): mark.line for at, mark in document.keys.items() if len(at) == 1}
        try:
            matter = FrontMatter.model_validate(document.value)
        except ValidationError as error:
            explained = explain(error, document, lambda _: tuple(FrontMatter.model_fields))
            problems += [_finding(each) for each in explained]
    return Front(None if problems else matter, keys, tuple(problems), close + 1)


def _missing(lines: list[str]) -> Finding:
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    mark = Mark(first + 1, 1, lines[first].strip()[:120] if lines else "")
    if lines and is_fence(lines[0]):
        problem = YamlProblem("the front matter is not closed", "end it with a line of --- before ## WHAT", mark)
    elif lines and is_fence(lines[first]):
        problem = YamlProblem("the front matter does not start on the first line", "remove what is above it", mark)
    else:
        problem = YamlProblem("there is no front matter", _EXAMPLE, mark)
    return _finding(problem)


def _lines_of_keys(lines: list[str]) -> dict[str, int]:
    """Best guess for a head that is not YAML, so that the rest can still be shown."""
    found: dict[str, int] = {}
    for index, line in enumerate(lines, start=2):
        match = re.match(r"([a-z_]+)\s*:", line)
        if match:
            found.setdefault(match[1], index)
    return found


def _finding(problem: YamlProblem) -> Finding:
    return Finding(
        rule="C15",
        level=Level.ERROR,
        section=SECTION,
        line=problem.mark.line,
        column=problem.mark.column,
        quote=problem.mark.quote,
        message=f"{problem.what}: the factory reads its orders from the front matter",
        fix=problem.todo,
    )
