"""When a scenario or a spec is to blame: each class with what shows it, and what only looks like it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.feedback import AttemptFacts, classify
from factory_tui.model.evaluation import Evidence, Result, ScenarioResult, Trial
from factory_tui.model.failure import Failure, FailureClass, FailureLayer, Qualifier
from factory_tui.model.finding import Finding, Level
from factory_tui.model.scenario import OnBase, ScenarioKind
from factory_tui.model.spec import Question
from factory_tui.specs import parse
from tests.feedback.conftest import EXIT, LATE, evaluation, report, tree

TEXT = """\
---
id: thing
title: Thing
kind: feature
category: crud
target: targets/thing
---
## WHAT
A command `thing`.
## WHO
Somebody who wants a thing.
## INPUTS
| name | type | bounds | invalid case |
|---|---|---|---|
| `--size` | integer | 1 to 9 | `0`: exit code 2, R2 |
## OUTPUTS
One line.
## RULES
- R1 The command must print the size
  of the thing.
- R2 If the size is out of bounds, then the command must refuse it.
- R3 The command must never lose a thing.
### Edge cases
| case | answer |
|---|---|
| duplicate | R3 |
## EVALUATION
- E1 (R1): given a thing, when it is measured, then its size is printed.
- E2 (R2, R3): given no thing, when it is measured, then it is refused.
## CONSTRAINTS
- Performance: at most 2 seconds.
"""


def line_of(start: str) -> int:
    return next(number for number, line in enumerate(TEXT.split("\n"), 1) if line.startswith(start))


def failing(
    *covers: str,
    name: str = "wrong-size",
    evidence: tuple[Evidence, ...] = (EXIT,),
    kind: ScenarioKind = ScenarioKind.ALTERNATE,
    base: OnBase = OnBase.FAIL,
    sentence: str = "Given a thing · when it is measured · then its size is printed",
) -> ScenarioResult:
    trial = Trial(result=Result.FAIL, seconds=0, evidence=evidence)
    return ScenarioResult(
        id=name,
        covers=covers or ("R1",),
        kind=kind,
        base=base,
        result=Result.FAIL,
        trials=(trial,),
        sentence=sentence,
    )


def of(result: ScenarioResult, *findings: Finding, earlier: ScenarioResult | None = None) -> Failure:
    """The failure of the one scenario that failed."""
    given = AttemptFacts(
        spec=parse(Path("specs/thing.md"), TEXT),
        report=report(),
        evaluation=evaluation(result),
        base=tree({"a": "1"}),
        artifact=tree({"a": "2"}),
        findings=findings,
        earlier=evaluation(earlier) if earlier else None,
    )
    attempt, failure = classify(given)
    assert attempt.failure_class is failure.failure_class
    assert attempt.layer is failure.layer
    return failure


def about(rule: str, line: int, *, quote: str = "", section: str | None = "RULES", message: str = "why") -> Finding:
    level = Level.ERROR if rule.startswith("X") else Level.WARNING
    return Finding(rule=rule, level=level, section=section, line=line, quote=quote, message=message, fix="mend")


def narrow(literal: str, name: str = "wrong-size") -> Finding:
    path = f"/w/scenarios/thing/{name}.yaml"
    return Finding(rule="Q04", level=Level.WARNING, quote=literal, message="narrow", fix="mend", path=path)


# SCENARIO-WRONG

SAYS = Evidence(step=1, check="stderr contains", expected="insufficient", observed="refused")


def test_a_check_that_the_spec_does_not_state_is_the_scenarios_fault():
    failure = of(failing(evidence=(SAYS,)), narrow("insufficient"))
    assert (failure.failure_class, failure.layer) == (FailureClass.SCENARIO_WRONG, FailureLayer.SCENARIO)
    assert failure.quotes == ("insufficient",)
    assert failure.cause.startswith("The scenario asserts insufficient, which the spec does not state: step 1")


def test_a_code_is_compared_as_a_whole():
    code = Evidence(step=1, check="exit", expected="4", observed="3")
    assert of(failing(evidence=(code,)), narrow("4")).failure_class is FailureClass.SCENARIO_WRONG
    other = code.model_copy(update={"expected": "42"})
    assert of(failing(evidence=(other,)), narrow("4")).failure_class is FailureClass.DISOBEYED
    text = code.model_copy(update={"check": "stdout"})
    assert of(failing(evidence=(text,)), narrow("4")).failure_class is FailureClass.DISOBEYED


def test_it_is_found_inside_of_json_too():
    seen = Evidence(step=1, check="stdout lines", expected='["a \\"b\\""]', observed="[]")
    assert of(failing(evidence=(seen,)), narrow('a "b"')).failure_class is FailureClass.SCENARIO_WRONG


@pytest.mark.parametrize(
    "finding", [narrow("insufficient", "other"), narrow("overdrawn"), about("Q04", 1, quote="insufficient")]
)
def test_a_finding_on_another_scenario_or_check_does_not_excuse_a_failure(finding):
    assert first_of_two(finding).failure_class is FailureClass.DISOBEYED


def test_a_file_that_is_not_called_like_its_scenario_is_about_it_all_the_same():
    assert first_of_two(narrow("insufficient", "01-refused")).failure_class is FailureClass.SCENARIO_WRONG
    assert first_of_two(narrow("overdrawn", "01-refused")).failure_class is FailureClass.DISOBEYED


def first_of_two(*findings: Finding) -> Failure:
    """The failure of the first of two scenarios that failed."""
    given = AttemptFacts(
        spec=parse(Path("specs/thing.md"), TEXT),
        report=report(),
        evaluation=evaluation(failing(evidence=(SAYS,)), failing("R2", name="other")),
        base=tree({"a": "1"}),
        artifact=tree({"a": "2"}),
        findings=findings,
    )
    return classify(given)[1]


def test_an_attempt_is_not_excused_by_one_wrong_scenario_among_others():
    given = AttemptFacts(
        spec=parse(Path("specs/thing.md"), TEXT),
        report=report(),
        evaluation=evaluation(failing(evidence=(SAYS,)), failing("R2", name="other")),
        base=tree({"a": "1"}),
        artifact=tree({"a": "2"}),
        findings=(narrow("insufficient"),),
    )
    assert [each.failure_class.value for each in classify(given)] == ["DISOBEYED", "SCENARIO-WRONG", "DISOBEYED"]


# SPEC-CONFLICT, SPEC-GAP, SPEC-AMBIGUOUS by findings

RULE = line_of("- R1")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("X01", FailureClass.SPEC_CONFLICT),
        ("C12", FailureClass.SPEC_GAP),
        ("C10", FailureClass.SPEC_GAP),
        ("L01", FailureClass.SPEC_AMBIGUOUS),
    ],
)
@pytest.mark.parametrize("line", [RULE, RULE + 1, line_of("- E1")], ids=["rule", "wrapped", "evaluation"])
def test_a_finding_on_the_covered_item_decides(rule, expected, line):
    failure = of(failing("R1"), about(rule, line, quote="the size"))
    assert (failure.failure_class, failure.layer) == (expected, FailureLayer.SPEC)
    assert failure.quotes == ("the size",)
    assert f"{rule}, line {line}" in failure.cause


@pytest.mark.parametrize("line", [line_of("| duplicate"), line_of("- E2")])
def test_a_line_that_names_the_rule_is_about_it(line):
    assert of(failing("R3"), about("X02", line)).failure_class is FailureClass.SPEC_CONFLICT


def test_a_contradiction_that_is_only_likely_is_no_conflict():
    likely = about("X01", RULE).model_copy(update={"level": Level.WARNING})
    assert of(failing("R1"), likely).failure_class is FailureClass.UNCLEAR


@pytest.mark.parametrize("rule", ["X01", "C12", "L01"])
def test_a_finding_on_another_rule_decides_nothing(rule):
    assert of(failing("R1"), about(rule, line_of("- R2"))).failure_class is FailureClass.DISOBEYED


@pytest.mark.parametrize("rule", ["C04", "C09", "C15", "L13", "L14", "Q09"])
def test_rules_about_ids_and_unreliable_ones_blame_no_spec(rule):
    assert of(failing("R1"), about(rule, RULE)).layer is FailureLayer.AGENT


def test_a_waived_finding_still_says_what_is_open():
    waived = about("C12", RULE, message="waived (later): a retry without a number").model_copy(
        update={"level": Level.INFO}
    )
    assert of(failing("R1"), waived).failure_class is FailureClass.SPEC_GAP


def test_the_earlier_class_of_the_table_wins():
    every = [about(rule, RULE) for rule in ("L01", "C12", "X01")]
    assert of(failing("R1"), *every).failure_class is FailureClass.SPEC_CONFLICT
    assert of(failing("R1"), *every[:2]).failure_class is FailureClass.SPEC_GAP
    scenario_first = of(failing("R1", evidence=(SAYS,)), *every, narrow("insufficient"))
    assert scenario_first.failure_class is FailureClass.SCENARIO_WRONG
    assert of(failing("R1", base=OnBase.PASS), *every[:1]).failure_class is FailureClass.SPEC_AMBIGUOUS


def test_a_section_that_lacks_its_edge_cases_is_a_gap_for_what_is_not_the_usual_case():
    finding = about("C01", line_of("## RULES"), quote="## RULES", message="RULES has no Edge cases")
    assert of(failing("R1"), finding).failure_class is FailureClass.SPEC_GAP
    assert of(failing("R1", kind=ScenarioKind.PRIMARY), finding).failure_class is FailureClass.DISOBEYED
    assert of(failing("R1", base=OnBase.PASS), finding).failure_class is FailureClass.REGRESSION
    elsewhere = about("C01", line_of("## CONSTRAINTS"), quote="## CONSTRAINTS", section="CONSTRAINTS")
    assert of(failing("R1"), elsewhere).failure_class is FailureClass.DISOBEYED


# SPEC-GAP by what the spec never mentions

ASKS = about("T01", line_of("### Edge"), message="template feature@2 also asks: Interrupted half-way")


def test_what_the_template_asks_and_the_spec_leaves_open_is_a_gap():
    sentence = "Given a thing · when measuring is interrupted · then nothing is lost"
    failure = of(failing("R3", sentence=sentence), ASKS)
    assert (failure.failure_class, failure.section, failure.qualifier) == (
        FailureClass.SPEC_GAP,
        Question.RULES,
        Qualifier.MISSING,
    )
    assert of(failing("R3"), ASKS).failure_class is FailureClass.DISOBEYED


@pytest.mark.parametrize(
    ("label", "sentence", "is_gap"),
    [
        ("Names with blanks and special characters", "Given a path with a blank · when it is read · then …", True),
        (
            "Names with blanks and special characters",
            "Given the names of all things · when they are read · then …",
            False,
        ),
        ("Holidays of the year", "Given the holidays of a year · when a day is due · then …", True),
        ("Holidays of the year", "Given a year · when a day is due · then …", False),
        ("A B", "Given a b · when a day is due · then …", False),
        ("Interrupted half-way", "Given a thing · when it is read · then it is not interrupted", False),
    ],
)
def test_only_the_scenarios_condition_says_whether_it_is_about_what_is_asked(label: str, sentence: str, is_gap: bool):
    asks = about("T01", line_of("### Edge"), message=f"waived (no): template feature@2 also asks: {label}")
    failure = of(failing("R3", sentence=sentence), asks)
    assert (failure.failure_class is FailureClass.SPEC_GAP) == is_gap


@pytest.mark.parametrize(
    ("given", "absent"),
    [
        ("Given a thing · when `--colour` is given · then it is red", "--colour"),
        ("Given a thing in THING_HOME · when it is measured · then it is found", "THING_HOME"),
        ("Given $THING_HOME · when it is measured · then it is found", "THING_HOME"),
        ("Given a `gizmo` · when it is measured · then it is refused", "gizmo"),
    ],
)
def test_a_condition_that_the_spec_never_mentions_is_a_gap(given, absent):
    failure = of(failing("R1", sentence=given))
    assert failure.failure_class is FailureClass.SPEC_GAP
    assert failure.quotes == (absent,)


@pytest.mark.parametrize(
    "given",
    [
        "Given a thing · when `--size` is 0 · then it is refused",
        "Given a thing · when it is measured · then `--colour` is printed",
        "Given the `THING` · when it is measured · then it is found",
        "Given a file of `thing-1.txt` and 3 -- or 4 -- things · when they are measured · then they are found",
        "Given JSON and CSV beside $FACTORY_BASE · when they are read · then they are found",
    ],
)
def test_what_the_spec_mentions_or_the_scenario_makes_up_is_none(given):
    assert of(failing("R1", sentence=given)).failure_class is FailureClass.DISOBEYED


# SPEC-AMBIGUOUS by two attempts


def answered(observed: str, check: str = "stdout", expected: str = "0.20", step: int = 1) -> ScenarioResult:
    return failing(evidence=(Evidence(step=step, check=check, expected=expected, observed=observed),))


def test_two_attempts_that_answer_differently_read_the_spec_in_two_ways():
    failure = of(answered("0.21"), earlier=answered("0.19"))
    assert failure.failure_class is FailureClass.SPEC_AMBIGUOUS
    assert failure.quotes == ("0.19",)
    assert "the one before with 0.19: step 1, stdout: expected 0.20, observed 0.21" in failure.cause
    codes = of(answered("4\nstderr: x", "exit", "3"), earlier=answered("2\nstderr: y", "exit", "3"))
    assert codes.failure_class is FailureClass.SPEC_AMBIGUOUS


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (answered("0.21"), answered("0.21")),
        (answered("0.21"), answered("")),
        (answered("0.21"), answered("0.19", step=2)),
        (answered("0.21"), answered("0.19", expected="0.30")),
        (answered("2", "exit", "3"), answered("0", "exit", "3")),
        (answered("2", "exit", "3"), answered("139\nstderr: core dumped", "exit", "3")),
        (answered("2", "exit", "3"), answered("1\nstderr: Traceback (most recent call last):", "exit", "3")),
        (answered("2\nstderr: a", "exit", "3"), answered("2\nstderr: b", "exit", "3")),
        (answered("in /tmp/x1/a"), answered("in /tmp/x2/a")),
        (answered("at 127.0.0.1:8081"), answered("at 127.0.0.1:8082")),
        (answered('["201 True"]', expected='["200 True"]'), answered('["201 False"]', expected='["200 True"]')),
        (answered("a\nc", expected="a\nb"), answered("d\ne", expected="a\nb")),
        (answered("x", "stdout contains"), answered("y", "stdout contains")),
        (failing(evidence=(LATE,)), failing(evidence=(LATE.model_copy(update={"observed": "4.00 s"}),))),
    ],
)
def test_progress_crashes_and_chance_are_no_second_reading(now, before):
    assert of(now, earlier=before).layer is FailureLayer.AGENT


def test_behaviour_of_the_base_is_not_a_matter_of_reading():
    now = answered("0.21").model_copy(update={"base": OnBase.PASS})
    assert of(now, earlier=answered("0.19")).failure_class is FailureClass.REGRESSION


def test_a_scenario_that_passed_before_disagrees_with_nothing():
    passed = ScenarioResult(id="wrong-size", covers=("R1",), result=Result.PASS, trials=())
    assert of(answered("0.21"), earlier=passed).failure_class is FailureClass.DISOBEYED


FINDINGS = st.lists(
    st.builds(
        about,
        st.sampled_from(["X01", "C01", "C12", "L01", "L13", "T01", "Q09", "T02"]),
        st.integers(-1, 60),
        quote=st.sampled_from(["", "## RULES", "the size"]),
        section=st.sampled_from([None, "RULES", "INPUTS", "front matter"]),
        message=st.sampled_from(["why", "template feature@2 also asks: Interrupted half-way"]),
    )
    | st.builds(narrow, st.sampled_from(["insufficient", "", "0"])),
    max_size=5,
)
RESULTS = st.builds(
    failing,
    st.sampled_from(["R1", "R2", "R3", "R9"]),
    evidence=st.lists(
        st.sampled_from([EXIT, LATE, SAYS, Evidence(step=0, check="service", expected="x", observed="")]), max_size=2
    ).map(tuple),
    kind=st.sampled_from(ScenarioKind),
    base=st.sampled_from(OnBase),
    sentence=st.sampled_from(["", "Given a thing · when it is interrupted · then it is kept", "`a` --b A_B"]),
)


@given(RESULTS, FINDINGS, st.none() | RESULTS, st.randoms(use_true_random=False))
def test_a_class_never_depends_on_the_order_of_the_findings(result, findings, earlier, dice):
    shuffled = list(findings)
    dice.shuffle(shuffled)
    facts = [
        AttemptFacts(
            spec=parse(Path("specs/thing.md"), TEXT),
            report=report(),
            evaluation=evaluation(result),
            base=tree({"a": "1"}),
            artifact=tree({"a": "2"}),
            findings=tuple(given),
            earlier=evaluation(earlier) if earlier else None,
        )
        for given in (findings, shuffled)
    ]
    one, other = (classify(each) for each in facts)
    assert [each.failure_class for each in one] == [each.failure_class for each in other]
    assert all(each.cause and "\n" not in each.cause and each.section for each in one[1:])


# Where a failure points


def test_every_failure_of_a_scenario_quotes_its_sentence_and_its_rule():
    failure = of(failing("R1"))
    assert failure.sentence == "Given a thing · when it is measured · then its size is printed"
    assert failure.spec_line == RULE
    assert failure.spec_quote == "- R1 The command must print the size\nof the thing."
    assert failure.rules == ("R1",)


def test_a_rule_that_the_spec_does_not_have_is_not_quoted():
    failure = of(failing("R9"))
    assert (failure.failure_class, failure.spec_line, failure.spec_quote) == (FailureClass.UNCLEAR, None, "")


def seen(check: str, expected: str, observed: str, step: int = 1) -> Evidence:
    return Evidence(step=step, check=check, expected=expected, observed=observed)


@pytest.mark.parametrize(
    ("evidence", "section"),
    [
        ((LATE,), Question.CONSTRAINTS),
        ((seen("header Content-Type", "application/json", "text/html"),), Question.OUTPUTS),
        ((seen("json", "JSON (Expecting value)", "<html>"),), Question.OUTPUTS),
        ((seen("stdout json", "JSON (Expecting value)", "size 3"),), Question.OUTPUTS),
        ((seen("out.txt exists", "something there", "no such file"),), Question.OUTPUTS),
        ((seen("stdout", "size: 3", "Size 3"),), Question.OUTPUTS),
        ((seen("stdout", "refused", ""), seen("stderr", "", "refused")), Question.OUTPUTS),
        ((seen("stdout", "size: 3", "size: 4"),), Question.RULES),
        ((seen("stdout", "refused", ""), seen("stderr", "", "refused", step=2)), Question.RULES),
        ((EXIT,), Question.RULES),
        ((), Question.RULES),
    ],
)
def test_the_section_follows_from_the_evidence(evidence, section):
    assert of(failing("R1", evidence=evidence)).section is section


def test_a_negative_scenario_about_an_input_points_to_the_inputs():
    assert of(failing("R2", kind=ScenarioKind.NEGATIVE)).section is Question.INPUTS
    assert of(failing("R3", kind=ScenarioKind.NEGATIVE)).section is Question.RULES
    assert of(failing("R2", kind=ScenarioKind.ALTERNATE)).section is Question.RULES


@pytest.mark.parametrize(
    ("evidence", "qualifier"),
    [
        (seen("exit", "2", "0"), Qualifier.MISSING),
        (seen("exit", "0", "127\nstderr: thing: not found", step=2), Qualifier.MISSING),
        (seen("exit", "0", "1"), Qualifier.WRONG),
        (seen("status", "400", "201\n{}"), Qualifier.MISSING),
        (seen("status", "200", "201"), Qualifier.WRONG),
        (seen("stdout", "3", ""), Qualifier.MISSING),
        (seen("stdout", "", "3"), Qualifier.EXTRA),
        (seen("$.secret exists", "nothing there", "abc"), Qualifier.EXTRA),
        (seen("stdout not", "not ann", "ann"), Qualifier.EXTRA),
        (seen("out.txt exists", "something there", "no such file"), Qualifier.MISSING),
        (seen("stdout", "3", "4"), Qualifier.WRONG),
        (LATE, Qualifier.WRONG),
    ],
)
def test_the_qualifier_follows_from_the_evidence(evidence, qualifier):
    assert of(failing("R1", evidence=(evidence,))).qualifier is qualifier


def test_without_evidence_nothing_is_said_about_how_it_missed():
    assert of(failing("R1", evidence=())).qualifier is None
