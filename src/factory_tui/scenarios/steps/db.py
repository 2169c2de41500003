"""`db`: a question to an SQLite file, asked inside the sandbox. The engine sees the answer, never the file."""

import asyncio
import json

from pydantic import JsonValue

from factory_tui.model.matcher import Matcher, nested_in
from factory_tui.model.step import DbQuery, Step
from factory_tui.sandbox.port import Query, QueryFault, Table
from factory_tui.scenarios.matching.captures import (
    Variables,
    as_text,
    captured,
    filled_expectation,
    filled_matcher,
)
from factory_tui.scenarios.matching.matchers import Mismatch, ScenarioFault, check, check_json
from factory_tui.scenarios.matching.values import ABSENT, Observed, show
from factory_tui.scenarios.quality import within
from factory_tui.scenarios.sql import fault_of, names_in
from factory_tui.scenarios.steps.situation import OUTPUT_CAP, Outcome, Shown, Situation, inside, timeout_of

ROWS_CAP = 10_000
"""Rows that a check looks at. Beyond them it fails: nothing may be concluded."""

_LARGEST_INTEGER = 2**63 - 1


async def db_step(step: Step, asked: DbQuery, situation: Situation) -> Outcome:
    """Ask, and judge the rows.

    Raises:
        ScenarioFault: the query is not one question, or names no variable.
    """
    query = Query(
        inside(asked.file, situation.variables),
        _question(asked.query),
        {name: _parameter(name, situation.variables) for name in names_in(asked.query)},
        timeout_of(step),
        ROWS_CAP,
        OUTPUT_CAP,
    )
    table = await situation.sandbox.query(query)
    if table.fault is QueryFault.QUESTION:
        raise ScenarioFault(f"db: {table.why}; mend the query: {show(asked.query)}")
    if table.fault is QueryFault.MISSING:
        return Outcome([Mismatch(f"db {query.path} exists", "a database", table.why or "no such file")])
    if table.fault is not None:
        return Outcome([Mismatch(f"db {query.path}", f"an answer to {show(asked.query)}", table.why)])
    if table.truncated:
        return Outcome([Mismatch("rows size", f"at most {ROWS_CAP} rows and {OUTPUT_CAP} bytes", "more")])
    return await asyncio.to_thread(_judge, step, table, situation.variables)


def _question(text: str) -> str:
    fault = fault_of(text)
    if fault is not None:
        raise ScenarioFault(f"db: {fault.what}; {fault.todo}")
    return text


def _parameter(name: str, variables: Variables) -> str | int | float | bool | None:
    """A variable as SQLite takes it: a list or a mapping by its JSON text, as everywhere."""
    if name not in variables:
        known = ", ".join(sorted(variables)) or "none"
        raise ScenarioFault(f"db: :{name} is used, but no earlier step captures {name} (known here: {known})")
    value = variables[name]
    if value is None or isinstance(value, float) or (isinstance(value, int) and abs(value) <= _LARGEST_INTEGER):
        return value
    return as_text(value)


def _judge(step: Step, table: Table, variables: Variables) -> Outcome:
    expect = step.db_expect
    rows: list[JsonValue] = [list(row) for row in table.rows]
    wrong: list[Mismatch] = []
    if expect.value is not None:
        wrong += _check_value(filled_matcher(expect.value, variables), table, rows)
    if expect.rows is not None:
        wrong += _check_rows(filled_matcher(expect.rows, variables), rows)
    records = _records(table)
    if "json_" in expect.model_fields_set:
        wrong += _twice(table) or check_json(filled_expectation(expect.json_, variables), records)
    text = json.dumps(records, ensure_ascii=False)
    values, missing = captured(step.capture, text, complete=True)
    readings = [] if expect.within is None else [within(expect.within, table.seconds)]
    return Outcome(wrong + missing, values, [Shown("rows", text)], readings)


def _check_value(matcher: Matcher, table: Table, rows: list[JsonValue]) -> list[Mismatch]:
    if len(table.rows) != 1 or len(table.columns) != 1:
        found = f"{len(table.rows)} rows of {len(table.columns)} columns: {show(rows)}"
        return [Mismatch("value", "one row of one column", found)]
    return check(matcher, table.rows[0][0], "value", strict=True)


def _check_rows(matcher: Matcher, rows: list[JsonValue]) -> list[Mismatch]:
    """Their number, unless the matcher speaks of what they hold. The evidence shows them in either case."""
    if not speaks_of_rows(matcher):
        wrong = check(matcher, len(rows), "rows")
        return [Mismatch(each.check, each.expected, f"{each.observed}: {show(rows)}") for each in wrong]
    observed: Observed = rows if rows or matcher.exists is None else ABSENT
    return check(matcher, observed, "rows", strict=True)


def speaks_of_rows(matcher: Matcher) -> bool:
    """Whether a matcher on rows is about the list of them; else it is about their number."""
    given = matcher.model_fields_set
    if given & {"contains", "json_", "lines", "exists"} or isinstance(matcher.equals, list):
        return True
    return any(map(speaks_of_rows, nested_in(matcher)))


def _records(table: Table) -> list[JsonValue]:
    """The rows as mappings from column to value; of two columns with one name the first."""
    records: list[JsonValue] = []
    for row in table.rows:
        record: dict[str, JsonValue] = {}
        for name, value in zip(table.columns, row, strict=True):
            record.setdefault(name, value)
        records.append(record)
    return records


def _twice(table: Table) -> list[Mismatch]:
    """Of two columns with one name a mapping would hide one; which names there are may be the artifact's doing."""
    twice = sorted({name for name in table.columns if table.columns.count(name) > 1})
    return [Mismatch("columns", "names of their own (AS)", f"more than one {show(name)}") for name in twice[:1]]
