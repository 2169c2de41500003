"""What runs.db knows of scenarios: how their trials went, whether they were admitted, which are burned."""

import sqlite3
from collections.abc import Callable, Mapping
from functools import cache

from factory_tui.model.admission import Admission
from factory_tui.model.evaluation import Result, ScenarioResult
from factory_tui.model.evidence_views import Seen
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.holdout import Burn, Route
from factory_tui.model.ids import ScenarioId, SpecId
from factory_tui.model.mutation import MutationReport
from factory_tui.model.scenario import Layer, OnBase
from factory_tui.model.tally import Tally
from factory_tui.store.cleaning import cleaned
from factory_tui.store.database_file import DatabaseFile
from factory_tui.store.snapshot import Snapshot
from factory_tui.store.values import from_micros, from_micros_or_none

_TALLIES = """
SELECT run.spec, result.scenario, result.result, result.run, result.attempt, attempt.finished,
    coalesce(json_extract(result.data, '$.hash'), '') AS hash,
    coalesce(json_extract(result.data, '$.layer'), 'gate') AS layer,
    json_array_length(result.data, '$.trials') AS trials,
    CASE result.result WHEN 'pass' THEN json_array_length(result.data, '$.trials') WHEN 'flaky' THEN (
        SELECT count(*) FROM json_each(result.data, '$.trials') WHERE json_extract(value, '$.result') = 'pass'
    ) ELSE 0 END AS passed
FROM scenario_result AS result JOIN run ON run.run = result.run
JOIN attempt ON attempt.run = result.run AND attempt.attempt = result.attempt
"""

_EVALUATIONS = """
SELECT result.run, result.attempt, attempt.finished, result.data
FROM scenario_result AS result JOIN run ON run.run = result.run
JOIN attempt ON attempt.run = result.run AND attempt.attempt = result.attempt
WHERE (result.scenario = ? AND run.spec = ?) OR result.scenario = ?
ORDER BY run.id DESC, result.attempt DESC LIMIT ?
"""

_ADMISSIONS = "SELECT * FROM admission WHERE tried = 1 ORDER BY ts"

_NEWEST_MUTATIONS = "SELECT spec, data FROM mutation WHERE id IN (SELECT max(id) FROM mutation GROUP BY spec)"


class EvidenceHistory(DatabaseFile):
    """Questions about scenarios."""

    def tallies(self, spec: str | None = None) -> list[Tally]:
        """How every evaluation of every scenario went, oldest run first.

        Args:
            spec: only runs of this spec.
        """
        with self._question() as db:
            return tallies_of(db, spec) if db else []

    def evaluations(self, spec: str, scenario: str, limit: int = 50) -> list[Seen]:
        """What a scenario showed, newest first; also in runs that its spec binds as a constraint."""
        with self._question() as db:
            rows = db.all(_EVALUATIONS, scenario, spec, f"{spec}/{scenario}", limit) if db else []
        with self._damage_explained():
            return [
                Seen(
                    run=clean(row["run"]),
                    attempt=row["attempt"],
                    when=from_micros_or_none(row["finished"]),
                    result=ScenarioResult.model_validate(cleaned(row["data"])),
                )
                for row in rows
            ]

    def admissions(self) -> Mapping[tuple[str, str], Admission]:
        """Spec and hash of a scenario → its newest admission, on whatever base and image that was.

        Two specs may have the same file, and each is tried on the base of its own target. What a run tried of a
        constraint is the constraint's.
        """
        with self._question() as db:
            rows = db.all(_ADMISSIONS) if db else []
            return {(_whose(row), row["scenario_hash"]): _admission(row) for row in rows}

    def burns(self) -> Mapping[str, Burn]:
        """Hash of a scenario's behaviour → when it was first burned."""
        with self._question() as db:
            rows = db.all("SELECT * FROM burn ORDER BY id DESC") if db else []
            return {row["behaviour"]: _burn(row) for row in rows}

    def mutations(self) -> Mapping[str, MutationReport]:
        """Spec → its newest mutation check."""
        with self._question() as db:
            rows = db.all(_NEWEST_MUTATIONS) if db else []
        with self._damage_explained():
            return {clean(row["spec"]): MutationReport.model_validate(cleaned(row["data"])) for row in rows}


def tallies_of(db: Snapshot, spec: str | None = None) -> list[Tally]:
    """As `EvidenceHistory.tallies`, within a question that asks for more."""
    where = " WHERE run.spec = ?" if spec is not None else ""
    values = (spec,) if spec is not None else ()
    rows = db.all(f"{_TALLIES}{where} ORDER BY run.id, result.attempt, result.position", *values)
    name, line = cache(clean), cache(clean_line)  # the same few stand in many rows
    return [_tally(row, name, line) for row in rows]


def _tally(row: sqlite3.Row, name: Callable[[str], str], line: Callable[[str], str]) -> Tally:
    constraint, _, scenario = line(row["scenario"]).rpartition("/")
    return Tally(
        spec=constraint or name(row["spec"]),
        scenario=scenario,
        hash=name(row["hash"]),
        layer=Layer(row["layer"]),
        result=Result(row["result"]),
        passed=row["passed"],
        trials=row["trials"] or 0,
        run=name(row["run"]),
        attempt=row["attempt"],
        when=from_micros_or_none(row["finished"]),
    )


def _whose(row: sqlite3.Row) -> str:
    return clean(str(row["scenario"]).rpartition("/")[0] or row["spec"])


def _admission(row: sqlite3.Row) -> Admission:
    return Admission(
        scenario=ScenarioId(clean(row["scenario"])),
        scenario_hash=clean(row["scenario_hash"]),
        expected=OnBase(row["expected"]),
        observed=Result(row["observed"]),
        admitted=bool(row["admitted"]),
        reason=clean_line(row["reason"], limit=2000),
        on_stub=Result(row["on_stub"]) if row["on_stub"] else None,
    )


def _burn(row: sqlite3.Row) -> Burn:
    return Burn(
        spec=SpecId(clean(row["spec"])),
        scenario=ScenarioId(clean(row["scenario"])),
        behaviour=clean(row["behaviour"]),
        route=Route(row["route"]),
        why=clean_line(row["why"], limit=2000),
        run=clean(row["run"]) if row["run"] else None,
        attempt=row["attempt"],
        ts=from_micros(row["ts"]),
    )
