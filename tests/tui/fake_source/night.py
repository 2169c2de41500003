"""What the fake source is set to, and the record of what it was told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from factory_tui.model.estimate import PastRun
from factory_tui.model.evidence_views import Seen, SuiteRow
from factory_tui.model.money import MicroUsd, from_usd
from factory_tui.model.readback import ReadBack
from factory_tui.model.report import Report
from factory_tui.model.spec import Kind
from factory_tui.model.version import VersionView
from factory_tui.model.views import BatchSummary, EngineInfo, FailureGroup, Holding, LogLine, RunRow, RunView, SpecRow
from factory_tui.specs import parse
from factory_tui.tui.source import Change, Draft, Exemplar, LessonsView, SourceError
from tests.tui import evening, sample

TEN_DOLLARS = from_usd("10.00")


async def nothing() -> None:
    """Takes no time."""


@dataclass
class Night:
    """Views to show and a record of the commands given."""

    spec_rows: tuple[SpecRow, ...] = ()
    rows: tuple[RunRow, ...] = ()
    batch: BatchSummary | None = None
    groups: tuple[FailureGroup, ...] = ()
    views: dict[str, RunView] = field(default_factory=dict)
    log_lines: tuple[LogLine, ...] = ()
    holding: Holding | None = None
    paused: bool = False
    earlier_reports: dict[str, Report] = field(default_factory=dict)
    lessons_view: LessonsView = field(default_factory=LessonsView)
    report_view: Report | None = None
    texts: dict[str, str] = field(default_factory=dict)
    """Spec → its file; one that is not here is made from the sample when it is read."""
    drafts: dict[str, Draft] = field(default_factory=dict)
    read_backs: dict[str, ReadBack] = field(default_factory=dict)
    reading: asyncio.Event | None = None
    """Set while a model reads; it is done once the event comes."""
    read_back_fails: SourceError | None = None
    """How a read-back that was begun ends."""
    charged: bool = False
    """A live model would be asked."""
    aside: dict[str, str] = field(default_factory=dict)
    """`mine` or `theirs` → the text that was set aside."""
    version_views: dict[str, tuple[VersionView, ...]] = field(default_factory=dict)
    exemplars: dict[Kind, Exemplar] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    suite_rows: tuple[SuiteRow, ...] = ()
    seen: dict[tuple[str, str], tuple[Seen, ...]] = field(default_factory=dict)
    """Spec and scenario → what it showed."""
    trying: asyncio.Event | None = None
    """Set while a suite is tried; it is done once the event comes."""
    engine: EngineInfo | None = sample.ENGINE
    name: str = "night-shift"
    read_only: bool = False
    batch_cap: MicroUsd | None = TEN_DOLLARS
    error: SourceError | None = None
    """Raised by every question while set."""
    refusal: SourceError | None = None
    """Raised by the next commands while set, after `meanwhile` happened."""
    meanwhile: Callable[[], None] = lambda: None
    """What another viewer does just before a command arrives."""
    engine_error: SourceError | None = None
    past: tuple[PastRun, ...] = ()
    slowly: Callable[[], Awaitable[None]] = nothing
    """What happens before each of many changes."""
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
        self.meanwhile()
        if self.refusal is not None:
            raise self.refusal
        self.commands.append(text)

    def _change_row(self, spec: str, **changes: object) -> None:
        self.spec_rows = tuple(each.model_copy(update=changes) if each.id == spec else each for each in self.spec_rows)

    def _text(self, spec: str) -> str:
        row = next(each for each in self.spec_rows if each.id == spec)
        return self.texts.setdefault(spec, evening.SPEC_TEXT.format(id=row.id, title=row.title))

    def version(self, spec: str) -> str:
        """Hash of the text of a spec."""
        return parse(self.spec_file(spec), self._text(spec)).hash

    def spec_file(self, spec: str) -> Path:
        return self.directory / f"{spec}.md"
