"""Every outcome of the bundled batch is the result of what the scripts really write, judged by the real suites."""

from collections.abc import AsyncIterator

import pytest

from factory_tui.config import SandboxSettings
from factory_tui.model.artifact import EMPTY, Artifact
from factory_tui.model.evaluation import Evaluation, Result
from factory_tui.model.run import Verdict
from factory_tui.sandbox import open_host
from factory_tui.sandbox.port import SandboxHost
from factory_tui.scenarios.directory import read_directory

from .bundled import ROOT, SOLUTIONS, SPECS
from .replay import admitted, base_of, built, judged, overlaid


@pytest.fixture
async def host() -> AsyncIterator[SandboxHost]:
    opened = open_host(SandboxSettings(backend="local"), hide=[ROOT])
    yield opened
    await opened.close()


async def base(host: SandboxHost, spec: str) -> Artifact:
    return await built(host, "rotate-logs", 1, EMPTY) if spec == "rotate-docs" else base_of(spec)


def failed(evaluation: Evaluation) -> list[str]:
    return [f"{each.id}: {each.evidence}" for each in evaluation.scenarios if each.result is not Result.PASS]


@pytest.mark.parametrize(
    "spec", ["rotate-logs", "rotate-docs", "invoice-rounding", "ledger-migration", "booking-conflicts"]
)
async def test_five_specs_pass_at_the_first_attempt(host: SandboxHost, spec: str):
    start = await base(host, spec)
    evaluation = await judged(host, spec, await built(host, spec, 1, start), start)
    assert failed(evaluation) == []
    assert evaluation.verdict is Verdict.PASS


async def test_one_spec_passes_at_the_second_attempt(host: SandboxHost):
    first = await built(host, "stock-api", 1, EMPTY)
    evaluation = await judged(host, "stock-api", first, EMPTY)
    assert evaluation.verdict is Verdict.FAIL
    assert [each.id for each in evaluation.scenarios if each.result is Result.FAIL] == ["wrong-fields-of-a-correction"]

    evaluation = await judged(host, "stock-api", await built(host, "stock-api", 2, first), EMPTY)
    assert failed(evaluation) == []


async def test_one_spec_fails_both_attempts_and_is_partly_right(host: SandboxHost):
    artifact = EMPTY
    for attempt in (1, 2):
        artifact = await built(host, "link-shortener", attempt, artifact)
        evaluation = await judged(host, "link-shortener", artifact, EMPTY)
        assert evaluation.verdict is Verdict.FAIL
        results = {each.id: each.result for each in evaluation.scenarios}
        assert results["address-that-is-none"] is Result.FAIL
        assert results["printed-code-leads-to-its-page"] is Result.PASS


@pytest.mark.parametrize("spec", ["link-shortener", "order-types"])
async def test_the_specs_that_fail_can_be_met(host: SandboxHost, spec: str):
    solution = overlaid(base_of(spec), read_directory(SOLUTIONS / spec))
    assert failed(await judged(host, spec, solution, base_of(spec))) == []


@pytest.mark.parametrize("spec", SPECS)
async def test_every_scenario_is_admitted_on_the_base(host: SandboxHost, spec: str):
    admissions = await admitted(host, spec, await base(host, spec))
    assert [f"{each.scenario}: {each.reason}" for each in admissions if not each.admitted] == []
