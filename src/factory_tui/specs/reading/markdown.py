"""The Markdown of a spec: its headings, items and spans of comments, code and quotes, with their lines.

The blocks come from markdown-it-py (CommonMark with tables), so a `##` inside a code fence or a comment is not a
heading, and an unclosed fence runs to the end of the file, exactly as a reader of the rendered page sees it.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from factory_tui.model.spec import Block, BlockKind, Heading, Waiver
from factory_tui.specs.reading.block_rules import ask_where_they_apply

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_COMMENT_OR_TICKS = re.compile(r"<!--|`+")
_TICKS = re.compile(r"`+")
_PLAIN_CODE = re.compile(r"`[^`]*`")
"""Inline code of a block where backticks stand alone."""
_MARKS = re.compile(r'[`"“«]')
"""How code and quotes start."""
_QUOTED = re.compile(r'"[^"\n]{0,500}"|“[^”\n]{0,500}”|«[^»\n]{0,500}»')
_NOT_LINE_END = re.compile(r"[^\n]")
_WAIVER = re.compile(r"^<!--\s*allow\s+(?P<rule>[A-Za-z]{1,3}\d{1,4})\b\s*(?::\s*(?P<reason>.*?))?\s*-->$", re.DOTALL)

Span = tuple[int, int]
"""Start and end within a block of text."""

MAX_TITLE = 1_000
MAX_WAIVER = 1_000

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
    blocks: tuple[Block, ...]
    """Items, rows, paragraphs and code blocks, in order, with the lines of the file."""


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    ask_where_they_apply(parser)
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
        blocks=_blocks(tokens, offset),
    )


_KINDS = {
    "list_item_open": BlockKind.ITEM,
    "paragraph_open": BlockKind.PARAGRAPH,
    "fence": BlockKind.CODE,
    "code_block": BlockKind.CODE,
}


def _blocks(tokens: list[Token], offset: int) -> tuple[Block, ...]:
    """An item ends where the first one nested in it starts; what else stands in an item or a quote is theirs."""
    blocks, in_head = list[Block](), False
    for token in tokens:
        kind = _KINDS.get(token.type)
        if kind is None:
            if token.type == "tr_open":
                kind = BlockKind.HEAD if in_head else BlockKind.ROW
            elif token.type in ("thead_open", "thead_close"):
                in_head = token.type == "thead_open"
        if kind is None or token.map is None or (kind is BlockKind.PARAGRAPH and token.level):
            continue
        line, last = token.map[0] + offset + 1, token.map[1] + offset
        before = blocks[-1] if blocks else None
        if before and before.kind is kind is BlockKind.ITEM and before.line < line <= before.last:
            blocks[-1] = before._replace(last=line - 1)
        blocks.append(Block(kind, line, last, token.info.strip()))
    return tuple(blocks)


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
            title = _COMMENT.sub("", content.content[:MAX_TITLE]).strip()
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
            if "``" not in block and "<!--" not in block:
                visible[first:after] = prose[first:after] = block.split("\n")
                if _MARKS.search(block):
                    prose[first:after] = _QUOTED.sub(_spaces, _PLAIN_CODE.sub(_spaces, block)).split("\n")
                continue
            comments, code = _comments_and_code(block)
            waivers += filter(None, (_waiver(block, span, first + offset + 1) for span in comments))
            if token.type == "html_block" and (start := _blanked(block, comments).find("<!--")) >= 0:
                comments.append((start, len(block)))
            bare = _blanked(block, comments)
            visible[first:after] = bare.split("\n")
            prose[first:after] = _QUOTED.sub(_spaces, _blanked(bare, code)).split("\n")
    for row in exempt:
        prose[row] = ""
    return visible, prose, _chained(waivers)


def _chained(waivers: list[Waiver]) -> list[Waiver]:
    """A waiver above another waiver reaches the line that the other one reaches."""
    reach: dict[int, int] = {}
    chained = []
    for waiver in reversed(waivers):
        last = waiver.covers[-1]
        reach[waiver.line] = end = reach.get(last, last)
        covers = (*waiver.covers, end) if end > last else waiver.covers
        chained.append(waiver.model_copy(update={"covers": covers}))
    return chained[::-1]


def _comments_and_code(block: str) -> tuple[list[Span], list[Span]]:
    """Closed comments and inline code, whichever starts first; in time linear in the block.

    As in CommonMark, code ends at a run of as many backticks as it starts with, else the backticks are text.
    """
    if "<!--" not in block and "`" not in block:
        return [], []
    comments, code = list[Span](), list[Span]()
    runs: dict[int, list[int]] = {}
    for match in _TICKS.finditer(block):
        runs.setdefault(len(match[0]), []).append(match.start())
    last_close = block.rfind("-->")
    found = _COMMENT_OR_TICKS.search(block)
    while found is not None:
        position = found.end()
        if found[0] == "<!--":
            if last_close >= position:
                position = block.index("-->", position) + 3
                comments.append((found.start(), position))
        else:
            same = runs[len(found[0])]
            closing = bisect_left(same, position)
            if closing < len(same):
                position = same[closing] + len(found[0])
                code.append((found.start(), position))
        found = _COMMENT_OR_TICKS.search(block, position)
    return comments, code


def _blanked(text: str, spans: list[Span]) -> str:
    parts, position = [], 0
    for start, end in spans:
        parts += [text[position:start], _NOT_LINE_END.sub(" ", text[start:end])]
        position = end
    return "".join([*parts, text[position:]]) if spans else text


def _waiver(block: str, span: Span, line: int) -> Waiver | None:
    start, end = span
    found = _WAIVER.match(block[start:end]) if end - start <= MAX_WAIVER else None
    if found is None:
        return None
    first = line + block.count("\n", 0, start)
    last = line + block.count("\n", 0, end)
    line_start = block.rfind("\n", 0, start) + 1
    alone = not block[line_start:start].strip()
    return Waiver(
        rule=found["rule"].upper(),
        reason=" ".join((found["reason"] or "").split()),
        line=first,
        column=start - line_start + 1,
        covers=tuple(range(first, last + 1 + alone)),
        quote=" ".join(block[start:end].split()),
    )


def _spaces(match: re.Match[str]) -> str:
    return _NOT_LINE_END.sub(" ", match[0])
