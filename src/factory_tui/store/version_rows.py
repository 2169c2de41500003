"""Versions of specs and their runs as views, with foreign text cleaned."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path

from factory_tui.model.estimate import PastRun
from factory_tui.model.finding import Finding
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.ids import SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import RunState
from factory_tui.model.spec import Category, Spec, Waiver
from factory_tui.model.version import SpecVersion, VersionRun, VersionView
from factory_tui.store.decision_views import readable
from factory_tui.store.snapshot import Snapshot
from factory_tui.store.values import from_micros, from_micros_or_none

PAST_RUNS = """
SELECT run.run, run.spec, spec_hash, profile, run.state, run.attempt, run.cost, escaped, v.category, coalesce(
    (SELECT sum(finished - started) FROM attempt WHERE attempt.run = run.run), run.finished - run.started, 0
) AS micros, CASE WHEN v.rules IS NULL THEN v.text END AS text
FROM run JOIN spec_version AS v ON v.spec = run.spec AND v.hash = run.spec_hash
WHERE run.state IN ('shipped', 'failed') ORDER BY run.id
"""
"""Working time is that of the attempts: between two of them a run may wait for the operator. `text` only where an
older version of this program did not keep what is in it."""

FIRST_TIME_SHIPPED = """
SELECT spec, spec_hash FROM run
WHERE state = 'shipped' AND escaped IS NULL AND attempt = 1 AND retried = 0 AND NOT EXISTS (
    SELECT 1 FROM run AS older WHERE older.spec = run.spec AND older.spec_hash = run.spec_hash
    AND older.id < run.id AND older.state IN ('shipped', 'failed')
) ORDER BY id DESC
"""

LAST_SHIPPED = """
SELECT run.spec, v.text FROM run JOIN spec_version AS v ON v.spec = run.spec AND v.hash = run.spec_hash
WHERE run.id IN (SELECT max(id) FROM run WHERE state = 'shipped' AND escaped IS NULL GROUP BY spec)
"""


RULES = """
SELECT spec, hash, rules, CASE WHEN rules IS NULL THEN text END AS text FROM spec_version ORDER BY seen, hash
"""
"""Of every version, oldest first; `text` as in `PAST_RUNS`."""


@lru_cache(maxsize=1)
def parsed(spec: str, text: str) -> Spec:
    """A recorded text as a spec; whoever asks twice in a row waits once."""
    from factory_tui.specs import parse  # what this program recorded needs no parser, and a screen does not wait for it

    return parse(Path(f"{spec}.md"), text)


class RulesOnDemand(Mapping[str, str]):
    """Rules of a text that is parsed when somebody asks for one: most versions are what the file of their spec says."""

    def __init__(self, read: Callable[[], Mapping[str, str]]) -> None:
        self._read = read

    @cached_property
    def _rules(self) -> Mapping[str, str]:
        return self._read()

    def __getitem__(self, rule: str) -> str:
        return self._rules[rule]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)


def rules_of(spec: Spec) -> dict[str, str]:
    """Id → text."""
    return {each.id: each.text for each in spec.rules}


def version_views(db: Snapshot, spec: str) -> list[VersionView]:
    """Oldest first, each with its runs."""
    runs: defaultdict[str, list[VersionRun]] = defaultdict(list)
    for row in db.all("SELECT * FROM run WHERE spec = ? ORDER BY id", spec):
        runs[row["spec_hash"]].append(_version_run(row))
    rows = db.all("SELECT * FROM spec_version WHERE spec = ? ORDER BY seen, hash", spec)
    return [
        VersionView(number=number, version=_version(row), runs=tuple(runs[row["hash"]]))
        for number, row in enumerate(rows, start=1)
    ]


def past_run(row: sqlite3.Row, category: Category) -> PastRun:
    """A row of `PAST_RUNS`."""
    shipped = row["state"] == RunState.SHIPPED
    return PastRun(
        spec=clean(row["spec"]),
        category=category,
        agent=clean_line(row["profile"]),
        shipped=shipped and row["escaped"] is None,
        first_attempt=shipped and row["attempt"] == 1,
        escaped=row["escaped"] is not None,
        cost=MicroUsd(row["cost"]),
        seconds=row["micros"] / 1_000_000,
    )


def _version(row: sqlite3.Row) -> SpecVersion:
    template, waivers = row["template"], _waivers(row["waivers"])
    if row["rules"] is None:
        found = parsed(row["spec"], row["text"])
        template, waivers = found.front.template if found.front else "", found.waivers
    return cleaned_version(
        SpecVersion(
            spec=SpecId(row["spec"]),
            hash=row["hash"],
            title=row["title"],
            text=row["text"],
            template=template,
            findings=tuple(Finding.model_validate(each) for each in json.loads(row["findings"])),
            waivers=waivers,
            when=from_micros(row["seen"]),
        )
    )


def cleaned_version(version: SpecVersion) -> SpecVersion:
    """For a view."""
    return version.model_copy(
        update={
            "spec": SpecId(clean(version.spec)),
            "hash": clean(version.hash),
            "title": clean_line(version.title),
            "text": clean(version.text),
            "template": clean_line(version.template),
            "findings": tuple(_clean_finding(each) for each in version.findings),
            "waivers": tuple(_clean_waiver(each) for each in version.waivers),
        }
    )


def _clean_finding(found: Finding) -> Finding:
    texts = {"message": clean_line(found.message, limit=2000), "fix": clean_line(found.fix, limit=2000)}
    path = None if found.path is None else clean_line(found.path)
    return found.model_copy(update={**texts, "quote": clean_line(found.quote), "path": path, "edit": None})


def _waivers(text: str) -> tuple[Waiver, ...]:
    return tuple(Waiver.model_validate(each) for each in json.loads(text))


def _clean_waiver(waiver: Waiver) -> Waiver:
    return waiver.model_copy(update={"reason": clean_line(waiver.reason), "quote": clean_line(waiver.quote)})


def _version_run(row: sqlite3.Row) -> VersionRun:
    state = RunState(row["state"])
    return VersionRun(
        run=clean(row["run"]),
        state=state,
        attempts=row["attempt"],
        cost=MicroUsd(row["cost"]),
        finished=from_micros_or_none(row["finished"]),
        why="" if state is RunState.SHIPPED else clean_line(row["why"], limit=2000),
        escaped="" if row["escaped"] is None else readable(row["escaped"]),
    )
