"""Ids of runs and batches."""

from datetime import UTC, datetime, timedelta

from factory_tui.model.ids import new_batch_id, new_run_id

NOW = datetime(2026, 6, 1, 22, 0, tzinfo=UTC)


def test_runs_queued_in_the_same_instant_have_ids_of_their_own() -> None:
    assert len({new_run_id(NOW) for _ in range(5000)}) == 5000


def test_ids_sort_by_time() -> None:
    ids = [new_run_id(NOW + timedelta(days=days)) for days in range(1, 400, 7)]
    assert ids == sorted(ids)


def test_ids_have_one_length_and_no_letter_that_is_misread() -> None:
    for made in (new_run_id(NOW), new_batch_id(NOW)):
        assert len(made) == 9
        assert not set(made) & set("ilou")
