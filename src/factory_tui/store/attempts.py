"""What happens within a run: attempts, turns, tool calls, scenario results, failures, sandboxes."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

from factory_tui.model.admission import Admission
from factory_tui.model.build import BuildReport
from factory_tui.model.evaluation import Evaluation, Feedback, Result, ScenarioResult
from factory_tui.model.event import Event, EventDraft
from factory_tui.model.failure import Failure
from factory_tui.model.foreign import clean_line
from factory_tui.model.ids import RunId, ScenarioId, SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import OnBase
from factory_tui.model.usage import Usage
from factory_tui.store.runs import UnknownRun, emit_for, usd
from factory_tui.store.values import as_json, to_micros
from factory_tui.store.writer import Tx

OUTPUT_CAP = 64 * 1024
"""Characters of a tool's output that are kept; the start and the end, with a mark between."""

TEXT_CAP = 16 * 1024
"""Characters of an agent's words that are kept."""

_KEPT_LINE = 500

_TRIED = 1
"""How an admission is tried today: on the base and on a stub build."""


def start(tx: Tx, run: RunId | str) -> int:
    """Begin the next attempt: one more than the charged ones, so one that the environment broke is made again."""
    row = tx.one("SELECT count(*) FROM attempt WHERE run = ? AND charged", run)
    number = 1 + (row[0] if row else 0)
    changed = tx.run(
        "UPDATE run SET attempt = ?, turns = 0, scenarios_passed = 0, scenarios_done = 0, scenarios_total = 0 "
        "WHERE run = ?",
        number,
        run,
    ).rowcount
    if not changed:
        raise UnknownRun(f"there is no run {run}")
    tx.run("DELETE FROM scenario_result WHERE run = ? AND attempt = ?", run, number)
    tx.run(
        "INSERT INTO attempt (run, attempt, started) VALUES (?, ?, ?) ON CONFLICT (run, attempt) DO UPDATE SET "
        "tries = tries + 1, started = excluded.started, finished = NULL, ended = NULL, detail = '', verdict = NULL, "
        "charged = NULL, turns = 0, usage = '{}', final_text = '', evaluation = NULL",
        run,
        number,
        to_micros(tx.now),
    )
    emit_for(tx, run, "attempt.started", {}, number)
    return number


def finish(
    tx: Tx,
    run: RunId | str,
    attempt: int,
    report: BuildReport | None,
    verdict: Verdict | None,
    charged: bool,
    evaluation: Evaluation | None,
    ended: str | None,
) -> None:
    """Close an attempt. `ended` says how when there is no report (`cancelled`, `error`)."""
    end = ended or (report.end.value if report else "error")
    tx.run(
        "UPDATE attempt SET finished = ?, ended = ?, detail = ?, verdict = ?, charged = ?, usage = ?, final_text = ?, "
        "evaluation = ? WHERE run = ? AND attempt = ?",
        to_micros(tx.now),
        end,
        report.detail if report else "",
        verdict.value if verdict else None,
        int(charged),
        as_json(report.usage) if report else "{}",
        cut(report.final_text, TEXT_CAP) if report else "",
        as_json(evaluation, exclude={"scenarios"}) if evaluation else None,
        run,
        attempt,
    )
    for number, each in enumerate(evaluation.scenarios if evaluation else (), start=1):
        # They landed in any order, and are read in that of the suite.
        tx.run(
            "UPDATE scenario_result SET position = ? WHERE run = ? AND attempt = ? AND scenario = ?",
            number,
            run,
            attempt,
            each.id,
        )
    if not charged:
        tx.run("UPDATE run SET infrastructure_retries = infrastructure_retries + 1 WHERE run = ?", run)
    data: dict[str, JsonValue] = {"end": end, "verdict": verdict.value if verdict else None, "charged": charged}
    if report:
        data |= {"detail": _line(report.detail), "turns": report.turns, "cost_usd": usd(report.cost)}
    if evaluation:
        passed = sum(each.result is Result.PASS for each in evaluation.scenarios)
        data |= {"passed": passed, "total": len(evaluation.scenarios), "reason": _line(evaluation.reason)}
    emit_for(tx, run, "attempt.finished", data, attempt)


def close_open(tx: Tx, run: RunId | str) -> None:
    """Close an attempt that its run is leaving behind unfinished, so that nothing of a run at rest looks live."""
    row = tx.one("SELECT attempt FROM attempt WHERE run = ? AND finished IS NULL", run)
    if row is not None:
        finish(tx, run, row["attempt"], None, None, False, None, None)


