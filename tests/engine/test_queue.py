"""Which run goes next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from factory_tui.engine.queue import choose
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.money import NOTHING
from factory_tui.model.run import RunState
from factory_tui.store import StoredRun

START = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)


def queued(
    name: str, *, priority: int = 2, minute: int = 0, target: str = "", after: tuple[str, ...] = ()
) -> StoredRun:
    return StoredRun(
        run=RunId(f"r-{name}"),
        batch=BatchId("b1"),
        spec=SpecId(name),
        title=name,
        spec_hash="0" * 64,
        spec_text="",
        target=target or f"targets/{name}",
        base="main",
        priority=priority,
        depends_on=tuple(SpecId(each) for each in after),
        state=RunState.QUEUED,
        attempt=0,
        infrastructure_retries=0,
        why="",
        hold=None,
        remedy="",
        cost=NOTHING,
        base_commit=None,
        image=None,
        suite_hash=None,
        artifact_hash=None,
        commit=None,
        branch=None,
        queued=START + timedelta(minutes=minute),
        started=None,
        finished=None,
    )


def started(*runs: StoredRun, live: tuple[StoredRun, ...] = (), lanes: int = 4) -> list[str]:
    return [each.spec for each in choose(runs, live, lanes, {}).start]


def test_the_highest_priority_goes_first_then_the_oldest() -> None:
    late = queued("late", minute=9)
    early = queued("early", minute=1)
    urgent = queued("urgent", priority=0, minute=20)
    assert started(late, early, urgent) == ["urgent", "early", "late"]


def test_no_more_runs_start_than_there_are_free_lanes() -> None:
    assert started(queued("a"), queued("b", minute=1), live=(queued("c"),), lanes=2) == ["a"]


def test_two_runs_never_build_on_the_same_target_branch_at_the_same_time() -> None:
    first = queued("first", target="targets/shared")
    second = queued("second", target="targets/shared", minute=1)
    assert started(first, second) == ["first"]
    assert started(second, live=(first,)) == []


def test_two_branches_of_one_target_do_not_wait_for_each_other() -> None:
    first = queued("first", target="targets/shared")
    second = replace(queued("second", target="targets/shared"), base="next")
    assert set(started(first, second)) == {"first", "second"}


def test_a_run_waits_while_its_dependency_is_on_its_way() -> None:
    choice = choose([queued("web", after=("db",))], [], 4, {SpecId("db"): RunState.BUILDING})
    assert choice.start == ()
    assert choice.hold == ()


def test_a_run_starts_when_its_dependency_has_shipped() -> None:
    choice = choose([queued("web", after=("db",))], [], 4, {SpecId("db"): RunState.SHIPPED})
    assert [each.spec for each in choice.start] == ["web"]


def test_a_failed_dependency_holds_its_dependents_and_says_which() -> None:
    for end in (RunState.FAILED, RunState.HELD, RunState.CANCELLED, RunState.ERROR):
        choice = choose([queued("web", after=("db",))], [], 4, {SpecId("db"): end})
        ((run, why, remedy),) = choice.hold
        assert run.spec == "web"
        assert "db" in why
        assert end.value in why
        assert "db" in remedy


def test_a_dependency_that_was_never_run_holds_its_dependents() -> None:
    ((_, why, _),) = choose([queued("web", after=("db",))], [], 4, {SpecId("db"): None}).hold
    assert "never run" in why


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 60), st.sampled_from("abc")), max_size=20),
    st.integers(1, 6),
)
def test_lanes_and_target_branches_are_never_overbooked(rows: list[tuple[int, int, str]], lanes: int) -> None:
    runs = [
        queued(f"s{index}", priority=priority, minute=minute, target=target)
        for index, (priority, minute, target) in enumerate(rows)
    ]
    chosen = choose(runs, [], lanes, {}).start
    assert len(chosen) <= lanes
    assert len({each.target for each in chosen}) == len(chosen)
    if len(chosen) < lanes:
        assert {each.target for each in runs} == {each.target for each in chosen}
