"""Suites of the sample night and what they showed, behind screen 4. Nothing here is random or reads a clock."""

from factory_tui.model.evaluation import Aspect, Evidence, Measure, Result, ScenarioResult, Trial
from factory_tui.model.evidence_views import Admitted, EvaluationItem, Gap, Satisfaction, ScenarioRow, Seen, SuiteRow
from factory_tui.model.finding import Finding, Level
from factory_tui.model.judgement import Ballot, Judgement, Outcome, Quote, Vote
from factory_tui.model.mutation import Fate, Mutant, MutantFate, MutationReport
from factory_tui.model.scenario import Layer, OnBase, ScenarioKind
from factory_tui.report.interval import wilson

from . import sample

SUITE_HASH = "5" * 64


def satisfied(passed: int, trials: int, *, evaluations: int = 4, flaky: int = 0, k: int = 3) -> Satisfaction:
    low, high = wilson(passed, trials)
    chance = None if trials < k else (passed / trials) ** k
    return Satisfaction(
        passed=passed, trials=trials, low=low, high=high, evaluations=evaluations, flaky=flaky, k=k, pass_k=chance
    )


def scenario(spec: str, name: str, *covers: str, **changes: object) -> ScenarioRow:
    values: dict[str, object] = {
        "spec": spec,
        "id": name,
        "path": f"scenarios/{spec}/{name}.yaml",
        "hash": (name.encode().hex() * 8)[:64],
        "covers": covers,
        "kind": ScenarioKind.PRIMARY,
        "layer": Layer.GATE,
        "base": OnBase.FAIL,
        "sentence": f"Given an account with 50.00 · when {name.replace('-', ' ')} · then the balance says so",
        "admitted": Admitted.YES,
        "satisfaction": satisfied(12, 12),
        "last": Result.PASS,
        "last_run": "rbank2k7",
    }
    return ScenarioRow.model_validate({**values, **changes})


BANK_RULES = (
    ("R1", "A withdrawal lowers the balance by its amount."),
    ("R2", "A withdrawal is written to the history with date and amount."),
    ("R3", "A withdrawal of more than the balance is refused with exit code 3."),
    ("R4", "A withdrawal below one cent is refused with exit code 2."),
    ("R5", "Two withdrawals at the same time never lose one of them."),
    ("R6", "The receipt names the account, the amount and the new balance."),
)

BANK_ITEMS = (
    EvaluationItem(id="E1", covers=("R1", "R2"), text="given 50.00, when 20.00 is withdrawn, then 30.00 is left"),
    EvaluationItem(id="E2", covers=("R3",), text="given 50.00, when 80.00 is withdrawn, then it is refused"),
    EvaluationItem(id="E3", covers=("R4",), text="given 50.00, when 0.00 is withdrawn, then it is refused"),
    EvaluationItem(id="E4", covers=("R5",), text="given 50.00, when two withdraw 30.00 at once, then one is refused"),
)

MUTATION = MutationReport(
    spec="bank-withdraw",
    run="rbank2k7",
    suite_hash=SUITE_HASH,
    fates=(
        MutantFate(
            mutant=Mutant(path="bank/account.py", line=31, what="`<=` became `<`", before="    if amount <= balance:",
                          after="    if amount < balance:"),
            fate=Fate.SURVIVED,
        ),
        MutantFate(
            mutant=Mutant(path="bank/account.py", line=12, what="`0.01` became `0.02`", before="LEAST = 0.01",
                          after="LEAST = 0.02"),
            fate=Fate.SURVIVED,
        ),
        MutantFate(
            mutant=Mutant(path="bank/account.py", line=33, what="`-` became `+`", before="        balance -= amount",
                          after="        balance += amount"),
            fate=Fate.CAUGHT,
            caught_by="withdrawal-lowers-the-balance",
        ),
        MutantFate(
            mutant=Mutant(path="bank/history.py", line=8, what="a line is left out", before="    file.write(entry)",
                          after=""),
            fate=Fate.UNTRIED,
        ),
    ),
    candidates=40,
    seconds=210.0,
    when=sample.ago(30),
)  # fmt: skip

