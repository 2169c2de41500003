"""C04 and C09: stable ids, and an evaluation for every rule."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from factory_tui.model.finding import Edit, Finding, Level
from factory_tui.model.spec import BlockKind, Item, Question, Section
from factory_tui.specs.rules.completeness.look_alikes import look_alikes
from factory_tui.specs.rules.completeness.places import added_below, replaced
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.snippets import fresh_id

_MENTION = re.compile(r"(?<![\w/.-])R\d{1,3}[a-z]?\b(?![-/.]\w)")
_NAME = re.compile(r"R\d{1,3}[a-z]?")
_BULLETS = ("-", "*", "+")
_BULLET = re.compile(r"[-*+]\s+\S")
_PREFIX = {Question.RULES: "R", Question.EVALUATION: "E"}


def ids(subject: Subject) -> Iterator[Finding]:
    """C04: item ids are unique and of the right kind, and an id that is mentioned exists."""
    strange = tuple(look_alikes(subject))
    yield from strange
    for question, prefix in _PREFIX.items():
        section = subject.spec.section(question)
        if section is not None:
            yield from _ids_of(subject, section, prefix, {each.line for each in strange})
    yield from _unknown_mentions(subject)


def _ids_of(subject: Subject, section: Section, prefix: str, told: set[int]) -> Iterator[Finding]:
    first: dict[str, int] = {}
    free = ""
    for item in section.items:
        if not item.id.startswith(prefix):
            yield _c04(
                subject,
                item,
                f"{item.id} stands in {section.question}, whose ids start with {prefix}: it is not counted there",
                f"give it an id that starts with {prefix}, or move it",
            )
        elif item.id in first:
            free = free or _next_free(subject, section, prefix)
            yield _c04(
                subject,
                item,
                f"{item.id} is used twice (first on line {first[item.id]}): evidence could not be told apart",
                f"give this one the next free id, {free}",
                replaced(item.line, item.column, item.id, free),
            )
        first.setdefault(item.id, item.line)
    right = any(item.id.startswith(prefix) for item in section.items)
    if not right and section.body.strip() and _is_answered(subject, section):
        yield found(
            subject,
            "C04",
            f"no item of {section.question} has an id: nothing can be traced to it",
            f"start each item with its id: - {prefix}1 …",
            line=section.line,
            quote=f"## {section.title}",
        )
    elif right:
        yield from _items_without_id(subject, section, prefix, told)


def _is_answered(subject: Subject, section: Section) -> bool:
    lines = subject.visible[section.body_line - 1 : section.last_line]
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def _items_without_id(subject: Subject, section: Section, prefix: str, told: set[int]) -> Iterator[Finding]:
    """Bullets that stand beside items with an id, outside of the sub-sections."""
    known = {item.line for item in section.items} | told
    end = section.subsections[0][1] if section.subsections else section.last_line + 1
    visible, prose = subject.visible, subject.prose
    free = ""
    for line in range(section.body_line, min(end, len(visible) + 1)):
        text = visible[line - 1]
        if line not in known and text.startswith(_BULLETS) and prose[line - 1].strip() and _BULLET.match(text):
            free = free or _next_free(subject, section, prefix)
            yield found(
                subject,
                "C04",
                "this item has no id: no evaluation and no scenario can name it",
                f"start it with {free}, or indent it below the item that it belongs to",
                line=line,
                quote=text.strip(),
                level=Level.WARNING,
            )


def _next_free(subject: Subject, section: Section, prefix: str) -> str:
    """One that no earlier version had and no scenario covers: evidence of another rule would count for it."""
    suite = subject.suite.scenarios if subject.suite else ()
    proven = (rule for each in suite for rule in each.scenario.covers)
    had = (rule for each in subject.earlier for rule in each.rules)
    return fresh_id(prefix, [*(item.id for item in section.items), *proven, *had])


def _unknown_mentions(subject: Subject) -> Iterator[Finding]:
    """Outside of RULES and EVALUATION `R2` may be the name of something else, so there it is only a warning."""
    spec = subject.spec
    known = {item.id for item in (*spec.rules, *spec.evaluation)}
    if not known or all(word in known or not _NAME.fullmatch(word) for word in subject.spelled if word[0] == "R"):
        return
    starts = [item.line for item in spec.evaluation]
    listed = ""
    for number, line in enumerate(subject.prose, start=1):
        for match in _MENTION.finditer(line) if "R" in line else ():
            if match[0] in known or _is_covered(spec.evaluation, starts, number, match[0]):
                continue
            strict = subject.section_of(number) in (Question.RULES, Question.EVALUATION)
            listed = listed or _listed(sorted(known, key=_natural))
            yield found(
                subject,
                "C04",
                f"{match[0]} is mentioned but there is no such rule: a reader cannot follow the reference",
                f"add {match[0]}, or name one of {listed}",
                line=number,
                column=match.start() + 1,
                quote=match[0],
                level=Level.ERROR if strict else Level.WARNING,
            )


def _is_covered(items: tuple[Item, ...], starts: list[int], line: int, rule: str) -> bool:
    """An unknown id in the brackets of an evaluation item is C09's business."""
    holder = bisect_right(starts, line) - 1
    return holder >= 0 and rule in items[holder].covers


