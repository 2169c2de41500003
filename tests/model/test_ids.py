"""Ids of runs and batches: one of its own for each, in the order in which they were made."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.ids import new_batch_id, new_run_id

NOW = datetime(2026, 6, 1, 22, 0, tzinfo=UTC)


def test_ids_name_what_they_are_and_can_be_read_aloud() -> None:
    assert new_run_id(NOW)[0] == "r"
    assert new_batch_id(NOW)[0] == "b"
    for made in (new_run_id(NOW), new_batch_id(NOW)):
        assert len(made) == 9
        assert not set(made) & set("ilou")


def test_ids_of_the_same_instant_never_repeat_and_sort_in_the_order_in_which_they_were_made() -> None:
    made = [new_run_id(NOW) for _ in range(5_000)]
    assert len(set(made)) == len(made)
    assert made == sorted(made)


def test_later_ids_sort_later() -> None:
    ids = [new_run_id(NOW + timedelta(days=days)) for days in range(1, 400, 7)]
    assert ids == sorted(ids)


@given(st.datetimes(datetime(1999, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_a_clock_that_goes_back_or_wrong_still_gives_a_later_id(now: datetime) -> None:
    first = new_run_id(NOW)
    assert new_run_id(now) > first
    assert len(new_run_id(now)) == 9
