"""A factory's night as views: the data behind the pictures and most tests. Nothing here is random or reads a clock."""

from datetime import UTC, datetime, timedelta

from factory_tui.model.evaluation import Evidence, Result, ScenarioResult, Trial
from factory_tui.model.failure import DecidedBy, FailureClass, FailureLayer, FailureRecord, Qualifier
from factory_tui.model.finding import Finding, Level
from factory_tui.model.money import from_usd
from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.scenario import Layer, ScenarioKind
from factory_tui.model.spec import Category, Kind, Question, Status
from factory_tui.model.views import (
    AttemptView,
    BatchSummary,
    EngineInfo,
    FailureGroup,
    LogLine,
    RunRow,
    RunView,
    SpecRow,
)

NOW = datetime(2026, 3, 14, 23, 42, 10, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


ENGINE = EngineInfo(
    pid=4242,
    epoch=3,
    started=ago(60),
    workspace="/srv/factory",
    sandbox="docker: no network, no holdout, limits on memory, pids and disk",
    unsafe=False,
    model="twin",
    version="0.1.0",
)


def spec(name: str, **changes: object) -> SpecRow:
    values: dict[str, object] = {
        "id": name,
        "title": name.replace("-", " ").capitalize(),
        "status": Status.READY,
        "kind": Kind.FEATURE,
        "category": Category.FEATURE,
        "errors": 0,
        "warnings": 0,
        "findings": (),
        "scenarios": 5,
        "rules": 6,
        "covered_rules": 6,
    }
    return SpecRow.model_validate({**values, **changes})


def run(name: str, state: RunState, **changes: object) -> RunRow:
    values: dict[str, object] = {
        "run": "r" + name[:4].replace("-", "") + "2k7",
        "batch": "b04v9q2xk",
        "spec": name,
        "title": name.replace("-", " ").capitalize(),
        "state": state,
        "attempt": 0 if state is RunState.QUEUED else 1,
        "attempts": 2,
        "queued": ago(12),
        "started": None if state is RunState.QUEUED else ago(11),
        "max_turns": 60,
        "cap": from_usd("2.00"),
    }
    return RunRow.model_validate({**values, **changes})


FINDINGS = (
    Finding(
        rule="C09",
        level=Level.ERROR,
        section="EVALUATION",
        line=41,
        quote="R4 A withdrawal below one cent is refused.",
        message="R4 is never evaluated, so nothing would show that it was built.",
        fix="add an item such as `E5 (R4): given … when … then …`",
    ),
    Finding(
        rule="C02",
        level=Level.ERROR,
        section="OUTPUTS",
        line=27,
        quote="Format: TBD",
        message="A placeholder is left, and the agent would have to guess.",
        fix="say which format, with one example",
    ),
    Finding(
        rule="Q03",
        level=Level.WARNING,
        line=12,
        message="The scenario waits but checks nothing.",
        fix="add an expect to its last step",
        path="scenarios/bank-withdraw/receipt.yaml",
    ),
)

SPECS = (
    spec("csv-report", category=Category.FEATURE, priority=1, last_run="rcsvr2k7", last_state=RunState.SHIPPED,
         cost=from_usd("0.31"), runs=2, title="Summarise a CSV of orders by customer"),
    spec("link-shortener", category=Category.INTEGRATION, priority=1, last_run="rlink2k7",
         last_state=RunState.EVALUATING, cost=from_usd("0.42"), runs=1, title="Shorten links over HTTP"),
    spec("slug-bug", category=Category.BUGFIX, priority=0, last_run="rslug2k7", last_state=RunState.BUILDING,
         cost=from_usd("0.08"), runs=1, title="Keep non-ASCII letters in slugs"),
    spec("todo-api", category=Category.CRUD, last_run="rtodo2k7", last_state=RunState.FAILED, cost=from_usd("1.12"),
         runs=3, title="A to-do list over HTTP and SQLite"),
    spec("fast-dedupe", category=Category.PERFORMANCE, last_run="rfast2k7", last_state=RunState.HELD,
         cost=from_usd("0.55"), runs=1, title="Remove duplicate lines from a large file"),
    spec("legacy-invoice", category=Category.MIGRATION, scenarios=7, rules=9, covered_rules=9,
         title="Move the invoice program from shell to Python"),
    spec("bank-withdraw", status=Status.DRAFT, category=Category.CRUD, errors=2, warnings=1, findings=FINDINGS,
         scenarios=3, rules=5, covered_rules=4, title="Withdraw money from an account"),
    spec("readme-examples", status=Status.DRAFT, category=Category.DOCS, scenarios=2, rules=3, covered_rules=3,
         title="Every example in the README runs"),
    spec("old-exporter", status=Status.PARKED, category=Category.INTEGRATION, priority=4, scenarios=0, covered_rules=0,
         title="Export to the format that nobody reads"),
    spec("unreadable", status=None, kind=None, category=None, errors=1, scenarios=0, rules=0, covered_rules=0,
         title="", findings=(Finding(rule="C15", level=Level.ERROR, section="front matter", line=3,
                                     quote="status: almost", message="status is none of draft, ready, parked.",
                                     fix="write `status: draft`"),)),
)  # fmt: skip

RUNS = (
    run("fast-dedupe", RunState.HELD, title="Remove duplicate lines from a large file", started=ago(11),
        finished=ago(4), turns=19, cost=from_usd("0.55"), scenarios_passed=4, scenarios_done=4, scenarios_total=4,
        hold=HoldReason.TARGET_DIRTY, why="passed, but targets/dedupe has uncommitted changes",
        remedy="commit or discard them there, then u", branch="factory/fast-dedupe/rfast2k7"),
    run("link-shortener", RunState.EVALUATING, title="Shorten links over HTTP", started=ago(9.2), turns=22,
        cost=from_usd("0.42"), scenarios_passed=3, scenarios_done=4, scenarios_total=6, attempt=2,
        last_action="scenario expired-link-is-gone: fail", usual_seconds=640.0),
    run("slug-bug", RunState.BUILDING, title="Keep non-ASCII letters in slugs", started=ago(2.6), turns=7,
        cost=from_usd("0.08"), scenarios_total=5, last_action="bash: python -m pytest -q tests/test_slug.py"),
    run("readme-examples", RunState.PREPARING, title="Every example in the README runs", started=ago(0.4),
        scenarios_total=2, last_action="checking 2 scenarios on the untouched base"),
    run("legacy-invoice", RunState.QUEUED, title="Move the invoice program from shell to Python",
        why="waits for a free lane (3 of 3 busy)", scenarios_total=7),
    run("todo-api", RunState.FAILED, title="A to-do list over HTTP and SQLite", started=ago(11.8), finished=ago(3),
        turns=41, attempt=2, cost=from_usd("1.73"), scenarios_passed=4, scenarios_done=6, scenarios_total=6,
        why="INCOMPLETE: 2 of 6 scenarios fail", branch="factory/todo-api/rtodo2k7"),
    run("csv-report", RunState.SHIPPED, title="Summarise a CSV of orders by customer", started=ago(11.9),
        finished=ago(6), turns=14, cost=from_usd("0.21"), scenarios_passed=5, scenarios_done=5, scenarios_total=5,
        why="shipped to main of targets/report", branch="factory/csv-report/rcsvr2k7"),
)  # fmt: skip

BATCH = BatchSummary(
    batch="b04v9q2xk", started=ago(12), finished=None, queued=1, running=3, shipped=1, failed=1, held=1, cancelled=0,
    error=0, cost=from_usd("2.99"), cap=from_usd("10.00"),
)  # fmt: skip

EVIDENCE = Evidence(
    step=2,
    check="$.items[0].done equals",
    expected="true",
    observed="false",
)
BODY = Evidence(
    step=3,
    check="status equals",
    expected="404",
    observed="500",
)


def scenario(
    name: str, result: Result, *covers: str, evidence: tuple[Evidence, ...] = (), **more: object
) -> ScenarioResult:
    return ScenarioResult.model_validate(
        {
            "id": name,
            "covers": covers,
            "kind": ScenarioKind.PRIMARY,
            "layer": Layer.GATE,
            "result": result,
            "trials": (Trial(result=result, seconds=0.8, evidence=evidence),),
            **more,
        }
    )


DONE_SENTENCE = (
    "given a list with one open item, when the item is marked done and the list is read again, then it is done"
)

SCENARIOS = (
    scenario("empty-list-is-empty", Result.PASS, "R1"),
    scenario("item-is-added", Result.PASS, "R1", "R2"),
    scenario("done-survives-a-restart", Result.FAIL, "R4", evidence=(EVIDENCE,), sentence=DONE_SENTENCE),
    scenario("unknown-item-is-404", Result.FAIL, "R5", evidence=(BODY,),
             sentence="given an empty list, when item 99 is read, then the answer is 404"),
    scenario("order-is-kept", Result.FLAKY, "R3"),
    scenario("hundred-items-in-a-second", Result.PASS, "R6", layer=Layer.RESERVE),
)  # fmt: skip


def record(number: int, kind: FailureClass, name: str, **changes: object) -> FailureRecord:
    values: dict[str, object] = {
        "id": number,
        "ts": ago(3 + number * 7),
        "run": "r" + name[:4].replace("-", "") + "2k7",
        "attempt": 2,
        "spec": name,
        "failure_class": kind,
        "layer": FailureLayer.AGENT,
        "cause": "Some cases of R4 hold and others do not: 1 of 2 scenarios that cover it pass.",
    }
    return FailureRecord.model_validate({**values, **changes})


RECORDS = (
    record(1, FailureClass.INCOMPLETE, "todo-api", scenario="done-survives-a-restart", rules=("R4",),
           section=Question.RULES, qualifier=Qualifier.MISSING, evidence=(EVIDENCE,), sentence=DONE_SENTENCE,
           spec_line=57, spec_quote="R4 A restart must keep every item, done or not.", batch="b04v9q2xk"),
    record(2, FailureClass.INCOMPLETE, "todo-api", scenario="unknown-item-is-404", rules=("R5",),
           section=Question.RULES, qualifier=Qualifier.WRONG, evidence=(BODY,),
           cause="R5 is right for lists and wrong for single items.", decided_by=DecidedBy.OPERATOR,
           first_class=FailureClass.DISOBEYED, reclassified="single items were simply forgotten", batch="b04v9q2xk"),
    record(3, FailureClass.INCOMPLETE, "link-shortener", scenario="expired-link-is-gone", rules=("R3", "R7"),
           evidence=(Evidence(step=4, check="status equals", expected="410", observed="200"),)),
    record(4, FailureClass.FALSE_DONE, "csv-report", scenario="totals-add-up", rules=("R2",),
           cause="The agent said that all tests pass; it never ran them.",
           quotes=("All 12 tests pass and the report matches the example.",), escaped=True),
    record(5, FailureClass.STUCK, "fast-dedupe",
           cause="The same command gave the same answer five times: python dedupe.py big.txt"),
    record(6, FailureClass.BUDGET, "legacy-invoice",
           cause="The run cap of $2.00 leaves $0.03, and the next call may cost $0.11."),
)  # fmt: skip


def groups(records: tuple[FailureRecord, ...]) -> tuple[FailureGroup, ...]:
    found = []
    for kind in FailureClass:
        mine = tuple(each for each in records if each.failure_class is kind)
        if mine:
            specs = len({each.spec for each in mine})
            now, before = sum(each.batch == BATCH.batch for each in mine), sum(not each.batch for each in mine)
            found.append(
                FailureGroup(
                    failure_class=kind,
                    count=len(mine),
                    specs=specs,
                    records=mine,
                    share=len(mine) / len(records),
                    this_batch=now,
                    last_batch=before,
                )
            )
    return tuple(found)


FAILURES = groups(RECORDS)

FAILED_RUN = RunView(
    row=next(row for row in RUNS if row.spec == "todo-api"),
    spec_hash="8d1f0c55e2b94c1b9f6e",
    suite_hash="51ce0b77aa0934ff1c20",
    base_commit="0f3c9a1be77d",
    artifact_hash="b7e01d44a9c2",
    image="sha256:6f9b2f3c1d7e8a90",
    commit="a41c77e09d12",
    attempts=(
        AttemptView(attempt=1, started=ago(11.8), finished=ago(8), end="done", verdict="fail",
                    cost=from_usd("0.80"), turns=21, scenarios=SCENARIOS[:4]),
        AttemptView(attempt=2, started=ago(8), finished=ago(3), end="done", verdict="fail",
                    cost=from_usd("0.93"), turns=20, scenarios=SCENARIOS),
    ),
    failures=RECORDS[:2],
)  # fmt: skip


def live_view(row: RunRow) -> RunView:
    """A run that is still at work, from its row."""
    attempts = ()
    if row.started is not None:
        attempts = (
            AttemptView(attempt=row.attempt, started=row.started, finished=row.finished, end=None, verdict=None,
                        cost=row.cost, turns=row.turns, scenarios=()),
        )  # fmt: skip
    return RunView(
        row=row, spec_hash="8d1f0c55e2b94c1b9f6e", suite_hash=None, base_commit=None, artifact_hash=None, image=None,
        commit=None, attempts=attempts, failures=(),
    )  # fmt: skip


_STORY = (
    ("run.queued", "queued"),
    ("run.preparing", "preparing on base 0f3c9a1 of targets/todo"),
    ("attempt.started", "attempt 1 of 2"),
    ("run.building", "building with profile default"),
    ("turn.finished", "turn 1 · 2,140 tokens in, 380 out · $0.0121 · I will look at what is there first."),
    ("tool.started", "bash: ls -la && cat README.md"),
    ("output", "total 12"),
    ("output", "drwxr-xr-x 3 agent agent  80 todo"),
    ("output", "-rw-r--r-- 1 agent agent 412 README.md"),
    ("tool.finished", "exit 0 after 0.02 s"),
    ("turn.finished", "turn 2 · 2,610 tokens in, 1,204 out · $0.0259 · Writing the store and the server."),
    ("tool.started", "edit: write todo/store.py (84 lines)"),
    ("tool.finished", "written"),
    ("tool.started", "bash: python -m pytest -q"),
    ("output", "......F.                                                                 [100%]"),
    ("output", "FAILED tests/test_store.py::test_done_is_kept - assert False is True"),
    ("tool.finished", "exit 1 after 1.31 s"),
    ("run.collecting", "collecting 9 files, 18 kB"),
    ("run.evaluating", "evaluating in a clean sandbox"),
    ("scenario.finished", "empty-list-is-empty: pass (0.4 s)"),
    ("scenario.finished", "done-survives-a-restart: fail (1.2 s)"),
    ("failure.recorded", "INCOMPLETE: some cases of R4 hold and others do not"),
    ("run.failed", "failed: 2 of 6 scenarios fail"),
)


def log(count: int = len(_STORY)) -> tuple[LogLine, ...]:
    """A log of `count` lines: the story, again and again."""
    return tuple(
        LogLine(seq=number + 1, ts=ago(12) + timedelta(seconds=number * 3), kind=kind, text=text)
        for number, (kind, text) in ((number, _STORY[number % len(_STORY)]) for number in range(count))
    )
