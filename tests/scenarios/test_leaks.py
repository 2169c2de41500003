import base64
import json
import string
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import LoadedScenario, Suite
from factory_tui.scenarios.leaks import Leak, Leaks
from factory_tui.scenarios.reading.load import read_scenario, suite_of

REFUSED = """\
# Why: the last incident.
id: overdrawn-withdrawal-is-refused
covers: [R4]
kind: negative
given: An account with fifty and no overdraft that nobody has agreed to
when: The user takes eighty
then: The withdrawal is refused, nothing is written, and the exit code is 3
files:
  accounts.json: '[{"id": "a1", "owner": "Wilhelmina of the lighthouse", "balance": "50.00"}]'
steps:
  - run: bank withdraw a1 80.00 --reason "a boat for the lighthouse keeper"
    stdin: "q7x2k9m4\\n"
    expect:
      exit: 3
      stderr: {contains: 'account a1 of Wilhelmina of the lighthouse lacks thirty, and nobody agreed to an overdraft'}
"""
SHORT = """\
id: empty-list
covers: [R1]
given: An empty list
when: It is shown
then: Nothing is printed
steps:
  - run: bank list
    expect: {exit: 0, stdout: ""}
"""


def loaded(*texts: str) -> tuple[Suite, dict[str, str]]:
    read = [read_scenario(Path(f"s{number}.yaml"), text.encode(), SpecId("bank")) for number, text in enumerate(texts)]
    suite, _ = suite_of("bank", read)
    return suite, {each.id: text for each, text in zip(suite.scenarios, texts, strict=True)}


def leaks(*texts: str) -> Leaks:
    suite, files = loaded(*texts)
    return Leaks.of(suite, files)


def numbered(text: str) -> str:
    return "".join(f"{number:6}\t{line}\n" for number, line in enumerate(text.splitlines(), start=1))


WAYS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "among other words": lambda text: f"total 12\n{'x y z ' * 500}\n{text}\nbye\n",
    "re-indented": lambda text: "".join(f"\t\t      {line}\n" for line in text.splitlines()),
    "as a diff": lambda text: "".join(f"+{line}\r\n" for line in text.splitlines()),
    "by cat -n, as the editor shows it": numbered,
    "by grep -rn": lambda text: "".join(f"h/bank/s.yaml:{n}:{line}\n" for n, line in enumerate(text.splitlines(), 1)),
    "in colours": lambda text: "".join(f"\x1b[01;31m\x1b[K{line}\x1b[m\x1b[K\n" for line in text.splitlines()),
    "as JSON": json.dumps,
    "as JSON in JSON": lambda text: json.dumps(json.dumps({"file": text})),
    "wrapped": lambda text: "\n".join(text[at : at + 31] for at in range(0, len(text), 31)),
    "in capitals": str.upper,
    "its second half": lambda text: text[len(text) // 2 :],
    "in base64": lambda text: base64.encodebytes(text.encode()).decode(),
    "in base64, on one line": lambda text: base64.b64encode(text.encode()).decode(),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("text", [REFUSED, SHORT], ids=["long", "short"])
def test_a_file_is_recognised_however_it_is_shown(way: Callable[[str], str], text: str):
    if text is SHORT and way in (WAYS["by grep -rn"], WAYS["its second half"]):
        pytest.skip("its lines say too little for themselves")
    (leak,) = leaks(REFUSED, SHORT).found_in(way(text))
    assert leak.scenario == ("overdrawn-withdrawal-is-refused" if text is REFUSED else "empty-list")


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("then: The withdrawal is refused, nothing is written, and the exit code is 3", "then"),
        ("an account with fifty and no overdraft that nobody", "given"),
        ("-rw-r--r-- 1 root root 812 overdrawn-withdrawal-is-refused.yaml", "id"),
        ('{"owner": "Wilhelmina of the lighthouse", "balance": "50.00"}', "files.accounts.json"),
        ("$ bank withdraw a1 80.00 --reason 'a boat for the lighthouse keeper'", "steps[1].run"),
        ("read: q7x2k9m4", "steps[1].stdin"),
        (
            "E  - account a1 of Wilhelmina of the lighthouse lacks thirty, and nobody agreed to an overdraft",
            "steps[1].expect.stderr.contains",
        ),
    ],
)
def test_one_line_is_enough_when_nobody_writes_it_by_chance(line: str, part: str):
    assert leaks(REFUSED).found_in(line) == (Leak("overdrawn-withdrawal-is-refused", part),)


def test_short_and_common_values_are_never_taken_for_a_leak():
    said = "$ bank list\nexit code 3\n50.00\n80.00\na1\nexit: 0, stdout: ''\nexpect: {exit: 3}\nNothing is printed\n"
    assert leaks(REFUSED, SHORT).found_in(said) == ()


def test_what_the_agent_may_know_is_no_leak_but_the_rest_still_is():
    known = leaks(REFUSED)
    known.tell(
        "## EVALUATION\n- E1 (R4): … then the withdrawal is refused,\n  nothing is written, and the exit code is 3."
    )
    known.tell("Wilhelmina of the lighthouse", "q7x2k9m4")
    assert known.found_in("then: The withdrawal is refused, nothing is written, and the exit code is 3") == ()
    assert known.found_in("read: q7x2k9m4") == ()
    assert known.found_in("An account with fifty and no overdraft that nobody has agreed to") != ()


def test_fixtures_are_looked_for_as_well():
    suite, _ = loaded(SHORT)
    fixture = ArtifactFile(PurePosixPath("birds/list.txt"), b"a heron at the northern pier, twice every day\n")
    with_it: LoadedScenario = suite.scenarios[0].model_copy(update={"fixtures": Artifact.of([fixture])})
    found = Leaks.of(suite.model_copy(update={"scenarios": (with_it,)})).found_in(
        "saw a heron at the northern pier, twice every day"
    )
    assert found == (Leak("empty-list", "fixture birds/list.txt"),)


@given(st.text(alphabet=string.printable + "äßé\x1b\\", max_size=400))
def test_any_text_is_looked_through_without_a_fault(text: str):
    known = leaks(REFUSED)
    known.tell(text)
    known.found_in(text)
    assert known.found_in(SHORT) == ()


@given(st.integers(0, 60), st.integers(35, 50), st.text(alphabet=string.ascii_letters + " \n", max_size=50))
def test_any_long_run_of_a_sentence_is_found_wherever_it_stands(start: int, length: int, before: str):
    sentence = (
        "The withdrawal is refused, nothing is written, and the exit code is 3, whoever asks and however often they do"
    )
    text = REFUSED.replace("The withdrawal is refused, nothing is written, and the exit code is 3", sentence)
    assert leaks(text).found_in(before + sentence[start : start + length] + before) != ()


@pytest.mark.parametrize("flood", ["0", "lorem ipsum dolor ", "The withdrawal is refu", "\\n\\u0041", "\n   ", "7\t"])
def test_a_megabyte_of_anything_is_looked_through(flood: str):
    """Without quadratic work: in a time that no reader notices."""
    known = leaks(REFUSED.replace("fifty", "0" * 5000))
    known.found_in(flood * (1_000_000 // len(flood)))
