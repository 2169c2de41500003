"""Pieces of a spec to start from: a rule, an edge case, an input, an evaluation item, each written as those beside it.

What is left to say stands in `<angle brackets>`, which C02 finds for as long as nobody has said it.
"""

import re
from collections.abc import Collection, Iterable
from enum import StrEnum

from factory_tui.model.finding import Edit
from factory_tui.model.spec import BlockKind, Item, Question, Section, Spec
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.reading.statements import cells

EDGE_CASES = "Edge cases"
"""Sub-section of RULES."""

CASES = ("Empty", "Boundary", "Duplicate", "Malformed", "Dependency down")
"""The edge cases that every spec answers."""

COLUMNS = ("name", "type", "bounds", "invalid case and its result")
"""Of the inputs, where the spec has no table yet."""

HIGHEST = 9999

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]")
_MARKS = re.compile(r"^(?P<before>.{0,40}?)[RE]\d{1,4}[a-z]?(?P<after>[*_`]{0,2}[:.)]?[*_`]{0,2})")
_ROW_MARK = re.compile(r"^\s{0,3}(?:[-*+]|\d{1,9}[.)])\s+")
_NUMBER = re.compile(r"^[RE](\d{1,4})")
_HOLE = re.compile(r"<[^<>\n|]+>")


class Piece(StrEnum):
    """What can be added."""

    RULE = "rule"
    EDGE_CASE = "edge case"
    INPUT = "input"
    EVALUATION = "evaluation item"


QUESTION = {
    Piece.RULE: Question.RULES,
    Piece.EDGE_CASE: Question.RULES,
    Piece.INPUT: Question.INPUTS,
    Piece.EVALUATION: Question.EVALUATION,
}
"""Where each piece belongs."""


def snippet(spec: Spec, piece: Piece, taken: Collection[str] = (), line: int = 0) -> Edit | None:
    """What to insert, below the last one of its kind; None when the spec has no such section.

    Args:
        spec: the spec as it is now.
        piece: what to add.
        taken: ids that nothing new may have, though the text does not: of earlier versions, of what scenarios cover.
        line: 1-based, where the author is: an evaluation item is about the rule there, else about one that has none.
    """
    section = spec.section(QUESTION[piece])
    if section is None:
        return None
    lines = split_lines(spec.text)
    if piece is Piece.RULE:
        told = [each for each in section.items if each.id.startswith("R")]
        text = "If <this happens>, then <the feature> must <do that>."
        return _below(spec, lines, section, told, f" {text}", fresh_id("R", _ids(spec, taken)))
    if piece is Piece.EVALUATION:
        told = [each for each in section.items if each.id.startswith("E")]
        text = f" ({_rule_to_show(spec, line)}): given <a situation>, when <this happens>, then <this can be seen>."
        return _below(spec, lines, section, told, text, fresh_id("E", _ids(spec, taken)))
    if piece is Piece.INPUT:
        return _input(spec, section, lines)
    return _edge_case(spec, section, lines)


def holes(text: str) -> list[str]:
    """What is left to say in a text that was inserted, in order."""
    return _HOLE.findall(text)


def fresh_id(letter: str, taken: Iterable[str]) -> str:
    """The id after the highest one; where the numbers have an end, the lowest that is free."""
    numbers = {int(match[1]) for each in taken if each.startswith(letter) and (match := _NUMBER.match(each))}
    after = max(numbers, default=0) + 1
    if after > HIGHEST:
        after = next((number for number in range(1, HIGHEST) if number not in numbers), HIGHEST)
    return f"{letter}{after}"


def _ids(spec: Spec, taken: Collection[str]) -> set[str]:
    items = (*spec.rules, *spec.evaluation)
    return {*taken, *(each.id for each in items), *(rule for each in items for rule in each.covers)}


def _rule_to_show(spec: Spec, line: int) -> str:
    rules = [each for each in spec.rules if each.id.startswith("R")]
    here = next((each for each in rules if each.line == line), None)
    shown = {rule for each in spec.evaluation for rule in each.covers}
    bare = next((each for each in rules if each.id not in shown), None)
    found = here or bare
    return found.id if found else "<rule>"


def _below(spec: Spec, lines: list[str], section: Section, items: list[Item], text: str, new_id: str) -> Edit:
    """A line with an id, marked as the last one of its kind is; the first of its section where there is none."""
    if not items:
        return _into(lines, section, f"- {new_id}{text}")
    last = items[-1].line
    marks = _MARKS.match(lines[last - 1])
    before, after = (marks["before"], marks["after"]) if marks else ("- ", "")
    if before.lstrip().startswith("|"):
        return _after(lines, last, _row_with_id(spec, lines, last, new_id, text))
    if before.strip() and re.search(r"\d", before):
        before = re.sub(r"\d+", lambda number: str(int(number[0]) + 1), before, count=1)
    if not before.strip():
        after = after or ":"  # else a line of a paragraph is no item
    elif text.startswith(" ("):
        after = after.rstrip(":")
    return _after(lines, _end_of_item(lines, last), f"{before}{new_id}{after}{text}")


