"""Changes of Python source, found in its syntax tree: comments, docstrings and annotations are never touched."""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from factory_tui.model.mutation import Operator
from factory_tui.scenarios.mutation.edits import Edit
from factory_tui.scenarios.mutation.operators import WORDS

_SWAPS = WORDS["python"]
_COMPARED = {
    ast.Gt: (Operator.BOUND, ">"),
    ast.GtE: (Operator.BOUND, ">="),
    ast.Lt: (Operator.BOUND, "<"),
    ast.LtE: (Operator.BOUND, "<="),
    ast.Eq: (Operator.EQUALITY, "=="),
    ast.NotEq: (Operator.EQUALITY, "!="),
    ast.In: (Operator.MEMBERSHIP, "in"),
    ast.NotIn: (Operator.MEMBERSHIP, "not in"),
    ast.Is: (Operator.MEMBERSHIP, "is"),
    ast.IsNot: (Operator.MEMBERSHIP, "is not"),
}
_COMPUTED = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%"}
_PLAIN_TEXT = re.compile(r"""^[rRbBuU]{0,2}(['"])[^\s'"\\]+\1$""")
"""A code, a key, a name: what has a space in it is a message, and no rule is about its words."""
_SHOWN = 60
"""Characters of a statement in words."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Unparsable(Exception):
    """The text is no Python, or nests deeper than can be looked at."""


def parses(text: str) -> bool:
    """Whether it is Python."""
    try:
        _tree(text)
    except Unparsable:
        return False
    return True


def python_edits(text: str) -> Iterator[Edit]:
    """Every change there could be, in no particular order; none when it is no Python."""
    try:
        tree = _tree(text)
    except Unparsable:
        return
    places = _Places(text)
    for node, function in _nodes(tree):
        for each in _edits_of(node, places):
            yield Edit(each.start, each.end, each.replacement, each.operator, each.what, function)


def _tree(text: str) -> ast.Module:
    if "\r" in text.replace("\r\n", ""):
        raise Unparsable("lines end in a way that positions cannot be told")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unparsable(str(error)) from None


def _nodes(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Every node that is behaviour, with the name of the function around it. A stack: hostile source nests deep."""
    stack: list[tuple[ast.AST, str]] = [(tree, "")]
    while stack:
        node, function = stack.pop()
        yield node, function
        name = node.name if isinstance(node, _FUNCTIONS) else function
        stack += [(child, name) for child in _behaviour(node)]


def _behaviour(node: ast.AST) -> Iterator[ast.AST]:
    """Children without docstrings, annotations, imports, formatted text and the line that starts the program."""
    skipped = {id(_docstring(node))}
    if isinstance(node, ast.If) and _starts_program(node.test):
        skipped.add(id(node.test))
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else (value,):
            inert = isinstance(child, ast.JoinedStr | ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal)
            if isinstance(child, ast.AST) and not inert and id(child) not in skipped:
                yield child


