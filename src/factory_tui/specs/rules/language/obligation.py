"""L04, L07 and L08: an item asks for one thing, plainly."""

import re
from collections.abc import Iterator
from itertools import islice

from factory_tui.model.finding import Edit, Finding, Level
from factory_tui.model.spec import Question
from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.language.shown import rules
from factory_tui.specs.rules.language.wording import MOST_IN_SPEC, Hit, finding, hits, judged
from factory_tui.specs.rules.rule import Example, Rule, Subject, found

IN_RULES = frozenset({Question.RULES})
_FAR = 200

_SUBORDINATE = re.compile(
    r"\b(?:if|when|whenever|while|where|whether|that|which|who|whom|whose|what|how|because|so|unless|until|than|given"
    r"|once|though|although)\b[^.;:,|()\n]{0,200}$",
    re.IGNORECASE,
)
"""What stands in such a clause describes, it does not ask."""

_OBLIGATION = re.compile(r"\b(?:must|shall)\b", re.IGNORECASE)
_EITHER = re.compile(r"\band ?/ ?or\b", re.IGNORECASE)
_EITHER_HINT = re.compile(r"/ ?or\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|while|unless)\b(?P<said>[^,;:.|\n]{3,300})(?=,|;|:|\.|\||\n|$)", re.IGNORECASE
)
_BRACKETED = re.compile(r"\([^()\n]{0,300}\)")
_PAIR = re.compile(
    r"\b(?:between|both)\b[^,;:.()\n]{1,60}?\band\b|\b(?:either|whether)\b[^,;:.()\n]{1,60}?\bor\b", re.IGNORECASE
)
"""What joins nothing but the two ends of something."""
_JOINED = re.compile(r"\b(and|or)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:must|shall)\b[^,;:.|()]{3,300}", re.IGNORECASE)
_UNLESS = re.compile(r"\bunless\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.;:|]")


def weak_modals(subject: Subject) -> Iterator[Finding]:
    """L04: a rule obliges; what should or may be done is done or not."""
    for hit in hits(subject, "weak_modals", IN_RULES, _obliges):
        is_both = hit.phrase.text == "may not"
        yield finding(
            subject,
            "L04",
            hit,
            f"“{hit.quote}” is said of what is forbidden and of what is not needed: readers differ"
            if is_both
            else f"“{hit.quote}” obliges nobody: an agent does it or not, and both are right",
            hit.phrase.advice,
            Level.WARNING,
            _strengthened(hit),
        )


def _obliges(hit: Hit) -> bool:
    """The month of May, what an edge case is like, and what a clause only describes are no obligations."""
    statement = hit.statement
    plain = not statement.subsection or bool(statement.id)
    return plain and hit.quote.split()[0] != "May" and _SUBORDINATE.search(hit.before) is None


def _strengthened(hit: Hit) -> Edit | None:
    """What stands in RULES is asked for, so `should` can only have meant `must`."""
    if hit.phrase.text != "should":
        return None
    word = "MUST" if hit.quote.isupper() else "Must" if hit.quote[0].isupper() else "must"
    return hit.edit(word)


def one_obligation(subject: Subject) -> Iterator[Finding]:
    """L07: an item asks for one thing, so that a result can say whether it holds."""
    if _EITHER_HINT.search(subject.spec.prose):
        yield from islice(_both_ways(subject), MOST_IN_SPEC)
    yield from islice(_two_in_one(subject), MOST_IN_SPEC)


def _both_ways(subject: Subject) -> Iterator[Finding]:
    for statement in judged(subject, frozenset(Question) - {Question.WHO, Question.WHAT}):
        match = _EITHER.search(statement.prose)
        if match is not None:
            yield _found(
                subject,
                "L07",
                statement,
                match,
                f"“{match[0]}” asks for one, for the other, or for both: three readers build three things",
                "write one of: A and B; A or B, but not both; A, or B, or both",
            )


def _two_in_one(subject: Subject) -> Iterator[Finding]:
    for statement in judged(subject, IN_RULES):
        if not statement.id or not _may_oblige_twice(statement.prose.casefold()):
            continue
        text = _without_brackets(statement.prose)
        asked = (
            match
            for match in _OBLIGATION.finditer(text)
            if _SUBORDINATE.search(text[max(0, match.start() - _FAR) : match.start()]) is None
        )
        second = next(islice(asked, 1, None), None)
        if second is not None:
            yield _found(
                subject,
                "L07",
                statement,
                second,
                f"{statement.id} asks for more than one thing: when it fails, nobody knows which of them is missing",
                "give the second obligation an id of its own, with its own evaluation item",
            )


