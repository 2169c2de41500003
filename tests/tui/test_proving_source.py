"""Suites of a real workspace: what their files say, what the history adds, and when they are read again."""

import asyncio
from pathlib import Path

import pytest

from factory_tui.config import load
from factory_tui.model.admission import Admission
from factory_tui.model.evaluation import Result
from factory_tui.model.evidence_views import Admitted, SuiteRow
from factory_tui.model.holdout import Burn, Route
from factory_tui.model.ids import BatchId, RunId, ScenarioId, SpecId
from factory_tui.model.money import from_usd
from factory_tui.model.scenario import OnBase
from factory_tui.scenarios import load_suite
from factory_tui.scenarios.behaviour import behaviour_hash
from factory_tui.store import NewRun
from factory_tui.store.store import Store
from factory_tui.tui.live import LiveSource
from factory_tui.tui.live.suites import PLACE
from factory_tui.tui.source import SourceError
from factory_tui.tui.trust import RANKS, suite_trust
from tests.store.test_evidence_rows import judged, result

from . import proof
from .test_source import make_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "workspace").mkdir()
    return make_workspace(tmp_path / "workspace")


def source_of(workspace: Path, *, read_only: bool = False) -> LiveSource:
    return LiveSource(workspace, load(workspace), read_only=read_only)


async def suite(source: LiveSource, spec: str = "rotate-logs") -> SuiteRow:
    return next(each for each in await source.suites() if each.spec == spec)


async def test_a_suite_is_what_its_files_say(workspace: Path) -> None:
    source = source_of(workspace)
    row = await suite(source)
    loaded, _ = load_suite(workspace / "scenarios", "rotate-logs")
    assert [each.id for each in row.scenarios] == [each.id for each in loaded.scenarios]
    assert row.hash == loaded.hash
    assert row.rules[0][0] == "R1"
    assert row.items[0].id == "E1"
    assert row.items[0].covers
    first = row.scenarios[0]
    assert first.admitted is Admitted.UNKNOWN
    assert first.last is None
    assert source.scenario_file("rotate-logs", first.id) == loaded.scenarios[0].path
    await source.close()


async def test_a_file_that_is_no_scenario_is_a_finding_of_its_suite(workspace: Path) -> None:
    (workspace / "scenarios" / "rotate-logs" / "broken.yaml").write_text("id: broken\nstesp: []\n")
    source = source_of(workspace)
    row = await suite(source)
    assert any(each.path == "scenarios/rotate-logs/broken.yaml" for each in row.findings)
    await source.close()


async def test_a_changed_scenario_is_read_again_and_the_others_are_not(workspace: Path) -> None:
    source = source_of(workspace)
    before = {each.spec: each for each in await source.suites()}
    path = next((workspace / "scenarios" / "rotate-logs").glob("*.yaml"))
    path.write_text(path.read_text() + "\n# another word\n")
    after = {each.spec: each for each in await source.suites()}
    assert after["rotate-logs"].hash != before["rotate-logs"].hash
    assert {spec for spec in after if after[spec].hash != before[spec].hash} == {"rotate-logs"}
    await source.close()


async def test_what_was_read_is_kept_for_the_next_start(workspace: Path) -> None:
    (workspace / ".factory").mkdir(exist_ok=True)
    first = source_of(workspace)
    read = await first.suites()
    await first.close()
    assert (workspace / PLACE).stat().st_mode & 0o777 == 0o600
    second = source_of(workspace)
    assert await second.suites() == read
    await second.close()
    (workspace / PLACE).write_text("{")
    third = source_of(workspace)
    assert await third.suites() == read
    await third.close()


async def test_a_skeleton_is_written_once_and_never_over_a_file(workspace: Path) -> None:
    source = source_of(workspace)
    item = (await suite(source)).items[0].id
    path = await source.new_scenario("rotate-logs", item)
    assert path.is_relative_to(workspace / "scenarios" / "rotate-logs")
    assert path.is_file()
    with pytest.raises(SourceError):
        await source.new_scenario("rotate-logs", item)
    with pytest.raises(SourceError, match="E99"):
        await source.new_scenario("rotate-logs", "E99")
    await source.close()