def _docstring(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            return first
    return None


def _starts_program(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int


class _Places:
    """Where nodes stand in the text: a tree counts bytes of a line, an edit counts characters of the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def of(self, node: ast.expr | ast.stmt) -> _Span:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return _Span(self._at(node.lineno, node.col_offset), self._at(node.end_lineno, node.end_col_offset))

    def between(self, left: ast.expr, right: ast.expr, word: str) -> _Span | None:
        """Where `word` stands between two operands, in whatever brackets, lines and comments there are."""
        start, end = self.of(left).end, self.of(right).start
        gap = re.sub(r"#[^\n]*", lambda found: " " * len(found.group()), self.text[start:end])
        pattern = r"\s+".join(map(re.escape, word.split()))
        found = re.search(pattern if not word.isidentifier() else rf"\b{pattern}\b", gap)
        return _Span(start + found.start(), start + found.end()) if found else None

    def source(self, span: _Span) -> str:
        return self.text[span.start : span.end]

    def _at(self, line: int, column: int) -> int:
        written = self._lines[line - 1]
        characters = column if written.isascii() else len(written.encode()[:column].decode(errors="ignore"))
        return self._starts[line - 1] + characters


def _edits_of(node: ast.AST, places: _Places) -> Iterator[Edit]:
    if isinstance(node, ast.Compare):
        yield from _compared(node, places)
    elif isinstance(node, ast.BoolOp):
        word = "and" if isinstance(node.op, ast.And) else "or"
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield from _swap(places.between(left, right, word), word, Operator.CONNECTIVE)
    elif isinstance(node, ast.BinOp) and not _is_text(node.left) and not _is_text(node.right):
        sign = _COMPUTED.get(type(node.op), "")
        yield from _swap(places.between(node.left, node.right, sign) if sign else None, sign, Operator.ARITHMETIC)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = places.of(node.operand)
        yield Edit(places.of(node).start, inner.start, "", Operator.NEGATION, "`not` is left out")
    elif isinstance(node, ast.Constant):
        yield from _constant(node, places)
    elif isinstance(node, ast.Call):
        yield from _limits(node, places)
    elif isinstance(node, ast.stmt):
        yield from _statement(node, places)
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield from _negated(node.test, places)


def _swap(span: _Span | None, word: str, operator: Operator) -> Iterator[Edit]:
    swapped = _table(operator).get(word)
    if span is not None and swapped is not None:
        yield Edit(span.start, span.end, swapped, operator, f"`{word}` becomes `{swapped}`")


def _table(operator: Operator) -> Mapping[str, str]:
    return _SWAPS[operator]


def _compared(node: ast.Compare, places: _Places) -> Iterator[Edit]:
    operands = (node.left, *node.comparators)
    for op, left, right in zip(node.ops, operands, operands[1:], strict=False):
        operator, word = _COMPARED[type(op)]
        yield from _swap(places.between(left, right, word), word, operator)
    if len(operands) == 3 and all(isinstance(op, ast.Lt | ast.LtE) for op in node.ops):
        low, high = places.of(operands[0]), places.of(operands[2])
        swapped = places.source(high) + places.text[low.end : high.start] + places.source(low)
        yield Edit(low.start, high.end, swapped, Operator.LIMITS, "the limits of a range change places")


def _negated(test: ast.expr, places: _Places) -> Iterator[Edit]:
    """Not where another change says the same: `not` left out, one comparison turned round, a constant."""
    turned = isinstance(test, ast.Compare) and len(test.ops) == 1
    if not turned and not isinstance(test, ast.UnaryOp | ast.Constant) and not _starts_program(test):
        span = places.of(test)
        negated = f"not ({places.source(span)})"
        yield Edit(span.start, span.end, negated, Operator.NEGATION, "the condition is turned round")


def _constant(node: ast.Constant, places: _Places) -> Iterator[Edit]:
    span, value = places.of(node), node.value
    written = places.source(span)
    if isinstance(value, bool):
        yield from _swap(span, str(value), Operator.TRUTH)
    elif isinstance(value, int) and abs(value) < 10**12:
        more = str(value + 1)
        yield Edit(span.start, span.end, more, Operator.OFF_BY_ONE, f"`{written}` becomes `{more}`")
    elif isinstance(value, str | bytes) and _PLAIN_TEXT.match(written):
        prefix = "b" if isinstance(value, bytes) else ""
        yield Edit(span.start, span.end, f'{prefix}""', Operator.TEXT, f"`{written[:60]}` becomes empty")


def _limits(node: ast.Call, places: _Places) -> Iterator[Edit]:
    if isinstance(node.func, ast.Name):
        yield from _swap(places.of(node.func), node.func.id, Operator.LIMITS)


def _statement(node: ast.stmt, places: _Places) -> Iterator[Edit]:
    span = places.of(node)
    if isinstance(node, ast.Return):
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            inner = places.of(node.value)
            yield Edit(inner.start, inner.end, "None", Operator.RETURN, "the returned value is lost")
    elif isinstance(node, ast.AugAssign):
        sign = _COMPUTED.get(type(node.op), "") + "="
        if not _is_text(node.value):
            yield from _swap(_augmented(node, sign, places), sign, Operator.ARITHMETIC)
        yield _left_out(span, places)
    elif _is_removable(node):
        yield _left_out(span, places)


def _left_out(span: _Span, places: _Places) -> Edit:
    written = " ".join(places.source(span).split())
    what = f"`{written if len(written) <= _SHOWN else written[:_SHOWN] + '…'}` is left out"
    return Edit(span.start, span.end, "pass", Operator.STATEMENT, what)


def _augmented(node: ast.AugAssign, sign: str, places: _Places) -> _Span | None:
    return places.between(node.target, node.value, sign)


def _is_removable(node: ast.stmt) -> bool:
    """A statement with an effect; the assignment of a plain name is left, because its loss ends in a crash."""
    if isinstance(node, ast.Assign):
        return all(isinstance(each, ast.Attribute | ast.Subscript) for each in node.targets)
    return isinstance(node, ast.Raise | ast.Delete | ast.Break | ast.Continue) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await)
    )


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