def _row_with_id(spec: Spec, lines: list[str], last: int, new_id: str, text: str) -> str:
    """A table's row like the one on line `last`: what its columns ask for, or the whole text where it has only one."""
    head = max((each.line for each in spec.blocks if each.kind is BlockKind.HEAD and each.line < last), default=last)
    _, *names = cells(lines[head - 1], head)
    return f"| {new_id} {_row([each.text for each in names])}" if names else f"| {new_id}{text} |"


def _input(spec: Spec, section: Section, lines: list[str]) -> Edit:
    """A row of the last table of the section; a table where it has none."""
    rows = _blocks(spec, section, BlockKind.ROW) or _blocks(spec, section, BlockKind.HEAD)
    heads = _blocks(spec, section, BlockKind.HEAD)
    if not heads:
        head = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"
        return _into(lines, section, f"{head}\n{_row(COLUMNS)}")
    below = rows[-1] if rows[-1] not in heads else heads[-1] + 1
    return _after(lines, max(below, heads[-1] + 1), _row([each.text for each in cells(lines[heads[-1] - 1], 1)]))


def _row(names: Iterable[str]) -> str:
    return "| " + " | ".join(f"<{re.sub(r'[<>|]', '', name).strip() or 'value'}>" for name in names) + " |"


def _edge_case(spec: Spec, section: Section, lines: list[str]) -> Edit:
    """A line of the edge cases, in their form, about the first usual case that is not answered."""
    start = next((line for title, line in section.subsections if "edge" in title.casefold()), None)
    if start is None:
        return _into(lines, section, f"### {EDGE_CASES}\n\n- {CASES[0]}: <rule id, or why it cannot happen>", last=True)
    after = next((line for _, line in section.subsections if line > start), section.last_line + 1)
    said = "\n".join(lines[start : after - 1]).casefold()
    case = next((each for each in CASES if each.split()[0].casefold() not in said), "<case>")
    answer = "<rule id, or why it cannot happen>"
    rows = [each for each in _blocks(spec, section, BlockKind.ROW) if start < each < after]
    items = [each for each in _blocks(spec, section, BlockKind.ITEM) if start < each < after]
    if rows:
        first = cells(lines[rows[-1] - 1], 1)
        small = first[0].text[:1].islower()
        blank = [""] * max(0, len(first) - 2)
        return _after(lines, rows[-1], " | ".join([f"| {case.lower() if small else case}", answer, *blank]) + " |")
    if items:
        mark = _ROW_MARK.match(lines[items[-1] - 1])
        return _after(lines, _end_of_item(lines, items[-1]), f"{mark[0] if mark else '- '}{case}: {answer}")
    end = _last_text(lines, start, after - 1)
    return _after(lines, end, f"\n- {case}: {answer}")


def _blocks(spec: Spec, section: Section, kind: BlockKind) -> list[int]:
    """Lines on which the blocks of a kind start, within a section."""
    return [each.line for each in spec.blocks if each.kind is kind and section.line < each.line <= section.last_line]


def _into(lines: list[str], section: Section, text: str, *, last: bool = False) -> Edit:
    """A paragraph of its own: at the end of the answer, above its sub-sections unless `last`."""
    until = section.last_line if last else min((line - 1 for _, line in section.subsections), default=section.last_line)
    end = _last_text(lines, section.body_line - 1, until)
    touches = end < len(lines) and lines[end].strip()
    return _after(lines, end, f"\n{text}\n" if touches else f"\n{text}")


def _last_text(lines: list[str], first: int, last: int) -> int:
    """1-based last line up to `last` that says something, `first` if none after it does."""
    end = min(last, len(lines))
    while end > first and not lines[end - 1].strip():
        end -= 1
    return end


def _end_of_item(lines: list[str], line: int) -> int:
    """1-based last line of a list item or a paragraph's line, with what is nested in it."""
    end = line
    for number in range(line + 1, len(lines) + 1):
        text = lines[number - 1]
        if text.strip() and (_HEADING.match(text) or not text.startswith((" ", "\t"))):
            break
        if text.strip():
            end = number
    return end


def _after(lines: list[str], line: int, text: str) -> Edit:
    """`text` on lines of its own below a 1-based line."""
    column = len(lines[line - 1]) + 1 if line <= len(lines) else 1
    line = min(line, len(lines))
    return Edit(line=line, column=column, end_line=line, end_column=column, text=f"\n{text}")