def passed(tx: Tx, run: RunId | str) -> bool:
    """True when the newest attempt of the run passed the gate."""
    row = tx.one("SELECT verdict FROM attempt WHERE run = ? ORDER BY attempt DESC LIMIT 1", run)
    return row is not None and row["verdict"] == Verdict.PASS


def turn_finished(tx: Tx, run: RunId | str, attempt: int, turn: int, text: str, usage: Usage, cost: MicroUsd) -> Event:
    tx.run("UPDATE run SET turns = ? WHERE run = ?", turn, run)
    tx.run("UPDATE attempt SET turns = ? WHERE run = ? AND attempt = ?", turn, run, attempt)
    counts: dict[str, JsonValue] = {name: value for name, value in usage.model_dump().items() if value}
    event = emit_for(
        tx, run, "turn.finished", {"turn": turn, "text": _line(text), "usage": counts, "cost_usd": usd(cost)}, attempt
    )
    tx.run(
        "INSERT INTO turn (seq, run, attempt, turn, text, usage, cost) VALUES (?, ?, ?, ?, ?, ?, ?)",
        event.seq,
        run,
        attempt,
        turn,
        cut(text, TEXT_CAP),
        as_json(usage),
        cost,
    )
    return event


def tool_started(tx: Tx, run: RunId | str, attempt: int, turn: int, call_id: str, name: str, summary: str) -> Event:
    line = _line(summary)
    tx.run("UPDATE run SET last_action = ? WHERE run = ?", f"{name}: {line}", run)
    data: dict[str, JsonValue] = {"turn": turn, "call": call_id, "name": name, "summary": line}
    event = emit_for(tx, run, "tool.started", data, attempt)
    tx.run(
        "INSERT INTO tool_call (started_seq, run, attempt, turn, call_id, name, summary) VALUES (?, ?, ?, ?, ?, ?, ?)",
        event.seq,
        run,
        attempt,
        turn,
        call_id,
        name,
        cut(summary, TEXT_CAP),
    )
    return event


def tool_finished(
    tx: Tx,
    run: RunId | str,
    attempt: int,
    turn: int,
    call_id: str,
    name: str,
    ok: bool,
    seconds: float,
    output: str,
) -> Event:
    data: dict[str, JsonValue] = {"turn": turn, "call": call_id, "name": name, "ok": ok, "seconds": round(seconds, 3)}
    event = emit_for(tx, run, "tool.finished", data, attempt)
    tx.run(
        "UPDATE tool_call SET finished_seq = ?, ok = ?, seconds = ?, output = ? WHERE started_seq = "
        "(SELECT max(started_seq) FROM tool_call WHERE run = ? AND call_id = ? AND finished_seq IS NULL)",
        event.seq,
        int(ok),
        seconds,
        cut(output, OUTPUT_CAP),
        run,
        call_id,
    )
    return event


def scenario_finished(tx: Tx, run: RunId | str, attempt: int, result: ScenarioResult, done: int, total: int) -> None:
    tx.run(
        "INSERT OR REPLACE INTO scenario_result (run, attempt, position, scenario, result, data) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        run,
        attempt,
        done,
        result.id,
        result.result.value,
        as_json(result),
    )
    tx.run(
        "UPDATE run SET scenarios_done = ?, scenarios_total = ?, scenarios_passed = "
        "(SELECT count(*) FROM scenario_result WHERE run = ? AND attempt = ? AND result = 'pass') WHERE run = ?",
        done,
        total,
        run,
        attempt,
        run,
    )
    seconds = sum(each.seconds for each in result.trials)
    data: dict[str, JsonValue] = {
        "scenario": result.id,
        "result": result.result.value,
        "covers": list(result.covers),
        "layer": result.layer.value,
        "trials": len(result.trials),
        "seconds": round(seconds, 3),
        "done": done,
        "total": total,
    }
    emit_for(tx, run, "scenario.finished", data, attempt)


