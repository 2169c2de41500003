"""Which changes are made, as data.

The families are Offutt's sufficient set: the few of Mothra's 22 operators that make a fraction of the mutants, which
are caught by nobody who does not catch the others (Offutt, Lee, Rothermel, Untch, Zapf: An experimental
determination of sufficient mutant operators, ACM TOSEM 5(2), 1996). ROR relational, LCR logical, AOR arithmetic, UOI
unary insertion (here: a negated condition); ABS is left out, because without types it mostly changes nothing. Statement
deletion is added, which alone comes close to the set (Delamaro, Offutt, Ammann: Designing deletion mutation operators,
ICST 2014), and so are constants (CRP of Mothra), because a wrong code, key or flag is what an operator meets.

Each word is replaced by one other, the nearest: `>` by `>=` and not also by `<`, which any scenario would catch.
"""

from collections.abc import Mapping

from factory_tui.model.mutation import Operator

SOURCES: Mapping[Operator, str] = {
    Operator.BOUND: "ROR, Offutt et al. 1996",
    Operator.EQUALITY: "ROR, Offutt et al. 1996",
    Operator.MEMBERSHIP: "ROR, for the comparisons that Python writes as words",
    Operator.ARITHMETIC: "AOR, Offutt et al. 1996",
    Operator.CONNECTIVE: "LCR, Offutt et al. 1996",
    Operator.NEGATION: "UOI, Offutt et al. 1996",
    Operator.OFF_BY_ONE: "CRP, King and Offutt 1991 (Mothra)",
    Operator.TRUTH: "CRP, King and Offutt 1991 (Mothra)",
    Operator.TEXT: "CRP, King and Offutt 1991 (Mothra)",
    Operator.LIMITS: "method of the same type exchanged: min and max, both ends of a range",
    Operator.STATEMENT: "SDL, Delamaro et al. 2014",
    Operator.RETURN: "SDL, Delamaro et al. 2014",
}

_BOUNDS = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}
_EQUALITY = {"==": "!=", "!=": "=="}
_ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "//": "*", "%": "*", "+=": "-=", "-=": "+="}
_WORDS = {"and": "or", "or": "and"}
_MARKS = {"&&": "||", "||": "&&"}
_TRUTH = {"true": "false", "false": "true"}
_LIMITS = {"min": "max", "max": "min"}

_CURLY = (
    {Operator.BOUND: _BOUNDS, Operator.EQUALITY: _EQUALITY | {"===": "!==", "!==": "==="}}
    | {Operator.ARITHMETIC: _ARITHMETIC, Operator.CONNECTIVE: _MARKS}
    | {Operator.TRUTH: _TRUTH, Operator.LIMITS: _LIMITS}
)

WORDS: Mapping[str, Mapping[Operator, Mapping[str, str]]] = {
    "python": {
        Operator.BOUND: _BOUNDS,
        Operator.EQUALITY: _EQUALITY,
        Operator.MEMBERSHIP: {"in": "not in", "not in": "in", "is": "is not", "is not": "is"},
        Operator.ARITHMETIC: _ARITHMETIC,
        Operator.CONNECTIVE: _WORDS,
        Operator.TRUTH: {"True": "False", "False": "True"},
        Operator.LIMITS: _LIMITS,
    },
    "javascript": _CURLY,
    "go": _CURLY,
    "php": {**_CURLY, Operator.CONNECTIVE: _MARKS | _WORDS},
    "ruby": {**_CURLY, Operator.CONNECTIVE: _MARKS | _WORDS},
    "shell": {
        Operator.BOUND: {"-gt": "-ge", "-ge": "-gt", "-lt": "-le", "-le": "-lt"},
        Operator.EQUALITY: {"-eq": "-ne", "-ne": "-eq", "=": "!=", "==": "!=", "!=": "=", "-z": "-n", "-n": "-z"},
        Operator.CONNECTIVE: _MARKS,
        Operator.TRUTH: _TRUTH,
    },
    "sql": {
        Operator.BOUND: _BOUNDS,
        Operator.EQUALITY: {"=": "<>", "<>": "=", "!=": "="},
        Operator.ARITHMETIC: {"+": "-", "-": "+"},
        Operator.CONNECTIVE: _WORDS | {"AND": "OR", "OR": "AND"},
        Operator.TRUTH: _TRUTH | {"TRUE": "FALSE", "FALSE": "TRUE"},
        Operator.LIMITS: _LIMITS | {"MIN": "MAX", "MAX": "MIN"} | {"ASC": "DESC", "DESC": "ASC"},
    },
}
"""Language → kind of change → word → what it becomes."""
