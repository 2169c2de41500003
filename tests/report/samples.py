"""Reports as a night may leave them: a usual one, an empty one, one that goes on, a hostile one, a huge one."""

from datetime import UTC, datetime, timedelta

from factory_tui.model.evaluation import Aspect, Measure
from factory_tui.model.failure import FailureClass
from factory_tui.model.money import MicroUsd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.report import (
    Change,
    ClassCount,
    Decision,
    EscapeRate,
    Outcome,
    Qualities,
    QualityRow,
    Report,
    Spend,
    Symptom,
)
from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.spec import Question

EVENING = datetime(2026, 11, 20, 22, 14, tzinfo=UTC)

CURRENCY = AgentQuestion(
    text="The order has no currency. Is it euro, or is the order refused?",
    answers=("Refuse the order with exit code 4", "Take euro"),
    section=Question.INPUTS,
)


def outcome(spec: str, state: RunState, **more: object) -> Outcome:
    usual: dict[str, object] = {
        "run": f"r-{spec}", "title": spec.replace("-", " ").capitalize(), "attempts": 1, "cost": MicroUsd(420_000),
        "seconds": 372.0, "passed": 6, "total": 6,
    }  # fmt: skip
    return Outcome.model_validate({**usual, "spec": spec, "state": state, **more})


def quality(
    spec: str, scenario: str, aspect: Aspect, value: float | None, limit: float | None, name: str
) -> QualityRow:
    holds = value is not None and limit is not None and value <= limit
    measure = Measure(step=2, aspect=aspect, name=name, holds=holds, value=value, limit=limit)
    return QualityRow(run=f"r-{spec}", spec=spec, scenario=scenario, measure=measure)


SHIPPED = (
    outcome("invoice-rounding", RunState.SHIPPED, title="Round tax once per rate, half up, without floats",
            branch="factory/invoice-rounding/r-1", commit="9c1f0a7d2b3e4f5a6b7c8d9e0f1a2b3c4d5e6f70"),
    outcome("rotate-logs", RunState.SHIPPED, cost=MicroUsd(3_900), seconds=48.0, commit="1f2e3d4c5b6a"),
    outcome("stock-api", RunState.SHIPPED, title="Serve the stock of a warehouse over HTTP", attempts=2,
            cost=MicroUsd(1_130_000), seconds=4_323.0, passed=9, total=9),
    outcome("link-shortener", RunState.SHIPPED, escaped="Codes repeat after a restart, seen in staging"),
)  # fmt: skip

FAILED = (
    outcome("booking-conflicts", RunState.FAILED, failure_class=FailureClass.INCOMPLETE, failure=12,
            rules=("R4", "R7"), passed=5, total=7, attempts=2, cost=MicroUsd(910_000),
            why="R4 holds for bookings of one room and not for those that touch: "
            "expected exit code 3, observed exit code 0"),
    outcome("ledger-report", RunState.FAILED, failure_class=FailureClass.INCOMPLETE, failure=15, rules=("R2",),
            passed=4, total=6, why="Half of R2: months without an entry are left out"),
    outcome("rotate-docs", RunState.FAILED, failure_class=FailureClass.STUCK, failure=17, passed=0, total=0,
            why="The same command with the same result 4 times: ./rotate.sh --check"),
)  # fmt: skip

HELD = (
    outcome("order-types", RunState.HELD, hold=HoldReason.QUESTION, question=CURRENCY, passed=0, total=0,
            why="The agent asks about INPUTS", remedy="answer it: factory-tui answer r-order-types 1"),
    outcome("ledger-migration", RunState.HELD, hold=HoldReason.TARGET_DIRTY, seconds=610.0,
            why="The target has uncommitted changes in 2 files", remedy="commit them, then `factory-tui retry`"),
    outcome("ledger-export", RunState.HELD, hold=HoldReason.DEPENDENCY, attempts=0, cost=MicroUsd(0), seconds=None,
            passed=0, total=0, why="ledger-report failed, and has to ship first", remedy="mend ledger-report"),
    outcome("stock-alert", RunState.ERROR, why="The disk was full while the artifact was collected",
            remedy="make room, then retry"),
)  # fmt: skip

