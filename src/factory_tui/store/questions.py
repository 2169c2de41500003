"""Questions that agents park their runs with: functions on a transaction."""

from factory_tui.model.ids import RunId
from factory_tui.model.question import AgentQuestion
from factory_tui.store.decision_views import question_or_none
from factory_tui.store.runs import UnknownRun, emit_for
from factory_tui.store.values import as_json, to_micros
from factory_tui.store.writer import Tx


class NoOpenQuestion(LookupError):
    """The run asks nothing, or its question has been answered."""


def record(tx: Tx, run: RunId | str, attempt: int, question: AgentQuestion) -> None:
    """The question is the run's open one until it is answered or the run asks anew."""
    data = as_json(question)
    if not tx.run("UPDATE run SET question = ? WHERE run = ?", data, run).rowcount:
        raise UnknownRun(f"there is no run {run}")
    tx.run("INSERT INTO question (ts, run, attempt, data) VALUES (?, ?, ?, ?)", to_micros(tx.now), run, attempt, data)


def answer(tx: Tx, run: RunId | str, said: str) -> None:
    row = tx.one(
        "SELECT question.id, question.attempt, question.data FROM question JOIN run ON run.run = question.run "
        "WHERE question.run = ? AND run.question IS NOT NULL ORDER BY question.id DESC LIMIT 1",
        run,
    )
    if row is None:
        raise NoOpenQuestion(f"{run} asks nothing that is not answered")
    tx.run("UPDATE question SET answer = ?, answered = ? WHERE id = ?", said, to_micros(tx.now), row["id"])
    tx.run("UPDATE run SET question = NULL WHERE run = ?", run)
    asked = question_or_none(row["data"])
    data = {"question": asked.text if asked else "", "answer": said}
    emit_for(tx, run, "run.answered", dict(data), row["attempt"])


def still_open(tx: Tx, run: RunId | str) -> AgentQuestion | None:
    row = tx.one("SELECT question FROM run WHERE run = ?", run)
    return question_or_none(row["question"]) if row else None
