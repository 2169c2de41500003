"""Amendments to templates and what the operator decided on each: functions on a transaction."""

from pydantic import JsonValue

from factory_tui.model.amendment import Amendment, AmendmentRecord, AmendmentState, RecurringGroup
from factory_tui.model.event import EventDraft, EventType
from factory_tui.store.decision_views import amendment_record
from factory_tui.store.errors import AlreadyDecided
from factory_tui.store.values import as_json, to_micros
from factory_tui.store.writer import Tx


class UnknownAmendment(LookupError):
    """There is no amendment of that number."""


def propose(tx: Tx, amendment: Amendment, group: RecurringGroup, template_before: str) -> int:
    number = tx.run(
        "INSERT INTO amendment (ts, state, amendment, recurring, template_before) VALUES (?, 'proposed', ?, ?, ?)",
        to_micros(tx.now),
        as_json(amendment),
        as_json(group),
        template_before,
    ).lastrowid
    assert number is not None
    data: dict[str, JsonValue] = {
        "amendment": number,
        "group": group.key,
        "failures": len(group.records),
        "specs": list(group.specs),
        "template": template_before,
        "line": amendment.line,
    }
    tx.emit(EventDraft(type="amendment.proposed", data=data))
    return number


def known(tx: Tx, number: int) -> AmendmentRecord:
    row = tx.one("SELECT * FROM amendment WHERE id = ?", number)
    if row is None:
        raise UnknownAmendment(f"there is no amendment {number}")
    return amendment_record(row)


def every(tx: Tx) -> list[AmendmentRecord]:
    return [amendment_record(row) for row in tx.all("SELECT * FROM amendment ORDER BY id")]


def accept(tx: Tx, number: int, template_after: str) -> None:
    _decide(tx, number, AmendmentState.ACCEPTED)
    tx.run("UPDATE amendment SET template_after = ? WHERE id = ?", template_after, number)
    _tell(tx, "amendment.accepted", {"amendment": number, "template": template_after})


def reject(tx: Tx, number: int, reason: str) -> None:
    _decide(tx, number, AmendmentState.REJECTED)
    tx.run("UPDATE amendment SET reason = ? WHERE id = ?", reason, number)
    _tell(tx, "amendment.rejected", {"amendment": number, "reason": reason})


def _decide(tx: Tx, number: int, state: AmendmentState) -> None:
    record = known(tx, number)
    if record.state is not AmendmentState.PROPOSED:
        raise AlreadyDecided(f"amendment {number} is already {record.state.value}", record)
    tx.run("UPDATE amendment SET state = ?, decided = ? WHERE id = ?", state.value, to_micros(tx.now), number)


def _tell(tx: Tx, event_type: EventType, data: dict[str, JsonValue]) -> None:
    tx.emit(EventDraft(type=event_type, data=data))
