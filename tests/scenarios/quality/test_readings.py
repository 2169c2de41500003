"""What is said of one call, of times, and of limits that cannot be measured."""

import pytest

from factory_tui.model.evaluation import Aspect, Measure
from factory_tui.model.measured import amount, held, share, told, urgency
from factory_tui.model.scenario import Scenario
from factory_tui.model.step import Quality, Step
from factory_tui.scenarios.quality import Call, longest, qualities_of
from factory_tui.scenarios.quality.percentile import p95, rank, slow_allowed
from factory_tui.scenarios.soundness import faults_of
from factory_tui.scenarios.soundness.measurable import unmeasurable

MIB = 1 << 20


def call(**given: object) -> Call:
    plain = {"exit_code": 0, "stdout": "", "stderr": "", "seconds": 0.1, "printed": 0, "peak": 0, "floor": 0}
    return Call(**{**plain, **given})


@pytest.mark.parametrize(("calls", "which"), [(1, 1), (2, 2), (19, 19), (20, 19), (21, 20), (100, 95), (200, 190)])
def test_the_95th_percentile_is_the_nearest_rank(calls, which):
    assert rank(calls) == which
    assert p95([float(each) for each in range(calls, 0, -1)]) == which
    assert slow_allowed(calls) == calls - which


def test_a_process_below_what_can_be_told_holds_at_the_floor_and_fails_under_it():
    (small,) = qualities_of(Quality(memory=32 * MIB), call(peak=13 * MIB, floor=14 * MIB))
    assert (small.name, small.value, small.missed) == ("largest process, upper bound", 14 * MIB, None)
    (hidden,) = qualities_of(Quality(memory=32 * MIB), call(peak=13 * MIB, floor=40 * MIB))
    assert hidden.missed is not None
    assert hidden.missed.observed == "40 MiB, largest process, upper bound"


def test_a_limit_missed_by_less_than_is_shown_is_told_in_bytes():
    (reading,) = qualities_of(Quality(memory=64 * MIB), call(peak=64 * MIB + 4096))
    assert reading.missed is not None
    assert (reading.missed.expected, reading.missed.observed) == (
        "at most 67108864 B",
        "67112960 B, largest process",
    )


def test_an_exit_code_of_a_signal_is_no_words():
    (reading,) = qualities_of(Quality(no_traceback=True), call(exit_code=134, stderr="bye"))
    assert reading.missed is not None
    assert reading.missed.observed == "ended by signal 6\nstderr: bye"
    (fine,) = qualities_of(Quality(no_traceback=True), call(exit_code=255, stderr="bye"))
    assert fine.missed is None


def test_false_asks_for_nothing():
    assert not list(qualities_of(Quality(no_traceback=False), call(exit_code=139)))


@pytest.mark.parametrize(
    ("quality", "faults"),
    [
        ("memory: 31MiB", ["memory"]),
        ("memory: 32MiB", []),
        ("p95: 2s", ["p95"]),
        ("p95: 1999ms", []),
    ],
)
def test_a_limit_that_cannot_be_measured_is_a_fault_of_the_scenario(quality, faults):
    name, _, value = quality.partition(": ")
    step = Step.model_validate({"run": "x", "timeout": "2s", "quality": {name: value}})
    assert [each.quote for each in unmeasurable(step)] == faults


def test_the_time_of_further_calls_is_bounded():
    assert longest(Quality(p95=0.5, times=20), 10.0) == 20 * 0.5 + 2 * 10.0
    assert longest(Quality(output=1), 10.0) == 0
    assert longest(Quality(idempotent=True), 10.0) > 10.0


@pytest.mark.parametrize(
    ("aspect", "value", "text"),
    [
        (Aspect.SPEED, 0.0123, "0.012 s"),
        (Aspect.SPEED, 0.2, "0.20 s"),
        (Aspect.SPEED, 12.3456, "12.35 s"),
        (Aspect.OUTPUT, 0, "0 B"),
        (Aspect.OUTPUT, 1023, "1023 B"),
        (Aspect.MEMORY, 88.5 * MIB, "88.5 MiB"),
        (Aspect.MEMORY, 3 << 30, "3 GiB"),
    ],
)
def test_amounts_have_their_unit(aspect, value, text):
    assert amount(aspect, value) == text


def test_measures_are_told_and_sorted_by_how_close_they_came():
    speed = Measure(step=1, aspect=Aspect.SPEED, name="p95 of 20 calls", holds=True, value=0.12, limit=0.2)
    memory = Measure(step=1, aspect=Aspect.MEMORY, name="largest process", holds=True, value=60 * MIB, limit=64 * MIB)
    words = Measure(step=2, aspect=Aspect.ERRORS, name="no traceback", holds=False)
    assert told(speed) == "speed 0.12 s of 0.20 s, p95 of 20 calls"
    assert told(words) == "error handling: no traceback"
    assert held([speed, memory, words]) == "2 of 3 held"
    assert sorted([speed, memory, words], key=urgency) == [words, memory, speed]
    assert share(words) is None
    assert share(Measure(step=1, aspect=Aspect.OUTPUT, name="x", holds=True, value=0, limit=0)) == 1.0


def test_a_limit_that_cannot_be_measured_is_told_before_the_scenario_is_run():
    step = {"run": "x", "timeout": "2s", "quality": {"p95": "3s", "memory": "1MiB"}}
    scenario = Scenario.model_validate(
        {"id": "s", "covers": ["R1"], "given": "g", "when": "w", "then": "t", "steps": [step]}
    )
    assert [each.place for each in faults_of(scenario)] == ["steps[0].quality"] * 2
