"""Text → `Spec`. Never raises: a broken part is absent from the spec and described by the validator."""

import hashlib
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest
from operator import itemgetter
from pathlib import Path

from factory_tui.model.ids import SpecId
from factory_tui.model.spec import FrontMatter, Item, Question, Section, Spec
from factory_tui.specs.reading.front import read_front
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.reading.markdown import Lines, Page, read_page

BOM = "\ufeff"

ANSWERED = "Answered questions"
"""Sub-section of a section that holds what agents asked about it."""

ASKED, SAID = "- Question: ", "  Answer: "
"""How the line of a question and the one of its answer start there."""

_MARKER = r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?|\|[ \t]*)?"
_NO_TITLE = re.compile(r"^\s*\d+[.)]?\s*|[^A-Za-z ]")
_ITEM = re.compile(
    rf"^{_MARKER}(?P<bold>\*\*|__|`|\*)?(?P<id>[RE]\d{{1,4}}[a-z]?)\b(?![-/.]\w)(?P<rest>.*)$", re.DOTALL
)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_BETWEEN = re.compile(r"[,;&+\s]+|\band\b")
_REFERENCE = re.compile(r"^R\d{1,4}[a-z]?$")
_RANGE = re.compile(r"^(R)(\d{1,4})\s*(?:-|–|—|…|\.\.+|to)\s*R?(\d{1,4})$")
_SPACED_RANGE = re.compile(r"(R\d{1,4})\s*(?:-|–|—|…|\.\.+|\bto\b)\s*(R?\d{1,4})")
_LONGEST_RANGE = 200

_HASHED = {"kind", "category", "target", "base", "twins", "setup"}
"""Keys of the front matter that make another version."""


def parse(path: Path, text: str) -> Spec:
    """The spec in `text`; `path` gives its id and is not read."""
    text = text.removeprefix(BOM)
    lines = split_lines(text)
    front = read_front(lines)
    body = lines[front.body_index :]
    page = read_page(body, front.body_index)
    headings = tuple(heading for level, heading in page.headings if level == 2)
    blank = ("",) * front.body_index
    sections = tuple(_sections(lines, page, front.body_index))
    return Spec(
        id=SpecId(path.name.removesuffix(".md")),
        path=path,
        text=text,
        front=front.matter,
        front_lines=front.lines,
        sections=sections,
        headings=headings,
        visible="\n".join((*blank, *page.visible)),
        prose="\n".join(_without_questions([*blank, *page.prose], lines, sections)),
        blocks=page.blocks,
        waivers=page.waivers,
        problems=front.problems,
        hash=_hash("\n".join(body), "\n".join(lines[: front.body_index]), front.matter),
    )


def _hash(body: str, head: str, front: FrontMatter | None) -> str:
    """A broken head counts as a whole: nobody knows which part of it matters."""
    kept: dict[str, object] | str = head
    if front is not None:
        kept = front.model_dump(mode="json", include=_HASHED)
        if front.guardrails:  # versions from before there were any keep their hash
            kept["guardrails"] = front.model_dump(mode="json", include={"guardrails"})["guardrails"]
    return hashlib.sha256(f"{json.dumps(kept, sort_keys=True)}\n{body}".encode(errors="surrogatepass")).hexdigest()


@lru_cache(maxsize=256)
def question_of(title: str) -> Question | None:
    """The question that a heading stands for, even when it is not written exactly as it should be."""
    letters = _NO_TITLE.sub("", title).strip().upper()
    return Question(letters) if letters in Question.__members__ else None


def _sections(lines: list[str], page: Page, offset: int) -> Iterator[Section]:
    tops = [heading for level, heading in page.headings if level <= 2]
    thirds = [(heading.title, heading.line) for level, heading in page.headings if level == 3]
    for index, heading in enumerate(tops):
        question = question_of(heading.title)
        if question is None:
            continue
        after = tops[index + 1].line - 1 if index + 1 < len(tops) else len(lines)
        first = heading.line + heading.underlined
        subsections = thirds[bisect_right(thirds, heading.line, key=_line) : bisect_right(thirds, after, key=_line)]
        with_items = question in (Question.RULES, Question.EVALUATION)
        yield Section(
            question=question,
            title=heading.title,
            line=heading.line,
            heading_lines=first - heading.line + 1,
            body="\n".join(lines[first:after]),
            items=tuple(_items(lines, page, offset, first, after)) if with_items else (),
            subsections=tuple(subsections),
        )


