"""Which commands a shell text calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.scenarios.admission.commands import called_in


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("bank withdraw a1 80.00", {"bank"}),
        ("CENTS=5 bank x && cat y | sort -n; ./tool z > out 2>&1", {"bank", "cat", "sort", "./tool"}),
        ("2>/dev/null bank < in", {"bank"}),
        ('test "$(bank balance a1)" = 5', {"test", "bank"}),
        ("bank `links x`", {"bank", "links"}),
        ("if bank x; then links y; fi", {"if", "bank", "then", "links", "fi"}),
        ("! timeout 5 env A=b bank", {"timeout", "env", "bank"}),
        ("bank x # not; called\nbin/say hi", {"bank", "bin/say"}),
        ("echo 'a; b' \"c && d\"", {"echo"}),
        ("python3 tools/sum.py --all x.py", {"python3", "tools/sum.py"}),
        ("python3 -u sum.py", {"python3", "./sum.py"}),
        ("python3 -m bank.server", {"python3"}),
        ("sh -c 'bank x | links y'", {"sh", "bank", "links"}),
        ('"$tool" x; ${other} y', set()),
        ("bank 'never closed", {"bank"}),
        ("bank \\\n  withdraw", {"bank"}),
        ("(bank & wait)", {"bank", "wait"}),
        ("", set()),
    ],
)
def test_words_where_a_command_begins(text: str, called: set[str]):
    assert called_in(text) - {"!"} == called


@given(st.text())
def test_every_text_can_be_read(text: str):
    assert all(word for word in called_in(text))