BANK = SuiteRow(
    spec="bank-withdraw",
    title="Withdraw money from an account",
    hash=SUITE_HASH,
    rules=BANK_RULES,
    items=BANK_ITEMS,
    scenarios=(
        scenario("bank-withdraw", "withdrawal-lowers-the-balance", "R1", "R2", satisfaction=satisfied(24, 24)),
        scenario("bank-withdraw", "overdrawn-withdrawal-is-refused", "R3", kind=ScenarioKind.NEGATIVE,
                 satisfaction=satisfied(21, 24, flaky=1), last=Result.FAIL),
        scenario("bank-withdraw", "less-than-a-cent-is-refused", "R4", kind=ScenarioKind.NEGATIVE,
                 admitted=Admitted.NO, satisfaction=Satisfaction(), last=None, last_run=None,
                 admission="passes on the untouched base, which has no program to withdraw with"),
        scenario("bank-withdraw", "receipt-tells-the-new-balance", "R1", "R6", kind=ScenarioKind.ALTERNATE,
                 burned="tool output of attempt 2 of rbank2k7 had its text"),
        scenario("bank-withdraw", "two-at-once-lose-nothing", "R5", kind=ScenarioKind.RECOVERY,
                 satisfaction=satisfied(9, 12, flaky=2), last=Result.FLAKY),
        scenario("bank-withdraw", "help-is-readable", "R6", last=Result.INCONCLUSIVE,
                 satisfaction=satisfied(3, 3, evaluations=1)),
        scenario("bank-withdraw", "odd-cents-in-reserve", "R1", layer=Layer.RESERVE, satisfaction=satisfied(6, 12)),
        scenario("bank-withdraw", "thousand-withdrawals-are-fast", "R1", kind=ScenarioKind.LIMIT,
                 admitted=Admitted.UNKNOWN, satisfaction=Satisfaction(), last=None, last_run=None),
    ),
    gate=satisfied(69, 75, flaky=3),
    reserve=satisfied(6, 12),
    gap=Gap(value=0.42, low=0.17, high=0.64, evaluations=4),
    mutation=MUTATION,
)  # fmt: skip


def admitted(spec: str, rules: int = 4, scenarios: int = 4, **changes: object) -> SuiteRow:
    """A suite against which nothing stands."""
    kinds = list(ScenarioKind)
    rows = tuple(
        scenario(spec, f"case-{number:02}", f"R{number % rules + 1}", f"R{(number + 1) % rules + 1}",
                 kind=kinds[number % len(kinds)])
        for number in range(scenarios)
    )  # fmt: skip
    values: dict[str, object] = {
        "spec": spec,
        "title": spec.replace("-", " ").capitalize(),
        "hash": SUITE_HASH,
        "rules": tuple((f"R{number}", f"Rule number {number} says what must hold.") for number in range(1, rules + 1)),
        "scenarios": rows,
        "gate": satisfied(36, 36),
        "reserve": satisfied(11, 12),
        "gap": Gap(value=0.08, low=-0.05, high=0.35, evaluations=4),
    }
    return SuiteRow.model_validate({**values, **changes})


BROKEN = SuiteRow(
    spec="todo-api",
    title="A to-do list over HTTP and SQLite",
    hash=SUITE_HASH,
    rules=(("R1", "An item can be added."), ("R2", "An item can be ticked off.")),
    scenarios=(
        scenario(
            "todo-api",
            "item-is-added",
            "R1",
            findings=(
                Finding(rule="Q03", level=Level.WARNING, line=12, message="The scenario waits but checks nothing.",
                        fix="add an expect to its last step", path="scenarios/todo-api/item-is-added.yaml"),
            ),
        ),
    ),
    findings=(
        Finding(rule="Q01", level=Level.ERROR, line=7, message="`stesp` is no field of a scenario.", fix="write steps",
                path="scenarios/todo-api/item-is-ticked-off.yaml"),
    ),
    gate=satisfied(3, 3, evaluations=1),
)  # fmt: skip

EMPTY = SuiteRow(spec="old-exporter", title="Export to the format that nobody reads", hash="0" * 64, rules=(),
                 scenarios=())  # fmt: skip

WIDE = admitted("legacy-invoice", rules=24, scenarios=15)

SUITES = (BROKEN, BANK, admitted("csv-report"), admitted("link-shortener", rules=6, scenarios=5), WIDE, EMPTY)

EXPECTED_BILL = "\n".join(["account   a1", "date      2026-03-14", "withdrawn 20.00", "balance   30.00", "thank you"])
OBSERVED_BILL = "\n".join(
    ["account   a1", "date      2026-03-14", "withdrawn 20.00 EUR", "balance   29.99", "", "thank you"]
)


