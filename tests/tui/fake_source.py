"""A source in memory. It keeps the promises of `tui.source.Source`, and `test_source.py` holds both to them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from factory_tui.model.money import MicroUsd, from_usd
from factory_tui.model.run import RunState
from factory_tui.model.spec import Status
from factory_tui.model.views import BatchSummary, EngineInfo, FailureGroup, LogLine, RunRow, RunView, SpecRow
from factory_tui.tui.source import BatchPlan, BoardView, Change, Queued, SourceError

from . import sample

PAGE = 1000
TEN_DOLLARS = from_usd("10.00")


@dataclass
class FakeSource:
    """Views to show and a record of the commands given."""

    spec_rows: tuple[SpecRow, ...] = ()
    rows: tuple[RunRow, ...] = ()
    batch: BatchSummary | None = None
    groups: tuple[FailureGroup, ...] = ()
    views: dict[str, RunView] = field(default_factory=dict)
    log_lines: tuple[LogLine, ...] = ()
    engine: EngineInfo | None = sample.ENGINE
    name: str = "night-shift"
    read_only: bool = False
    batch_cap: MicroUsd | None = TEN_DOLLARS
    error: SourceError | None = None
    """Raised by every question while set."""
    engine_error: SourceError | None = None
    commands: list[str] = field(default_factory=list)
    directory: Path = Path("/srv/factory/specs")
    questions: int = 0

    def __post_init__(self) -> None:
        self._news: asyncio.Queue[Change] = asyncio.Queue()

    def tell(self, change: Change) -> None:
        """Make news."""
        self._news.put_nowait(change)

    def _ask(self) -> None:
        self.questions += 1
        if self.error is not None:
            raise self.error

    def _command(self, text: str) -> None:
        if self.read_only:
            raise SourceError("this control room is read-only", "open it without --read-only")
        self.commands.append(text)

    async def specs(self) -> tuple[SpecRow, ...]:
        self._ask()
        return self.spec_rows

    async def board(self) -> BoardView:
        self._ask()
        return BoardView(self.rows, self.batch)

    async def run(self, run: str) -> RunView | None:
        self._ask()
        if run in self.views:
            return self.views[run]
        row = next((each for each in self.rows if each.run == run), None)
        return sample.live_view(row) if row else None

    async def log(self, run: str, after: int) -> tuple[LogLine, ...]:
        self._ask()
        return tuple(each for each in self.log_lines if each.seq > after)[:PAGE]

    async def failures(self) -> tuple[FailureGroup, ...]:
        self._ask()
        return self.groups

    async def plan(self) -> BatchPlan:
        self._ask()
        ready = tuple(row.id for row in self.spec_rows if row.status is Status.READY and not row.errors)
        return BatchPlan(
            specs=ready, parallel=3, attempts=2, run_cap=from_usd("2.00"), batch_cap=self.batch_cap, day_cap=None,
            charged=self.batch_cap is not None,
        )  # fmt: skip

    async def connect(self, *, start: bool) -> EngineInfo | None:
        if self.engine_error is not None:
            raise self.engine_error
        return self.engine

    async def changes(self) -> AsyncIterator[Change]:
        while True:
            yield await self._news.get()

    async def set_status(self, spec: str, status: Status) -> None:
        self._command(f"{status} {spec}")
        row = next(each for each in self.spec_rows if each.id == spec)
        if status is Status.READY and row.errors:
            finding = row.findings[0]
            raise SourceError(f"{spec} cannot be Ready: {finding.rule} {finding.message}", finding.fix)
        changed = row.model_copy(update={"status": status})
        self.spec_rows = tuple(changed if each is row else each for each in self.spec_rows)

    def spec_file(self, spec: str) -> Path:
        return self.directory / f"{spec}.md"

    async def start_batch(self) -> Queued:
        specs = (await self.plan()).specs
        self._command(f"run {' '.join(specs)}")
        self.rows = tuple(sample.run(spec, RunState.QUEUED) for spec in specs)
        return Queued(tuple(row.run for row in self.rows))

    async def cancel(self, run: str) -> None:
        self._command(f"cancel {run}")

    async def retry(self, run: str) -> str:
        self._command(f"retry {run}")
        return run

    async def close(self) -> None:
        self.commands.append("close")


def busy() -> FakeSource:
    """The sample night."""
    return FakeSource(
        spec_rows=sample.SPECS,
        rows=sample.RUNS,
        batch=sample.BATCH,
        groups=sample.FAILURES,
        views={sample.FAILED_RUN.row.run: sample.FAILED_RUN},
        log_lines=sample.log(),
    )
