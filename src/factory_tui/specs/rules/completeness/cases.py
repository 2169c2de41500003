"""C07 and C08: rules for what must not happen and for what goes wrong, and an answer for each edge case."""

import re
from collections.abc import Iterator, Sequence

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import BlockKind, Question, Section
from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.completeness.places import (
    added_below,
    finished,
    heading_of,
    is_understood,
    subsections,
)
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.templates.template import TO_ANSWER
from factory_tui.specs.words.groups import Words, word_groups

_NEVER = re.compile(
    r"\bnever\b|\bunder no circumstances\b|\b(?:must|shall|may|should|will) not (?!only\b)"
    r"|\b(?:must|may|shall|can|may|will)n[’']t\b|\b(?:is|are) (?:forbidden|prohibited|disallowed)\b"
    r"|\b(?:forbid|prohibit|disallow|prevent|ban)s?\b|\b(?:must|shall|may|can)(?: be)?\s(?:\w{1,20}\s){0,2}only\b"
    r"|\bonly\b[^.\n]{0,80}\b(?:must|may|shall|can)\b"
    r"|(?:^|[.;:]\s|\bthen\s|R\d{1,4}[a-z]?\W{1,4})(?:no|none|nothing|neither|nobody|no one)\b[^.,;\n]{0,80}"
    r"\b(?:must|may|shall|can|will)\b"
    r"|\b(?:must|shall|will)\s(?:\w{1,20}\s){0,2}(?:no|nothing|neither|none)\b"
    r"|\b(?:must|shall|will)\b[^.\n]{0,120}\bwithout\s\w{1,20}ing\b"
    r"|\b(?:nie|niemals|keinesfalls|jamais|nunca|jamás|mai|nooit|verboten|interdit\w*|prohibid\w|vietat\w|proibid\w|verboden)\b"
    r"|\b(?:darf|dürfen|mag|mogen|moet)\b[^.\n]{0,80}\b(?:nicht|keine?\w?|niet|geen)\b"
    r"|\bne (?:doit|doivent|peut|peuvent) (?:pas|plus)\b|\b(?:no|non|não) (?:deb|pued|dev|pu|pod|può|poss)\w+",
    re.I,
)
"""What must never be, in all the words for it: `must not`, `may only`, `no … may`, `is forbidden`."""

_DECLARED = re.compile(
    r"(?:(?!\b(?:if|when|whenever|where|whose|that|which|who|unless|while|after)\b)[^.]){0,160}?"
    r"\b(?:(?:does|do|is|are) not|cannot|can not)\b",
    re.I,
)
"""`The command does not change FILE.`, but not `If FILE is not there`."""

CASES = ("empty", "boundary", "duplicate", "malformed", "dependency down")


_WAIVED = re.compile(r"[\s*_-]*(?:none|not applicable|n/a)\b[\s*_]*[,:;–—-]?\s*\w+\s+\w+", re.I)
"""`None, because …` for all of them at once."""

_LABELS = re.compile(r"(?:^|[.;]\s{1,4})([^.:;\n]{1,60}):")
_LABEL = 60
"""Characters before a colon that still are a label."""


def unhappy_paths(subject: Subject) -> Iterator[Finding]:
    """C07: at least one rule says what must never be, and at least one what happens when something goes wrong."""
    section = finished(subject, Question.RULES)
    if section is None or not is_understood(subject, Question.RULES):
        return
    rules = _rules(subject)
    if not rules:
        return
    lacks = []
    whole = "\n".join(each.prose for each in rules).casefold()
    if "must never" not in whole and not any(
        _NEVER.search(each.prose) or _DECLARED.match(each.prose) for each in rules
    ):
        lacks.append(("no rule says what must never happen", "- {} The … must never …"))
    if " if " not in whole and not any(_is_about_trouble(each.prose) for each in rules):
        lacks.append(("no rule says what happens when something goes wrong", "- {} If …, then the … must …"))
    free = next_rule(section)
    if lacks:
        rows = [row.format(f"R{free + index}") for index, (_, row) in enumerate(lacks)]
        yield found(
            subject,
            "C07",
            f"{' and '.join(what for what, _ in lacks)}: code that is right only on the happy path keeps every rule",
            f"add {' and '.join(rows)}",
            line=section.line,
            quote=heading_of(section),
            edit=added_below(subject, section.line, _last_of(rules), rows),
        )


