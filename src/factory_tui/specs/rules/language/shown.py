"""Answers of the example workspace with one line of their own: what the examples of these rules are written in."""

_RULES = """\
- R1 {}
- R2 If FILE is empty, then `count-words` must print `0`.
- R3 If FILE does not name a file, then `count-words` must print `no such file: FILE` on standard error, exit code 3.
- R4 `count-words` must never change FILE.

### Edge cases

- Empty: R2.
- Boundary: a word that ends with the file is counted (R1).
- Duplicate: a word that occurs twice counts twice (R1).
- Malformed: bytes that are not UTF-8 belong to the word that they stand in (R1).
- Dependency down: cannot happen, because there is no dependency.
"""

_CONSTRAINTS = """\
- Performance: {}
- Cost: at most 1.00 USD for this run.
- Security: {}
- Compatibility: Python 3.11, standard library only.

### Out of scope

- Counting characters or lines.
"""


def rules(first: str) -> str:
    """RULES whose R1 is `first`."""
    return _RULES.format(first)


def constraints(
    performance: str = "at most 2 seconds for a file of 10000000 bytes.",
    security: str = "`count-words` reads FILE and writes no file.",
) -> str:
    """CONSTRAINTS with a line of their own."""
    return _CONSTRAINTS.format(performance, security)
