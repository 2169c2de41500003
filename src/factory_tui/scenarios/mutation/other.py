"""Changes of source that is not Python: one word at a time, found by a small lexer, told apart by its neighbours."""

import re
from collections.abc import Iterator, Sequence

from factory_tui.model.mutation import Operator
from factory_tui.scenarios.mutation.edits import Edit
from factory_tui.scenarios.mutation.lexer import Token, tokens
from factory_tui.scenarios.mutation.operators import WORDS

_PLAIN_TEXT = re.compile(r"""^(['"])[^\s'"$\\]+\1$""")
_OPENING = frozenset("([{,;:?=!&|<>+-*/%")
_FUNCTION = re.compile(
    r"^[ \t]*(?:export\s+)?(?:(?:public|private|protected|static|async)\s+)*"
    r"(?:(?:function|func|def|sub|fn)\b\s*(?:\([^)\n]*\)\s*)?(?:self\.)?(\w+)|(\w[\w-]*)\s*\(\)\s*\{)",
    re.MULTILINE,
)
_SPACED = frozenset({"<", ">"})
"""Where they touch their neighbour they may be the brackets of a type or a tag."""
_ENDS_OF_STATEMENTS = {"javascript": ";", "php": ";"}
# fmt: off
_KEYWORDS = frozenset((
    "if", "else", "elif", "elsif", "unless", "for", "foreach", "while", "until", "do", "done", "case", "esac",
    "when", "then", "fi", "end", "switch", "default", "function", "func", "def", "class", "module", "interface",
    "type", "struct", "enum", "trait", "let", "const", "var", "import", "export", "from", "package", "use",
    "namespace", "require", "include", "require_relative", "return", "try", "catch", "finally", "rescue",
    "ensure", "begin", "new", "public", "private", "protected", "static", "async", "defer", "go", "select",
    "range", "fallthrough", "set", "local", "readonly", "declare", "trap", "cd", "source", "attr_reader",
    "attr_accessor", "in", "extends",
))
# fmt: on
"""A line that begins with one of them is no statement that can go on its own."""
_SHOWN = 60


def other_edits(text: str, language: str) -> Iterator[Edit]:
    """Every change there could be in `text`, in no particular order."""
    found = list(tokens(text, language))
    functions = [(each.start(), each.group(1) or each.group(2)) for each in _FUNCTION.finditer(text)]
    for each in (
        *_words(found, text, language),
        *_conditions(found, text, language),
        *_statements(found, text, language),
    ):
        around = next((name for start, name in reversed(functions) if start <= each.start), "")
        yield Edit(each.start, each.end, each.replacement, each.operator, each.what, around)


def _words(found: Sequence[Token], text: str, language: str) -> Iterator[Edit]:
    """One word for another."""
    swaps = [(operator, word, to) for operator, table in WORDS[language].items() for word, to in table.items()]
    by_word = {word: (operator, to) for operator, word, to in swaps}
    inside = _Inside()
    for position, each in enumerate(found):
        inside.step(each)
        before = found[position - 1] if position else None
        after = found[position + 1] if position + 1 < len(found) else None
        if each.word in by_word and _means_it(each, before, after, text, language, inside):
            operator, to = by_word[each.word]
            yield Edit(each.start, each.end, to, operator, f"`{each.word}` becomes `{to}`")
        elif each.kind == "number":
            yield from _off_by_one(each, language)
        elif each.kind == "text" and _PLAIN_TEXT.match(each.word):
            quote = each.word[0]
            yield Edit(each.start, each.end, quote * 2, Operator.TEXT, f"`{each.word[:_SHOWN]}` becomes empty")


class _Inside:
    """Whether the lexer is within a test or a calculation of a shell script."""

    def __init__(self) -> None:
        self.test = False

    def step(self, token: Token) -> None:
        if token.word in ("[", "[[", "test"):
            self.test = True
        elif token.word in ("]", "]]", ";") or token.kind == "line":
            self.test = False


def _means_it(
    token: Token, before: Token | None, after: Token | None, text: str, language: str, inside: _Inside
) -> bool:
    """Whether the word is the operator that it looks like."""
    if token.word in _SPACED:
        return text[token.start - 1 : token.start].isspace() and text[token.end : token.end + 1].isspace()
    if language == "shell":
        return token.word in ("&&", "||", "true", "false") or inside.test
    if token.word in ("+", "-", "*", "/", "%"):
        operands = before is not None and after is not None and _is_operand(before)
        return operands and "text" not in (before.kind, after.kind) if before and after else False
    if token.word in ("min", "max", "MIN", "MAX"):
        return after is not None and after.word == "("
    if language == "sql" and token.word in ("and", "AND"):
        return not _is_between(token, text)
    return True


def _is_between(token: Token, text: str) -> bool:
    """The AND of `BETWEEN a AND b` joins no conditions."""
    return re.search(r"\bBETWEEN\s+\S+\s*$", text[: token.start][-200:], re.IGNORECASE) is not None


