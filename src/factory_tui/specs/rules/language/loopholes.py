"""L02 and L03: words that let the reader decide what is asked for."""

import re
from collections.abc import Iterator
from itertools import islice

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Question
from factory_tui.specs.rules.language.anchor import is_anchored
from factory_tui.specs.rules.language.shown import constraints, rules
from factory_tui.specs.rules.language.wording import ASKED_FOR, BUILT_FROM, Hit, finding, hits
from factory_tui.specs.rules.rule import Example, Rule, Subject
from factory_tui.specs.words.phrases import phrase_list

_CLAUSE = (
    "possible",
    "practical",
    "practicable",
    "feasible",
    "appropriate",
    "necessary",
    "needed",
    "required",
    "applicable",
    "desired",
    "available",
    "others",
    "more",
    "similar",
    "such",
    "like",
)
"""A phrase that ends with one of these is a clause of its own, unless a noun follows: `when possible answers come`."""

_GOES_ON = re.compile(
    r"\s*(?:$|[.,;:!?)\]}|…—–-]|(?:and|or|but|to|before|after|when|while|by|with|without|for|on|at|from|then|the|a|an"
    r"|otherwise|else|instead|during|until|in|into|each|every|all|this|that|it|must|shall)\b)",
    re.IGNORECASE,
)


def escape_clauses(subject: Subject) -> Iterator[Finding]:
    """L02: nothing is asked for only where somebody finds that it suits."""
    for hit in hits(subject, "escape_clauses", means=_is_clause):
        is_proven = not hit.phrase.doubtful and hit.statement.question is Question.RULES
        yield finding(
            subject,
            "L02",
            hit,
            f"“{hit.quote}” is a way out: who builds it decides whether it is done, and no evidence can say otherwise",
            hit.phrase.advice,
            Level.ERROR if is_proven else Level.WARNING,
        )


def open_lists(subject: Subject) -> Iterator[Finding]:
    """L03: a list names all that belongs to it."""
    for hit in hits(subject, "open_lists", ASKED_FOR, _is_clause):
        is_proven = not hit.phrase.doubtful and hit.statement.question in BUILT_FROM
        is_error = is_proven and not is_anchored(subject, hit.statement)
        yield _open(subject, hit, Level.ERROR if is_error else Level.WARNING)
    yield from _out_of_scope(subject)


def _out_of_scope(subject: Subject) -> Iterator[Finding]:
    """What is left out is a list as well; an open one leaves out what somebody needs, but nothing is built from it."""
    listed = phrase_list("open_lists")
    keys = listed.keys_in(subject.words)
    for statement in subject.said.get(Question.CONSTRAINTS, ()) if keys else ():
        if "out of scope" in statement.subsection.casefold() and statement.question in subject.english:
            found = (
                Hit(each.phrase, statement, each.start, each.end)
                for each in listed.matches(statement.prose, keys)
                if not each.phrase.doubtful
            )
            for hit in islice(filter(_is_clause, found), 1):
                yield _open(subject, hit, Level.WARNING)


def _open(subject: Subject, hit: Hit, level: Level) -> Finding:
    return finding(
        subject,
        "L03",
        hit,
        f"“{hit.quote}” leaves the list open: what else belongs to it is guessed",
        hit.phrase.advice,
        level,
    )


def _is_clause(hit: Hit) -> bool:
    if hit.phrase.text == "such as" and hit.before.endswith("("):
        return False
    last = hit.quote.casefold().split()[-1]
    if last not in _CLAUSE or hit.phrase.text == "including but not limited to":
        return True
    return _GOES_ON.match(hit.after) is not None


RULES = (
    Rule(
        "L02",
        Level.ERROR,
        "a way out makes a rule that cannot be broken",
        escape_clauses,
        requires="no escape clause; an error in RULES",
        example=Example(
            Question.RULES,
            rules("`count-words` must print the number of words in FILE."),
            rules("`count-words` must, where possible, print the number of words in FILE."),
        ),
    ),
    Rule(
        "L03",
        Level.ERROR,
        "what a list leaves out, an agent makes up",
        open_lists,
        requires="no open list; an error in an item without number, choice, example or glossary term",
        example=Example(
            Question.CONSTRAINTS,
            constraints(security="the program opens no device and no connection."),
            constraints(security="the program opens no device, connection, etc."),
        ),
    ),
)
