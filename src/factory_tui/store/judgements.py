"""What judges said about rubrics: functions on a transaction, and the ledger of one vote."""

from dataclasses import dataclass

from pydantic import JsonValue

from factory_tui.ledger import Reservation
from factory_tui.model.evaluation import Result, ScenarioResult
from factory_tui.model.ids import RunId
from factory_tui.model.judgement import Ballot, Judgement, JudgementKey
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import HoldReason
from factory_tui.model.usage import Usage
from factory_tui.store.book import RunBook, close
from factory_tui.store.judgement_rows import OF_KEY
from factory_tui.store.runs import emit_for, usd
from factory_tui.store.values import as_json, to_micros
from factory_tui.store.writer import Tx


@dataclass(frozen=True, slots=True)
class _Due:
    """A call that the API has answered and priced, and whose vote is not kept yet."""

    reservation: Reservation
    usage: Usage
    cost: MicroUsd


@dataclass(slots=True)
class VoteBook:
    """The ledger of one vote: a call is settled in the transaction that keeps its vote.

    Between the two a crash leaves the call as sent, and the books presume it; a settled one always has its vote, so no
    vote is paid for twice.
    """

    book: RunBook
    _due: _Due | None = None

    async def reserve(self, attempt: int, role: str, model: str, amount: MicroUsd) -> Reservation:
        """As of the run's book."""
        return await self.book.reserve(attempt, role, model, amount)

    async def sent(self, reservation: Reservation) -> None:
        await self.book.sent(reservation)

    async def settle(self, reservation: Reservation, usage: Usage, cost: MicroUsd) -> None:
        """Only noted: `keep` or `close` does it."""
        self._due = _Due(reservation, usage, cost)

    async def presume(self, reservation: Reservation) -> None:
        await self.book.presume(reservation)

    async def release(self, reservation: Reservation) -> None:
        await self.book.release(reservation)

    async def keep(self, key: JudgementKey, judgement: Judgement) -> None:
        """Settle the call and keep what was judged so far, in one transaction."""
        due, self._due = self._due, None

        def kept(tx: Tx) -> None:
            if due is not None:
                close(tx, due.reservation.call, "settled", due.cost, due.usage)
            record(tx, key, judgement, self.book.run)

        try:
            await self.book.writer.transact(kept)
        finally:
            self.book.freed.tell()

    async def close(self) -> None:
        """Settle a call whose vote was not kept; nothing else otherwise."""
        due, self._due = self._due, None
        if due is not None:
            await self.book.settle(due.reservation, due.usage, due.cost)


@dataclass(frozen=True, slots=True)
class RunJudgements:
    """What was judged before, and the ledger of the votes that one run pays for."""

    book: RunBook

    async def recorded(self, key: JudgementKey) -> Judgement | None:
        """The votes so far under this key."""
        return await self.book.writer.transact(lambda tx: of_key(tx, key))

    def entry(self) -> VoteBook:
        """The ledger of the next vote."""
        return VoteBook(self.book)


def record(tx: Tx, key: JudgementKey, judgement: Judgement, run: RunId | None) -> None:
    """Keep it in the place of what was kept under the same key."""
    tx.run(
        "INSERT OR REPLACE INTO judgement (scenario_hash, output_hash, model, ts, run, data) VALUES (?, ?, ?, ?, ?, ?)",
        *key,
        to_micros(tx.now),
        run,
        as_json(judgement),
    )


def of_key(tx: Tx, key: JudgementKey) -> Judgement | None:
    row = tx.one(OF_KEY, *key)
    return Judgement.model_validate_json(row["data"]) if row else None


def awaited_by(tx: Tx, run: RunId | str) -> int | None:
    """The newest attempt with a verdict, if its judges came to no decision.

    One that was begun since and has no verdict does not count: the engine may have ended in the middle of it.
    """
    row = tx.one(
        "SELECT attempt, json_extract(evaluation, '$.hold') AS hold FROM attempt "
        "WHERE run = ? AND verdict IS NOT NULL ORDER BY attempt DESC LIMIT 1",
        run,
    )
    return row["attempt"] if row is not None and row["hold"] == HoldReason.JUDGE else None


def undecided(tx: Tx, run: RunId | str) -> list[ScenarioResult]:
    """Results of the newest attempt that wait for a decision; one that gates nothing waits for none."""
    rows = tx.all(
        "SELECT data FROM scenario_result WHERE run = ? AND result = ? AND attempt = "
        "(SELECT max(attempt) FROM attempt WHERE run = ? AND verdict IS NOT NULL) ORDER BY position",
        run,
        Result.INCONCLUSIVE.value,
        run,
    )
    found = [ScenarioResult.model_validate_json(row["data"]) for row in rows]
    return [each for each in found if each.gates]


def announce(tx: Tx, run: RunId | str, attempt: int, scenario: str, judgement: Judgement) -> None:
    """Say what came of a rubric; emits `scenario.judged`."""
    said: dict[str, JsonValue] = {each.value: sum(vote.ballot is each for vote in judgement.votes) for each in Ballot}
    paid = MicroUsd(0) if judgement.recorded else MicroUsd(sum(vote.cost for vote in judgement.votes))
    data: dict[str, JsonValue] = {
        "scenario": scenario,
        "outcome": judgement.outcome.value,
        "reason": judgement.reason,
        "votes": said,
        "quorum": judgement.quorum,
        "model": judgement.model,
        "recorded": judgement.recorded,
        "cost_usd": usd(paid),
    }
    emit_for(tx, run, "scenario.judged", data, attempt)
