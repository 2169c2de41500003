"""What is kept of admissions, and when it is taken for known."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from factory_tui.model.admission import Admission
from factory_tui.model.evaluation import Evaluation, Result, ScenarioResult
from factory_tui.model.ids import RunId, ScenarioId
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import OnBase
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store

FAILS = Admission(
    scenario=ScenarioId("s"),
    scenario_hash="hash",
    expected=OnBase.FAIL,
    observed=Result.FAIL,
    admitted=True,
    reason="",
    on_stub=Result.FAIL,
)


async def known(store: Store, commit: str = "c1", image: str = "i1") -> list[Admission]:
    return list((await store.known_admissions(["hash", "other"], commit, image)).values())


async def test_an_admission_is_known_for_the_same_scenario_base_and_image(store: Store):
    refused = replace(FAILS, scenario_hash="other", observed=Result.PASS, admitted=False, reason="why", on_stub=None)
    await store.record_admissions("r1", "spec", [FAILS, refused], "c1", "i1")
    assert await known(store) == [FAILS, refused]
    assert await known(store, commit="c2") == []
    assert await known(store, image="i2") == []


async def test_what_gave_no_answer_is_tried_again(store: Store):
    on_base = replace(FAILS, observed=Result.ERROR, on_stub=None, admitted=False, reason="no sandbox")
    on_stub = replace(FAILS, scenario_hash="other", on_stub=Result.ERROR, admitted=False, reason="no sandbox")
    await store.record_admissions("r1", "spec", [on_base, on_stub], "c1", "i1")
    assert await known(store) == []


async def test_what_an_older_version_tried_on_the_base_only_is_tried_again(store: Store, path: Path, reader: Reader):
    await store.record_admissions("r1", "spec", [FAILS], "c1", "i1")
    await store.close()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE admission SET tried = 0, on_stub = NULL")
    async with await Store.open(path) as again:
        assert await known(again) == []
        assert reader.admissions() == {}
        await again.record_admissions("r2", "spec", [FAILS], "c1", "i1")
        assert await known(again) == [FAILS]
    assert reader.admissions() == {("spec", "hash"): FAILS}


async def test_results_that_landed_in_any_order_are_read_in_that_of_the_suite(
    store: Store, reader: Reader, queued: RunId
):
    def result(name: str) -> ScenarioResult:
        return ScenarioResult(id=name, covers=("R1",), result=Result.PASS, trials=())

    suite = tuple(result(name) for name in ("c", "a", "b"))
    attempt = await store.start_attempt(queued)
    for done, name in enumerate(("a", "b", "c"), start=1):
        await store.record_scenario(queued, attempt, result(name), done, 3)
    evaluation = Evaluation(spec="s", verdict=Verdict.PASS, scenarios=suite, spec_hash="h", suite_hash="h", image="i")
    await store.finish_attempt(
        queued, attempt, None, verdict=Verdict.PASS, charged=True, evaluation=evaluation, ended="done"
    )
    shown = reader.run(queued)
    assert shown is not None
    assert [each.id for each in shown.attempts[0].scenarios] == ["c", "a", "b"]


async def test_the_same_file_in_two_suites_is_admitted_for_each(store: Store, reader: Reader):
    refused = replace(FAILS, observed=Result.PASS, admitted=False, reason="why", on_stub=None)
    bound = replace(refused, scenario=ScenarioId("house-rules/first"))
    await store.record_admissions("r1", "one", [FAILS], "c1", "i1")
    await store.record_admissions("r2", "two", [refused], "c2", "i1")
    await store.record_admissions("r2", "two", [bound], "c3", "i1")
    assert {key: each.admitted for key, each in reader.admissions().items()} == {
        ("one", "hash"): True,
        ("two", "hash"): False,
        ("house-rules", "hash"): False,
    }
