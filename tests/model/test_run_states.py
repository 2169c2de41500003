"""The life of a run is one table."""

import pytest

from factory_tui.model.run import FINAL, LIVE, TRANSITIONS, IllegalTransition, RunState, check_transition


def reachable(start: RunState) -> set[RunState]:
    found, new = {start}, [start]
    while new:
        for state in TRANSITIONS[new.pop()] - found:
            found.add(state)
            new.append(state)
    return found


def test_the_table_knows_every_state() -> None:
    assert set(TRANSITIONS) == set(RunState)


def test_every_state_is_reached_from_the_queue_and_every_live_one_can_end() -> None:
    assert reachable(RunState.QUEUED) == set(RunState)
    for state in LIVE:
        assert reachable(state) >= FINAL
        assert TRANSITIONS[state] >= {RunState.FAILED, RunState.HELD, RunState.CANCELLED, RunState.ERROR}


def test_an_interrupted_run_goes_back_to_the_queue() -> None:
    for state in LIVE:
        check_transition(state, RunState.QUEUED)


@pytest.mark.parametrize("ended", sorted(FINAL))
def test_what_ended_for_good_never_moves_again(ended: RunState) -> None:
    for state in RunState:
        with pytest.raises(IllegalTransition, match=f"from {ended}"):
            check_transition(ended, state)


def test_nothing_ships_that_was_never_evaluated() -> None:
    """From the queue only what passed before and was held because the target would not take it."""
    assert {state for state, after in TRANSITIONS.items() if RunState.SHIPPED in after} == {RunState.SHIPPING}
    assert {state for state, after in TRANSITIONS.items() if RunState.SHIPPING in after} == {
        RunState.EVALUATING,
        RunState.QUEUED,
    }


def test_no_state_follows_itself() -> None:
    assert all(state not in after for state, after in TRANSITIONS.items())


def test_final_and_live_do_not_overlap() -> None:
    assert not FINAL & LIVE
