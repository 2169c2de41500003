"""What runtimes print for an error nobody handled is told from words for a user."""

import pytest

from factory_tui.scenarios.quality.tracebacks import AT_ONCE, traceback_in

SHOWN = {
    "Python traceback": [
        'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\nKeyError: 1',
        '  File "bad.py", line 3\n    def\n       ^\nSyntaxError: invalid syntax',
        "Exception ignored in: <function X.__del__ at 0x7f>",
        "/usr/bin/python3: can't open file '/srv/app/main.py': [Errno 2] No such file or directory",
        "python3: No module named bank",
    ],
    "Node.js stack trace": [
        "TypeError: x\n    at Object.<anonymous> (/srv/app/a.js:1:7)",
        "    at node:internal/main/run_main_module:28:49",
        "    at file:///srv/app/app.mjs:3:1",
        "Node.js v20.20.2",
    ],
    "Java stack trace": [
        'Exception in thread "main" java.lang.NullPointerException: Cannot invoke "Object.toString()"',
        "\tat java.base/java.lang.Iterable.forEach(Iterable.java:75)",
        "\tat A.lambda$main$0(A.java:1)",
        "Error: Unable to access jarfile nope.jar",
        "Error: Could not find or load main class Nope",
    ],
    "Go panic": [
        "panic: runtime error: index out of range [1] with length 0",
        "panic: no\n\ngoroutine 1 [running]:\nmain.main()",
        "fatal error: all goroutines are asleep - deadlock!",
    ],
    "Rust panic": [
        "thread 'main' (23165) panicked at r.rs:1:51:",
        "thread 'main' panicked at 'index out of bounds', src/main.rs:1:51",
    ],
    ".NET stack trace": [
        "Unhandled exception. System.NullReferenceException: Object reference not set to an instance of an object.",
        "   at Bank.Program.Main(String[] args) in /srv/app/Program.cs:line 7",
    ],
    "Ruby backtrace": ["bank.rb:3:in `withdraw': undefined method `x' for nil (NoMethodError)"],
    "PHP error": ["PHP Fatal error:  Uncaught Error: Call to undefined function nope() in /srv/app/a.php:1"],
    "Perl error": [
        "Can't locate Nope.pm in @INC (you may need to install the Nope module) at bank.pl line 1.",
        "no such account at bank.pl line 12.",
    ],
    "C assertion": ["c: c.c:3: main: Assertion `c==7' failed."],
    "C runtime": ["free(): double free detected in tcache 2", "*** stack smashing detected ***: terminated"],
    "C++ exception": ["terminate called after throwing an instance of 'std::out_of_range'"],
    "End by a signal": ["Aborted", "run.sh: line 1: 23178 Segmentation fault      (core dumped) ./c"],
    "Shell error": [
        "/srv/app/bin/greet: 3: foo: not found",
        "sh: 1: nope: not found",
        "run.sh: line 1: foo: command not found",
        "bash: nope: command not found",
        "u.sh: 3: Q: parameter not set",
        "bin/list: line 3: Q: unbound variable",
        't.sh: 1: Syntax error: "then" unexpected',
        "bin/list: line 3: nofile: No such file or directory",
    ],
}

WORDS = """\
error: account a1 not found
usage: bank withdraw ACCOUNT AMOUNT
bank: insufficient balance: 50.00 < 80.00
ledger.csv: 3: toll: not found
ledger.csv:3: toll: no such account
in.txt: line 3: toll: unknown account
cat: nofile: No such file or directory
Warning: 3 lines were skipped in notes.txt on line 4
  at noon (probably)
  at 9:00, room 3:1
panic: buy milk
Caused by rain
the command foo was not found
Killed three birds
fatal error: the disk is full
*** done ***
{"error": {"code": 422, "message": "name is required"}}
"""


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in SHOWN.items() for text in texts])
def test_the_insides_of_a_program_are_found(name: str, text: str) -> None:
    found = traceback_in(f"reading the ledger\n{text}\r\nmore\n")
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("line", WORDS.splitlines())
def test_words_for_a_user_are_not_taken_for_a_traceback(line: str) -> None:
    assert traceback_in(f"{line}\n") is None


def test_the_quote_is_the_line_that_gave_it_away_and_what_follows() -> None:
    found = traceback_in("one\nTraceback (most recent call last):\n" + "x\n" * 50)
    assert found is not None
    assert found.quote == "Traceback (most recent call last):\nx\nx\nx\nx\nx"


@pytest.mark.parametrize("before", [0, AT_ONCE - 30, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE])
def test_it_is_found_wherever_it_stands_in_a_flood(before: int) -> None:
    line = "Traceback (most recent call last):"
    flood = ("abcdef\n" * before)[:before] + "\n"
    found = traceback_in(flood + line + "\n" + "abcdef\n" * AT_ONCE)
    assert found is not None
    assert found.quote.startswith(line)
    assert traceback_in(flood + line) is not None


def test_nothing_of_a_line_is_found_beyond_it() -> None:
    """A flood of short lines would cost hundreds of looks for each."""
    assert traceback_in("see\nhere: line 3: no\nsuch thing: command not found\n") is None