def _rules(subject: Subject) -> list[Statement]:
    """The rules; all statements while none of them has an id."""
    said = subject.said.get(Question.RULES, ())
    return [each for each in said if each.id.startswith("R")] or list(said)


def _last_of(rules: Sequence[Statement]) -> int:
    """The last line of the last rule that stands before any sub-section, else of the last one."""
    first = [each for each in rules if not each.subsection] or rules
    return first[-1].line + first[-1].visible.count("\n")


def next_rule(section: Section) -> int:
    """The number of the next free id of RULES."""
    return max((int(re.sub(r"\D", "", item.id)) for item in section.items), default=0) + 1


def _is_about_trouble(text: str) -> bool:
    words, unwanted = Words.of(text), word_groups("unwanted")
    if unwanted["condition"].is_in(words) or _NEGATED_MOMENT.search(text) is not None:
        return True
    return unwanted["wrong"].is_in(words) and (unwanted["moment"].is_in(words) or _REFUSAL.search(text) is not None)


_NEGATED_MOMENT = re.compile(
    r"\b(?:when|whenever|where|once|while|after|as soon as)\b(?:(?!\b(?:must|shall|may|will)\b)[^.;]){0,200}?"
    r"\b(?:not|no|cannot|can[’']t|never|nothing|neither|without)\b",
    re.I,
)
"""`when the file does not exist`: the part before the obligation says what is absent."""


_REFUSAL = re.compile(
    r"\b(?:refuse|reject|abort|ignore|skip|den(?:y|ie)|fail|invalid|malformed|unknown|missing|error|exit code [1-9]"
    r"|status [45]\d\d|[45]\d\d)",
    re.I,
)


_SAID = re.compile(r"\w")
_UNANSWERED = re.compile(r"[-*+]\s+([^:\n]{1,80}):[\s*_]*")


def edge_cases(subject: Subject) -> Iterator[Finding]:
    """C08: empty, boundary, duplicate, malformed and dependency down are answered, or it says why they cannot be."""
    section = finished(subject, Question.RULES)
    if section is None:
        return
    places = subsections(section, "edge cases")
    answers = [each for each in subject.said.get(Question.RULES, ()) if _stands_in(each, places)]
    yield from _unanswered(subject, answers)
    if any(_WAIVED.match(each.visible) for each in answers):
        return
    if not is_understood(subject, Question.RULES):
        return
    named = word_groups("edge_cases")
    asked = Words.of("\n".join(_asked(each) for each in answers))
    missing = [case for case in CASES if not named[case].is_in(asked)]
    if not missing:
        return
    anywhere = Words.of("\n".join(each.prose for each in subject.said.get(Question.RULES, ())))
    way = "by its name" if places else "in a rule"
    missing = [case for case in missing if not named[f"{case} {way}"].is_in(anywhere)]
    if not missing:
        return
    rows = _rows(answers, missing)
    if places:
        _, line, last = places[0]
        what = f"the edge cases leave out {_listed(missing)}"
        edit = added_below(subject, line, _last_row(answers, last), rows)
    else:
        line, what = section.line, f"RULES does not say what holds when things are {_listed(missing, 'or')}"
        edit = added_below(subject, section.line, section.last_line, ["", "### Edge cases", "", *rows])
    yield found(
        subject,
        "C08",
        f"{what}: these are the inputs on which programs break",
        f"{'add' if places else 'add ### Edge cases with'} {' and '.join(rows)}",
        line=line,
        quote=subject.line(line),
        edit=edit,
    )


def _stands_in(statement: Statement, places: Sequence[tuple[str, int, int]]) -> bool:
    return any(first <= statement.line <= last for _, first, last in places)


