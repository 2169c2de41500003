"""Whatever a night does, its report can be made, and two reports about the same runs agree."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factory_tui.model.failure import Failure, FailureClass, FailureLayer
from factory_tui.model.ids import BatchId
from factory_tui.model.question import AgentQuestion
from factory_tui.model.run import TRANSITIONS, HoldReason, RunState
from factory_tui.store import AlreadyDecided
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store
from tests.store.test_decisions import ship

SPECS = ("one", "two", "three")

STEPS = st.tuples(
    st.sampled_from(("move", "ship", "attempt", "close", "fail", "ask", "answer", "escape", "classify")),
    st.sampled_from(SPECS),
    st.sampled_from(list(RunState)),
    st.sampled_from(list(FailureClass)),
    st.booleans(),
)


def failure(failure_class: FailureClass, scenario: str | None) -> Failure:
    return Failure(failure_class=failure_class, layer=FailureLayer.AGENT, cause="so", scenario=scenario, rules=("R1",))


async def carry_out(store: Store, batch: str, steps: list[tuple[str, str, RunState, FailureClass, bool]]) -> None:
    """As far as the store allows: what it refuses has not happened."""
    for what, spec, state, failure_class, flag in steps:
        run = f"{batch}-{spec}"
        stored = await store.stored_run(run)
        try:
            if what == "move" and state in TRANSITIONS[stored.state]:
                hold = HoldReason.QUESTION if flag else HoldReason.DEPENDENCY
                await store.move_run(run, state, why="so", hold=hold if state is RunState.HELD else None)
            elif what == "ship" and stored.state is RunState.QUEUED:
                await ship(store, run)
            elif what == "attempt":
                await store.start_attempt(run)
            elif what == "close":
                await store.finish_attempt(run, stored.attempt, None, None, charged=flag)
            elif what == "fail":
                failures = [failure(failure_class, None), failure(failure_class, "s1")]
                await store.record_failures(run, stored.attempt, spec, failures[flag:])
            elif what == "ask":
                await store.record_question(run, stored.attempt, AgentQuestion(text="Up?"))
            elif what == "answer":
                await store.answer_question(run, "down")
            elif what == "escape":
                await store.record_escape(run, "wrong", None, failure(failure_class, None))
            elif what == "classify":
                await store.reclassify(1 + len(run) % 3, failure_class, "so")
        except (LookupError, AlreadyDecided):
            pass


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nights=st.lists(st.lists(STEPS, max_size=25), min_size=1, max_size=3))
async def test_a_report_holds_together_after_any_nights(
    tmp_path_factory: pytest.TempPathFactory, new_run, nights: list[list[tuple[str, str, RunState, FailureClass, bool]]]
) -> None:
    path = tmp_path_factory.mktemp("store") / "runs.db"
    async with await Store.open(path) as store:
        for number, steps in enumerate(nights):
            batch = f"b{number}"
            await store.open_batch(BatchId(batch))
            for spec in SPECS:
                await store.queue_run(new_run(f"{batch}-{spec}", spec=spec, batch=batch, spec_hash=f"h{number % 2}"))
            await carry_out(store, batch, steps)
        with Reader(path) as reader:
            now = datetime.now(UTC)
            reports = [reader.report("f", f"b{number}", None, now) for number in range(len(nights))]
            assert reader.report("f", None, None, now) == reports[-1]
            rows = {each.run: each for number in range(len(nights)) for each in reader.board(f"b{number}")}

    for report in reports:
        assert len(report.outcomes) == len(SPECS)
        assert {each.state for each in report.outcomes} == {rows[each.run].state for each in report.outcomes}
        assert sum(each.runs for each in report.classes) == sum(each.failure is not None for each in report.outcomes)
        assert report.unattended is None or 0 <= report.unattended <= 1
        assert all(each.failure is None or each.escaped for each in report.of(RunState.SHIPPED))
        assert report.escapes.low <= report.escapes.high
    for earlier, later in pairwise(reports):
        assert {each.failure_class: each.before for each in later.classes if each.before} == {
            each.failure_class: each.runs for each in earlier.classes if each.runs
        }
    held = {run for run, row in rows.items() if row.state is RunState.HELD}
    assert held == {each.command.split()[1] for each in reports[-1].decisions if each.key in ("2 o", "2 u")} - {
        run for run, row in rows.items() if row.state is RunState.ERROR
    }
