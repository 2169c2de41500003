"""What judging a suite costs beyond its container: 20 cheap scenarios, and 8 that sleep, in one lane and in several.

The floor is one container and one open channel, and on it the same commands with the work directory emptied and filled
before each: nothing is decided, reported or spread.
"""

import asyncio
import hashlib
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath

from factory_tui.config import Gate
from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.model.ids import SpecId
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import LoadedScenario, Scenario, Suite
from factory_tui.model.spec import Spec
from factory_tui.sandbox.docker import DockerHost
from factory_tui.sandbox.port import Exec, Labels, Role, SandboxError, SandboxRequest
from factory_tui.scenarios import EvaluationJob, evaluate

CHEAP, SLOW = 20, 8
SLEEP_S = 0.5
SAMPLES = 3
"""The median of so many suites each."""
IMAGE = "factory-sandbox:latest"
WORKSPACE = "bench-suite"

ARTIFACT = Artifact.of([ArtifactFile(PurePosixPath("bin/say"), b'#!/bin/sh\necho "$1" | tee said\n', executable=True)])

GOALS = {
    "cheap_beyond_container_s": 2.0,
    "cheap_default_beyond_container_s": 2.0,
    "ratio_slow_default_to_one_lane": 0.7,
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
        container = await _median(lambda: _container(host, request))
        found = {"container_s": container}
        for name, suite in (("cheap", _suite(CHEAP, "")), ("slow", _suite(SLOW, f"sleep {SLEEP_S}; "))):
            floor = await _median(partial(_floor, host, request, suite))
            one = await _median(partial(_judged, host, request, suite, 1))
            default = await _median(partial(_judged, host, request, suite, Gate().parallel))
            found |= {
                f"{name}_floor_s": floor,
                f"{name}_one_lane_s": one,
                f"{name}_default_s": default,
                f"{name}_beyond_container_s": one - container,
                f"{name}_default_beyond_container_s": default - container,
                f"ratio_{name}_one_lane_to_floor": one / floor,
                f"ratio_{name}_default_to_floor": default / floor,
                f"ratio_{name}_default_to_one_lane": default / one,
            }
        await host.sweep(WORKSPACE)
    finally:
        await host.close()
    return found


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
    # A spec that says `bin/say` asks for that program.
    spec = Spec(id=SpecId("say"), path=Path("say.md"), text="`bin/say`", front=None, hash="spec")
    job = EvaluationJob(spec, suite, ARTIFACT, None, None, Gate(parallel=lanes), request)
    started = time.perf_counter()
    evaluation = await evaluate(job, host)
    wall = time.perf_counter() - started
    if evaluation.verdict is not Verdict.PASS:
        raise RuntimeError(f"the suite does not pass: {evaluation.reason}")
    return wall


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


async def _median(one: Callable[[], Awaitable[float]]) -> float:
    """Of `SAMPLES`, one after the other."""
    return statistics.median([await one() for _ in range(SAMPLES)])


if __name__ == "__main__":
    try:
        print(json.dumps(measure(), indent=2))
    except SandboxError as error:
        print(json.dumps({"skipped": str(error).partition("\n")[0]}))
