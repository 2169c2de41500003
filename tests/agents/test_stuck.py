from hypothesis import given
from hypothesis import strategies as st

from factory_tui.agents.stuck import ALTERNATING, SAME, Step, why_stuck
from factory_tui.agents.wire import ToolCall

A, B, C = (Step(name, name) for name in "abc")


def test_three_times_the_same_is_still_work() -> None:
    assert why_stuck([A] * (SAME - 1)) is None
    assert why_stuck([A] * SAME) is not None


def test_only_the_newest_steps_count() -> None:
    assert why_stuck([*[A] * SAME, B]) is None
    assert why_stuck([B, C, *[A] * SAME]) is not None


def test_alternating_is_stuck_at_six() -> None:
    assert why_stuck([A, B, A, B, A]) is None
    assert why_stuck([A, B, A, B, A, B]) is not None
    assert why_stuck([A, B, A, B, A, C]) is None


def test_another_observation_is_movement() -> None:
    call = ToolCall("t", "bash", {"command": "make test"})
    assert why_stuck([Step.of(call, f"{number} tests failed") for number in range(SAME)]) is None


def test_a_duration_or_an_address_is_no_movement() -> None:
    call = ToolCall("t", "bash", {"command": "make test"})
    seen = [f"2 failed in 0.{number}1s at 12:00:0{number}, object at 0x7f{number}" for number in range(SAME)]
    assert why_stuck([Step.of(call, each) for each in seen]) is not None


def test_the_order_of_a_tools_input_does_not_matter() -> None:
    assert Step.of(ToolCall("1", "t", {"a": 1, "b": 2}), "") == Step.of(ToolCall("2", "t", {"b": 2, "a": 1}), "")


@given(st.lists(st.sampled_from([A, B, C]), max_size=12))
def test_stuck_means_at_most_two_different_steps(steps: list[Step]) -> None:
    if why_stuck(steps) is not None:
        assert len(set(steps[-SAME:])) <= 2
        assert len(set(steps[-ALTERNATING:])) <= 2 or len(set(steps[-SAME:])) == 1
