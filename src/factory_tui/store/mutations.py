"""Mutation checks: functions on a transaction."""

from factory_tui.model.event import EventDraft
from factory_tui.model.mutation import MutationReport
from factory_tui.store.values import as_json, to_micros
from factory_tui.store.writer import Tx


def record(tx: Tx, report: MutationReport) -> None:
    tx.run(
        "INSERT INTO mutation (ts, spec, data) VALUES (?, ?, ?)", to_micros(report.when), report.spec, as_json(report)
    )
    tx.emit(
        EventDraft(
            type="suite.mutated",
            spec=report.spec,
            data={
                "of": report.run,
                "suite_hash": report.suite_hash,
                "caught": report.caught,
                "survived": len(report.survived),
                "untried": report.untried,
                "candidates": report.candidates,
                "seconds": round(report.seconds, 3),
            },
        )
    )
