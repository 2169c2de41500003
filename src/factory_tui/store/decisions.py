"""The part of the store's door through which decisions go: the operator's, and those that wait for one."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from factory_tui.model.amendment import Amendment, AmendmentRecord, RecurringGroup
from factory_tui.model.evaluation import ScenarioResult
from factory_tui.model.failure import Failure, FailureClass, FailureRecord
from factory_tui.model.ids import RunId
from factory_tui.model.judgement import Judgement, JudgementKey
from factory_tui.model.money import MicroUsd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.views import Holding
from factory_tui.store import amendments, holds, judgements, pauses, questions, verdicts
from factory_tui.store.row_views import FAILURES, failure_record
from factory_tui.store.values import to_micros
from factory_tui.store.writer import Tx, Writer


class Decisions:
    """Each method is one transaction that also appends its events."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    # Questions

    async def record_question(self, run: RunId | str, attempt: int, question: AgentQuestion) -> None:
        """Keep what the agent asks; it is open until it is answered or the run asks anew."""
        await self._writer.transact(lambda tx: questions.record(tx, run, attempt, question))

    async def answer_question(self, run: RunId | str, answer: str) -> None:
        """Close the open question; emits `run.answered`.

        Raises:
            LookupError: there is none open.
        """
        await self._writer.transact(lambda tx: questions.answer(tx, run, answer))

    async def open_question(self, run: RunId | str) -> AgentQuestion | None:
        """Cleaned, as the operator sees it."""
        return await self._writer.transact(lambda tx: questions.still_open(tx, run))

    # Judgements

    async def announce_judgement(self, run: RunId | str, attempt: int, scenario: str, judgement: Judgement) -> None:
        """Emits `scenario.judged`; the votes themselves were kept as they came."""
        await self._writer.transact(lambda tx: judgements.announce(tx, run, attempt, scenario, judgement))

    async def awaits_judges(self, run: RunId | str) -> int | None:
        """The attempt of the run that waits for a decision about its rubrics; None when none does."""
        return await self._writer.transact(lambda tx: judgements.awaited_by(tx, run))

    async def undecided(self, run: RunId | str) -> list[ScenarioResult]:
        """Its scenarios whose judges came to no decision."""
        return await self._writer.transact(lambda tx: judgements.undecided(tx, run))

    async def record_rulings(self, run: RunId | str, rulings: Mapping[JudgementKey, Judgement]) -> None:
        """Keep the operator's word on rubrics that no judge could decide, all of it or nothing."""
        given = dict(rulings)

        def kept(tx: Tx) -> None:
            for key, ruling in given.items():
                judgements.record(tx, key, ruling, RunId(run))

        await self._writer.transact(kept)

    async def recap(self, run: RunId | str, cap: MicroUsd | None) -> None:
        """Give a run that is taken up again the cap of its spec as it is now, which is no part of its version."""
        await self._writer.transact(lambda tx: tx.run("UPDATE run SET cap = ? WHERE run = ?", cap, run))

    # Failures and escaped defects

    async def failure_records(self, since: datetime | None = None) -> list[FailureRecord]:
        """Oldest first, each with the class that holds now; cleaned."""
        start = to_micros(since) if since else 0
        rows = await self._writer.transact(
            lambda tx: tx.all(f"{FAILURES} WHERE failure.ts >= ? ORDER BY failure.id", start)
        )
        # On another thread than the writer's: a long history takes seconds to parse.
        return await asyncio.to_thread(lambda: [failure_record(row) for row in rows])

    async def reclassify(self, failure: int, failure_class: FailureClass, reason: str) -> None:
        """The operator's class of a record; the first one is kept beside it. Emits `failure.reclassified`.

        Raises:
            LookupError: there is no such record.
        """
        await self._writer.transact(lambda tx: verdicts.reclassify(tx, failure, failure_class, reason))

    async def record_escape(self, run: RunId | str, reason: str, reverted: str | None, failure: Failure) -> int:
        """Mark a shipped run as wrong and file its failure; emits `run.escaped`. The number of the record.

        Args:
            run: a shipped run.
            reason: the operator's.
            reverted: the commit that takes the work back; None when it could not be taken back.
            failure: what is filed.

        Raises:
            AlreadyDecided: it was marked before.
            LookupError: there is no such run, or it has not shipped.
        """
        return await self._writer.transact(lambda tx: verdicts.escape(tx, run, reason, reverted, failure))

    async def has_escaped(self, run: RunId | str) -> bool:
        return await self._writer.transact(lambda tx: verdicts.has_escaped(tx, run))

    # Amendments

    async def propose_amendment(self, amendment: Amendment, group: RecurringGroup, template_before: str) -> int:
        """File an amendment for the operator; emits `amendment.proposed`. Its number."""
        return await self._writer.transact(lambda tx: amendments.propose(tx, amendment, group, template_before))

    async def amendment(self, number: int) -> AmendmentRecord:
        """Raises `LookupError`."""
        return await self._writer.transact(lambda tx: amendments.known(tx, number))

    async def amendments(self) -> list[AmendmentRecord]:
        """In the order of their numbers."""
        return await self._writer.transact(amendments.every)

    async def accept_amendment(self, number: int, template_after: str) -> None:
        """Record that the template has it; emits `amendment.accepted`.

        Raises:
            AlreadyDecided: it was accepted or rejected before.
            LookupError: there is no such amendment.
        """
        await self._writer.transact(lambda tx: amendments.accept(tx, number, template_after))

    async def reject_amendment(self, number: int, reason: str) -> None:
        """Emits `amendment.rejected`; raises as `accept_amendment`."""
        await self._writer.transact(lambda tx: amendments.reject(tx, number, reason))

    # The provider

    async def start_hold(self, until: datetime | None, why: str) -> None:
        """The provider refuses calls; emits `hold.started`. An open hold learns `until` and `why` without an event."""
        await self._writer.transact(lambda tx: holds.start(tx, until, why))

    async def end_hold(self) -> None:
        """Emits `hold.ended` when a hold is open."""
        await self._writer.transact(holds.end)

    async def holding(self) -> Holding | None:
        return await self._writer.transact(holds.current)

    # The engine

    async def paused(self) -> bool:
        """The operator wants no further run to be started; holds for the next engine too."""
        return await self._writer.transact(pauses.is_paused)

    async def set_paused(self, paused: bool) -> None:
        """Emits `engine.paused` or `engine.resumed` when that changes something."""
        await self._writer.transact(lambda tx: pauses.set_paused(tx, paused))