def _line(heading: tuple[str, int]) -> int:
    return heading[1]


def _without_questions(prose: list[str], lines: list[str], sections: Iterable[Section]) -> list[str]:
    """A question that is answered is a quotation: `TBD` or `<name>` in an agent's words leaves nothing open."""
    for section in sections:
        heading = next((line for title, line in section.subsections if title == ANSWERED), None)
        for index in range(heading or section.last_line, min(section.last_line, len(lines)) - 1):
            if lines[index].startswith(ASKED) and lines[index + 1].startswith(SAID):
                prose[index] = ""
    return prose


def _items(lines: list[str], page: Page, offset: int, first: int, after: int) -> Iterator[Item]:
    """Items between two 0-based lines of the file, in order. An item ends where the next one starts."""
    starts = dict[int, tuple[re.Match[str], int]]()
    first, after = first - offset, after - offset
    for start, end in (*_between(page.items, first, after), *_between(page.rows, first, after)):
        if match := _ITEM.match(page.visible[start]):
            starts[start] = match, end
    for start, end in _between(page.paragraphs, first, after):
        starts.update(_paragraph_items(page, start, end))
    ordered = sorted(starts)
    for start, following in zip_longest(ordered, ordered[1:]):
        match, end = starts[start]
        more = page.visible[start + 1 : end if following is None else min(end, following)]
        yield _item(match, more, start + offset + 1)


def _between(spans: tuple[Lines, ...], first: int, after: int) -> tuple[Lines, ...]:
    """Those that start from one line up to another one; they are in the order of the text."""
    return spans[bisect_left(spans, first, key=itemgetter(0)) : bisect_left(spans, after, key=itemgetter(0))]


def _paragraph_items(page: Page, start: int, end: int) -> dict[int, tuple[re.Match[str], int]]:
    """Items written without a list: the first line starts with an id, further lines with an id that is marked off."""
    first = _ITEM.match(page.visible[start])
    if not first:
        return {}
    more = ((row, _marked_off(page.visible[row])) for row in range(start + 1, end))
    return {start: (first, end)} | {row: (match, end) for row, match in more if match}


def _marked_off(line: str) -> re.Match[str] | None:
    match = _ITEM.match(line)
    return match if match and (match["bold"] or match["rest"].lstrip()[:1] in (":", "(", "[")) else None


def _item(match: re.Match[str], more: Sequence[str], line: int) -> Item:
    """The item that starts in a line as matched, with the lines that follow."""
    text = match["rest"]
    bold = match["bold"]
    if bold:
        text = text.replace(bold, "", 1)
    said = " ".join(" ".join([text, *more]).split())
    covers = tuple(dict.fromkeys(_references(said)))
    return Item(
        id=match["id"],
        text=said.lstrip(":|.–—- ").rstrip("| "),
        covers=covers,
        line=line,
        column=match.start("id") + 1,
    )


def _references(text: str) -> Iterator[str]:
    """Rule ids of every bracket that holds nothing else; `R1–R3` names all from the first to the last."""
    for bracket in _BRACKETS.findall(text):
        if "R" not in bracket:
            continue
        parts = [part for part in _BETWEEN.split(_SPACED_RANGE.sub(r"\1-\2", bracket)) if part]
        if parts and all(_REFERENCE.match(part) or _RANGE.match(part) for part in parts):
            for part in parts:
                span = _RANGE.match(part)
                if span is None:
                    yield part
                elif int(span[2]) <= int(span[3]) < int(span[2]) + _LONGEST_RANGE:
                    yield from (f"R{number}" for number in range(int(span[2]), int(span[3]) + 1))
