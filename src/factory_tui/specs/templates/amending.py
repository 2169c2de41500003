"""A template's text → the text of its next version, with one more thing that it asks. Every other byte stays."""

import json
import re
from pathlib import Path

from factory_tui.model.amendment import Amendment, AmendmentKind, Ask
from factory_tui.model.spec import Kind
from factory_tui.specs.errors import TemplateError
from factory_tui.specs.parse import BOM, parse
from factory_tui.specs.reading.front import find_head
from factory_tui.specs.reading.lines import LINE_END, line_ends, split_lines
from factory_tui.specs.reading.marked_yaml import MarkedYaml, read_yaml
from factory_tui.specs.templates.template import FOLDER, TO_ANSWER, Template, parse_template, starts_with

_PLAIN = re.compile(r"[A-Za-z][\w/-]*(?: [\w/-]+)*")
_NOT_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_ROW = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>[-*+]|(?P<number>\d{1,8})(?P<after>[.)]))(?P<gap>[ \t]+)")


def amended(text: str, kind: Kind, amendment: Amendment, number: int) -> str:
    """The next version of the template in `text`: the version counted up, the ask noted, its line added.

    The operator's own wording, comments and line ends stay as they are.

    Args:
        text: the template as its file has it.
        kind: what the template is for.
        amendment: what is added.
        number: of the amendment.

    Raises:
        TemplateError: the template cannot be used, asks this already, or has no place for it.
    """
    path = Path("specs") / FOLDER / f"{kind}.md"
    before = parse_template(kind, text, path)
    if amendment.template is not kind:
        raise TemplateError(path, f"the amendment is for {amendment.template}", f"accept it for {amendment.template}")
    if before.asks_already(amendment.ask):
        what = f"{before.name} asks for {amendment.ask.label or amendment.ask.subsection} already"
        raise TemplateError(path, what, "reject the amendment, or remove what asks for it first")
    ask = amendment.ask.model_copy(update={"since": before.version + 1, "amendment": number})
    _refuse_other_than_one_line(path, (ask.subsection, ask.label, amendment.line, *ask.words))
    mark = BOM if text.startswith(BOM) else ""
    newline = (LINE_END.search(text) or ["\n"])[0]
    after = mark + _with_ask(_with_line(text.removeprefix(BOM), amendment, newline, path), before, ask, newline, path)
    _prove(after, before, ask, path)
    return after


def _refuse_other_than_one_line(path: Path, parts: tuple[str, ...]) -> None:
    for part in parts:
        if not part.isprintable() or "-->" in part.removesuffix("-->"):
            raise TemplateError(path, f"{part[:40]!r} cannot stand on one line", "reject the amendment")


def _prove(after: str, before: Template, ask: Ask, path: Path) -> None:
    """What is handed out says what was meant, whatever the operator's file looks like."""
    try:
        result = parse_template(before.kind, after, path)
    except TemplateError:
        result = before
    lines = result.places.get((ask.section, ask.subsection.casefold()))
    stands = lines is not None and (not ask.label or any(starts_with(line, ask.label) for line in lines))
    if result.version != before.version + 1 or result.asks != (*before.asks, ask) or not stands:
        raise _not_addable(path, ask)


def _not_addable(path: Path, ask: Ask) -> TemplateError:
    what = "its front matter is written in a way that cannot be added to"
    return TemplateError(path, what, f"write one key a line, or add - {_flow(ask)} to its asks by hand")


# The body


def _with_line(text: str, amendment: Amendment, newline: str, path: Path) -> str:
    """The text with the row or the sub-section in its place."""
    ask = amendment.ask
    page = parse(path, text)
    section = page.section(ask.section)
    if section is None:
        raise TemplateError(path, f"it has no ## {ask.section}", f"add ## {ask.section} to it")
    lines, visible = _lines(text), split_lines(page.visible)
    visible += [""] * (len(lines) - len(visible))
    below = next((line for title, line in section.subsections if title.casefold() == ask.subsection.casefold()), None)
    if below is None or amendment.kind is AmendmentKind.QUESTION:
        at = _last_said(lines, section.line, section.last_line)
        added = _new_subsection(amendment)
    else:
        end = min((line - 1 for _, line in section.subsections if line > below), default=section.last_line)
        row = _last_row(visible, below, end)
        at = _end_of_row(visible, row, end) if row else _last_said(lines, below, end)
        added = [_as_row(amendment.line, visible[row - 1])] if row else ["", amendment.line]
    if lines[at - 1] and not LINE_END.search(lines[at - 1]):
        lines[at - 1] += newline
    return "".join([*lines[:at], *(f"{line}{newline}" for line in added), *lines[at:]])


def _new_subsection(amendment: Amendment) -> list[str]:
    guidance, row = amendment.line, "- <the answer, or none, because …>"
    if amendment.kind is AmendmentKind.EDGE_CASE:
        guidance, row = "<!-- Answer each with a rule, or say why it cannot happen. -->", amendment.line
    return ["", f"### {amendment.ask.subsection}", guidance, "", row]


def _lines(text: str) -> list[str]:
    """Lines with their ends."""
    ends = line_ends(text)
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


def _last_said(lines: list[str], first: int, last: int) -> int:
    """1-based number of the last line from `first` to `last` that is not empty."""
    return max(number for number in range(first, last + 1) if number == first or lines[number - 1].strip())


