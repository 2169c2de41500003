"""What the history says of scenarios."""

from datetime import UTC, datetime
from pathlib import Path

from factory_tui.model.evaluation import Evidence, Result, ScenarioResult, Trial
from factory_tui.model.ids import RunId
from factory_tui.model.run import RunState, Verdict
from factory_tui.model.scenario import Layer
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store

MISSED = Evidence(step=1, check="exit", expected="0", observed="\x1b[2J1")


def result(name: str, *trials: Result, layer: Layer = Layer.GATE, version: str = "v1") -> ScenarioResult:
    seen = set(trials)
    return ScenarioResult(
        id=name,
        covers=("R1",),
        layer=layer,
        result=trials[0] if len(seen) == 1 else Result.FLAKY,
        hash=version,
        trials=tuple(
            Trial(result=each, seconds=0.1, evidence=() if each is Result.PASS else (MISSED,)) for each in trials
        ),
    )


async def judged(store: Store, run: RunId, *results: ScenarioResult) -> None:
    for state in (RunState.PREPARING, RunState.BUILDING):
        await store.move_run(run, state)
    number = await store.start_attempt(run)
    for state in (RunState.COLLECTING, RunState.EVALUATING):
        await store.move_run(run, state)
    for done, each in enumerate(results, start=1):
        await store.record_scenario(run, number, each, done, len(results))
    await store.finish_attempt(run, number, None, Verdict.FAIL, charged=True)


async def test_a_tally_counts_the_trials_of_each_evaluation(store: Store, queued: RunId, reader: Reader) -> None:
    await judged(
        store,
        queued,
        result("steady", Result.PASS, Result.PASS),
        result("wobbly", Result.PASS, Result.FAIL, Result.PASS, version="v2"),
        result("hidden", Result.FAIL, layer=Layer.RESERVE),
    )
    assert [(each.scenario, each.passed, each.trials, each.layer.value, each.hash) for each in reader.tallies()] == [
        ("steady", 2, 2, "gate", "v1"),
        ("wobbly", 2, 3, "gate", "v2"),
        ("hidden", 0, 1, "reserve", "v1"),
    ]
    assert all(each.when is not None and each.when <= datetime.now(UTC) for each in reader.tallies())
    assert reader.tallies("another-spec") == []


async def test_a_scenario_of_a_constraint_counts_for_the_constraint(
    store: Store, queued: RunId, reader: Reader
) -> None:
    await judged(store, queued, result("visitor-names/log-has-numbers-only", Result.PASS))
    (tally,) = reader.tallies()
    assert (tally.spec, tally.scenario) == ("visitor-names", "log-has-numbers-only")
    assert len(reader.evaluations("visitor-names", "log-has-numbers-only")) == 1
    assert reader.evaluations("bank-withdraw", "log-has-numbers-only") == []


async def test_evidence_is_clean_when_it_is_shown(store: Store, queued: RunId, reader: Reader) -> None:
    await judged(store, queued, result("refused", Result.FAIL))
    (seen,) = reader.evaluations("bank-withdraw", "refused")
    assert (seen.run, seen.attempt) == (queued, 1)
    assert "\x1b" not in seen.result.evidence[0].observed


def test_without_a_history_there_is_nothing(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "runs.db")
    assert (reader.tallies(), reader.evaluations("a", "b"), reader.admissions(), reader.burns()) == ([], [], {}, {})
