import time

import pytest

from factory_tui.feedback.proof import claim_without_check, own_test_is_green, weakened_tests
from tests.feedback.conftest import bash, tree

PYTEST_RED = bash("python -m pytest -q", "F.\n1 failed, 1 passed in 0.02s", ok=False, turn=3)
PYTEST_GREEN = bash("python -m pytest -q", "..\n2 passed in 0.02s", turn=5)


@pytest.mark.parametrize(
    "text",
    [
        "All tests pass.",
        "Implemented. The tests are all green now!",
        "Done: 12 tests pass",
        "I ran the tests and everything is fine.",
        "The test suite passes.",
        "Everything passes: 4 passing tests.",
        "Done. The 6 tests in `tests/test_app.py` ran\nand passed.",
        "## Summary\n\n- wrote app.py, which did not exist\n- all tests pass\n",
    ],
)
def test_a_claim_of_passing_tests_needs_a_test_run(text):
    finding = claim_without_check(text, [bash("ls"), bash("cat app.py")])
    assert finding is not None
    assert finding.quote in text
    assert claim_without_check(text, [PYTEST_GREEN]) is None


def test_a_test_run_that_failed_last_contradicts_the_claim():
    finding = claim_without_check("All tests pass.", [PYTEST_GREEN, PYTEST_RED])
    assert finding is not None
    assert "turn 3" in finding.cause
    assert claim_without_check("All tests pass.", [PYTEST_RED, PYTEST_GREEN]) is None


@pytest.mark.parametrize(
    "observation",
    ["2 failed", "FAILED (failures=1)", "no tests ran in 0.01s", "python: No module named pytest", "Ran 0 tests in 0s"],
)
def test_output_says_that_a_run_failed_even_when_its_exit_code_was_lost(observation):
    assert claim_without_check("All tests pass.", [bash("pytest | tail", observation)]) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Done.",
        "I could not run the tests.",
        "The tests do not pass yet.",
        "The tests should pass.",
        "One test fails.",
        "Next: make the tests pass once the schema exists.",
        "I added tests for the new rule.",
        "I haven't verified it.",
        "Tests were added. It passes arguments on.",
        "",
    ],
)
def test_modest_words_claim_nothing(text):
    assert claim_without_check(text, []) is None


@pytest.mark.parametrize(
    "command",
    [
        "pytest",
        "cd app && python3 -m unittest -v",
        "make test",
        "npm run test",
        "cargo test --all",
        "go test ./...",
        "sh run_tests.sh",
        "python tests/test_app.py",
        "./test.sh",
        "node --test",
    ],
)
def test_many_commands_are_test_runs(command):
    assert claim_without_check("All tests pass.", [bash(command)]) is None


def test_a_manual_trial_needs_a_command_that_does_something():
    text = "I verified that withdrawing works."
    assert claim_without_check(text, [bash("ls -la; cat bank.py")]) is not None
    assert claim_without_check(text, [bash("cat bank.py && python bank.py withdraw a1 3")]) is None


def test_a_command_that_is_not_known_to_its_end_is_no_evidence_against_the_claim():
    assert claim_without_check("All tests pass.", [bash("cat > app.py <<EOF …")]) is None


def test_a_clean_linter_needs_a_linter():
    assert claim_without_check("Ruff passes.", [PYTEST_GREEN]) is not None
    assert claim_without_check("Ruff passes.", [bash("ruff check .")]) is None


TEST = "import app\n\ndef test_a():\n    assert app.a() == 1\n\ndef test_b():\n    assert app.b() == 2\n"
BASE = {"app.py": "x", "tests/test_app.py": TEST}


def weakened(**changes):
    after = {**BASE, **{path.replace("__", "/") + ".py": text for path, text in changes.items()}}
    return weakened_tests(tree(BASE), tree({path: text for path, text in after.items() if text is not None}))


def test_untouched_and_new_tests_are_no_finding():
    assert weakened() is None
    assert weakened(app="y", tests__test_new="def test_c():\n    assert True\n") is None
    assert weakened(tests__test_app=TEST + "\ndef test_c():\n    assert app.c() == 3\n") is None


def test_a_deleted_test_file_is_named():
    finding = weakened(tests__test_app=None)
    assert finding is not None
    assert finding.quote == "tests/test_app.py"


def test_a_changed_or_removed_check_is_quoted():
    for text in (TEST.replace("== 2", "in (2, 3)"), TEST.replace("    assert app.b() == 2\n", "    pass\n")):
        finding = weakened(tests__test_app=text)
        assert finding is not None
        assert finding.quote == "assert app.b() == 2"


@pytest.mark.parametrize("mark", ["@pytest.mark.skip", "@unittest.skip('later')", "@pytest.mark.xfail(reason='x')"])
def test_a_switched_off_test_is_quoted(mark):
    finding = weakened(tests__test_app=TEST.replace("def test_b", f"{mark}\ndef test_b"))
    assert finding is not None
    assert finding.quote == mark


def test_files_that_are_no_tests_may_change():
    base = tree({"src/latest.py": "assert x", "contest.py": "assert y"})
    assert weakened_tests(base, tree({})) is None


@pytest.mark.parametrize(
    ("rule", "text", "found"),
    [
        ("R3", "def test_r3_refuses(): ...", True),
        ("R3", "# covers R3\n", True),
        ("R3", "def test_r31(): ...", False),
        ("R3", "def test_var3(): ...", False),
        ("R3", "def test_other(): ...", False),
    ],
)
def test_an_own_test_names_its_rule(rule, text, found):
    finding = own_test_is_green(rule, tree({"tests/test_x.py": text}), [PYTEST_GREEN])
    assert (finding is not None) is found
    assert own_test_is_green(rule, tree({"notes.md": text}), [PYTEST_GREEN]) is None
    assert own_test_is_green(rule, tree({"tests/test_x.py": text}), [PYTEST_GREEN, PYTEST_RED]) is None
    assert own_test_is_green(rule, tree({"tests/test_x.py": text}), []) is None


@pytest.mark.parametrize("unit", ["\n", "\n ", " \n\t", "- \n", "a.", "tests ", "\n1"])
def test_last_words_of_any_length_are_read_quickly(unit):
    began = time.process_time()
    claim_without_check(unit * (200_000 // len(unit)) + "x", [])
    assert time.process_time() - began < 5
