"""What the operator finds in the morning: questions, escaped defects, lessons and the report, as views."""

from factory_tui.model.amendment import Amendment, AmendmentKind, AmendmentRecord, AmendmentState, Ask, RecurringGroup
from factory_tui.model.failure import FailureClass, Qualifier
from factory_tui.model.money import from_usd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.report import (
    Change,
    ClassCount,
    Decision,
    EscapeRate,
    Outcome,
    Report,
    Spend,
    Symptom,
)
from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.spec import Kind, Question
from factory_tui.model.views import Holding, RunRow, RunView
from factory_tui.tui.source import AmendmentView, LessonsView

from . import sample

QUESTION = AgentQuestion(
    text="R4 says that an order is refused, but not with which exit code. Which one?",
    answers=("Exit code 4, as for every refused order", "Exit code 2, as for bad input", "Exit code 1"),
    section=Question.RULES,
)

ASKING = sample.run(
    "order-import", RunState.HELD, title="Import orders from a CSV file", finished=sample.ago(5), turns=6,
    cost=from_usd("0.09"), hold=HoldReason.QUESTION, question=QUESTION, why="asks: with which exit code?",
    remedy="o answers it; the answer goes into the spec",
)  # fmt: skip

ESCAPED = sample.run(
    "price-table", RunState.SHIPPED, title="A table of prices", started=sample.ago(406), finished=sample.ago(400),
    turns=11, cost=from_usd("0.17"), why="shipped to main of targets/shop", branch="factory/price-table/rpric2k7",
    escaped="prices above 1,000 lose their separator",
)  # fmt: skip

RUNS = (ASKING, *sample.RUNS, ESCAPED)

HOLDING = Holding(since=sample.ago(3), until=sample.ago(-210), why="the monthly limit of the account is reached")


def view_of(row: RunRow) -> RunView:
    """A run that has ended, from its row."""
    return sample.live_view(row)


GROUP = RecurringGroup(
    failure_class=FailureClass.INCOMPLETE,
    section=Question.RULES,
    qualifier=Qualifier.MISSING,
    theme="interrupted",
    records=(1, 2, 3),
    specs=("link-shortener", "todo-api"),
    first=sample.ago(60 * 24 * 9),
    last=sample.ago(10),
    cause="Some cases of R4 hold and others do not: nothing says what a restart keeps.",
)

OTHER_GROUP = RecurringGroup(
    failure_class=FailureClass.STUCK,
    section=None,
    qualifier=None,
    theme="",
    records=(5, 6, 7),
    specs=("fast-dedupe", "legacy-invoice"),
    first=sample.ago(60 * 24 * 3),
    last=sample.ago(40),
    cause="The same command gave the same answer five times.",
)


def amendment(number: int, state: AmendmentState = AmendmentState.PROPOSED, **changes: object) -> AmendmentRecord:
    values: dict[str, object] = {
        "id": number,
        "ts": sample.ago(9),
        "state": state,
        "amendment": Amendment(
            kind=AmendmentKind.EDGE_CASE,
            template=Kind.FEATURE,
            ask=Ask(
                section=Question.RULES,
                subsection="Edge cases",
                label="interrupted",
                words=("interrupt", "restart"),
                since=2,
                amendment=number,
            ),
            line="| interrupted | what is kept when the program stops in between, and what a second start finds |",
            why="3 failures in 2 specs lacked what happens after an interruption",
        ),
        "group": GROUP,
        "template_before": "feature@1",
    }
    return AmendmentRecord.model_validate({**values, **changes})


DIFF = (
    "--- specs/_templates/feature.md  feature@1",
    "+++ specs/_templates/feature.md  feature@2",
    "@@ -1,5 +1,5 @@",
    " ---",
    "-template: feature@1",
    "+template: feature@2",
    "@@ -88,3 +88,4 @@",
    " | gap | what happens to a missing number |",
    "+| interrupted | what is kept when the program stops in between, and what a second start finds |",
    " | dependency down | what happens while a service does not answer |",
)

