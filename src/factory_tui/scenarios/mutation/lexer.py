"""Words of a source text in any language, by its comment and string styles. Enough to change one word, no grammar."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["name", "number", "text", "sign", "line"]


_KINDS: Mapping[str, Kind] = {"name": "name", "number": "number", "text": "text", "sign": "sign", "line": "line"}


class Token(NamedTuple):
    kind: Kind
    word: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.word)


@dataclass(frozen=True, slots=True)
class Style:
    """How a language writes what is no code."""

    hidden: tuple[str, ...]
    """Patterns of comments and of what else is left alone, here-documents among them."""
    texts: tuple[str, ...]
    """Patterns of string literals."""
    name: str = r"[^\W\d][\w$]*"
    signs: str = (
        r"===|!==|<=>|\*\*|&&|\|\||[=!<>]=|[-+*/%]=|\+\+|--|=>|->|:=|<<|>>|\?\?|\?\.|::|[^\w\s]"  # the longest first
    )


_SLASHES = r"//[^\n]*"
_BLOCK = r"/\*(?s:.*?)(?:\*/|\Z)"
_HASH = r"\#[^\n]*"
_SINGLE = r"'(?:[^'\\\n]|\\.)*'"
_DOUBLE = r'"(?:[^"\\\n]|\\.)*"'
_LONG_DOUBLE = r'"(?:[^"\\]|\\(?s:.))*"'
_TEMPLATE = r"`(?:[^`\\]|\\(?s:.))*`"
_REGEX = r"(?:(?<=[=(,:;!&|?{}\[])|(?<=return))[ \t]*/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*"
_HERE_SHELL = r"<<-?[ \t]*(?P<q>['\"\\]?)(?P<here>\w+)(?P=q)?[^\n]*\n(?s:.*?)^[\t ]*(?P=here)[ \t]*$"
_HERE_RUBY = r"<<[~-](?P<q>['\"]?)(?P<here>[A-Z]\w*)(?P=q)[^\n]*\n(?s:.*?)^[\t ]*(?P=here)$"
_HERE_PHP = r"<<<[ \t]*(?P<q>['\"]?)(?P<here>\w+)(?P=q)\n(?s:.*?)^[\t ]*(?P=here)\b"

STYLES: Mapping[str, Style] = {
    "javascript": Style((_SLASHES, _BLOCK, _REGEX, _TEMPLATE, r"^import\b[^\n]*"), (_SINGLE, _DOUBLE)),
    "go": Style((_SLASHES, _BLOCK, _TEMPLATE, r"^(?:import|package)\b[^\n(]*(?:\([^)]*\))?"), (_SINGLE, _DOUBLE)),
    "php": Style((_SLASHES, _BLOCK, r"\#(?!\[)[^\n]*", _HERE_PHP), (_SINGLE, _LONG_DOUBLE)),
    "ruby": Style((r"^=begin\b(?s:.*?)^=end\b", _HERE_RUBY, _HASH, _REGEX, r"(?<!:):\w+"), (_SINGLE, _DOUBLE)),
    "shell": Style(
        (r"(?:(?<=\s)|^)\#[^\n]*", _HERE_SHELL, r"\$\{[^}\n]*\}", r"\$[\w#?@*!$-]", r"\d*>>?&?\d*|\d*<&?\d*"),
        (r"'[^']*'", _LONG_DOUBLE),
        name=r"[A-Za-z_][\w.-]*",
        signs=r"-[a-z]+\b|&&|\|\||[=!]=|;;|\(\(|\)\)|\[\[|\]\]|[^\w\s]",
    ),
    "sql": Style((r"--[^\n]*", _BLOCK, _DOUBLE), (r"'(?:[^']|'')*'",), signs=r"<=|>=|<>|!=|\|\||[^\w\s]"),
}


def tokens(text: str, language: str) -> Iterator[Token]:
    """The words of `text`, comments left out, line ends kept: they end statements."""
    style = STYLES[language]
    pattern = _pattern(style)
    for found in pattern.finditer(text):
        kind = _KINDS.get(found.lastgroup or "")
        if kind is not None:
            yield Token(kind, found.group(), found.start())


def _pattern(style: Style) -> re.Pattern[str]:
    """One alternative after the other; `name` and the like are groups, what is hidden is none of them."""
    hidden, texts = "|".join(style.hidden), "|".join(style.texts)
    number = r"(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?)\w*"
    return re.compile(
        rf"(?P<hidden>{hidden})|(?P<text>{texts})|(?P<name>{style.name})|(?P<number>{number})"
        rf"|(?P<line>\n)|(?P<sign>{style.signs})",
        re.MULTILINE,
    )
