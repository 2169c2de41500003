"""C13: at least one statement says what is out of scope."""

import re
from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Question, Section
from factory_tui.specs.rules.completeness.places import added_below, finished, heading_of, is_understood, subsections
from factory_tui.specs.rules.rule import Example, Rule, Subject, found

_SAID = re.compile(
    r"\bout[ -]of[ -]scope\b|\bnot in scope\b|\bnon-?goals?\b|\bnot (?:part of|included|covered|supported|asked|planned"
    r"|wanted|needed|required|offered)\b|\bbeyond the scope\b|\boutside the scope\b|\bexclud(?:es?|ed|ing)\b"
    r"|\bno support for\b|\bdoes not (?:cover|include|support|add|offer)\b"
    r"|\bnicht (?:teil|enthalten|vorgesehen)\b|\bhors (?:du )?périmètre\b|\bfuera del? alcance\b|\bfuori ambito\b"
    r"|\bfora do (?:escopo|âmbito)\b|\bbuiten (?:scope|bereik)\b"
    r"|\bwithout support\b|\bfor later\b|\ba later spec\b|\banother spec\b|\bwon[’']t\b|\bwill not\b",
    re.I,
)
_NOTHING = re.compile(r"[\W_]*(?:none|nothing|no|n/a|not applicable)\W*\Z", re.I)
_PLACES = (Question.WHAT, Question.WHO, Question.INPUTS, Question.OUTPUTS, Question.RULES, Question.CONSTRAINTS)


def has_a_limit(subject: Subject) -> Iterator[Finding]:
    """C13: something that a reader could expect is ruled out."""
    section = finished(subject, Question.CONSTRAINTS)
    if section is None:
        return
    places = [
        (each, place) for each in subject.spec.sections for place in subsections(each, "out of scope") if place[0]
    ]
    for holder, (_, first, last) in places:
        said = [each for each in subject.said.get(holder.question, ()) if first <= each.line <= last]
        if said and all(_NOTHING.match(each.visible) for each in said):
            yield _finding(subject, section, first, "nothing is out of scope here, and no reason is given")
        return
    if _is_said_elsewhere(subject) or not is_understood(subject, Question.CONSTRAINTS):
        return
    yield _finding(subject, section, section.line, "the spec rules nothing out")


def _is_said_elsewhere(subject: Subject) -> bool:
    return any(_SAID.search(each.prose) for place in _PLACES for each in subject.said.get(place, ()))


def _finding(subject: Subject, section: Section, line: int, what: str) -> Finding:
    is_missing = line == section.line
    rows = ["", "### Out of scope", "", "- <what is not asked for>"]
    return found(
        subject,
        "C13",
        f"{what}: an agent that may do anything builds what nobody asked for",
        "add ### Out of scope with one thing that a reader could expect and that is not asked for"
        if is_missing
        else "name one thing that a reader could expect and that is not asked for",
        line=line,
        quote=heading_of(section) if is_missing else subject.line(line),
        edit=added_below(subject, section.line, section.last_line, rows) if is_missing else None,
    )


_NEEDS = (
    "- Performance: at most 2 seconds for a file of 10000000 bytes.\n- Cost: at most 1.00 USD for this run.\n"
    "- Security: `count-words` writes no file.\n- Compatibility: Python 3.11, standard library only."
)

RULES = (
    Rule(
        "C13",
        Level.ERROR,
        "what is not ruled out may be built",
        has_a_limit,
        requires="at least one statement says what is out of scope",
        example=Example(
            Question.CONSTRAINTS,
            good=f"{_NEEDS}\n\n### Out of scope\n\n- Counting characters, several files in one call.",
            bad=_NEEDS,
        ),
    ),
)
