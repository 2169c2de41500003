"""Qualities of what a batch built, asked of runs.db. Foreign text is cleaned here."""

import json
from collections.abc import Iterator

from pydantic import JsonValue

from factory_tui.model.evaluation import Measure, Result
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.report import QualityRow
from factory_tui.store.snapshot import Snapshot

_MEASURED = """
SELECT run.run, run.spec, result.scenario, result.data FROM run
JOIN scenario_result AS result ON result.run = run.run AND result.attempt = run.attempt
WHERE run.batch = ? AND instr(result.data, '"measures":[{') ORDER BY run.id, result.scenario
"""
"""`data` is JSON without spaces in which a quote within a text is escaped, so only a field is found."""


def quality_rows(db: Snapshot, batch: str) -> Iterator[QualityRow]:
    """The measures of the last attempts of a batch; of several trials those that a result shows."""
    for row in db.all(_MEASURED, batch):
        for each in _shown(json.loads(row["data"])["trials"]):
            measure = Measure.model_validate(each)
            yield QualityRow(
                run=clean(row["run"]),
                spec=clean(row["spec"]),
                scenario=clean_line(row["scenario"]),
                measure=measure.model_copy(update={"name": clean_line(measure.name)}),
            )


def _shown(trials: list[dict[str, JsonValue]]) -> list[JsonValue]:
    """As `ScenarioResult.measures`, without reading what may be megabytes of evidence into models."""
    failed = next((each for each in trials if each["result"] != Result.PASS), trials[-1] if trials else {})
    measures = failed.get("measures")
    return measures if isinstance(measures, list) else []
