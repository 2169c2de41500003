"""A source in memory. It keeps the promises of `tui.source.Source`, and `test_source.py` holds both to them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from factory_tui.control.protocol import EscapeAnswer
from factory_tui.model.amendment import AmendmentState
from factory_tui.model.estimate import Advice, PastRun
from factory_tui.model.failure import FailureClass
from factory_tui.model.finding import Finding
from factory_tui.model.foreign import clean
from factory_tui.model.money import MicroUsd, from_usd
from factory_tui.model.readback import ReadBack, ReadBackPlan, ReadBackQuestion
from factory_tui.model.report import Report
from factory_tui.model.run import RunState
from factory_tui.model.spec import Category, Kind, Question, Status
from factory_tui.model.trace import TraceRow
from factory_tui.model.version import ItemChange, VersionView
from factory_tui.model.views import BatchSummary, EngineInfo, FailureGroup, Holding, LogLine, RunRow, RunView, SpecRow
from factory_tui.report.advice import advise
from factory_tui.report.estimate import expected
from factory_tui.specs import differences, parse
from factory_tui.specs.read_back import beside, with_read_back_answer
from factory_tui.store.inbox import version_of
from factory_tui.tui.source import (
    AmendmentView,
    BatchPlan,
    BoardView,
    Change,
    ChangedSpecs,
    Draft,
    Exemplar,
    LessonsView,
    Queued,
    ReadBackView,
    RefusedChange,
    SourceError,
    SpecChange,
    SpecChanged,
    SpecText,
)

from . import evening, morning, reading, sample

PAGE = 1000
TEN_DOLLARS = from_usd("10.00")


async def nothing() -> None:
    """Takes no time."""


@dataclass
class FakeSource:
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

    async def specs(self) -> tuple[SpecRow, ...]:
        self._ask()
        return self.spec_rows

    async def board(self) -> BoardView:
        self._ask()
        return BoardView(self.rows, self.batch, self.holding, self.paused)

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

    async def lessons(self) -> LessonsView:
        self._ask()
        return self.lessons_view

    async def report(self, batch: str | None = None) -> Report | None:
        self._ask()
        return self.report_view if batch is None else self.earlier_reports.get(batch)

    async def plan(self, among: Collection[str] | None = None) -> BatchPlan:
        self._ask()
        wanted = [row for row in self.spec_rows if among is None or row.id in among]
        rows = [row for row in wanted if row.status is Status.READY and not row.errors]
        return BatchPlan(
            specs=tuple(row.id for row in rows), parallel=3, attempts=2, run_cap=from_usd("2.00"),
            batch_cap=self.batch_cap, day_cap=None, charged=self.batch_cap is not None,
            not_ready=0 if among is None else sum(row.status is not Status.READY for row in wanted),
            expected=expected(row.estimate for row in rows),
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
        if status is Status.READY:
            self._record_version(spec)
        self._change_row(spec, status=status)

    def _record_version(self, spec: str) -> None:
        known = self.version_views.get(spec, ())
        found = parse(self.spec_file(spec), self._text(spec))
        if all(each.version.hash != found.hash for each in known):
            version = version_of(found, (), sample.NOW)
            self.version_views[spec] = (*known, VersionView(number=len(known) + 1, version=version))

    async def set_priority(self, spec: str, priority: int) -> None:
        self._command(f"priority {priority} {spec}")
        self._change_row(spec, priority=priority)

    async def change_specs(self, changes: Sequence[SpecChange], progress: Callable[[int], None]) -> ChangedSpecs:
        done: list[str] = []
        refused: list[RefusedChange] = []
        for number, each in enumerate(changes, start=1):
            await self.slowly()
            try:
                if each.priority is not None:
                    await self.set_priority(each.spec, each.priority)
                if each.status is not None:
                    await self.set_status(each.spec, each.status)
                done.append(each.spec)
            except SourceError as error:
                refused.append(RefusedChange(each.spec, error.what, error.todo))
            progress(number)
        return ChangedSpecs(tuple(done), tuple(refused))

    async def advice(self) -> tuple[Advice, ...]:
        self._ask()
        return advise(self.past)

    def _change_row(self, spec: str, **changes: object) -> None:
        self.spec_rows = tuple(each.model_copy(update=changes) if each.id == spec else each for each in self.spec_rows)

    def spec_file(self, spec: str) -> Path:
        return self.directory / f"{spec}.md"

    # Editing

    async def read_spec(self, spec: str) -> SpecText:
        self._ask()
        row = next((each for each in self.spec_rows if each.id == spec), None)
        if row is None:
            raise SourceError(f"there is no spec {spec}", "n makes a new one")
        text = self.texts.setdefault(spec, evening.SPEC_TEXT.format(id=row.id, title=row.title))
        return SpecText(text, row.kind or Kind.FEATURE)

    async def check_spec(self, spec: str, text: str) -> tuple[Finding, ...]:
        self._ask()
        return evening.findings(text)

    async def trace(self, spec: str, text: str) -> tuple[TraceRow, ...]:
        self._ask()
        return evening.trace(text)

    async def taken_ids(self, spec: str) -> frozenset[str]:
        return self.taken

    async def versions(self, spec: str) -> tuple[VersionView, ...]:
        self._ask()
        now = self.version(spec)
        views = self.version_views.get(spec, ())
        return tuple(each.model_copy(update={"current": each.version.hash == now}) for each in views)

    async def version_diff(self, spec: str, before: str, after: str) -> tuple[ItemChange, ...]:
        self._ask()
        texts = {each.version.hash: each.version.text for each in self.version_views.get(spec, ())}
        texts[""] = (await self.read_spec(spec)).text
        for each in (before, after):
            if each not in texts:
                raise SourceError(f"version {each[:12]} of {spec} is not on record", "look at the list again")
        old, new = (parse(self.spec_file(spec), clean(texts[each])) for each in (before, after))
        return differences(old, new)

    async def exemplar(self, kind: Kind, without: str) -> Exemplar | None:
        self._ask()
        return self.exemplars.get(kind)

    async def guidance(self, kind: Kind) -> Mapping[Question, str]:
        return evening.GUIDANCE

    async def save_spec(self, spec: str, text: str, seen: str) -> None:
        self._command(f"save {spec}")
        if spec not in self.texts and seen:
            raise SpecChanged(f"{spec}.md is gone", "save it again to make it anew", None)
        theirs = self.texts.get(spec, "")
        if theirs != seen:
            raise SpecChanged(f"{spec}.md was changed by another program", "keep yours or take theirs", theirs)
        self.texts[spec] = text

    async def draft(self, spec: str) -> Draft | None:
        return self.drafts.get(spec)

    async def keep_draft(self, spec: str, text: str, seen: str) -> None:
        self._command(f"keep {spec}")
        self.drafts[spec] = Draft(text, seen, sample.NOW)

    async def drop_draft(self, spec: str) -> None:
        self.drafts.pop(spec, None)

    async def set_aside(self, spec: str, text: str, whose: str) -> str:
        self._command(f"set aside {whose} {spec}")
        self.aside[whose] = text
        return f".factory/drafts/{spec}.{whose}-20260314-234210.md"

    async def create_spec(self, spec: str, kind: Kind) -> None:
        self._command(f"create {spec} {kind}")
        if any(row.id == spec for row in self.spec_rows):
            raise SourceError(f"there is a spec {spec} already", "choose another name")
        row = sample.spec(spec, status=Status.DRAFT, kind=kind, category=Category.FEATURE, scenarios=0)
        self.spec_rows = (*self.spec_rows, row)

    # Reading back

    async def plan_read_back(self, spec: str) -> ReadBackPlan:
        if self.read_only:
            raise SourceError("this control room is read-only", "open it without --read-only")
        recorded = self.read_backs.get(spec)
        return ReadBackPlan(
            spec=spec,
            hash=self.version(spec),
            model="claude-sonnet-4-6",
            charged=self.charged,
            most=from_usd("0.08"),
            reading=self.reading is not None,
            recorded=recorded is not None and recorded.hash == self.version(spec),
        )

    async def read_back(self, spec: str, *, fresh: bool = False) -> ReadBack:
        self._command(f"read back {spec}{' anew' if fresh else ''}")
        if self.reading is not None:
            await self.reading.wait()
        if self.read_back_fails is not None:
            raise self.read_back_fails
        read = self.read_backs[spec] = reading.READ_BACK.model_copy(update={"spec": spec, "hash": self.version(spec)})
        return read

    async def last_read_back(self, spec: str, text: str | None = None) -> ReadBackView | None:
        self._ask()
        read = self.read_backs.get(spec)
        if read is None:
            return None
        found = parse(self.spec_file(spec), self._text(spec) if text is None else text)
        return ReadBackView(beside(read, found), current=found.hash == read.hash)

    async def answer_read_back(self, spec: str, question: ReadBackQuestion, answer: str) -> bool:
        self._command(f"answer {spec} {question.text}: {answer}")
        self.texts[spec] = await self.with_answer(spec, self._text(spec), question, answer)
        row = next(each for each in self.spec_rows if each.id == spec)
        draft = row.model_copy(update={"status": Status.DRAFT})
        self.spec_rows = tuple(draft if each is row else each for each in self.spec_rows)
        return row.status is Status.READY

    async def with_answer(self, spec: str, text: str, question: ReadBackQuestion, answer: str) -> str:
        return with_read_back_answer(parse(self.spec_file(spec), text), question, answer)

    def _text(self, spec: str) -> str:
        row = next(each for each in self.spec_rows if each.id == spec)
        return self.texts.setdefault(spec, evening.SPEC_TEXT.format(id=row.id, title=row.title))

    def version(self, spec: str) -> str:
        """Hash of the text of a spec."""
        return parse(self.spec_file(spec), self._text(spec)).hash

    # Running

    async def start_batch(self, specs: Sequence[str] = ()) -> Queued:
        specs = specs or (await self.plan()).specs
        self._command(f"run {' '.join(specs)}")
        self.rows = tuple(sample.run(spec, RunState.QUEUED) for spec in specs)
        return Queued(tuple(row.run for row in self.rows))

    async def cancel(self, run: str) -> None:
        self._command(f"cancel {run}")

    async def retry(self, run: str) -> str:
        self._command(f"retry {run}")
        return run

    async def answer(self, run: str, answer: str, question: str) -> str:
        self._command(f"answer {run}: {answer}")
        row = self._row(run)
        if row.question is None:
            raise SourceError(f"{run} asks nothing (it is {row.state})", "`factory-tui status` shows what waits")
        self._change(row, state=RunState.QUEUED, question=None, hold=None, why="", remedy="")
        return run

    async def escape(self, run: str, reason: str) -> EscapeAnswer:
        self._command(f"escape {run}: {reason}")
        row = self._row(run)
        if row.escaped:
            raise SourceError(f"{run} was marked before: {row.escaped}", "`factory-tui failures show 99` has it")
        self._change(row, escaped=reason)
        return EscapeAnswer(failure=99, reverted="5c7e22fba2be")

    async def pause(self, paused: bool) -> None:
        self._command("pause" if paused else "resume")
        self.paused = paused

    # Learning

    async def classify(self, failure: int, failure_class: FailureClass, reason: str = "") -> None:
        self._command(f"classify {failure} {failure_class}" + (f": {reason}" if reason else ""))
        records = tuple(record for group in self.groups for record in group.records)
        if all(record.id != failure for record in records):
            raise SourceError(f"there is no failure record {failure}", "`factory-tui failures list` shows them")
        self.groups = sample.groups(
            tuple(
                record.model_copy(
                    update={
                        "failure_class": failure_class,
                        "first_class": record.first_class or record.failure_class,
                        "reclassified": reason,
                    }
                )
                if record.id == failure
                else record
                for record in records
            )
        )

    async def propose(self) -> int:
        self._command("propose")
        if any(each.record.id == morning.PROPOSED.record.id for each in self.lessons_view.amendments):
            return 0
        self.lessons_view = LessonsView(self.lessons_view.recurring, (morning.PROPOSED, *self.lessons_view.amendments))
        return 1

    async def accept(self, amendment: int) -> str:
        self._command(f"accept {amendment}")
        self._decide(amendment, state=AmendmentState.ACCEPTED, template_after="feature@2", decided=sample.NOW)
        return "feature@2"

    async def reject(self, amendment: int, reason: str) -> None:
        self._command(f"reject {amendment}: {reason}")
        self._decide(amendment, state=AmendmentState.REJECTED, reason=reason, decided=sample.NOW)

    async def close(self) -> None:
        self.commands.append("close")

    # What the world does

    def _row(self, run: str) -> RunRow:
        row = next((each for each in self.rows if each.run == run), None)
        if row is None:
            raise SourceError(f"there is no run {run}", "`factory-tui status` lists them")
        return row

    def _change(self, row: RunRow, **changes: object) -> None:
        changed = row.model_copy(update=changes)
        self.rows = tuple(changed if each is row else each for each in self.rows)

    def _decide(self, number: int, **changes: object) -> None:
        view = next((each for each in self.lessons_view.amendments if each.record.id == number), None)
        if view is None:
            raise SourceError(f"there is no amendment {number}", "`factory-tui template history` lists them")
        if view.record.state is not AmendmentState.PROPOSED:
            raise SourceError(f"amendment {number} is {view.record.state} already", "nothing is left to decide")
        decided = AmendmentView(view.record.model_copy(update=changes), view.diff, view.failures)
        amendments = tuple(decided if each is view else each for each in self.lessons_view.amendments)
        self.lessons_view = LessonsView(self.lessons_view.recurring, amendments)


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


def morning_after() -> FakeSource:
    """The sample night with everything that it leaves to decide."""
    source = busy()
    source.rows, source.lessons_view, source.report_view = morning.RUNS, morning.LESSONS, morning.REPORT
    return source
