"""A mutation check in words for somebody who does not read code."""

from collections.abc import Iterator, Mapping

from factory_tui.model.foreign import clean_line
from factory_tui.model.mutation import Mutant, MutantFate, MutationReport, Operator

MISSING: Mapping[Operator, str] = {
    Operator.BOUND: "a scenario at the bound itself is missing",
    Operator.EQUALITY: "a scenario is missing in which the two are the same, or one in which they are not",
    Operator.MEMBERSHIP: "a scenario with a value that is not among them is missing",
    Operator.ARITHMETIC: "a scenario that checks the number itself is missing",
    Operator.CONNECTIVE: "a scenario in which only one of the two conditions holds is missing",
    Operator.NEGATION: "a scenario for the other case is missing",
    Operator.OFF_BY_ONE: "a scenario that checks the exact number is missing",
    Operator.TRUTH: "a scenario in which this yes or no matters is missing",
    Operator.TEXT: "a scenario that checks this exact value is missing",
    Operator.LIMITS: "a scenario at both ends of the range is missing",
    Operator.STATEMENT: "a scenario that checks what this step does is missing",
    Operator.RETURN: "a scenario that checks the result is missing",
}
"""Kind of change → what would notice it."""

EQUIVALENT = (
    "Some changes change nothing that can be seen from outside: no scenario can notice those, and none is missing then."
)


def told(fate: MutantFate) -> str:
    """What a surviving mutant says about the suite, in one cleaned line."""
    rule = f"; nearest rule, guessed by its words: {fate.nearest_rule} {fate.nearest_text}" if fate.nearest_rule else ""
    missing = MISSING[fate.mutant.operator]
    return clean_line(f"Nothing notices when {fate.mutant.what} in {place(fate.mutant)}: {missing}{rule}", limit=600)


def place(mutant: Mutant) -> str:
    """File, line and function."""
    function = f" (function {mutant.function})" if mutant.function else ""
    return f"{mutant.path} line {mutant.line}{function}"


def summary(report: MutationReport) -> str:
    """The check in one line."""
    if not report.candidates:
        return "nothing to change: the run touched no source that can be read here"
    tried = len(report.fates) - report.untried
    untried = f", {report.untried} not tried" if report.untried else ""
    of = f" of {report.candidates} possible" if report.candidates > len(report.fates) else ""
    return f"{report.caught} of {tried} small changes caught, {len(report.survived)} unnoticed{untried}{of}"


def lines(report: MutationReport) -> Iterator[str]:
    """The whole report, survivors first."""
    yield f"{report.spec}: {summary(report)} ({report.run}, {report.seconds:.0f} s)"
    for each in report.survived:
        yield f"  • {told(each)}"
        yield f"      before: {clean_line(each.mutant.before)}"
        yield f"      after:  {clean_line(each.mutant.after) or '(nothing)'}"
    if report.survived:
        yield f"  {EQUIVALENT}"
    if report.left_out:
        yield f"  took no part (reserve, burned, or measuring time): {', '.join(report.left_out)}"
    reasons = sorted({each.why for each in report.fates if each.why})
    yield from (f"  not tried: {clean_line(each)}" for each in reasons)