USUAL = Report(
    factory="night shift",
    batch="b-20261120-1",
    started=EVENING,
    finished=EVENING + timedelta(hours=7, minutes=26),
    previous="b-20261119-1",
    outcomes=(*HELD, *FAILED, *SHIPPED, outcome("old-idea", RunState.CANCELLED, why="Cancelled by the operator")),
    spend=(
        Spend(name="batch", spent=MicroUsd(5_403_900), cap=MicroUsd(10_000_000)),
        Spend(name="day", spent=MicroUsd(18_200_000), cap=MicroUsd(20_000_000)),
    ),
    cost_before=MicroUsd(3_900_000),
    classes=(
        ClassCount(failure_class=FailureClass.STUCK, runs=1, before=0),
        ClassCount(failure_class=FailureClass.SPEC_GAP, runs=0, before=2),
        ClassCount(failure_class=FailureClass.INCOMPLETE, runs=2, before=1),
    ),
    decisions=(
        Decision(what="order-types asks: is it euro, or is the order refused?",
                 why="The run is parked until you answer", command="answer r-order-types 1", key="2 u"),
        Decision(what="ledger-migration: commit what lies in its target",
                 why="The factory never merges over uncommitted work", command="retry r-ledger-migration", key="2 u"),
        Decision(what="stock-alert: make room on the disk", why="The artifact could not be collected",
                 command="retry r-stock-alert", key="2 u"),
        Decision(what="Amendment 3 of feature: ask “Interrupted:” in the edge cases",
                 why="3 runs of 2 specs failed because nothing was said about it", command="template show 3",
                 key="3 a"),
    ),
    changes=(
        Change(spec="invoice-rounding", before=RunState.FAILED, after=RunState.SHIPPED),
        Change(spec="booking-conflicts", before=RunState.SHIPPED, after=RunState.FAILED),
        Change(spec="stock-alert", before=None, after=RunState.ERROR),
    ),
    diagnosis=(
        Symptom(symptom="Specs need several revisions", signal="5 of 9 failures are SPEC-GAP or INCOMPLETE",
                advice="Make edge-case questions required in the template"),
        Symptom(symptom="Costs escalate", signal="$1.35 for each shipped run, $0.98 a week ago",
                advice="Lower run_usd, or take a cheaper profile for crud"),
    ),
    escapes=EscapeRate(shipped=42, escaped=1, low=0.0042, high=0.1232),
    quality=Qualities(
        measured=44, held=42,
        missed=(quality("ledger-report", "a-year-in-time", Aspect.MEMORY, 96 << 20, 64 << 20, name="largest process"),
                quality("stock-api", "errors-in-words", Aspect.ERRORS, None, None, name="no traceback")),
        closest=(quality("stock-api", "list-in-time", Aspect.SPEED, 0.184, 0.2, name="p95 of 20 calls"),),
    ),
    unattended=0.73,
)  # fmt: skip
"""A night with every ending."""

EMPTY = Report(
    factory="night shift", batch="b-1", started=EVENING, finished=EVENING,
    escapes=EscapeRate(shipped=0, escaped=0, low=0, high=1),
)  # fmt: skip
"""A batch in which nothing was queued."""

GOOD = USUAL.model_copy(
    update={"outcomes": SHIPPED[:3], "decisions": (), "classes": (), "changes": (), "diagnosis": ()}
)
"""A night after which nothing waits."""

HALF = USUAL.model_copy(
    update={
        "finished": None,
        "outcomes": (
            *SHIPPED,
            outcome("late-one", RunState.BUILDING, seconds=12.0),
            outcome("next-one", RunState.QUEUED, attempts=0, cost=0, seconds=None, passed=0, total=0),
        ),
    }
)
"""A batch that goes on."""

LONG = USUAL.model_copy(
    update={
        "outcomes": tuple(
            outcome(f"spec-{number:04}", RunState.FAILED if number % 5 == 0 else RunState.SHIPPED, why="because",
                    failure_class=FailureClass.DISOBEYED if number % 5 == 0 else None)
            for number in range(1_000)
        ),
        "decisions": tuple(
            Decision(what=f"decide {number}", why="it waits", command=f"retry r{number}") for number in range(300)
        ),
    }
)  # fmt: skip
"""A thousand runs."""

EVIL = (
    '<script>alert(1)</script><img src=x onerror="alert(2)"> | pipe || ![i](http://evil.example/i.png) '
    "[link](javascript:alert(3)) `code` ``more`` @octocat #1 org/repo#2 http://evil.example www.evil.example "
    "a@evil.example **bold** __b__ ~~s~~ :tada: $x$ &lt;b&gt; <!-- c --> ]]> \\| \\` --> <https://evil.example> "
    "[^1] 9c1f0a7d2b3e4f5a6b7c8d9e0f1a2b3c4d5e6f70 \x1b[31mred\x1b]0;title\x07 \u202egnp.exe\u2066 \n# head\n- item\n"
    "1. one\n> quote\n---\n| a | b |\n|---|---|\n```\nfence\n</style></title></main>{{x}} ${x} %s"
)


def hostile(evil: str = EVIL) -> Report:
    """`evil` in every text of a usual report."""

    def poisoned(value: object) -> object:
        if isinstance(value, dict):
            return {key: each if key in _NOT_TEXT else poisoned(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return tuple(poisoned(each) for each in value)
        return f"{value} {evil}" if isinstance(value, str) else value

    question = CURRENCY.model_copy(update={"text": evil[:500]})
    raw = poisoned(USUAL.model_dump())
    assert isinstance(raw, dict)
    for each in raw["outcomes"]:
        if each["question"]:
            each["question"] = question
    return Report.model_validate(raw)


_NOT_TEXT = frozenset({"state", "failure_class", "hold", "before", "after", "section", "aspect"})
