"""Cleaning of foreign text. Every byte an agent, a spec, a scenario or a file name gives passes here on its
way to a screen or a terminal, once, where the store or a file becomes a view.

What is removed and why: C0 and C1 controls (ESC starts sequences that move the cursor, set the title or write
the clipboard; C1 does the same in one byte), bidirectional controls (Trojan Source, CVE-2021-42574), zero
width and other invisible format characters, private use, surrogates and unassigned noncharacters.
Tab becomes four spaces; line ends become `\\n`.
"""

import re
import unicodedata

_SEQUENCE = re.compile(
    r"\x1b\][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC: title, clipboard, links
    r"|\x1b[PX^_][^\x1b\x9c]*(?:\x1b\\|\x9c)?"  # DCS, SOS, PM, APC
    r"|\x1b\[[0-?]*[ -/]*[@-~]?"  # CSI
    r"|\x9b[0-?]*[ -/]*[@-~]?"  # CSI in one byte
    r"|\x1b[ -/]*[0-~]?"  # the rest
)
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_REMOVED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_PLAIN = re.compile(r"^[\x20-\x7e\n]*$")


def clean(text: str, *, limit: int | None = None) -> str:
    """`text` with everything removed that could act on a terminal; at most `limit` characters, marked when cut."""
    if limit is not None and len(text) > 4 * limit + 4096:
        text = text[: 4 * limit + 4096]
    if not _PLAIN.match(text):
        text = _LINE_END.sub("\n", _SEQUENCE.sub("", text)).replace("\t", "    ")
        text = "".join(
            each if each == "\n" or unicodedata.category(each) not in _REMOVED_CATEGORIES else "\ufffd" for each in text
        )
    if limit is not None and len(text) > limit:
        return text[: limit - 1] + "…"
    return text


def clean_line(text: str, *, limit: int = 500) -> str:
    """`text` cleaned and folded to one line."""
    return clean(" ".join(clean(text, limit=4 * limit).split()), limit=limit)


def clean_bytes(data: bytes, *, limit: int | None = None) -> str:
    """Decoded as UTF-8 with replacement, then cleaned."""
    return clean(data.decode("utf-8", errors="replace"), limit=limit)