def _is_operand(token: Token) -> bool:
    return (
        token.kind in ("number", "text")
        or token.word in (")", "]")
        or (token.kind == "name" and token.word not in ("return", "case", "in", "of", "and", "or", "not"))
    )


def _off_by_one(token: Token, language: str) -> Iterator[Edit]:
    if token.word.isascii() and token.word.isdecimal() and len(token.word) <= 12 and not _is_octal(token.word):
        more = str(int(token.word) + 1)
        yield Edit(token.start, token.end, more, Operator.OFF_BY_ONE, f"`{token.word}` becomes `{more}`")


def _is_octal(word: str) -> bool:
    return len(word) > 1 and word.startswith("0")


def _conditions(found: Sequence[Token], text: str, language: str) -> Iterator[Edit]:
    """What an `if` asks, turned round."""
    what = "the condition is turned round"
    for position, each in enumerate(found):
        if each.kind != "name" or each.word not in ("if", "elif", "elsif", "unless", "while"):
            continue
        after = found[position + 1] if position + 1 < len(found) else None
        if after is None:
            continue
        if language in ("javascript", "php") and after.word == "(" and each.word != "while":
            closing = _closing(found, position + 1)
            if closing is not None:
                inner = text[after.end : closing.start]
                yield Edit(after.end, closing.start, f"!({inner})", Operator.NEGATION, what)
        elif language == "ruby" and each.word in ("if", "unless"):
            other = "unless" if each.word == "if" else "if"
            yield Edit(each.start, each.end, other, Operator.NEGATION, f"`{each.word}` becomes `{other}`")
        elif language == "shell" and after.word == "!":
            end = after.end + (text[after.end : after.end + 1] == " ")
            yield Edit(after.start, end, "", Operator.NEGATION, what)
        elif language == "shell" and each.word in ("if", "elif"):
            yield Edit(after.start, after.start, "! ", Operator.NEGATION, what)
        elif language == "go" and each.word == "if":
            yield from _go_condition(found, position, text)


def _go_condition(found: Sequence[Token], position: int, text: str) -> Iterator[Edit]:
    """`if x := f(); COND {`: the condition is what stands last before the brace."""
    start = found[position].end
    for each in found[position + 1 :]:
        if each.word == ";":
            start = each.end
        elif each.word == "{" or each.kind == "line":
            if each.word == "{" and text[start : each.start].strip():
                inner = text[start : each.start].strip()
                yield Edit(start, each.start, f" !({inner}) ", Operator.NEGATION, "the condition is turned round")
            return


def _closing(found: Sequence[Token], opening: int) -> Token | None:
    depth = 0
    for each in found[opening:]:
        depth += (each.word == "(") - (each.word == ")")
        if depth == 0:
            return each
    return None


def _statements(found: Sequence[Token], text: str, language: str) -> Iterator[Edit]:
    """Whole statements of one line that are left out, and results that are lost."""
    if language == "sql":
        return
    for line in _lines(found):
        first, last = line[0], line[-1]
        if first.word == "return" and len(line) > 2 and last.word == ";" and language in ("javascript", "php"):
            yield Edit(line[1].start, last.start, "null", Operator.RETURN, "the returned value is lost")
        elif _is_statement(line, language):
            nothing = {"shell": ":", "javascript": ";", "php": ";"}.get(language, "")
            written = text[first.start : last.end]
            shown = written if len(written) <= _SHOWN else written[:_SHOWN] + "…"
            yield Edit(first.start, last.end, nothing, Operator.STATEMENT, f"`{shown}` is left out")


def _lines(found: Sequence[Token]) -> Iterator[list[Token]]:
    line: list[Token] = []
    for each in (*found, Token("line", "\n", -1)):
        if each.kind != "line":
            line.append(each)
        elif line:
            yield line
            line = []


def _is_statement(line: Sequence[Token], language: str) -> bool:
    first, last, words = line[0], line[-1], {each.word for each in line}
    jumps = first.word in ("break", "continue", "throw", "raise", "exit", "next")
    if first.kind != "name" or (first.word in _KEYWORDS and not jumps) or _balance(line) or words & {"{", "}", ":="}:
        return False
    if language in _ENDS_OF_STATEMENTS:
        return last.word == ";" and (jumps or "(" in words or len(line) > 3)
    if language == "go":
        return last.word == ")" and line[1].word in (".", "(") if len(line) > 2 else jumps
    if language == "shell":
        return last.word not in ("|", "\\", "&&", "||", "&", "{", "(", ";;") and "(" not in words and ")" not in words
    return jumps or (
        len(line) > 1 and last.word not in ("do", "|", ",", "\\") and "=" not in words and "do" not in words
    )


def _balance(line: Sequence[Token]) -> bool:
    """Whether brackets are left open."""
    return any(sum((each.word == o) - (each.word == c) for each in line) for o, c in ("()", "[]", "{}"))
