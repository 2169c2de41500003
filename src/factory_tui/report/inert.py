"""Foreign text that GitHub-flavoured Markdown shows as it is: no markup, link, image, mention or formula. Pure.

A backslash keeps punctuation from being markup. What GitHub finds in plain text afterwards (mentions, references to
issues and commits, bare addresses, emoji, formulas) is not stopped by that, but never looked for in code: a word that
may be one of these becomes a code span. See GitHub Flavored Markdown Spec 0.29 (6.1, 6.3, 6.9) and GitHub Docs,
"Autolinked references and URLs".
"""

import re
from itertools import groupby

from factory_tui.model.foreign import clean_line

LIMIT = 600
"""Characters of one text."""

_LOOKED_FOR = re.compile(
    r"[@#`]"  # mentions, issues; a backtick would begin a code span
    r"|\$(?![0-9.,]+[),;:]?$)"  # formulas, but not one amount of money
    r"|:/|www\.|\b(?:xmpp|mailto):|:[\w+-]+:"  # addresses, emoji
    r"|\bGH-[0-9]"
    r"|\b[0-9a-f]{7,64}\b",  # commits
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[\\*_~\[\]<>&]")
_LIST_MARK = re.compile(r"^([-+=:]|[0-9]+(?=[.)]))")
_ENTITIES = {each: f"&#{each};" for each in range(0x21, 0x7F) if not chr(each).isalnum()}


def prose(text: str) -> str:
    """Foreign text as inert inline Markdown on one line; may stand in a table."""
    parts = re.split(r"(`[^`]+`)", clean_line(text, limit=LIMIT))
    return "".join(code(part[1:-1]) if index % 2 else _inert(part) for index, part in enumerate(parts))


def _inert(text: str) -> str:
    pieces = [
        code(" ".join(group)) if suspect else _escaped(" ".join(group))
        for suspect, group in groupby(text.split(" "), lambda word: bool(_LOOKED_FOR.search(word)))
    ]
    return " ".join(pieces)


def code(text: str) -> str:
    """Foreign text as one inert code span; may stand in a table. Empty for no text."""
    shown = clean_line(text, limit=LIMIT)
    if "|" in shown:
        # A table takes every bar for its own, also in a code span.
        return f"<code>{shown.translate(_ENTITIES)}</code>"
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    edge = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{edge}{shown}{edge}{fence}" if shown else ""


def _escaped(text: str) -> str:
    marked = _MARKUP.sub(r"\\\g<0>", text).replace("|", "&#124;")
    first = _LIST_MARK.match(marked)
    if first is None:
        return marked
    return f"{first[0]}\\{marked[first.end() :]}" if first[0].isdigit() else f"\\{marked}"