def coverage(subject: Subject) -> Iterator[Finding]:
    """C09: each rule is covered by an evaluation item, and each evaluation item names rules that exist."""
    spec = subject.spec
    rules = list(dict.fromkeys(item.id for item in spec.rules if item.id.startswith("R")))
    known = set(rules)
    items = [item for item in spec.evaluation if item.id.startswith("E")]
    covered = {rule for item in items for rule in item.covers}
    listed = _listed(rules) if rules else "none yet"
    for item in items:
        yield from _names(subject, item, known, listed)
    free = _highest(items)
    below = _last_evaluated(subject)
    for rule in spec.rules:
        if rule.id in known and rule.id not in covered:
            covered.add(rule.id)
            free += 1
            row = f"- E{free} ({rule.id}): given … when … then …"
            yield found(
                subject,
                "C09",
                f"{rule.id} is never evaluated: nobody would notice that it does not hold",
                f"add to EVALUATION: {row}",
                line=rule.line,
                column=rule.column,
                quote=subject.line(rule.line),
                edit=added_below(subject, *below, [row]) if below else None,
            )


def _last_evaluated(subject: Subject) -> tuple[int, int] | None:
    """First and last line of the last item of EVALUATION, below which more can be added; None where it is no list."""
    items = [each for each in subject.said.get(Question.EVALUATION, ()) if each.id.startswith("E")]
    if not items or items[-1].kind is not BlockKind.ITEM:
        return None
    return items[-1].line, items[-1].line + items[-1].visible.count("\n")


def _highest(items: list[Item]) -> int:
    return max((int(re.sub(r"[^0-9]", "", item.id)) for item in items), default=0)


def _names(subject: Subject, item: Item, known: set[str], listed: str) -> Iterator[Finding]:
    quote = subject.line(item.line)
    if not item.covers:
        yield found(
            subject,
            "C09",
            f"{item.id} names no rule: its result could not be traced to what was asked for",
            f"name the rules in brackets: {item.id} (R1): …; rules: {listed}",
            line=item.line,
            column=item.column,
            quote=quote,
        )
    for rule in item.covers:
        if rule not in known:
            yield found(
                subject,
                "C09",
                f"{item.id} names {rule}, but there is no such rule",
                f"name a rule that exists ({listed}), or add {rule} to RULES",
                line=item.line,
                column=item.column,
                quote=quote,
            )


def _c04(subject: Subject, item: Item, message: str, fix: str, edit: Edit | None = None) -> Finding:
    quote = subject.line(item.line)
    return found(subject, "C04", message, fix, line=item.line, column=item.column, quote=quote, edit=edit)


def _natural(name: str) -> tuple[str, int, str]:
    digits = re.sub(r"\D", "", name)
    return name[0], int(digits or 0), name


def _listed(names: list[str]) -> str:
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")


_EVALUATED = (
    "- E1 (R1, R4): given a text, when `count-words` is called, then it prints the number of its words.\n"
    "- E2 (R2): given an empty file, when `count-words` is called, then it prints `0`.\n"
)
_MISSING_FILE = "given no file of that name, when `count-words` is called, then the exit code is 3."

RULES = (
    Rule(
        "C04",
        Level.ERROR,
        "an id is what evidence is tied to",
        ids,
        waivable=False,
        requires="ids of rules and evaluation items are used once, and an id that is named exists",
        example=Example(
            Question.EVALUATION,
            good=f"{_EVALUATED}- E3 (R3): {_MISSING_FILE}",
            bad=f"{_EVALUATED}- E2 (R3): {_MISSING_FILE}",
        ),
    ),
    Rule(
        "C09",
        Level.ERROR,
        "what is not evaluated is not known to hold",
        coverage,
        requires="each rule is covered by an evaluation item, and each evaluation item names rules that exist",
        example=Example(
            Question.EVALUATION,
            good=f"{_EVALUATED}- E3 (R3): {_MISSING_FILE}",
            bad=f"{_EVALUATED}- E3 (R7): {_MISSING_FILE}",
        ),
    ),
)