async def test_who_only_reads_writes_nothing(workspace: Path) -> None:
    source = source_of(workspace, read_only=True)
    for asking in (
        source.new_scenario("rotate-logs", "E1"),
        source.admit("rotate-logs"),
        source.check_mutants("rotate-logs"),
        source.burn("rotate-logs", "x", "told"),
    ):
        with pytest.raises(SourceError, match="read-only"):
            await asking
    await source.close()


async def test_a_copy_of_a_repository_is_not_edited(workspace: Path) -> None:
    toml = workspace / "factory.toml"
    toml.write_text('\n[factory]\nscenarios = "https://example.org/holdout.git"\n')
    source = source_of(workspace)
    with pytest.raises(SourceError, match=r"example\.org"):
        source.scenario_file("rotate-logs", "any")
    await source.close()


async def test_several_screens_may_ask_at_once(workspace: Path) -> None:
    source = source_of(workspace)
    one, other = await asyncio.gather(source.suites(), source.suites())
    assert one == other
    await source.close()


async def test_what_the_history_showed_of_each_scenario_as_it_is_now(workspace: Path) -> None:
    source = source_of(workspace)
    steady, wobbly, *_ = (await suite(source)).scenarios
    loaded, _ = load_suite(workspace / "scenarios", "rotate-logs")
    behaviour = {each.id: behaviour_hash(each) for each in loaded.scenarios}
    run = RunId("r00000001")
    async with await Store.open(workspace / "runs.db") as store:
        await store.open_batch(BatchId("b00000001"), from_usd(10))
        await store.queue_run(
            NewRun(run=run, batch=BatchId("b00000001"), spec=SpecId("rotate-logs"), title="Rotate", spec_hash="h",
                   spec_text="", target="targets/logs", base="main")
        )  # fmt: skip
        await judged(
            store,
            run,
            result(steady.id, Result.PASS, Result.PASS, version=steady.hash),
            result(wobbly.id, Result.PASS, Result.FAIL, version=wobbly.hash),
            result("gone", Result.FAIL, version="other"),
        )
        refused = Admission(ScenarioId(steady.id), steady.hash, OnBase.FAIL, Result.PASS, False, "passes on base")
        await store.record_admissions(run, "rotate-logs", [refused], "c0ffee", "image")
        spec, name = SpecId("rotate-logs"), ScenarioId(wobbly.id)
        await store.record_burn(Burn(spec, name, behaviour[name], Route.OPERATOR, "told in an interview"))
        await store.record_mutation(proof.MUTATION.model_copy(update={"spec": "rotate-logs"}))
    row = await suite(source)
    first, second = (next(each for each in row.scenarios if each.id == one.id) for one in (steady, wobbly))
    assert (first.admitted, first.admission) == (Admitted.NO, "passes on base")
    assert (first.satisfaction.passed, first.satisfaction.trials, first.last) == (2, 2, Result.PASS)
    assert (second.burned, second.last, second.satisfaction.flaky) == ("told in an interview", Result.FLAKY, 1)
    assert (row.gate.passed, row.gate.trials, row.gap) == (3, 4, None)
    assert row.mutation is not None
    assert [each.run for each in await source.evaluations("rotate-logs", steady.id)] == [run]
    ranks = [RANKS[suite_trust(each).word] for each in await source.suites()]
    assert ranks == sorted(ranks)
    assert suite_trust(row).word == "refused"
    await source.close()


async def test_what_did_not_change_is_taken_over_as_it_is(workspace: Path) -> None:
    source = source_of(workspace)
    before = {each.spec: each for each in await source.suites()}
    again = {each.spec: each for each in await source.suites()}
    assert all(again[spec] is row for spec, row in before.items())
    loaded, _ = load_suite(workspace / "scenarios", "rotate-logs")
    scenario = loaded.scenarios[0]
    async with await Store.open(workspace / "runs.db") as store:
        await store.record_burn(
            Burn(SpecId("rotate-logs"), ScenarioId(scenario.id), behaviour_hash(scenario), Route.TOOL, "it was seen")
        )
        after = {each.spec: each for each in await source.suites()}
    assert [each.burned for each in after["rotate-logs"].scenarios if each.id == scenario.id] == ["it was seen"]
    assert {spec for spec, row in after.items() if row is not before[spec]} == {"rotate-logs"}
    await source.close()