PROPOSED = AmendmentView(amendment(3), DIFF, sample.RECORDS[:3])
STALE = AmendmentView(
    amendment(4, template_before="feature@0"),
    (),
    sample.RECORDS[:3],
    stale="feature@0 is not the newest version: it is feature@1",
)
ACCEPTED = AmendmentView(
    amendment(2, AmendmentState.ACCEPTED, template_after="feature@1", decided=sample.ago(60 * 30)),
    DIFF,
    sample.RECORDS[3:4],
)
REJECTED = AmendmentView(
    amendment(1, AmendmentState.REJECTED, decided=sample.ago(60 * 50), reason="one project only, not the template's"),
    DIFF,
    sample.RECORDS[4:5],
)

LESSONS = LessonsView(recurring=(GROUP, OTHER_GROUP), amendments=(PROPOSED, ACCEPTED, REJECTED))

BROKEN_LESSONS = LessonsView(
    recurring=(GROUP, OTHER_GROUP),
    amendments=(PROPOSED,),
    problem="specs/_templates/feature.md: its front matter names no version; write `template: feature@1`",
)


def outcome(row: RunRow, **changes: object) -> Outcome:
    seconds = None
    if row.started is not None:
        seconds = ((row.finished or sample.NOW) - row.started).total_seconds()
    values: dict[str, object] = {
        "run": row.run,
        "spec": row.spec,
        "title": row.title,
        "state": row.state,
        "attempts": row.attempt,
        "cost": row.cost,
        "seconds": seconds,
        "why": row.why,
        "passed": row.scenarios_passed,
        "total": row.scenarios_total,
        "branch": row.branch,
        "hold": row.hold,
        "question": row.question,
        "remedy": row.remedy,
        "escaped": row.escaped,
    }
    return Outcome.model_validate({**values, **changes})


REPORT = Report(
    factory="night-shift",
    batch="b04v9q2xk",
    started=sample.ago(412),
    finished=sample.ago(3),
    previous="b03k1x7pq",
    outcomes=tuple(
        outcome(row, **({"failure_class": FailureClass.INCOMPLETE, "failure": 1} if row.spec == "todo-api" else {}))
        for row in RUNS
        if row.state in (RunState.HELD, RunState.FAILED, RunState.SHIPPED)
    ),
    spend=(
        Spend(name="batch", spent=from_usd("2.99"), cap=from_usd("10.00")),
        Spend(name="day", spent=from_usd("3.40"), cap=None),
    ),
    cost_before=from_usd("2.10"),
    classes=(
        ClassCount(failure_class=FailureClass.INCOMPLETE, runs=1, before=0),
        ClassCount(failure_class=FailureClass.STUCK, runs=0, before=2),
    ),
    decisions=(
        Decision(what="order-import (rorde2k7) asks: with which exit code?", why="R4 is open",
                 command="answer rorde2k7 1", key="2 o"),
        Decision(what="fast-dedupe (rfast2k7): passed and waits, targets/dedupe has uncommitted changes",
                 why="commit or discard them", command="retry rfast2k7", key="2 u"),
        Decision(what="amendment 3 of the template feature", why="3 failures in 2 specs", command="template accept 3",
                 key="3 a"),
    ),
    changes=(
        Change(spec="csv-report", before=RunState.FAILED, after=RunState.SHIPPED),
        Change(spec="todo-api", before=RunState.SHIPPED, after=RunState.FAILED),
        Change(spec="order-import", before=None, after=RunState.HELD),
    ),
    diagnosis=(
        Symptom(symptom="the same spec fails again and again", signal="todo-api: 3 of 3 runs failed",
                advice="read its records on 3 and mend the spec; a retry alone will not help"),
    ),
    escapes=EscapeRate(shipped=12, escaped=1, low=0.015, high=0.354),
    unattended=0.5,
)  # fmt: skip

EMPTY_REPORT = Report(
    factory="night-shift", batch="b04v9q2xk", started=sample.ago(1), finished=None,
    escapes=EscapeRate(shipped=0, escaped=0, low=0.0, high=1.0),
)  # fmt: skip

HALF_REPORT = REPORT.model_copy(
    update={
        "finished": None,
        "outcomes": tuple(outcome(row) for row in sample.RUNS),
        "decisions": (),
        "diagnosis": (),
        "previous": None,
        "changes": (),
        "unattended": None,
    }
)