def shown(run: str, minutes: float, result: ScenarioResult, attempt: int = 1) -> Seen:
    return Seen(run=run, attempt=attempt, when=sample.ago(minutes), result=result)


def result_of(row: ScenarioRow, result: Result, *trials: Trial, **changes: object) -> ScenarioResult:
    values: dict[str, object] = {
        "id": row.id,
        "covers": row.covers,
        "kind": row.kind,
        "layer": row.layer,
        "result": result,
        "trials": trials,
        "sentence": row.sentence,
        "hash": row.hash,
    }
    return ScenarioResult.model_validate({**values, **changes})


def trial(result: Result, *evidence: Evidence, seconds: float = 0.31, measures: tuple[Measure, ...] = ()) -> Trial:
    return Trial(result=result, seconds=seconds, evidence=evidence, measures=measures)


MEASURES = (
    Measure(step=1, aspect=Aspect.SPEED, name="p95 of 20 calls", holds=True, value=0.118, limit=0.5),
    Measure(step=1, aspect=Aspect.MEMORY, name="largest process", holds=False, value=71_303_168, limit=67_108_864),
    Measure(step=2, aspect=Aspect.ERRORS, name="no traceback", holds=True),
)

BILL = Evidence(step=2, check="stdout", expected=EXPECTED_BILL, observed=OBSERVED_BILL)
REFUSAL = Evidence(step=1, check="exit", expected="3", observed="0")
WORDS = Evidence(
    step=1, check="stderr contains", expected="insufficient", observed="done: 80.00 withdrawn\nhave a nice day"
)
MEMORY = Evidence(step=1, check="memory", expected="at most 64 MiB", observed="68 MiB", aspect=Aspect.MEMORY)

JUDGEMENT = Judgement(
    outcome=Outcome.LOWERED,
    reason="two of three votes miss a word on what the option does",
    votes=(
        Vote(ballot=Ballot.MISSES, reason="--force is named, not explained",
             quotes=(Quote(step=1, what="stdout", text="  --force"),)),
        Vote(ballot=Ballot.MISSES, reason="no example is given",
             quotes=(Quote(step=1, what="stdout", text="usage: bank withdraw ACCOUNT AMOUNT"),), dropped=1),
        Vote(ballot=Ballot.NONE, reason="the answer had not the form"),
    ),
    quorum=2,
    model="claude-sonnet-4-6",
)  # fmt: skip

PASSING, FAILING, _, BURNED, FLAKY, JUDGED, *_ = BANK.scenarios

EVALUATIONS: dict[tuple[str, str], tuple[Seen, ...]] = {
    ("bank-withdraw", PASSING.id): (
        shown("rbank2k7", 9, result_of(PASSING, Result.PASS, trial(Result.PASS, measures=MEASURES[:1]),
                                       trial(Result.PASS, seconds=0.28, measures=MEASURES[:1]))),
        shown("rbank1k2", 1500, result_of(PASSING, Result.FAIL, trial(Result.FAIL, BILL), hash="4" * 64)),
    ),
    ("bank-withdraw", FAILING.id): (
        shown("rbank2k7", 9, result_of(FAILING, Result.FAIL, trial(Result.FAIL, REFUSAL, WORDS, BILL),
                                       trial(Result.FAIL, REFUSAL, WORDS, BILL, seconds=0.29)), attempt=2),
        shown("rbank2k7", 15, result_of(FAILING, Result.PASS, trial(Result.PASS)), attempt=1),
    ),
    ("bank-withdraw", BURNED.id): (
        shown("rbank2k7", 9, result_of(BURNED, Result.PASS, trial(Result.PASS),
                                       burned="tool output of attempt 2 of rbank2k7 had its text")),
    ),
    ("bank-withdraw", FLAKY.id): (
        shown("rbank2k7", 9, result_of(FLAKY, Result.FLAKY, trial(Result.PASS), trial(Result.FAIL, REFUSAL),
                                       trial(Result.PASS, seconds=0.4))),
    ),
    ("bank-withdraw", JUDGED.id): (
        shown("rbank2k7", 9, result_of(JUDGED, Result.FAIL, trial(Result.FAIL, MEMORY, measures=MEASURES),
                                       judgement=JUDGEMENT)),
    ),
    ("todo-api", "done-items-are-hidden"): (),
}  # fmt: skip
