"""C11: constraints give a value, or none with the reason, for each topic; and a cap holds for the run."""

import re
from collections.abc import Iterator, Sequence

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Question, Section
from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.completeness.places import (
    added_below,
    finished,
    heading_of,
    in_english,
    is_understood,
    subsections,
)
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.words.groups import Words, word_groups

TOPICS = ("performance", "cost", "security", "compatibility")
_MEASURED = ("performance", "cost")
"""Topics whose value is a number."""

_TEMPLATE_ROWS = {
    "performance": "- Performance: <a number with its unit, or none, because …>",
    "cost": "- Cost: <a number with its unit, or none, because …>",
    "security": "- Security: <what must hold, or none, because …>",
    "compatibility": "- Compatibility: <what must keep working, or none, because …>",
}
_LABEL = re.compile(
    r"[\s|]*(?:[-*+]|\d{1,9}[.)])?[\s|*_`]*(?P<label>[^\W\d_][^:|\n–—]{0,40}?)[\s*_`]*(?::|\||\s[–—-]\s)"
)
_WORD = re.compile(r"[^\W_]+")
_NONE_BEGINS = frozenset("nkag")
_REASONED = 2
"""Words behind `none` that can be a reason."""
_VALUE = re.compile(r"\d|`|\"|\bR\d")
_OBLIGATION = re.compile(
    r"\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|sixty|hundred|thousand|half|second"
    r"|minute|hour|day|same|as on|as before|unchanged|constant|linear|slower|must|shall|never|not|no|only|without)\b",
    re.I,
)


def values_for_constraints(subject: Subject) -> Iterator[Finding]:
    """C11: performance, cost, security and compatibility have a value or none with the reason; a run has a cap."""
    section = finished(subject, Question.CONSTRAINTS)
    yield from _cap(subject, section)
    if section is None or not is_understood(subject, Question.CONSTRAINTS):
        return
    ruled_out = subsections(section, "out of scope")
    said = [
        each
        for each in subject.said.get(Question.CONSTRAINTS, ())
        if not any(first <= each.line <= last for _, first, last in ruled_out)
    ]
    if any(_is_none_for_all(each) for each in said):
        return
    labels = [(each, Words.of(label)) for each in reversed(said) if (label := _label(each))]
    topics = word_groups("constraint_topics")
    labelled = {topic: each for each, label in labels for topic in TOPICS if topics[topic].is_in(label)}
    for topic, each in labelled.items():
        yield from _answer(subject, topic, each)
    yield from _missing(subject, section, said, [topic for topic in TOPICS if topic not in labelled])


def _is_none_for_all(statement: Statement) -> bool:
    """`None, because it is a prototype.` for the whole section."""
    text = statement.visible.strip(" -*\n")
    if text[:1].casefold() not in _NONE_BEGINS:
        return False
    return _label(statement) == "" and _starts_with_none(text) and _gives_a_reason(text)


def _label(statement: Statement) -> str:
    match = _LABEL.match(statement.visible)
    return match["label"] if match and not _starts_with_none(match["label"]) else ""


def _answer(subject: Subject, topic: str, statement: Statement) -> Iterator[Finding]:
    match = _LABEL.match(statement.visible)
    assert match is not None
    text = statement.visible[match.end() :].strip(" |\n")
    if not _WORD.search(text):
        problem = "has no value"
    elif _starts_with_none(text):
        problem = "" if _gives_a_reason(text) else "is none without a reason"
    elif _is_vague(topic, text, in_english(subject, Question.CONSTRAINTS)):
        problem = "has no value that can be checked"
    else:
        problem = ""
    if problem:
        yield found(
            subject,
            "C11",
            f"{topic} {problem}: an agent picks one, and nobody notices which",
            f"write {_wanted(topic)}, or none, because …",
            line=statement.line,
            quote=subject.line(statement.line),
        )


def _wanted(topic: str) -> str:
    return {
        "performance": "a number with its unit (at most 2 seconds for 10000 lines), or the rule that has it",
        "cost": "a number with its unit (at most 2.00 USD for this run)",
        "security": "what must hold (the command writes no file), or the rule that says it",
        "compatibility": "what it must work with and what must keep working (Python 3.11, standard library only)",
    }[topic]


def _starts_with_none(text: str) -> bool:
    first = _WORD.search(text)
    if first is None or first[0][:1].casefold() not in _NONE_BEGINS:
        return False
    return first[0].casefold() in word_groups("constraint_topics")["none"].words or text[
        first.start() :
    ].casefold().startswith(word_groups("constraint_topics")["none"].phrases)


def _gives_a_reason(text: str) -> bool:
    return len(_WORD.findall(text)) > _REASONED


def _is_vague(topic: str, text: str, is_english: bool) -> bool:
    """Nothing but words that measure nothing; for performance and cost, no number and no reference to a rule."""
    if _VALUE.search(text):
        return False
    if word_groups("constraint_topics")["vague"].words.issuperset(word.casefold() for word in _WORD.findall(text)):
        return True
    if _OBLIGATION.search(text):
        return False
    return (
        is_english and topic in _MEASURED and not any(word.isupper() and len(word) > 1 for word in _WORD.findall(text))
    )


def _missing(subject: Subject, section: Section, said: Sequence[Statement], topics: Sequence[str]) -> Iterator[Finding]:
    if not topics:
        return
    words = Words.of("\n".join(each.visible for each in said))
    missing = [topic for topic in topics if not word_groups("constraint_topics")[topic].is_in(words)]
    if missing:
        listed = missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} or {missing[-1]}"
        first = min((line for _, line in section.subsections), default=section.last_line + 1)
        yield found(
            subject,
            "C11",
            f"CONSTRAINTS says nothing about {listed}: an agent picks a value, and nobody notices which",
            f"add {' and '.join(f'{topic.capitalize()}: {_wanted(topic)}' for topic in missing)}, or none, because …",
            line=section.line,
            quote=heading_of(section),
            edit=added_below(subject, section.line, first - 1, [_TEMPLATE_ROWS[topic] for topic in missing]),
        )


def _cap(subject: Subject, section: Section | None) -> Iterator[Finding]:
    front, settings = subject.spec.front, subject.settings
    if front is None or settings is None or settings.run_cap(front) is not None:
        return
    place = section or subject.spec.section(Question.CONSTRAINTS)
    yield found(
        subject,
        "C11",
        "no cap holds for a run of this spec: only the caps of the batch and the day stop its spending",
        "write budget_usd: 2.00 into the front matter, or set run_usd in [limits] of factory.toml",
        line=place.line if place else 1,
        quote=heading_of(place) if place else "",
    )


_SCOPE = "\n\n### Out of scope\n\n- Counting characters, several files in one call."

RULES = (
    Rule(
        "C11",
        Level.ERROR,
        "a limit that is not set is not kept",
        values_for_constraints,
        requires="performance, cost, security and compatibility have a value or none with the reason; a run has a cap",
        example=Example(
            Question.CONSTRAINTS,
            good=(
                "- Performance: at most 2 seconds for a file of 10000000 bytes.\n- Cost: at most 1.00 USD for this run."
                "\n- Security: none, because the command reads one local file and writes nothing.\n"
                f"- Compatibility: Python 3.11, standard library only.{_SCOPE}"
            ),
            bad=(
                "- Performance: fast enough.\n- Cost: at most 1.00 USD for this run.\n"
                f"- Security: none.\n- Compatibility: Python 3.11.{_SCOPE}"
            ),
        ),
    ),
)