def _may_oblige_twice(small: str) -> bool:
    return small.count("must") + small.count("shall") > 1


def mixed_conditions(subject: Subject) -> Iterator[Finding]:
    """L08: where "and" meets "or", brackets or separate rules say what belongs together."""
    yield from islice(_mixed(subject), MOST_IN_SPEC)


def _mixed(subject: Subject) -> Iterator[Finding]:
    if not subject.words >= {"and", "or"} and "unless" not in subject.words:
        return
    for statement in judged(subject, IN_RULES):
        small = statement.prose.casefold()
        if not ("unless" in small or (" and " in small and " or " in small)):
            continue
        prose = _EITHER.sub(_blank, _PAIR.sub(_blank, _without_brackets(statement.prose))).replace("\n", " ")
        match = next((each for each in _CONDITION.finditer(prose) if _is_mixed(each["said"])), None)
        if match is not None:
            yield _found(
                subject,
                "L08",
                statement,
                match,
                "“and” and “or” stand in one condition: who reads it decides which of them binds closer",
                "write a rule for each case, or put brackets around what belongs together",
            )
            continue
        clause = next((each for each in _CLAUSE.finditer(prose) if _is_mixed(each[0])), None)
        if clause is not None:
            yield _found(
                subject,
                "L08",
                statement,
                clause,
                "“and” and “or” stand side by side: who reads it decides which of them binds closer",
                "write a rule for each case, put commas between the parts, or brackets around what belongs together",
            )
            continue
        exception = _UNLESS.search(prose) if "unless" in subject.words else None
        if exception is not None and _JOINED.search(_sentence_around(prose, exception)):
            yield _found(
                subject,
                "L08",
                statement,
                exception,
                "“unless” stands beside “and” or “or”: which part it excepts is not said",
                "write a rule for each case: if A, then …; if not A, then …",
            )


def _sentence_around(text: str, match: re.Match[str]) -> str:
    before = _SENTENCE_END.split(text[max(0, match.start() - _FAR) : match.start()])[-1]
    return before + _SENTENCE_END.split(text[match.end() : match.end() + _FAR])[0]


def _without_brackets(text: str) -> str:
    return _BRACKETED.sub(_blank, text) if "(" in text else text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _is_mixed(condition: str) -> bool:
    return {each.casefold() for each in _JOINED.findall(condition)} == {"and", "or"}


def _found(subject: Subject, rule: str, statement: Statement, match: re.Match[str], message: str, fix: str) -> Finding:
    text = match[0]
    lead = len(text) - len(text.lstrip())
    line, column = statement.place(match.start() + lead)
    quote = statement.visible[match.start() + lead : match.end()].partition("\n")[0].rstrip()
    return found(subject, rule, message, fix, line=line, column=column, quote=quote, level=Level.WARNING)


RULES = (
    Rule(
        "L04",
        Level.WARNING,
        "what obliges nobody is not built",
        weak_modals,
        requires="rules that oblige: must, never should or may",
        example=Example(
            Question.RULES,
            rules("`count-words` must print the number of words in FILE."),
            rules("`count-words` should print the number of words in FILE."),
        ),
    ),
    Rule(
        "L07",
        Level.WARNING,
        "two things in one item pass or fail together",
        one_obligation,
        requires="one obligation an item, without and/or",
        example=Example(
            Question.RULES,
            rules("`count-words` must print the number of words in FILE."),
            rules("`count-words` must print the number of words in FILE and must end with exit code 0."),
        ),
    ),
    Rule(
        "L08",
        Level.WARNING,
        "conditions that bind either way are built one way",
        mixed_conditions,
        requires="brackets, or separate rules, where and meets or",
        example=Example(
            Question.RULES,
            rules("If FILE is missing or FILE is a directory, then `count-words` must end with exit code 3."),
            rules("If FILE is missing or empty and is no link, then `count-words` must end with exit code 3."),
        ),
    ),
)
