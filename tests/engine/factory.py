"""A small workspace to run for real: one spec, `greet`, its scenarios, and what the agent does about it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from factory_tui.config import Settings, load
from factory_tui.control import ControlClient
from factory_tui.engine.lock import EngineLock
from factory_tui.engine.process import serve
from factory_tui.model.amendment import AmendmentRecord
from factory_tui.model.event import Event
from factory_tui.model.views import RunView
from factory_tui.store.reader import Reader

PATIENCE_S = 90.0
"""How long a test waits for something before it fails."""

SPEC = """\
---
id: {id}
title: Greet somebody
kind: feature
category: feature
status: {status}
template: feature@1
target: targets/{target}
base: main
priority: 2
depends_on: [{after}]
budget_usd: 1.00
deadline_minutes: 10
---
## WHAT
A command that greets whoever is named.

## WHO
An operator who wants to see that a batch works before trusting it with real work.

## INPUTS
| name | type | bounds | invalid case and its result |
|---|---|---|---|
| NAME | text | 1 to 40 characters | none given: exit code 2 |

## OUTPUTS
One line on standard output, `hello NAME`; for `ada`: `hello ada`. Failure: one line on standard error, exit code 2.

## RULES
- R1 `bin/greet NAME` must print `hello NAME` and exit with code 0.
- R2 If no NAME is given, then `bin/greet` must exit with code 2 and must never print to standard output.

### Edge cases
- Empty: R2. Boundary: a name of 40 characters, R1. Duplicate: cannot happen, one name is given.
- Malformed: cannot happen, every text is a name. Dependency down: cannot happen, there is none.

## EVALUATION
- E1 (R1): given the command, when it is called with `ada`, then it prints `hello ada`.
- E2 (R2): given the command, when it is called without a name, then the exit code is 2.

## CONSTRAINTS
- Performance: within 2 seconds. Cost: at most 1 USD. Security: none, because it reads nothing.
- Compatibility: POSIX shell.

### Out of scope
- Greeting several people at once.
"""

CANARY = "canary-7f3a9c"
"""Stands in every scenario; must never be seen by an agent."""

GREETS = f"""\
id: greets-by-name
covers: [R1]
given: The command {CANARY}
when: It is called with {CANARY}
then: It greets {CANARY}
steps:
  - run: bin/greet {CANARY}
    expect: {{exit: 0, stdout: "hello {CANARY}"}}
"""

REFUSES = f"""\
id: refuses-without-a-name
covers: [R2]
kind: negative
given: The command {CANARY}
when: It is called without a name
then: It exits with code 2 and prints nothing
steps:
  - run: bin/greet
    expect: {{exit: 2, stdout: ""}}
"""

RIGHT = '#!/bin/sh\n[ -n "$1" ] || { echo "usage: greet NAME" >&2; exit 2; }\necho "hello $1"\n'
WRONG = '#!/bin/sh\necho "hello $1"\n'

CONFIG = """\
[factory]
parallel = {parallel}
[model]
base_url = "{base_url}"
[limits]
run_usd = 1.0
batch_usd = 5.0
attempts = {attempts}
[sandbox]
backend = "{backend}"
"""

Turn = Mapping[str, Any]


def delivers(program: str, *, delay_ms: int = 0) -> list[Turn]:
    """An attempt that writes `program`, tries it, and says that it is done."""
    return [
        {"text": "I look around.", "tools": [{"bash": "ls -la"}], "delay_ms": delay_ms},
        {"tools": [{"write": {"path": "bin/greet", "content": program}}, {"bash": "chmod +x bin/greet; bin/greet x"}]},
        {"text": "Done."},
    ]


@dataclass
class Factory:
    """A workspace on disk."""

    workspace: Path

    @classmethod
    def at(
        cls, workspace: Path, *, attempts: int = 1, parallel: int = 2, backend: str = "local", base_url: str = "twin"
    ) -> "Factory":
        for name in ("specs", "scenarios", "context", "twins/anthropic", "targets"):
            (workspace / name).mkdir(parents=True)
        config = CONFIG.format(attempts=attempts, parallel=parallel, backend=backend, base_url=base_url)
        (workspace / "factory.toml").write_text(config)
        return cls(workspace)

    def add(
        self,
        spec: str,
        *attempts: Sequence[Turn],
        status: str = "ready",
        target: str = "",
        after: str = "",
        scenarios: Sequence[str] = (GREETS, REFUSES),
        usage: Mapping[str, int] | None = None,
    ) -> None:
        """A spec, its suite, and the turns of each attempt."""
        text = SPEC.format(id=spec, status=status, target=target or spec, after=after)
        (self.workspace / "specs" / f"{spec}.md").write_text(text)
        suite = self.workspace / "scenarios" / spec
        suite.mkdir()
        for number, scenario in enumerate(scenarios):
            (suite / f"s{number}.yaml").write_text(scenario)
        script = {"attempts": [list(each) for each in attempts], **({"usage": dict(usage)} if usage else {})}
        # JSON is YAML.
        self._script(spec).write_text(json.dumps(script))

    def break_twin(self, spec: str, *faults: Turn) -> None:
        """What it answers in the place of the script, each so often; it forgets how often when its engine ends."""
        script = json.loads(self._script(spec).read_text())
        self._script(spec).write_text(json.dumps({**script, "faults": faults}))

    def _script(self, spec: str) -> Path:
        return self.workspace / "twins" / "anthropic" / f"{spec}.yaml"

    def settings(self) -> Settings:
        return load(self.workspace, {})

    def reader(self) -> Reader:
        return Reader(self.workspace / "runs.db")

    def run_of(self, spec: str) -> RunView:
        """The latest run of a spec, as the store has it."""
        reader = self.reader()
        try:
            view = reader.run(reader.last_runs()[spec].run)
        finally:
            reader.close()
        assert view is not None
        return view

    def events(self) -> list[Event]:
        reader = self.reader()
        try:
            return reader.events(limit=100_000)
        finally:
            reader.close()

    def amendments(self) -> list[AmendmentRecord]:
        with self.reader() as reader:
            return reader.amendments()

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[ControlClient]:
        """An engine in this process, and a client of it; the engine is stopped at the end."""
        settings = self.settings()
        with EngineLock(self.workspace):
            task = asyncio.create_task(serve(self.workspace, settings))
            try:
                client = await self._connect(settings, task)
                async with client as connected:
                    yield connected
                    await connected.stop()
                async with asyncio.timeout(PATIENCE_S):
                    await task
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _connect(self, settings: Settings, task: "asyncio.Task[None]") -> Any:
        from factory_tui.control import NoEngine

        async with asyncio.timeout(PATIENCE_S):
            while True:
                if task.done():
                    task.result()
                try:
                    async with ControlClient.connect(self.workspace, settings):
                        return ControlClient.connect(self.workspace, settings)
                except NoEngine:
                    await asyncio.sleep(0.01)

    async def until(self, event_type: str, *, spec: str | None = None, after: int = 0) -> Event:
        """Wait for an event of the stream."""
        async with asyncio.timeout(PATIENCE_S), ControlClient.connect(self.workspace, self.settings()) as client:
            async for event in client.follow(after):
                if event.type == event_type and spec in (None, event.spec):
                    return event
        raise AssertionError("the stream ended")

    async def run_batch(self, *specs: str) -> None:
        """Start an engine, run the specs (or all Ready ones) to the end of the batch, stop the engine."""
        async with self.engine() as client:
            await client.run(specs)
            await self.until("batch.finished")


def only_these_words(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """An environment for a child process without the operator's overrides."""
    return {name: value for name, value in environ.items() if not name.startswith("FACTORY_")}
