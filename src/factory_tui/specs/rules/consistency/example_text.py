"""Parts of the example spec that the examples of these rules repeat or change."""

INPUTS = """\
Command line: `bin/count-words FILE [OPTION]`.

| name | type | bounds | invalid case and its result |
|---|---|---|---|
| FILE | path of a UTF-8 text file | 0 to 10000000 bytes inclusive | a path that names no file: exit code 3, R3 |
"""

R1 = """\
- R1 `count-words` must print the number of words in FILE; a word is a run of characters without white space in it.
"""
R2 = "- R2 If FILE is empty, then `count-words` must print `0`.\n"
R3 = (
    "- R3 If FILE does not name a file, then `count-words` must print `no such file: FILE` on standard error "
    "with exit code 3.\n"
)
R4 = "- R4 `count-words` must never change FILE.\n"

EDGE_CASES = """
### Edge cases

- Empty: R2.
- Boundary: a word may be followed directly by the end of the file and is counted (R1).
- Duplicate: a word that occurs twice counts twice (R1).
- Malformed: bytes that are not UTF-8 belong to the word they stand in (R1).
- Dependency down: cannot happen, because there is no dependency.
"""

CONSTRAINTS = """\
- Performance: at most 2 seconds for a file of 10000000 bytes.
- Cost: at most 1.00 USD for this run.
- Security: `count-words` reads FILE and writes no file.
- Compatibility: Python 3.11, standard library only; `bin/count-words` is executable.
"""

OUT_OF_SCOPE = """
### Out of scope

- Counting characters or lines, several files in one call, reading standard input.
"""
