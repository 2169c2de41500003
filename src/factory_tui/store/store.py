"""The engine's door to runs.db: each method is one transaction that also appends its events."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import JsonValue

from factory_tui.ledger import Caps
from factory_tui.model.admission import Admission
from factory_tui.model.build import BuildReport
from factory_tui.model.evaluation import Evaluation, Feedback, ScenarioResult
from factory_tui.model.event import Event, EventDraft
from factory_tui.model.failure import Failure
from factory_tui.model.holdout import Seal
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import AT_REST, LIVE, HoldReason, RunState, Verdict
from factory_tui.model.usage import Usage
from factory_tui.model.views import EngineInfo
from factory_tui.store import attempts, book, intake, runs, seals, versions
from factory_tui.store.bindings import as_text as bindings_as_text
from factory_tui.store.book import ReadBackBook
from factory_tui.store.decisions import Decisions
from factory_tui.store.judgements import RunJudgements
from factory_tui.store.rows import Answer, NewRun, NotReady, StoredRun
from factory_tui.store.secrecy import Secrecy
from factory_tui.store.spec_records import SpecRecords
from factory_tui.store.writer import Listener, Tx, Writer

_EVERY_STATE = frozenset(RunState)


class Store(Decisions, SpecRecords, Secrecy):
    """The one writer of runs.db. Every method raises `StoreError` when it could not be committed."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(writer)
        self._freed = book.Freed()

    @classmethod
    async def open(cls, path: Path) -> "Store":
        """Open or create, check, migrate, and begin a new epoch.

        Raises:
            StoreError: damaged, not ours, newer than this program, not writable, locked, or no space.
        """
        store = cls(await Writer.open(path))
        await store._writer.transact(versions.parse_older)
        return store

    @property
    def epoch(self) -> int:
        """Counts the openings of this database; a write from an older epoch is refused."""
        return self._writer.epoch

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event after its commit, in order; the answer ends the subscription."""
        return self._writer.subscribe(listener)

    async def close(self) -> None:
        """Carry out what was handed over, then close."""
        await self._writer.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def emit(self, draft: EventDraft) -> Event:
        """Append an event that no other method writes."""
        return await self._writer.transact(lambda tx: tx.emit(draft))

    async def engine_started(self, info: EngineInfo) -> None:
        data = info.model_dump(mode="json")
        await self.emit(EventDraft(type="engine.started", data=data))

    # Batches and runs

    async def open_batch(self, batch: BatchId, cap: MicroUsd | None = None) -> None:
        await self._writer.transact(lambda tx: runs.open_batch(tx, batch, cap))

    async def close_batch(self, batch: BatchId) -> None:
        """Idempotent; emits `batch.finished` once."""
        await self._writer.transact(lambda tx: runs.close_batch(tx, batch))

    async def open_batches(self) -> list[BatchId]:
        return await self._writer.transact(runs.open_batches)

    async def queue_run(
        self,
        new: NewRun,
        *,
        not_ready: NotReady | None = None,
        answer: Answer | None = None,
        seal: Seal | None = None,
    ) -> Event:
        """Record the run and its spec version, in the place of a held run of the spec; emits `run.queued`.

        Args:
            new: the run.
            not_ready: why it is held at once: nothing may start it in between.
            answer: to the question for which the spec runs again; recorded with the run that it leads to, or not at
                all.
            seal: its suite as it is now; emits `suite.sealed`.

        Raises:
            LookupError: the question is not open any more; nothing was queued.
        """
        return await self._writer.transact(lambda tx: intake.queue(tx, new, not_ready, answer, seal))

    async def move_run(
        self,
        run: RunId | str,
        state: RunState,
        why: str = "",
        hold: HoldReason | None = None,
        remedy: str = "",
        attempt: int | None = None,
        data: Mapping[str, JsonValue] | None = None,
        seal: Seal | None = None,
    ) -> Event:
        """Move a run to `state`; emits `run.<state>` with `why`, `hold` and `remedy`.

        An attempt that a run at rest leaves unfinished is closed, without being counted. With `seal` its suite is
        sealed anew by the same commit.

        Raises:
            IllegalTransition: the table has no such edge.
            UnknownRun: there is no such run.
        """
        more = dict(data or {})

        def moved(tx: Tx) -> Event:
            if state in AT_REST:
                attempts.close_open(tx, run)
            event = runs.move(tx, run, state, why, hold, remedy, attempt, more)
            if seal is not None:
                seals.record(tx, run, seal)
            return event

        return await self._writer.transact(moved)

    async def bind_run(
        self,
        run: RunId | str,
        *,
        base_commit: str | None = None,
        image: str | None = None,
        suite_hash: str | None = None,
        artifact_hash: str | None = None,
        commit: str | None = None,
        branch: str | None = None,
        twins: dict[str, str] | None = None,
    ) -> None:
        """Record what the verdict is bound to; None leaves a value as it is. `twins`: twin → version."""
        bindings = {
            "base_commit": base_commit,
            "image": image,
            "suite_hash": suite_hash,
            "artifact_hash": artifact_hash,
            "commit": commit,
            "branch": branch,
            "twins": None if twins is None else bindings_as_text(twins),
        }
        await self._writer.transact(lambda tx: runs.bind(tx, run, bindings))

    async def stored_run(self, run: RunId | str) -> StoredRun:
        """Raises `UnknownRun`."""
        return await self._writer.transact(lambda tx: runs.stored(tx, run))

    async def queued_runs(self) -> list[StoredRun]:
        """In queue order: priority, then age."""
        return await self._writer.transact(lambda tx: runs.in_states(tx, frozenset({RunState.QUEUED})))

    async def live_runs(self) -> list[StoredRun]:
        """Runs that a workstream is at work on; after a start, those that were interrupted."""
        return await self._writer.transact(lambda tx: runs.in_states(tx, LIVE))

    async def held_runs(self) -> list[StoredRun]:
        return await self._writer.transact(lambda tx: runs.in_states(tx, frozenset({RunState.HELD})))

    async def last_run_of(self, spec: SpecId | str) -> StoredRun | None:
        """The newest run of a spec, in whatever state."""
        return await self._writer.transact(lambda tx: runs.newest(tx, spec, None, _EVERY_STATE))

    async def last_state(self, spec: SpecId | str) -> RunState | None:
        """State of the newest run of a spec; failed when it shipped and escaped, None when it never ran."""
        last = await self.last_run_of(spec)
        if last is None:
            return None
        return last.state if last.escaped is None else RunState.FAILED

    async def held_for_dependency(self, spec: SpecId | str) -> list[StoredRun]:
        """Runs that are held because `spec` had not shipped."""
        held = await self.held_runs()
        return [each for each in held if each.hold is HoldReason.DEPENDENCY and spec in each.depends_on]

    # Attempts

    async def start_attempt(self, run: RunId | str) -> int:
        """Begin the next attempt; its number is one more than the run's charged attempts."""
        return await self._writer.transact(lambda tx: attempts.start(tx, run))

    async def finish_attempt(
        self,
        run: RunId | str,
        attempt: int,
        report: BuildReport | None,
        verdict: Verdict | None,
        charged: bool,
        evaluation: Evaluation | None = None,
        ended: str | None = None,
    ) -> None:
        """Close an attempt.

        Args:
            run: whose attempt.
            attempt: its number.
            report: what the agent did; None when it did not come that far.
            verdict: of the gate; None when nothing was judged.
            charged: False when it does not count as an attempt.
            evaluation: what the verdict is made of; its scenarios are recorded by `record_scenario`.
            ended: how it ended when there is no report (`cancelled`); `error` without.
        """
        await self._writer.transact(
            lambda tx: attempts.finish(tx, run, attempt, report, verdict, charged, evaluation, ended)
        )

    async def passed(self, run: RunId | str) -> bool:
        """True when the newest attempt of the run passed the gate."""
        return await self._writer.transact(lambda tx: attempts.passed(tx, run))

    async def record_turn(
        self, run: RunId | str, attempt: int, turn: int, text: str, usage: Usage, cost: MicroUsd
    ) -> None:
        await self._writer.transact(lambda tx: attempts.turn_finished(tx, run, attempt, turn, text, usage, cost))

    async def record_tool_started(
        self, run: RunId | str, attempt: int, turn: int, call_id: str, name: str, summary: str
    ) -> None:
        await self._writer.transact(lambda tx: attempts.tool_started(tx, run, attempt, turn, call_id, name, summary))

    async def record_tool_finished(
        self,
        run: RunId | str,
        attempt: int,
        turn: int,
        call_id: str,
        name: str,
        ok: bool,
        seconds: float,
        output: str,
    ) -> None:
        await self._writer.transact(
            lambda tx: attempts.tool_finished(tx, run, attempt, turn, call_id, name, ok, seconds, output)
        )

    async def record_scenario(
        self, run: RunId | str, attempt: int, result: ScenarioResult, done: int, total: int
    ) -> None:
        await self._writer.transact(lambda tx: attempts.scenario_finished(tx, run, attempt, result, done, total))

    async def record_failures(
        self, run: RunId | str, attempt: int, spec: SpecId | str, failures: Iterable[Failure]
    ) -> None:
        """One append-only record and one event each."""
        filed = tuple(failures)
        await self._writer.transact(lambda tx: attempts.file_failures(tx, run, attempt, spec, filed))

    async def record_disclosure(self, run: RunId | str, attempt: int, feedback: Feedback) -> None:
        """Keep what an agent is told about an evaluation; commit it before the agent is told."""
        await self._writer.transact(lambda tx: attempts.disclose(tx, run, attempt, feedback))

    # Admission

    async def known_admissions(
        self, scenario_hashes: Sequence[str], base_commit: str, image: str
    ) -> Mapping[str, Admission]:
        """By scenario hash, for this base commit and image."""
        return await self._writer.transact(
            lambda tx: attempts.known_admissions(tx, scenario_hashes, base_commit, image)
        )

    async def record_admissions(
        self, run: RunId | str, spec: SpecId | str, admissions: Iterable[Admission], base_commit: str, image: str
    ) -> None:
        """Those that the harness could not decide (`error`) are not kept, so that they are tried again."""
        settled = tuple(admissions)
        await self._writer.transact(lambda tx: attempts.record_admissions(tx, run, spec, settled, base_commit, image))

    # Sandboxes

    async def record_container(self, container: str, run: RunId | str, attempt: int, role: str) -> None:
        await self._writer.transact(lambda tx: attempts.container_created(tx, container, run, attempt, role))

    async def container_gone(self, container: str, reaped: bool = False) -> None:
        """`reaped`: a sweep removed it, not its owner; emits `container.reaped`."""
        await self._writer.transact(lambda tx: attempts.container_gone(tx, container, reaped))

    async def open_containers(self) -> list[str]:
        """Ids that were recorded and not yet recorded as gone."""
        return await self._writer.transact(attempts.open_containers)

    # Money

    def book(self, run: RunId | str, caps: Caps) -> book.RunBook:
        """The ledger of one run, under its caps."""
        return book.RunBook(self._writer, caps, self._freed, RunId(run))

    def judgements(self, run: RunId | str, caps: Caps) -> RunJudgements:
        """What judges have said, and the ledger of what they say for one run."""
        return RunJudgements(self.book(run, caps))

    def read_back_book(self, spec: SpecId | str, caps: Caps) -> ReadBackBook:
        """The ledger of one read-back: the cap for runs is its own, and no batch pays for it."""
        return ReadBackBook(self._writer, caps, self._freed, SpecId(spec))

    async def settle_orphans(self) -> tuple[int, int]:
        """At start: calls that were sent are presumed at full reservation, reserved ones released; how many of each."""
        return await self._writer.transact(book.settle_orphans)
