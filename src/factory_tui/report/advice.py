"""Which work suits a factory that nobody watches: what became of each kind of work, in a word and a sentence. Pure."""

from collections import defaultdict
from collections.abc import Sequence

from factory_tui.model.estimate import Advice, Estimate, PastRun
from factory_tui.model.spec import Category
from factory_tui.report.estimate import LITTLE, NO_HISTORY, estimate
from factory_tui.report.phrases import counted, percent

SUITS, WATCH, NOT_YET, UNKNOWN = "suits", "watch", "not yet", "no history"

MORE_OFTEN_THAN_NOT = 0.5
"""Work is left to the night when more of it ships than not, even at the lower end of the interval: four of four, nine
of ten, fifteen of twenty. It is not when fewer ship even at the upper end. What lies between is not known yet."""

FEW_ESCAPED = 0.05
"""Of what passed the gate. A failed run costs its money; an escaped defect was believed, and others may have built on
it. So a kind of work with more of them than one in twenty is watched however often it ships."""

MANY_ESCAPED = 0.2
"""From one in five on, the scenarios of this kind of work do not tell right from wrong, however much of it ships."""

ONCE = 1
"""A single escaped defect may be an accident: it has work watched, and no more than that."""


def advise(past: Sequence[PastRun]) -> tuple[Advice, ...]:
    """A word for every category and agent with history, then every category that has none."""
    groups: defaultdict[tuple[Category, str], list[PastRun]] = defaultdict(list)
    for each in past:
        groups[each.category, each.agent].append(each)
    order = {category: place for place, category in enumerate(Category)}
    found = [
        _advice(category, agent, runs)
        for (category, agent), runs in sorted(groups.items(), key=lambda item: (order[item[0][0]], item[0][1]))
    ]
    seen = {category for category, _ in groups}
    return (*found, *(_nothing_known(category) for category in Category if category not in seen))


def _nothing_known(category: Category) -> Advice:
    why = "No run of this category has ended; start with one small spec and watch it."
    return Advice(category=category, agent="", estimate=NO_HISTORY, word=UNKNOWN, why=why)


def _advice(category: Category, agent: str, runs: Sequence[PastRun]) -> Advice:
    known = estimate(runs, category, agent)
    escaped = sum(each.escaped for each in runs)
    word, reason = _judge(known, escaped)
    return Advice(
        category=category,
        agent=agent,
        estimate=known,
        escaped=escaped,
        word=word,
        why=f"{_counted(known, escaped)}; {reason}.",
    )


def _counted(known: Estimate, escaped: int) -> str:
    ends = f"95 % interval {percent(known.low)} to {percent(known.high)}"
    escapes = f", {counted(escaped, 'escaped defect')}" if escaped else ""
    return f"{known.shipped} of {known.n} shipped and held ({ends}){escapes}"


def _judge(known: Estimate, escaped: int) -> tuple[str, str]:
    """The word and its reason; the gravest comes first."""
    passed = known.shipped + escaped
    share = escaped / passed if passed else 0.0
    if escaped > ONCE and share >= MANY_ESCAPED:
        return NOT_YET, f"{percent(share)} of what passed the gate was wrong: the scenarios have to see more first"
    if known.high < MORE_OFTEN_THAN_NOT:
        return NOT_YET, "fewer than half ship, even at the upper end"
    if known.n < LITTLE:
        return WATCH, f"n = {known.n} is little to go by"
    if share > FEW_ESCAPED:
        return WATCH, f"{percent(share)} of what passed the gate was wrong"
    if known.low > MORE_OFTEN_THAN_NOT:
        return SUITS, "more than half ship, even at the lower end"
    return WATCH, "the interval still holds both more and fewer than half"
