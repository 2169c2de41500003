"""The Markdown of a spec: its headings, items and spans of comments, code and quotes, with their lines.

The blocks come from markdown-it-py (CommonMark with tables), so a `##` inside a code fence or a comment is not a
heading, and an unclosed fence runs to the end of the file, exactly as a reader of the rendered page sees it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from factory_tui.model.spec import Heading, Waiver

_COMMENT = r"<!--.*?-->"
_COMMENT_OR_CODE = re.compile(rf"(?P<comment>{_COMMENT})|(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_QUOTED = re.compile(r'"[^"\n]*"|“[^”\n]*”|«[^»\n]*»')
_NOT_LINE_END = re.compile(r"[^\n]")
_WAIVER = re.compile(r"^<!--\s*allow\s+(?P<rule>[A-Za-z]\d{2})\b\s*(?::\s*(?P<reason>.*?))?\s*-->$", re.DOTALL)

Lines = tuple[int, int]
"""First line and the line after the last, 0-based, as markdown-it counts."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the blocks of a Markdown text are. Lines are 0-based here; a `Spec` has them 1-based."""

    headings: tuple[tuple[int, Heading], ...]
    """Level (1 to 6) and heading."""
    items: tuple[Lines, ...]
    """List items, nested ones included, in order."""
    paragraphs: tuple[Lines, ...]
    """Paragraphs outside of lists and quotes."""
    rows: tuple[Lines, ...]
    """Body rows of tables."""
    visible: tuple[str, ...]
    """The lines with comments blanked."""
    prose: tuple[str, ...]
    """The lines with comments, code and quoted text blanked."""
    waivers: tuple[Waiver, ...]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.disable(["inline"])
    return parser


def read_page(lines: list[str], offset: int) -> Page:
    """The blocks of a Markdown text; `offset` lines stand before it in the file (line 1 of it is `offset + 1`)."""
    tokens = _parser().parse("\n".join(lines))
    visible, prose, waivers = _blank(lines, tokens, offset)
    return Page(
        headings=tuple(_headings(tokens, offset)),
        items=_spans(tokens, "list_item_open"),
        paragraphs=tuple(
            (token.map[0], token.map[1])
            for token in tokens
            if token.type == "paragraph_open" and token.level == 0 and token.map
        ),
        rows=_table_rows(tokens),
        visible=tuple(visible),
        prose=tuple(prose),
        waivers=tuple(waivers),
    )


def _spans(tokens: list[Token], kind: str) -> tuple[Lines, ...]:
    return tuple((token.map[0], token.map[1]) for token in tokens if token.type == kind and token.map)


def _table_rows(tokens: list[Token]) -> tuple[Lines, ...]:
    rows, in_body = [], False
    for token in tokens:
        if token.type in ("tbody_open", "tbody_close"):
            in_body = token.type == "tbody_open"
        elif token.type == "tr_open" and in_body and token.map:
            rows.append((token.map[0], token.map[1]))
    return tuple(rows)


def _headings(tokens: list[Token], offset: int) -> list[tuple[int, Heading]]:
    found = []
    for token, content in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            title = re.sub(_COMMENT, "", content.content, flags=re.DOTALL).strip()
            heading = Heading(title=title, line=token.map[0] + offset + 1, underlined=token.markup in ("-", "="))
            found.append((int(token.tag[1]), heading))
    return found


def _blank(lines: list[str], tokens: list[Token], offset: int) -> tuple[list[str], list[str], list[Waiver]]:
    """Lines without comments, lines without comments, code and quotes, and the waivers among the comments."""
    visible, prose, waivers = list(lines), list(lines), list[Waiver]()
    done: set[Lines] = set()
    exempt: set[int] = set()
    for token in tokens:
        if token.map is None or (token.map[0], token.map[1]) in done:
            continue
        first, after = token.map
        if token.type in ("fence", "code_block", "blockquote_open"):
            exempt.update(range(first, after))
        elif token.type in ("html_block", "inline"):
            done.add((first, after))
            block = "\n".join(lines[first:after])
            bare = _without_comments(block, first + offset + 1, waivers)
            if token.type == "html_block" and "<!--" in bare:
                start = bare.index("<!--")
                bare = bare[:start] + _spaces(bare[start:])
            visible[first:after] = bare.split("\n")
            said = _COMMENT_OR_CODE.sub(lambda match: _spaces(match[0]), bare)
            prose[first:after] = _QUOTED.sub(lambda match: _spaces(match[0]), said).split("\n")
    for row in exempt:
        prose[row] = ""
    return visible, prose, _chained(waivers)


def _chained(waivers: list[Waiver]) -> list[Waiver]:
    """A waiver above another waiver reaches the line that the other one reaches."""
    reach: dict[int, tuple[int, ...]] = {}
    chained = []
    for waiver in reversed(waivers):
        last = waiver.covers[-1]
        covers = tuple(sorted({*waiver.covers, *reach.get(last, ())}))
        reach[waiver.line] = covers
        chained.append(waiver.model_copy(update={"covers": covers}))
    return chained[::-1]


def _without_comments(block: str, line: int, waivers: list[Waiver]) -> str:
    def blank(match: re.Match[str]) -> str:
        if match["comment"] is None:
            return match[0]
        waiver = _waiver(match, block, line)
        if waiver is not None:
            waivers.append(waiver)
        return _spaces(match[0])

    return _COMMENT_OR_CODE.sub(blank, block) if "<!--" in block else block


def _waiver(match: re.Match[str], block: str, line: int) -> Waiver | None:
    found = _WAIVER.match(match[0])
    if found is None:
        return None
    start = line + block.count("\n", 0, match.start())
    end = line + block.count("\n", 0, match.end())
    line_start = block.rfind("\n", 0, match.start()) + 1
    alone = not block[line_start : match.start()].strip()
    reason = " ".join((found["reason"] or "").split())
    return Waiver(
        rule=found["rule"].upper(),
        reason=reason,
        line=start,
        column=match.start() - line_start + 1,
        covers=(*range(start, end + 1), end + 1) if alone else tuple(range(start, end + 1)),
        quote=" ".join(match[0].split()),
    )


def _spaces(text: str) -> str:
    return _NOT_LINE_END.sub(" ", text)
