"""Q05 to Q10, waivers in a scenario's file, and the order of what is found."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.config import Settings
from factory_tui.model.finding import Finding, Level
from factory_tui.model.ids import SpecId
from factory_tui.scenarios import SCENARIO_FAMILY, lint_suite, load_suite, readiness
from factory_tui.scenarios.reading.load import read_scenario, suite_of
from factory_tui.specs import load_specs, parse

REPOSITORY = Path(__file__).parents[3]
FOLDER = Path("scenarios/thing")

SPEC = """\
## INPUTS

| name | type | bounds | invalid case and its result |
|---|---|---|---|
| DAY | date | 2000-01-01 to 2099-12-31 inclusive | `x`: exit code 2, R2 |
| BOOK | path | 1 to 9 characters | missing: exit code 2 |

## OUTPUTS

One line, `the day DAY is closed for good now`.

## RULES

- R1 `close` must print the line.
- R2 If DAY is no date, then `close` must say so with exit code 2.
- R3 `close` must never touch another day.
"""

HEAD = "id: {id}\ncovers: {covers}\nkind: {kind}\ngiven: A day\nwhen: It is closed\nthen: It is\n"


def scenario(id: str, steps: str, covers: str = "[R1, R2, R3]", kind: str = "negative", more: str = "") -> str:
    return HEAD.format(id=id, covers=covers, kind=kind) + more + f"steps:\n{steps}"


def found(*texts: str, spec: str = SPEC) -> tuple[Finding, ...]:
    """Findings about a suite of these scenario files."""
    names = [text.split("\n")[0].removeprefix("id: ") for text in texts]
    files = zip(names, texts, strict=True)
    suite, broken = suite_of(
        "thing", (read_scenario(FOLDER / f"{n}.yaml", t.encode(), SpecId("thing")) for n, t in files)
    )
    return (*broken, *lint_suite(suite, parse(Path("specs/thing.md"), spec)))


def told(texts: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(each.rule, each.quote) for each in texts]


def one(step: str) -> list[tuple[str, str]]:
    """What is found about a suite of one scenario with one step, without what the suite lacks and what Q04 says."""
    return [each for each in told(found(scenario("one", f"  - {step}\n"))) if each[0] not in ("Q04", "Q09")]


def test_every_rule_of_the_design_is_in_the_family():
    assert [rule.id for rule in SCENARIO_FAMILY.rules] == [f"Q{number:02}" for number in range(1, 11)]
    assert [rule.id for rule in SCENARIO_FAMILY.rules if rule.decided] == ["Q08"]


# Q05


@pytest.mark.parametrize(
    "step",
    [
        "{run: close, expect: {stdout: 'all is well and the day was closed'}}",
        "{run: close, expect: {stderr: {equals: 'all is well and the day was closed'}}}",
        "{run: close, expect: {stdout: {lines: ['all is well and the day was closed']}}}",
        "{run: close, expect: {stdout: {json: {message: 'all is well and the day was closed'}}}}",
        "{run: close, expect: {stdout: {json: {$.message: 'all is well and the day was closed'}}}}",
        "{file: log, expect: 'all is well and the day was closed'}",
        "{http: {url: 'http://127.0.0.1/'}, expect: {body: 'all is well and the day was closed'}}",
        "{http: {url: 'http://127.0.0.1/'}, expect: {json: {note: 'all is well and the day was closed'}}}",
    ],
)
def test_a_whole_sentence_that_the_spec_leaves_open_is_not_compared(step):
    assert one(step) == [("Q05", "all is well and the day was closed")]


@pytest.mark.parametrize(
    "step",
    [
        "{run: close 2026-01-01, expect: {stdout: 'the day 2026-01-01 is closed for good now'}}",
        "{run: close, expect: {stdout: 'closed for good'}}",
        "{run: close, expect: {stdout: {contains: 'all is well and the day was closed'}}}",
        "{run: close, expect: {stdout: {matches: 'all is well and the day was closed'}}}",
        "{run: 'echo every day is a good day here', expect: {stdout: 'every day is a good day here'}}",
        "{run: close, expect: {stdout: '1;2;3;4;5;6;7'}}",
    ],
)
def test_what_the_spec_states_and_what_the_scenario_put_in_may_be_compared(step):
    assert one(step) == []


def test_behaviour_of_the_base_may_be_compared_word_by_word():
    text = scenario(
        "one", "  - {run: close, expect: {stdout: 'all is well and the day was closed'}}\n", more="base: pass\n"
    )
    assert told(found(text)) == []


# Q06


@pytest.mark.parametrize(
    ("step", "quote"),
    [
        ('{run: "close $(date +%F)"}', "$(date"),
        ('{run: "close `date +%F`"}', "`date"),
        ("{run: 'python3 -c \"import datetime; print(datetime.date.today())\"'}", "date.today("),
        ('{run: "close $RANDOM"}', "$RANDOM"),
        ('{run: "head -c 9 /dev/urandom > a; close a"}', "/dev/urandom"),
        ('{run: "seq 9 | shuf | close"}', "shuf"),
        ('{run: "curl -s https://example.org/day | close"}', "https://example.org"),
        ('{run: "pip install requests && close"}', "pip install"),
        ("{http: {url: 'https://example.org/day'}}", "https://example.org/day"),
        ("{wait: {http: 'http://10.0.0.1/', within: 1s}}", "http://10.0.0.1/"),
    ],
)
def test_time_chance_and_the_network_need_a_fixture(step, quote):
    assert one(step) == [("Q06", quote)]


@pytest.mark.parametrize(
    "step",
    [
        '{run: "close $(date -d 2026-01-01 +%F)"}',
        '{run: "close --date 2026-01-01 && cat update.txt"}',
        '{run: "faketime 2026-01-01 close $(date +%F)"}',
        '{run: "seq 9 | shuf --random-source=seed | close"}',
        "{run: 'python3 -c \"import random; random.seed(4); print(random.random())\"'}",
        "{run: 'python3 -c \"import random; print(random.Random(4).random())\"'}",
        '{run: "close https://example.org/"}',
        '{run: "curl -s http://127.0.0.1:$port/day"}',
        '{run: "pip install --no-index ."}',
        "{http: {url: 'http://localhost:${port}/day'}}",
        "{http: {url: 'http://127.0.0.1/?to=https://example.org'}}",
    ],
)
def test_what_is_fixed_or_local_is_steady(step):
    assert one(step) == []


def test_a_program_among_the_files_is_read_too():
    roll = "files:\n  roll.py: |\n    import random\n    {seed}\n    print(random.choice('ab'))\n"
    step = "  - run: python3 roll.py | close\n"
    text = scenario("one", step, more=roll.format(seed="pass"))
    (finding,) = (each for each in found(text) if each.rule == "Q06")
    assert (finding.quote, finding.line) == ("random.choice(", 8)
    assert told(found(scenario("one", step, more=roll.format(seed="random.seed(7)")))) == []


@pytest.mark.parametrize(
    ("step", "more"),
    [
        ('{run: "close $(date +%F)"}', "clock: {at: '2026-01-01 09:00'}\n"),
        ("{run: 'python3 -c \"import random, os; random.seed(os.environ[1]); random.random() # SEED\"'}", "seed: 1\n"),
        ('{run: "RANDOM=$SEED; close $RANDOM"}', "seed: 1\n"),
    ],
)
def test_a_clock_and_a_seed_that_is_read_make_it_steady(step, more):
    assert told(found(scenario("one", f"  - {step}\n", more=more))) == []


def test_a_seed_that_nobody_reads_changes_nothing():
    text = scenario("one", '  - {run: "close $RANDOM"}\n', more="seed: 1\n")
    assert [each.rule for each in found(text)] == ["Q06"]


# Q07


def test_a_wait_without_a_bound_is_no_scenario():
    assert [(each.rule, each.level) for each in found(scenario("one", "  - wait: {file: a}\n")) if each.path] == [
        ("Q07", Level.ERROR)
    ]


@pytest.mark.parametrize(
    ("step", "quotes"),
    [
        ('{run: "until test -f a; do sleep 1; done"}', ["until"]),
        ('{run: "while ! test -f a; do sleep 1; done", timeout: 9s}', []),
        ("{run: \"timeout 9 sh -c 'until test -f a; do sleep 1; done'\"}", []),
        ('{run: "i=0; while [ $i -lt 9 ]; do sleep 1; i=$((i+1)); done"}', []),
        ('{run: "tail -f log | grep -m1 closed"}', ["tail -f"]),
        ('{run: "while read -r day; do close $day; done"}', []),
        ('{run: "for day in 1 2; do sleep 1; done"}', []),
    ],
)
def test_a_loop_that_waits_has_a_bound_of_its_own(step, quotes):
    assert one(step) == [("Q07", quote) for quote in quotes]


# Q09


def test_an_input_with_an_invalid_case_has_a_negative_scenario():
    (finding,) = found(scenario("one", "  - {run: close, expect: {stdout: ''}}\n", kind="primary"))
    assert (finding.rule, finding.level, finding.section) == ("Q09", Level.WARNING, "INPUTS")
    assert finding.quote.startswith("| DAY")
    assert "no negative scenario covers R2, to which an invalid DAY leads" in finding.message


def test_a_row_whose_result_names_no_rule_asks_for_nothing():
    assert "BOOK" not in str(found(scenario("one", "  - run: close\n", kind="primary")))


@pytest.mark.parametrize(
    ("step", "sees"),
    [
        ("run: close", False),
        ("{run: close, expect: {stdout: {contains: x}}}", False),
        ("{run: close, expect: {stdout: ''}}", True),
        ("{run: close, expect: {stderr: {not: {contains: x}}}}", True),
        ("{run: 'cp a b; close; cmp a b'}", True),
        ("{file: a, expect: {exists: false}}", True),
        ("{file: a, expect: {contains: x}}", False),
        ("{file: a, expect: 'as it was'}", True),
    ],
)
def test_what_must_never_happen_would_be_seen(step, sees):
    negative = scenario("two", "  - run: close x\n", "[R2]")
    rules = told(found(scenario("one", f"  - {step}\n", "[R1, R3]", "primary"), negative))
    assert [each for each in rules if each[0] == "Q09"] == (
        [] if sees else [("Q09", "- R3 `close` must never touch another day.")]
    )


@pytest.mark.parametrize("kind", ["negative", "recovery", "limit"])
def test_a_scenario_about_what_goes_wrong_would_see_it(kind):
    assert "Q09" not in {each.rule for each in found(scenario("one", "  - run: close\n", kind=kind))}


# Q10


def test_the_same_steps_under_another_name_prove_nothing_more():
    first = scenario("one", "  - run: close\n")
    (finding,) = found(first, scenario("two", "  - run: close\n", "[R1]", "limit").replace("A day", "Another day"))
    assert (finding.rule, finding.level, finding.line) == ("Q10", Level.WARNING, 1)
    assert finding.path == str(FOLDER / "two.yaml")
    assert "it does what one does" in finding.message


@pytest.mark.parametrize("more", ["files: {a: b}\n", "env: {A: b}\n", "trials: 3\n", "base: pass\n"])
def test_another_input_is_another_scenario(more):
    assert found(scenario("one", "  - run: close\n"), scenario("two", "  - run: close\n", more=more)) == ()


# Waivers

RANDOM = '  - run: "close $RANDOM"\n'


@pytest.mark.parametrize(
    "steps",
    [
        f"  # allow Q06: any number will do\n{RANDOM}",
        '  - run: "close $RANDOM"  # allow Q06: any number will do\n',
        f"  # allow Q06: any number will do\n  # allow Q07: short\n{RANDOM}",
    ],
)
def test_a_comment_on_or_above_the_line_waives_a_finding(steps):
    (finding,) = found(scenario("one", steps))
    assert (finding.rule, finding.level) == ("Q06", Level.INFO)
    assert finding.message.startswith("waived (any number will do): ")


@pytest.mark.parametrize(
    "steps",
    [
        f"  # allow Q06: too far away\n  - run: close\n{RANDOM}",
        f"  # allow Q05: another rule\n{RANDOM}",
        f"  - file: a\n    expect: |\n      # allow Q06: part of a text\n{RANDOM}",
    ],
)
def test_a_comment_elsewhere_waives_nothing(steps):
    assert [each.level for each in found(scenario("one", steps)) if each.rule == "Q06"] == [Level.WARNING]


def test_a_waiver_without_a_reason_says_so():
    said = [(each.rule, each.level, each.line) for each in found(scenario("one", f"  # allow Q06\n{RANDOM}"))]
    assert said == [("Q06", Level.WARNING, 8), ("Q06", Level.WARNING, 9)]


def test_what_cannot_be_waived_stays_an_error():
    steps = "  # allow Q03: nothing to see\n  - wait: 1s\n"
    assert [(each.rule, each.level) for each in found(scenario("one", steps.replace("steps", "steps")))] == [
        ("Q03", Level.ERROR),
        ("Q03", Level.WARNING),
    ]


# All together


@given(st.permutations(range(6)))
def test_findings_do_not_depend_on_the_order_in_which_files_are_read(order):
    texts = [
        scenario(
            f"s{number}",
            "  - {run: close $RANDOM, expect: {stdout: 'all is well and the day was closed'}}\n",
            "[R9, R1]",
        )
        for number in range(6)
    ]
    read = found(*(texts[index] for index in order))
    assert read == found(*(texts[index] for index in order))
    places = [(each.path or "", each.line, each.column) for each in read]
    assert places == sorted(places)
    assert {each for each in read if each.rule != "Q10"} == {each for each in found(*texts) if each.rule != "Q10"}


@pytest.mark.parametrize("spec", sorted(each.stem for each in (REPOSITORY / "specs").glob("*.md")))
def test_the_specs_of_this_repository_are_told_the_same_twice_and_lack_no_scenario(spec):
    library = load_specs(REPOSITORY)
    suite, broken = load_suite(REPOSITORY / "scenarios", spec)
    judged = readiness(library.specs[SpecId(spec)], library, suite, broken, Settings())
    assert judged == readiness(library.specs[SpecId(spec)], library, suite, broken, Settings())
    known = ("supplier-mail", "Q09")
    assert [each for each in judged if each.rule[0] in "QX" and (spec, each.rule) != known] == []


LINES = load_specs(REPOSITORY).specs[SpecId("stock-api")].text.split("\n")


@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.sampled_from(["gone", "twice", "last"])), max_size=12))
def test_a_text_has_its_findings_in_the_order_of_its_lines_whatever_became_of_it(changes):
    lines = list(LINES)
    for at, what in changes:
        line = lines[at % len(lines)]
        lines[at % len(lines) : at % len(lines) + 1] = {"gone": [""], "twice": [line, line], "last": []}[what]
        lines += [line] if what == "last" else []
    library = load_specs(REPOSITORY)
    suite, broken = load_suite(REPOSITORY / "scenarios", "stock-api")
    once, again = (
        readiness(parse(Path("specs/stock-api.md"), "\n".join(lines)), library, suite, broken, Settings()) for _ in "ab"
    )
    assert once == again
    places = [(each.path or "", each.line, each.column) for each in once]
    assert places == sorted(places)
    assert len(set(once)) == len(once)
