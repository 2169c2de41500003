"""Which failures come back: what counts, what counts once, and what never does."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.config import FeedbackSettings
from factory_tui.feedback import recurring
from factory_tui.model.evaluation import Evidence
from factory_tui.model.failure import (
    NOT_THE_SPEC,
    DecidedBy,
    FailureClass,
    FailureLayer,
    FailureRecord,
    Qualifier,
)
from factory_tui.model.spec import Question

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
THRESHOLDS = FeedbackSettings(min_failures=3, min_specs=2, window_days=30)
HALF_WAY = "Given a list · when a run is interrupted half-way · then nothing is lost"
EMPTY = "Given an empty list · when it is read · then nothing is printed"


def record(
    number: int,
    spec: str = "a",
    run: str | None = None,
    scenario: str | None = "case",
    *,
    kind: FailureClass = FailureClass.INCOMPLETE,
    section: Question | None = Question.RULES,
    qualifier: Qualifier | None = Qualifier.MISSING,
    sentence: str = HALF_WAY,
    age: timedelta = timedelta(hours=1),
    **more,
) -> FailureRecord:
    return FailureRecord(
        id=number,
        ts=NOW - age,
        run=run or f"{spec}-{number}",
        attempt=1,
        spec=spec,
        failure_class=kind,
        layer=FailureLayer.AGENT,
        cause="Right in part.",
        scenario=scenario,
        section=section,
        qualifier=qualifier,
        sentence=sentence if scenario else "",
        **more,
    )


def groups(*records: FailureRecord, settings: FeedbackSettings = THRESHOLDS):
    return recurring(records, settings, NOW)


def test_three_like_failures_in_two_specs_recur():
    (group,) = groups(record(1, "a"), record(2, "b"), record(3, "b", scenario="again"))
    assert (group.failure_class, group.section, group.qualifier) == (
        FailureClass.INCOMPLETE,
        Question.RULES,
        Qualifier.MISSING,
    )
    assert (group.theme, group.records, group.specs) == ("interrupted", (1, 2, 3), ("a", "b"))
    assert group.key == "INCOMPLETE/RULES/missing/interrupted"
    assert group.cause == "Right in part."


@pytest.mark.parametrize(
    "records",
    [
        (record(1, "a"), record(2, "b")),
        (record(1, "a"), record(2, "a"), record(3, "a")),
        (record(1, "a"), record(2, "b"), record(3, "b", kind=FailureClass.DISOBEYED)),
        (record(1, "a"), record(2, "b"), record(3, "b", section=Question.OUTPUTS)),
        (record(1, "a"), record(2, "b"), record(3, "b", qualifier=Qualifier.WRONG)),
        (record(1, "a"), record(2, "b"), record(3, "b", sentence=EMPTY)),
        (record(1, "a"), record(2, "b"), record(3, "b", age=timedelta(days=31))),
        (record(1, "a"), record(2, "b"), record(3, "b", age=timedelta(hours=-1))),
        (record(1, "a"), record(2, "b", run="b-1"), record(3, "b", run="b-1")),
    ],
    ids=["two", "one spec", "class", "section", "qualifier", "cause", "too old", "not yet", "two attempts of one run"],
)
def test_fewer_or_unlike_ones_do_not(records):
    assert groups(*records) == ()


def test_thresholds_and_window_are_the_operators():
    assert len(groups(record(1, "a"), settings=FeedbackSettings(min_failures=1, min_specs=1))) == 1
    old = record(3, "b", age=timedelta(days=60))
    assert len(groups(record(1, "a"), record(2, "b"), old, settings=FeedbackSettings(window_days=90))) == 1


@pytest.mark.parametrize("kind", sorted(NOT_THE_SPEC))
def test_what_is_not_the_specs_fault_never_recurs(kind):
    assert groups(*(record(number, spec, kind=kind) for number, spec in enumerate("abcabc"))) == ()


def test_a_summary_of_a_run_gives_way_to_its_scenarios():
    of_runs = [record(10 + n, spec, f"{spec}-1", None, section=None) for n, spec in enumerate("abc")]
    of_scenarios = [record(20 + n, spec, f"{spec}-1") for n, spec in enumerate("abc")]
    (group,) = groups(*of_runs, *of_scenarios)
    assert group.records == (20, 21, 22)
    assert [each.records for each in groups(*of_runs)] == [(10, 11, 12)]


def test_a_summary_gives_way_also_when_the_operator_renamed_its_scenario():
    of_runs = [record(10 + n, spec, f"{spec}-1", None) for n, spec in enumerate("abc")]
    renamed = [
        record(20 + n, spec, f"{spec}-1", kind=FailureClass.SPEC_GAP, first_class=FailureClass.INCOMPLETE)
        for n, spec in enumerate("abc")
    ]
    (group,) = groups(*of_runs, *renamed)
    assert (group.failure_class, group.records) == (FailureClass.SPEC_GAP, (20, 21, 22))


def test_the_operators_word_about_a_run_counts_beside_its_scenarios():
    said = [
        record(
            10 + n,
            spec,
            f"{spec}-1",
            None,
            kind=FailureClass.SPEC_GAP,
            first_class=FailureClass.INCOMPLETE,
            decided_by=DecidedBy.OPERATOR,
        )
        for n, spec in enumerate("abc")
    ]
    of_scenarios = [record(20 + n, spec, f"{spec}-1") for n, spec in enumerate("abc")]
    assert {each.failure_class for each in groups(*said, *of_scenarios)} == {
        FailureClass.SPEC_GAP,
        FailureClass.INCOMPLETE,
    }


def test_a_run_without_delivery_counts_once_however_many_scenarios_it_failed():
    kind = FailureClass.NO_DELIVERY
    one_run = [record(1, "a", "a-1", None, kind=kind), *(record(n, "a", "a-1", f"s{n}", kind=kind) for n in (2, 3, 4))]
    assert groups(*one_run, record(5, "b", kind=kind)) == ()
    (group,) = groups(*one_run, record(5, "b", kind=kind), record(6, "c", kind=kind))
    assert group.records == (1, 5, 6)


def test_missed_limits_are_alike_whatever_the_scenario_was_about():
    kind, late = FailureClass.LIMIT_MISSED, (Evidence(step=1, check="within", expected="2 s", observed="3 s"),)
    sentences = (HALF_WAY, EMPTY, "Given a thousand files · when they are read · then it takes a second")
    given = [
        record(n, spec, kind=kind, sentence=sentence, evidence=late)
        for n, (spec, sentence) in enumerate(zip("abb", sentences, strict=True))
    ]
    (group,) = groups(*given)
    assert group.theme == ""


def test_the_largest_group_comes_first():
    small = [record(n, spec, sentence=EMPTY) for n, spec in enumerate("abc")]
    large = [record(10 + n, spec) for n, spec in enumerate("abcd")]
    assert [each.theme for each in groups(*small, *large)] == ["interrupted", "empty"]


NUMBERS = count(1)
RECORDS = st.lists(
    st.builds(
        lambda spec, run, scenario, kind, section, sentence, age: record(
            next(NUMBERS),
            spec,
            f"{spec}-{run}",
            scenario,
            kind=kind,
            section=section,
            sentence=sentence,
            age=timedelta(days=age),
        ),
        st.sampled_from("ab"),
        st.integers(1, 2),
        st.sampled_from([None, "s", "t"]),
        st.sampled_from([FailureClass.INCOMPLETE, FailureClass.NO_DELIVERY, FailureClass.ENVIRONMENT]),
        st.sampled_from([Question.RULES, Question.INPUTS]),
        st.sampled_from([HALF_WAY, EMPTY]),
        st.integers(-1, 40),
    ),
    max_size=14,
)


@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(records, dice):
    shuffled = list(records)
    dice.shuffle(shuffled)
    assert groups(*records) == groups(*shuffled) == groups(*records)


@given(RECORDS, RECORDS)
def test_what_recurs_still_does_after_further_runs(records, more):
    """Runs of another spec, so that nothing of `more` is the same run's."""
    later = [each.model_copy(update={"run": f"later-{each.run}", "spec": f"later-{each.spec}"}) for each in more]
    before, after = groups(*records), {each.key: each for each in groups(*records, *later)}
    for group in before:
        assert set(group.records) <= set(after[group.key].records)


@given(RECORDS)
def test_no_record_is_in_two_groups_and_every_group_meets_the_thresholds(records):
    found = groups(*records)
    numbers = [number for each in found for number in each.records]
    assert len(numbers) == len(set(numbers))
    assert all(len(each.records) >= 3 and len(each.specs) >= 2 for each in found)
    assert all(each.first <= each.last <= NOW for each in found)
