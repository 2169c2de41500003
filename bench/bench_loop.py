"""What the loop itself costs: a whole run with a model that answers at once, against its containers alone.

A run makes three containers (admission, build, evaluation). The floor makes and removes the same three, one no-op
command each. What is left is validation, admission, the model's turns, 10 tool calls, collection, 5 scenarios twice,
git and every commit to runs.db.
"""

import asyncio
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from factory_tui.config import load
from factory_tui.control import ControlClient, ensure_engine
from factory_tui.control.start import wait_until_gone
from factory_tui.sandbox import open_host
from factory_tui.sandbox.port import Exec, Labels, Role, SandboxRequest
from factory_tui.store.reader import Reader

RUNS = 8
PARALLEL = 4
SCENARIOS = 5
CALLS = 10
ENDS = ("run.held", "run.failed", "run.error")
PROGRAM = '#!/bin/sh\necho "echo $1"\n'

CONFIG = f"""\
[factory]
parallel = {PARALLEL}
[model]
base_url = "twin"
[limits]
batch_usd = 100.0
[sandbox]
backend = "docker"
"""

SPEC = """\
---
id: {id}
title: Echo a word
kind: feature
category: feature
status: ready
template: feature@1
target: targets/{id}
budget_usd: 1.00
---
## WHAT
A command that echoes a word.
## WHO
An operator who measures what the factory itself costs.
## INPUTS
| name | type | bounds | invalid case and its result |
|---|---|---|---|
| WORD | text | 1 to 40 characters inclusive | none given: prints `echo` |
## OUTPUTS
One line on standard output, `echo WORD`, for example `echo a`. Failure: none, because nothing can fail.
## RULES
- R1 `bin/say WORD` must print `echo WORD`; if no WORD is given, then `echo`, and never another word.
### Edge cases
- Empty: R1. Boundary: 40 characters, R1. Duplicate: the same answer. Malformed: every text is a word.
- Dependency down: there is none.
## EVALUATION
- E1 (R1): given the command, when it is called with `a`, then it prints `echo a`.
## CONSTRAINTS
- Performance: within 2 seconds. Cost: none, because the model is scripted. Security: none, because it reads nothing.
- Compatibility: POSIX shell.
### Out of scope
- Several words.
"""

SCENARIO = """\
id: says-{n}
covers: [R1]
given: The command
when: It is called with w{n}
then: It prints echo w{n}
steps:
  - run: bin/say w{n}
    expect: {{stdout: "echo w{n}"}}
"""


def measure() -> dict[str, float]:
    """Seconds per run of a batch, the containers' share, and the ratio of the two.

    Raises:
        SandboxError: there is no container engine or no image here.
    """
    return asyncio.run(_measure())


async def _measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="factory-tui-bench-") as directory:
        workspace = Path(directory)
        _write(workspace)
        floor = await _floor(workspace)
        wall = await _batch(workspace)
    return {
        "run_s": wall / RUNS,
        "containers_s": floor / RUNS,
        "overhead_s": (wall - floor) / RUNS,
        "ratio_run_containers": wall / floor,
    }


def _write(workspace: Path) -> None:
    (workspace / "factory.toml").write_text(CONFIG)
    for directory in ("specs", "twins/anthropic", "context", "targets"):
        (workspace / directory).mkdir(parents=True)
    # Each call does something else, or the agent would be taken for stuck.
    turns = [{"tools": [{"bash": f"echo {n}"}, {"bash": f"expr {n} + 1"}]} for n in range(CALLS // 2 - 1)]
    turns.append({"tools": [{"write": {"path": "bin/say", "content": PROGRAM}}, {"bash": "chmod +x bin/say"}]})
    for number in range(RUNS):
        spec = f"say-{number}"
        (workspace / "specs" / f"{spec}.md").write_text(SPEC.format(id=spec))
        suite = workspace / "scenarios" / spec
        suite.mkdir(parents=True)
        for n in range(SCENARIOS):
            (suite / f"says-{n}.yaml").write_text(SCENARIO.format(n=n))
        script = {"attempts": [[*turns, {"text": "Done."}]]}
        (workspace / "twins" / "anthropic" / f"{spec}.yaml").write_text(json.dumps(script))


async def _floor(workspace: Path) -> float:
    """Wall seconds of three containers per run, `PARALLEL` runs at a time."""
    settings = load(workspace, {})
    host = open_host(settings.sandbox)
    image = await host.resolve_image(settings.sandbox.image)
    lanes = asyncio.Semaphore(PARALLEL)

    async def one(number: int) -> None:
        async with lanes:
            for role in (Role.PROOF, Role.BUILD, Role.EVALUATE):
                labels = Labels("bench-loop", f"floor-{number}", 1, role, datetime.now(UTC))
                sandbox = await host.create(SandboxRequest(labels, image))
                await sandbox.exec(Exec(["true"], call_id="only"))
                await sandbox.destroy()

    started = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(RUNS)))
    wall = time.perf_counter() - started
    await host.close()
    return wall


async def _batch(workspace: Path) -> float:
    """Wall seconds from the first queued run to the end of the batch, by the engine's own clock."""
    settings = load(workspace, {})
    info = await ensure_engine(workspace, settings)
    try:
        async with ControlClient.connect(workspace, settings) as client:
            await client.run(())
        async with ControlClient.connect(workspace, settings) as client:
            async for event in client.follow(0):
                if event.type == "batch.finished":
                    break
    finally:
        async with ControlClient.connect(workspace, settings) as client:
            await client.stop()
        await wait_until_gone(info.pid, 30)
    reader = Reader(workspace / "runs.db")
    events = reader.events(limit=100_000)
    reader.close()
    shipped = sum(each.type == "run.shipped" for each in events)
    if shipped != RUNS:
        raise RuntimeError(
            f"only {shipped} of {RUNS} runs shipped: {[each.data for each in events if each.type in ENDS]}"
        )
    first = next(each.ts for each in events if each.type == "run.queued")
    last = next(each.ts for each in events if each.type == "batch.finished")
    return (last - first).total_seconds()


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