def file_failures(tx: Tx, run: RunId | str, attempt: int, spec: SpecId | str, failures: Iterable[Failure]) -> list[int]:
    """The numbers of the records."""
    numbers = []
    for each in failures:
        number = tx.run(
            "INSERT INTO failure (ts, run, attempt, spec, failure_class, data) VALUES (?, ?, ?, ?, ?, ?)",
            to_micros(tx.now),
            run,
            attempt,
            spec,
            each.failure_class.value,
            as_json(each),
        ).lastrowid
        assert number is not None
        numbers.append(number)
        data: dict[str, JsonValue] = {
            "failure": number,
            "class": each.failure_class.value,
            "layer": each.layer.value,
            "scenario": each.scenario,
            "rules": list(each.rules),
            "cause": _line(each.cause),
        }
        emit_for(tx, run, "failure.recorded", data, attempt)
    return numbers


def disclose(tx: Tx, run: RunId | str, attempt: int, feedback: Feedback) -> None:
    """Keep what an agent was told about an evaluation, word for word."""
    tx.run(
        "INSERT INTO disclosure (ts, run, attempt, feedback) VALUES (?, ?, ?, ?)",
        to_micros(tx.now),
        run,
        attempt,
        as_json(feedback),
    )
    emit_for(tx, run, "disclosure.made", feedback.model_dump(mode="json"), attempt)


def known_admissions(tx: Tx, scenario_hashes: Sequence[str], base_commit: str, image: str) -> Mapping[str, Admission]:
    """Those that were tried as they are tried today; rows of older versions know the base only, so they are not."""
    marks = ", ".join("?" * len(scenario_hashes))
    rows = tx.all(
        f"SELECT * FROM admission WHERE base_commit = ? AND image = ? AND tried = {_TRIED} "
        f"AND scenario_hash IN ({marks})",
        base_commit,
        image,
        *scenario_hashes,
    )
    return {
        row["scenario_hash"]: Admission(
            scenario=ScenarioId(row["scenario"]),
            scenario_hash=row["scenario_hash"],
            expected=OnBase(row["expected"]),
            observed=Result(row["observed"]),
            admitted=bool(row["admitted"]),
            reason=row["reason"],
            on_stub=Result(row["on_stub"]) if row["on_stub"] is not None else None,
        )
        for row in rows
    }


def record_admissions(
    tx: Tx, run: RunId | str, spec: SpecId | str, admissions: Iterable[Admission], base_commit: str, image: str
) -> None:
    """Keep what is settled. A scenario that gave no answer is tried again, so it is not kept."""
    for each in admissions:
        if Result.ERROR in (each.observed, each.on_stub):
            continue
        tx.run(
            "INSERT OR REPLACE INTO admission (scenario_hash, base_commit, image, run, spec, scenario, expected, "
            "observed, admitted, reason, ts, on_stub, tried) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            each.scenario_hash,
            base_commit,
            image,
            run,
            spec,
            each.scenario,
            each.expected.value,
            each.observed.value,
            int(each.admitted),
            each.reason,
            to_micros(tx.now),
            each.on_stub.value if each.on_stub is not None else None,
            _TRIED,
        )


def container_created(tx: Tx, container: str, run: RunId | str, attempt: int, role: str) -> None:
    tx.run(
        "INSERT OR REPLACE INTO container (id, run, attempt, role, created) VALUES (?, ?, ?, ?, ?)",
        container,
        run,
        attempt,
        role,
        to_micros(tx.now),
    )


def container_gone(tx: Tx, container: str, reaped: bool) -> None:
    row = tx.one("SELECT run, attempt, role FROM container WHERE id = ?", container)
    tx.run(
        "UPDATE container SET gone = coalesce(gone, ?), reaped = max(reaped, ?) WHERE id = ?",
        to_micros(tx.now),
        int(reaped),
        container,
    )
    if reaped:
        data: dict[str, JsonValue] = {"container": container, "role": row["role"] if row else None}
        run = row["run"] if row else None
        tx.emit(EventDraft(type="container.reaped", run=run, attempt=row["attempt"] if row else None, data=data))


def open_containers(tx: Tx) -> list[str]:
    return [row["id"] for row in tx.all("SELECT id FROM container WHERE gone IS NULL ORDER BY created, id")]


def cut(text: str, cap: int) -> str:
    """At most `cap` characters and a mark: three quarters from the start, one from the end."""
    if len(text) <= cap:
        return text
    head = cap * 3 // 4
    return f"{text[:head]}\n… {len(text) - cap} characters left out …\n{text[head - cap :]}"


def _line(text: str) -> str:
    return clean_line(text, limit=_KEPT_LINE)
