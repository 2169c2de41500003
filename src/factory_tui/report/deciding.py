"""What waits for the operator after a batch, most urgent first, each with the command and the key that settle it."""

from collections.abc import Iterator

from factory_tui.model.amendment import AmendmentRecord
from factory_tui.model.failure import FailureClass
from factory_tui.model.report import Decision
from factory_tui.model.run import RunState
from factory_tui.model.views import RunRow
from factory_tui.report.history import History, newest_of_each_spec


def decisions(history: History) -> Iterator[Decision]:
    """Questions, held runs, errors, amendments, escaped defects without a scenario, failures without a class."""
    rows = [*(each.row for each in history.runs), *history.left_over]
    held = [row for row in rows if row.state is RunState.HELD]
    yield from (_answer(row) for row in held if row.question)
    yield from (_move(row, "is held") for row in held if not row.question)
    yield from (_move(row, "stopped with an error") for row in _errors(rows))
    for record in history.proposed:
        kind = record.amendment.template.value
        yield Decision(
            what=f"Amendment {record.id} of the {kind} template: {_line(record)}",
            why=record.amendment.why,
            command=f"template accept {record.id}",
            key="3 a",
        )
    for escaped in history.uncovered:
        yield Decision(
            what=f"{escaped.spec} ({escaped.run}): write a scenario that catches what escaped",
            why=escaped.reason,
            command=f"scenario lint {escaped.spec}",
        )
    for each in history.runs:
        failure = each.failure
        if failure is not None and failure.failure_class is FailureClass.UNCLEAR:
            yield Decision(
                what=f"{each.row.spec} ({each.row.run}): say what its failure {failure.number} is",
                why=failure.cause,
                command=f"failures classify {failure.number} CLASS",
                key="3 c",
            )


def _line(record: AmendmentRecord) -> str:
    """What it adds, without the mark of a list's item."""
    return " ".join(record.amendment.line.split()).removeprefix("- ")


def _answer(row: RunRow) -> Decision:
    assert row.question is not None
    return Decision(
        what=f"{row.spec} ({row.run}) asks: {row.question.text}",
        why=row.why or "the spec leaves it open, and the run waits for the answer",
        command=f"answer {row.run}",
        key="2 o",
    )


def _move(row: RunRow, stands: str) -> Decision:
    return Decision(
        what=f"{row.spec} ({row.run}): {row.remedy or f'it {stands}'}",
        why=row.why or f"it {stands}",
        command=f"retry {row.run}",
        key="2 u",
    )


def _errors(rows: list[RunRow]) -> list[RunRow]:
    """Those that no newer run of the same spec has taken the place of."""
    newest = newest_of_each_spec(rows)
    return [row for row in rows if row.state is RunState.ERROR and newest[row.spec] is row]
