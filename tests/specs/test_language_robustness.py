"""Rules about language on texts that nobody writes: as long as a spec may be, and made to be slow."""

import time

import pytest

from specs.language import language

LONG = 400_000


@pytest.mark.parametrize(
    "unit",
    [
        "quickly ",
        "quickly\n",
        "as quickly as ",
        "if possible ",
        "etc. ",
        "several ",
        "must ",
        "unless ",
        "if a and b or c ",
        "- R1 must must and/or unless a and b or c\n",
        "| a 1 to 5 and b or | \n",
        "1 to 2 ",
        "1-2-3-",
        "within 1 ",
        "timeout = = = = ",
        "at most 1 ",
        "ABCD ",
        "the Big Thing ",
        "see https://a.b/c ",
        "see [",
        "((a ",
        "token ",
        "- R1 It must be checked\n",
        "Der Benutzer ",
        "an and the  ",
    ],
)
def test_a_text_of_any_length_is_judged_in_time(unit: str) -> None:
    text = "- R1 " + unit * (LONG // len(unit))
    began = time.process_time()
    found = language(RULES=text, glossary="- **word** (not: token, as if): x")
    assert time.process_time() - began < 10
    assert len(found) < 1500
