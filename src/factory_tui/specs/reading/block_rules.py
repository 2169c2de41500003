"""The block rules of markdown-it-py, asked only where they can apply: half of its time goes into rules that say no.

What starts a block is told by the first character of its line, so that one look decides which rules are asked. Each
rule itself is the library's; tests hold the tokens to be those of the library alone.
"""

import re
from collections.abc import Callable, Mapping

from markdown_it import MarkdownIt
from markdown_it.rules_block import (
    StateBlock,
    blockquote,
    code,
    fence,
    heading,
    hr,
    html_block,
    lheading,
    list_block,
    paragraph,
    reference,
    table,
)

BlockRule = Callable[[StateBlock, int, int, bool], bool]

_DIGITS = "0123456789"
_STARTS: Mapping[str, tuple[BlockRule, ...]] = {
    "`": (fence,),
    "~": (fence,),
    ">": (blockquote,),
    "*": (hr, list_block),
    "-": (hr, list_block),
    "_": (hr,),
    "+": (list_block,),
    **dict.fromkeys(_DIGITS, (list_block,)),
    "[": (reference,),
    "<": (html_block,),
    "#": (heading,),
}
"""First character of a line → the rules that may find a block there, in the library's order."""

_UNDERLINE = re.compile(r"^[ \t>]*+(?:-++|=++)[ \t]*+$", re.MULTILINE)
"""A line that may make a heading of the one above it."""

_UNDERLINED = "factory_tui.underlined"
"""Whether a text has such a line, in the parser's environment."""


def ask_where_they_apply(parser: MarkdownIt) -> None:
    """Give a parser of CommonMark and tables these rules instead of its own."""
    ruler = parser.block.ruler
    ruler.enableOnly(["code"])  # the library looks whether this one is there
    ruler.before("code", "any_block", _any_block)
    # As the library has it: what ends a paragraph, a quote, an item.
    ruler.push("ends_paragraph", _ends_paragraph, {"alt": ["paragraph", "reference"]})
    ruler.push("ends_quote", _ends_quote, {"alt": ["blockquote"]})
    ruler.push("ends_item", _ends_item, {"alt": ["list"]})


def _any_block(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Always finds one: what is nothing else is a paragraph."""
    if _may_be_table(state, line, end) and table(state, line, end, silent):
        return True
    if state.is_code_block(line):
        return code(state, line, end, silent)
    for rule in _STARTS.get(_first(state, line), ()):
        if rule(state, line, end, silent):
            return True
    if _has_underline(state):
        if lheading(state, line, end, silent):
            return True
    else:
        state.parentType = "paragraph"  # as the rule leaves it when it finds nothing
    return paragraph(state, line, end, silent)


def _ends_paragraph(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    if _may_be_table(state, line, end) and table(state, line, end, silent):
        return True
    return _ends_quote(state, line, end, silent)


def _ends_quote(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    for rule in _STARTS.get(_first(state, line), ()):
        if rule is not reference and rule(state, line, end, silent):
            return True
    return False


def _ends_item(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    first = _first(state, line)
    for rule in _STARTS.get(first, ()) if first in "`~>*-_" else ():
        if rule is not list_block and rule(state, line, end, silent):
            return True
    return False


def _first(state: StateBlock, line: int) -> str:
    """The first character of a line that is no space; what follows the line when it has none."""
    at = state.bMarks[line] + state.tShift[line]
    return state.src[at : at + 1]


def _may_be_table(state: StateBlock, line: int, end: int) -> bool:
    """Whether the next line may be the one below the head of a table."""
    if line + 2 > end:
        return False
    at = state.bMarks[line + 1] + state.tShift[line + 1]
    below = state.src[at : at + 2]
    return below[:1] in ("|", ":", "-") and below != "- "


def _has_underline(state: StateBlock) -> bool:
    found = state.env.get(_UNDERLINED)
    if found is None:
        found = state.env[_UNDERLINED] = _UNDERLINE.search(state.src) is not None
    return bool(found)