def _last_row(visible: list[str], first: int, last: int) -> int | None:
    """1-based number of the line on which the last list item or table row starts; not one inside of another."""
    rows = [number for number in range(first + 1, last + 1) if _is_row(visible[number - 1])]
    indents = {number: len(visible[number - 1]) - len(visible[number - 1].lstrip()) for number in rows}
    return max((number for number in rows if indents[number] == min(indents.values())), default=None)


def _end_of_row(visible: list[str], row: int, last: int) -> int:
    """1-based number of the last line that a row is wrapped to."""
    while row < last and visible[row].strip() and visible[row][:1] in (" ", "\t"):
        row += 1
    return row


def _is_row(line: str) -> bool:
    return bool(_ROW.match(line)) or line.lstrip().startswith("|")


def _as_row(line: str, last: str) -> str:
    """The added line, in the form of the last row above it: as a table row, or with its list mark."""
    if last.lstrip().startswith("|"):
        said, _, answer = line.removeprefix("- ").partition(": ")
        cells = max(2, last.strip().strip("|").count("|") + 1)
        return "| " + " | ".join([said, answer or TO_ANSWER, *[""] * (cells - 2)]) + " |"
    row = _ROW.match(last)
    if row is None:
        return line
    mark = f"{int(row['number']) + 1}{row['after']}" if row["number"] else row["mark"]
    return f"{row['indent']}{mark}{row['gap']}{line.removeprefix('- ')}"


# The front matter


def _with_ask(text: str, before: Template, ask: Ask, newline: str, path: Path) -> str:
    """The text with the version counted up and one more entry of `asks`."""
    close = find_head(split_lines(text))
    assert close is not None
    ends = line_ends(text)
    start, end = ends[0], ends[close - 1]
    head = text[start:end]
    document = read_yaml(head, first_line=2)
    edits = [_new_entry(head, document, ask, newline, path), _new_version(document, before)]
    for first, after, put in sorted(edits, reverse=True):
        head = head[:first] + put + head[after:]
    return text[:start] + head + text[end:]


Edit = tuple[int, int, str]
"""From, to, and what is put there instead."""


def _new_version(document: MarkedYaml, before: Template) -> Edit:
    return *document.spans["template",], f"{before.kind}@{before.version + 1}"


def _new_entry(head: str, document: MarkedYaml, ask: Ask, newline: str, path: Path) -> Edit:
    if document.flow:
        raise TemplateError(path, "its front matter is not one key a line", "write one key: value a line")
    assert isinstance(document.value, dict)
    given = document.value.get("asks")
    if "asks" not in document.value:
        return len(head), len(head), f"asks:{newline}" + _block(ask, "  ", newline)
    first, after = document.spans["asks",]
    if not given:
        return _first_entry(head, ask, newline, path)
    if head[first : first + 1] == "[":
        closing = head.rindex("]", first, after)
        return closing, closing, f", {_flow(ask)}"
    last = document.spans["asks", len(given) - 1]
    said = head[: last[0]].rfind("-")
    indent = head[head.rfind("\n", 0, said) + 1 : said]
    at = _end_of_said(head, *last)
    return at, at, _block(ask, indent, newline)


def _first_entry(head: str, ask: Ask, newline: str, path: Path) -> Edit:
    """In the place of an empty list, or of nothing, behind the key; a comment on its line stays there."""
    key = re.search(r"^[\"']?asks[\"']?[ \t]*:", head, re.MULTILINE)
    if key is None:
        raise _not_addable(path, ask)
    line_end = LINE_END.search(head, key.end())
    end = line_end.start() if line_end else len(head)
    _, sign, comment = head[key.end() : end].partition("#")
    return key.end(), end, f"{'  ' if sign else ''}{sign}{comment}{newline}" + _block(ask, "  ", newline).rstrip("\r\n")


def _end_of_said(head: str, first: int, after: int) -> int:
    """Offset behind the last line of a value that is neither empty nor a comment of its own."""
    at = first
    for match in LINE_END.finditer(head, first):
        line = head[head.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        if match.start() >= after and at > first:
            break
        if line and not line.startswith("#"):
            at = match.end()
    return at


def _block(ask: Ask, indent: str, newline: str) -> str:
    pairs = [f"{key}: {value}" for key, value in _pairs(ask)]
    return "".join(f"{indent}{'- ' if index == 0 else '  '}{pair}{newline}" for index, pair in enumerate(pairs))


def _flow(ask: Ask) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in _pairs(ask)) + "}"


def _pairs(ask: Ask) -> list[tuple[str, str]]:
    pairs = [("section", ask.section.value), ("subsection", _scalar(ask.subsection))]
    if ask.label:
        pairs.append(("label", _scalar(ask.label)))
    if ask.words:
        pairs.append(("words", f"[{', '.join(map(_scalar, ask.words))}]"))
    pairs.append(("since", str(ask.since)))
    if ask.amendment is not None:
        pairs.append(("amendment", str(ask.amendment)))
    return pairs


def _scalar(text: str) -> str:
    """Text as YAML: plain where it cannot be anything else."""
    plain = _PLAIN.fullmatch(text) and text.casefold() not in _NOT_TEXT
    return text if plain else json.dumps(text, ensure_ascii=False)