def _unanswered(subject: Subject, answers: Sequence[Statement]) -> Iterator[Finding]:
    """A case that stands there with nothing behind it."""
    for each in answers:
        label = _label(each)
        if label is not None and any(
            word_groups("edge_cases")[f"{case} in a rule"].is_in(Words.of(label)) for case in CASES
        ):
            yield found(
                subject,
                "C08",
                f"the edge case {label[:40]} has no answer: these are the inputs on which programs break",
                "write what happens then, the id of the rule that says it, or why it cannot be",
                line=each.line,
                quote=subject.line(each.line),
            )


def _asked(statement: Statement) -> str:
    """The case that a row or an item answers: what stands before its answer, where it stands apart."""
    text = statement.visible.strip()
    if statement.kind is BlockKind.ROW:
        return text.strip("|").partition("|")[0]
    return "\n".join(_LABELS.findall(text)) if ":" in text[:_LABEL] else text


def _label(statement: Statement) -> str | None:
    """What a row or an item asks, when it gives no answer; None when it does."""
    text = statement.visible.strip()
    if statement.kind is BlockKind.ROW:
        cells = [cell.strip() for cell in text.strip("|").split("|")]
        return cells[0] if len(cells) > 1 and cells[0] and not any(map(_SAID.search, cells[1:])) else None
    match = _UNANSWERED.fullmatch(text) if text.endswith((":", "*", "_")) else None
    return match[1].strip("*_ ") if match else None


def _rows(answers: Sequence[Statement], missing: Sequence[str]) -> list[str]:
    """A line for each case, in the form of those that are there."""
    if answers and answers[-1].kind is BlockKind.ROW:
        return [f"| {case} | {TO_ANSWER} |" for case in missing]
    return [f"- {case.capitalize()}: {TO_ANSWER}" for case in missing]


def _last_row(answers: Sequence[Statement], last: int) -> int:
    return answers[-1].line + answers[-1].visible.count("\n") if answers else last


def _listed(cases: Sequence[str], word: str = "and") -> str:
    return cases[0] if len(cases) == 1 else f"{', '.join(cases[:-1])} {word} {cases[-1]}"


_BEFORE = "- R1 `count-words` must print the number of words in FILE.\n"
_AFTER = "- R2 If FILE is empty, then `count-words` must print `0`.\n"
_LAST = "- R3 If FILE does not name a file, then `count-words` must print `no such file: FILE` with exit code 3.\n"
_NO_CHANGE = "- R4 `count-words` must never change FILE.\n"
_CASES = (
    "\n### Edge cases\n\n- Empty: R2.\n- Boundary: the end of the file ends a word (R1).\n- Duplicate: counts twice.\n"
)

RULES = (
    Rule(
        "C07",
        Level.ERROR,
        "what is not forbidden and what goes wrong is where agents differ",
        unhappy_paths,
        requires="at least one rule says what must never happen, and one what happens when something goes wrong",
        example=Example(
            Question.RULES,
            good=f"{_BEFORE}{_AFTER}{_LAST}{_NO_CHANGE}{_CASES}- Malformed: R3.\n- Dependency down: there is none.",
            bad=(
                f"{_BEFORE}- R2 The number must be followed by the end of the line.\n"
                "- R3 The exit code must be 0.\n- R4 FILE must be read as it is.\n"
                f"{_CASES}- Malformed: cannot be.\n- Dependency down: there is none."
            ),
        ),
    ),
    Rule(
        "C08",
        Level.ERROR,
        "programs break on the inputs that nobody spoke of",
        edge_cases,
        requires="edge cases are answered or waived: empty, boundary, duplicate, malformed, dependency down",
        example=Example(
            Question.RULES,
            good=f"{_BEFORE}{_AFTER}{_LAST}{_NO_CHANGE}{_CASES}- Malformed: R3.\n- Dependency down: there is none.",
            bad=f"{_BEFORE}{_AFTER}{_LAST}{_NO_CHANGE}",
        ),
    ),
)
