"""What judging a suite costs beyond its container: 20 cheap scenarios, and 8 that sleep, in one lane and in several.
And what admitting the 20 costs, which tries each on the base and on a stub.

The floor is one container and one open channel, and on it the same commands with the work directory emptied and filled
before each: nothing is decided, reported or spread.
"""

import asyncio
import hashlib
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from factory_tui.config import Gate
from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.model.ids import SpecId
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import LoadedScenario, Scenario, Suite
from factory_tui.model.spec import Spec
from factory_tui.sandbox.docker import DockerHost
from factory_tui.sandbox.port import Exec, Labels, Role, SandboxError, SandboxRequest
from factory_tui.scenarios import EvaluationJob, admit, evaluate

CHEAP, SLOW = 20, 8
SLEEP_S = 0.5
SAMPLES = 5
"""Rounds; of each figure the median is kept."""
IMAGE = "factory-sandbox:latest"
WORKSPACE = "bench-suite"

ARTIFACT = Artifact.of([ArtifactFile(PurePosixPath("bin/say"), b'#!/bin/sh\necho "$1" | tee said\n', executable=True)])

Way = Callable[[], Awaitable[float]]
"""Does something once; the seconds it took."""

GOALS = {
    "cheap_one_lane_beyond_container_s": 2.0,
    "cheap_default_beyond_container_s": 2.0,
    "ratio_slow_default_to_one_lane": 0.75,
}


def measure() -> dict[str, float]:
    """Seconds per suite: beyond the start and removal of a container, and in all; ratios to the floor.

    Raises:
        SandboxError: there is no container engine or no image here.
    """
    return asyncio.run(_measure())


async def _measure() -> dict[str, float]:
    host = DockerHost()
    try:
        expires = datetime.now(UTC) + timedelta(hours=1)
        labels = Labels(WORKSPACE, "bench", 1, Role.EVALUATE, expires)
        request = SandboxRequest(labels, await host.resolve_image(IMAGE), disk_mb=64)
        cheap, slow = _suite(CHEAP, ""), _suite(SLOW, f"sleep {SLEEP_S}; ")
        seconds = await _medians(
            {
                "container": lambda: _container(host, request),
                "cheap_floor": lambda: _floor(host, request, cheap),
                "cheap_one_lane": lambda: _judged(host, request, cheap, 1),
                "cheap_default": lambda: _judged(host, request, cheap, Gate().parallel),
                "admission": lambda: _admitted(host, request, cheap),
                "slow_floor": lambda: _floor(host, request, slow),
                "slow_one_lane": lambda: _judged(host, request, slow, 1),
                "slow_default": lambda: _judged(host, request, slow, Gate().parallel),
            }
        )
        await host.sweep(WORKSPACE)
    finally:
        await host.close()
    container = seconds["container"]
    return {
        **{f"{name}_s": value for name, value in seconds.items()},
        "cheap_one_lane_beyond_container_s": seconds["cheap_one_lane"] - container,
        "cheap_default_beyond_container_s": seconds["cheap_default"] - container,
        "admission_beyond_container_s": seconds["admission"] - container,
        "ratio_cheap_one_lane_to_floor": seconds["cheap_one_lane"] / seconds["cheap_floor"],
        "ratio_cheap_default_to_floor": seconds["cheap_default"] / seconds["cheap_floor"],
        "ratio_admission_to_floor": seconds["admission"] / seconds["cheap_floor"],
        "ratio_slow_one_lane_to_floor": seconds["slow_one_lane"] / seconds["slow_floor"],
        "ratio_slow_default_to_one_lane": seconds["slow_default"] / seconds["slow_one_lane"],
    }


def _suite(number: int, before: str) -> Suite:
    """Scenarios of two steps: a command whose output is checked, and the file that it wrote."""
    scenarios = []
    for n in range(number):
        given = {
            "id": f"says-{n}",
            "covers": ["R1"],
            "given": "the command",
            "when": "it is called",
            "then": "it says the word",
            "steps": [
                {"run": f"{before}say w{n}", "expect": {"exit": 0, "stdout": f"w{n}"}},
                {"file": "said", "expect": {"contains": f"w{n}"}},
            ],
        }
        made = Scenario.model_validate(given)
        digest = hashlib.sha256(made.model_dump_json().encode()).hexdigest()
        scenarios.append(LoadedScenario(scenario=made, spec=SpecId("say"), path=Path(f"{made.id}.yaml"), hash=digest))
    return Suite(spec=SpecId("say"), scenarios=tuple(scenarios), hash="suite")


async def _judged(host: DockerHost, request: SandboxRequest, suite: Suite, lanes: int) -> float:
    """Seconds of a whole evaluation, containers included."""
    started = time.perf_counter()
    evaluation = await evaluate(_job(request, suite, lanes), host)
    wall = time.perf_counter() - started
    if evaluation.verdict is not Verdict.PASS:
        raise RuntimeError(f"the suite does not pass: {evaluation.reason}")
    return wall


async def _admitted(host: DockerHost, request: SandboxRequest, suite: Suite) -> float:
    """Seconds of an admission on an empty base and on stubs of it, containers included."""
    started = time.perf_counter()
    admissions = await admit(_job(request, suite, Gate().parallel), host, {})
    wall = time.perf_counter() - started
    if not all(each.admitted and each.on_stub for each in admissions):
        raise RuntimeError(f"the suite is not admitted: {admissions[0].reason}")
    return wall


def _job(request: SandboxRequest, suite: Suite, lanes: int) -> EvaluationJob:
    # A spec that says `bin/say` asks for that program.
    spec = Spec(id=SpecId("say"), path=Path("say.md"), text="`bin/say`", front=None, hash="spec")
    return EvaluationJob(spec, suite, ARTIFACT, None, None, Gate(parallel=lanes), request)


async def _floor(host: DockerHost, request: SandboxRequest, suite: Suite) -> float:
    started = time.perf_counter()
    sandbox = await host.create(request)
    for number, each in enumerate(suite.scenarios):
        await sandbox.put(ARTIFACT, clear=True)
        command = each.scenario.steps[0].run
        path = f"{sandbox.work}/bin:{sandbox.path}"
        await sandbox.exec(Exec(["/bin/sh", "-c", command or ""], f"call-{number}", env={"PATH": path}))
        await sandbox.read("said")
    await sandbox.destroy()
    return time.perf_counter() - started


async def _container(host: DockerHost, request: SandboxRequest) -> float:
    started = time.perf_counter()
    sandbox = await host.create(request)
    await sandbox.exec(Exec(["true"], "only"))
    await sandbox.destroy()
    return time.perf_counter() - started


async def _medians(ways: Mapping[str, Way]) -> dict[str, float]:
    """Of `SAMPLES` rounds through all ways, so that what else the machine does falls on each of them."""
    rounds = [{name: await way() for name, way in ways.items()} for _ in range(SAMPLES)]
    return {name: statistics.median(each[name] for each in rounds) for name in ways}


if __name__ == "__main__":
    try:
        print(json.dumps(measure(), indent=2))
    except SandboxError as error:
        print(json.dumps({"skipped": str(error).partition("\n")[0]}))
