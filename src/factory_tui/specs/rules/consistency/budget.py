"""X01 for the money of a run: what CONSTRAINTS allow it is no more than what the front matter gives it."""

import re
from collections.abc import Iterator
from decimal import Decimal

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Question
from factory_tui.specs.reading.quantities import Measure, Quantity, quantities
from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.consistency.bounds import LONGEST
from factory_tui.specs.rules.rule import Subject, found

_DOLLARS = ("USD", "usd", "$")
_COST = re.compile(
    r"[\s*_]*(?:[-*+|]\s+|\d{1,9}[.)]\s+)?[*_]*(?:cost|costs|budget)\b[*_ \t]*(?::|\||–|—|-)[*_\s]*"
    r"(?:(?:it must be |must be |is |are )?(?:at most|no more than|not more than|up to|within)\s+)?$",
    re.I,
)
"""What stands before the amount where nothing else is said: `- Cost: at most`."""

_AT_MOST = re.compile(r"\b(?:at most|no more than|not more than|up to|within|(?:not|never) exceed|costs?:?)\s+$", re.I)
_OF_THE_RUN = re.compile(
    r"\s+(?:per|(?:(?:for|per|in|on|of)\s+)?(?:this|the|one|each|a|every|any))\s+run\b(?!\s+of\s|-)", re.I
)
_ENDS = re.compile(r"\s*(?:[.;|]|$)")


def cost_fits_the_budget(subject: Subject) -> Iterator[Finding]:
    """X01: a run that may cost more than its budget is ended before it may."""
    front = subject.spec.front
    if front is None or front.budget_usd is None or not any(sign in subject.spec.visible for sign in _DOLLARS):
        return
    budget = Decimal(str(front.budget_usd))
    for statement in subject.said.get(Question.CONSTRAINTS, ()):
        text = statement.visible
        if len(text) > LONGEST or not any(sign in text for sign in _DOLLARS):
            continue
        for amount in quantities(text):
            level = _of_the_run(text, amount) if amount.unit == "USD" and amount.value > budget else None
            if level is not None:
                yield _too_much(subject, statement, amount, level, budget)


def _of_the_run(text: str, amount: Quantity) -> Level | None:
    """Error where the amount is surely that of the run; a bare cost may be that of what is built."""
    if amount.kind is not Measure.MONEY:
        return None
    before, after = text[: amount.start], text[amount.end :]
    if _OF_THE_RUN.match(after) and (_AT_MOST.search(before) or _COST.match(before)):
        return Level.ERROR
    return Level.WARNING if _COST.match(before) and _ENDS.match(after) else None


def _too_much(subject: Subject, statement: Statement, amount: Quantity, level: Level, budget: Decimal) -> Finding:
    line, column = statement.place(amount.start)
    said = statement.visible[amount.start : amount.end]
    at = subject.spec.front_lines.get("budget_usd", 1)
    return found(
        subject,
        "X01",
        f"the run may cost {' '.join(said.split())} here, but budget_usd on line {at} ends it at {budget:.2f} USD",
        f"write the same amount in both places: raise budget_usd on line {at}, or lower the cost here",
        line=line,
        column=column,
        quote=said.partition("\n")[0],
        level=level,
    )
