"""Rows about questions, holds and amendments as views, with foreign text cleaned."""

import json
import sqlite3

from factory_tui.model.amendment import Amendment, AmendmentRecord, AmendmentState, RecurringGroup
from factory_tui.model.foreign import clean_line
from factory_tui.model.question import AgentQuestion
from factory_tui.model.spec import Question
from factory_tui.model.views import Holding
from factory_tui.store.cleaning import cleaned
from factory_tui.store.values import from_micros, from_micros_or_none

OPEN_HOLD = "SELECT started, until, why FROM hold WHERE ended IS NULL ORDER BY id DESC LIMIT 1"
PAUSED = "SELECT value FROM meta WHERE key = 'paused'"

_QUESTION_LIMIT = 500


def question_or_none(data: str | None) -> AgentQuestion | None:
    """An `AgentQuestion` as JSON. One line each: an answer becomes a line of a spec.

    Cleaning makes text longer or empty, so the limits are kept here instead of being checked.
    """
    if data is None:
        return None
    asked = json.loads(data)
    answers = (clean_line(each, limit=_QUESTION_LIMIT) for each in asked.get("answers", ()))
    return AgentQuestion(
        text=readable(asked["text"], limit=_QUESTION_LIMIT),
        answers=tuple(each for each in answers if each),
        section=Question(asked["section"]),
    )


def readable(text: str, limit: int = 2000) -> str:
    """One clean line that is never empty, so that what somebody said stays visible."""
    return clean_line(text, limit=limit) or "(no readable text)"


def holding_view(row: sqlite3.Row) -> Holding:
    """A row of `OPEN_HOLD`."""
    return Holding(
        since=from_micros(row["started"]),
        until=from_micros_or_none(row["until"]),
        why=clean_line(row["why"], limit=2000),
    )


def amendment_record(row: sqlite3.Row) -> AmendmentRecord:
    """A row of `amendment`."""
    return AmendmentRecord(
        id=row["id"],
        ts=from_micros(row["ts"]),
        state=AmendmentState(row["state"]),
        amendment=Amendment.model_validate(cleaned(row["amendment"])),
        group=RecurringGroup.model_validate(cleaned(row["recurring"])),
        template_before=clean_line(row["template_before"]),
        template_after=None if row["template_after"] is None else clean_line(row["template_after"]),
        decided=from_micros_or_none(row["decided"]),
        reason=clean_line(row["reason"], limit=2000),
    )
