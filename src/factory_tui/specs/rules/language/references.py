"""L12: what a spec refers to can be opened where the work is done: a sandbox with the target, and no network."""

import re
from collections.abc import Iterator
from itertools import islice

from factory_tui.model.finding import Finding, Level
from factory_tui.model.ids import SpecId
from factory_tui.model.spec import Question
from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.language.wording import ASKED_FOR, MOST_IN_SPEC, finding, hits, judged
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.words import word_list

_LEAD = (
    r"\b(?P<lead>(?:described|defined|specified|documented|explained|listed|laid out)\s(?:in|at|on|by|under)"
    r"|according to|in accordance with|per|follow(?:s|ing)?|conforms? to|complies with|comply with"
    r"|see(?: also)?|refer to|cf\.|details (?:in|at|on)|documentation (?:in|at|on))\s"
    r"(?:the\s)?(?:(?:file|page|document|spec|docs?|documentation|guide|api)\s(?:at\s|in\s|on\s)?)?"
    r"(?:\[[^\]\n]{0,200}\]\()?[`<(]?"
)
_PAGE = re.compile(_LEAD + r"(?P<target>https?://(?P<host>[^\s/`<>()\[\]:]{1,253})[^\s`<>)\]]{0,500})", re.IGNORECASE)
_FILE = re.compile(
    _LEAD
    + r"(?P<target>file://[^\s`<>)\]]{1,300}|(?:/(?:home|Users|mnt|Volumes|media)/|~/|[A-Za-z]:\\)[^\s`<>)\]]{1,300}"
    r"|(?:\.\./|\./)?specs/(?P<spec>[a-z][a-z0-9-]{0,63})\.md|(?:\.\./|\./)?scenarios/[^\s`<>)\]]{1,300})",
    re.IGNORECASE,
)
_LEADS = frozenset(
    {"described", "defined", "specified", "documented", "explained", "listed", "laid", "according", "accordance"}
    | {"per", "follow", "follows", "following", "conform", "conforms", "complies", "comply", "see", "refer", "cf"}
    | {"details", "documentation"}
)
"""A text without any of these refers to nothing."""
_HINTS = ("://", "/home/", "/users/", "/mnt/", "/media/", "/volumes/", "~/", ":\\", "specs/", "scenarios/")
_REFERRED = frozenset(Question) - {Question.WHO}


def references(subject: Subject) -> Iterator[Finding]:
    """L12: no page of the web, no file of somebody's machine, no tool or talk that only people remember."""
    yield from islice(_remembered(subject), MOST_IN_SPEC)
    if not subject.words.isdisjoint(_LEADS):
        yield from islice(_named(subject), MOST_IN_SPEC)


def _remembered(subject: Subject) -> Iterator[Finding]:
    for hit in hits(subject, "out_of_reach", ASKED_FOR):
        yield finding(
            subject,
            "L12",
            hit,
            f"“{hit.quote}” points to what an agent cannot open: it guesses what stands there",
            hit.phrase.advice,
            Level.WARNING,
        )


def _named(subject: Subject) -> Iterator[Finding]:
    for statement in judged(subject, _REFERRED):
        small = statement.visible.casefold()
        if not any(hint in small for hint in _HINTS):
            continue
        for match in _FILE.finditer(statement.visible):
            if _is_prose(statement, match):
                yield from _file(subject, statement, match)
        for match in _PAGE.finditer(statement.visible):
            if _is_prose(statement, match) and match["host"].casefold() not in word_list("standard_hosts"):
                yield _found(
                    subject,
                    statement,
                    match,
                    f"{match['target'][:60]} cannot be opened in the sandbox, which has no network: what it says is "
                    "guessed",
                    "write what matters of it here, or put a copy into context/ or the target's repository",
                    Level.WARNING,
                )


def _is_prose(statement: Statement, match: re.Match[str]) -> bool:
    """A reference inside of code or quoted text is an example of a text."""
    return statement.prose[match.start("lead") : match.end("lead")] == match["lead"]


def _file(subject: Subject, statement: Statement, match: re.Match[str]) -> Iterator[Finding]:
    spec, target = match["spec"], match["target"]
    if spec is None:
        what = "the scenarios are kept from the agent" if "scenarios/" in target else "it lies outside of the sandbox"
        yield _found(
            subject,
            statement,
            match,
            f"{target[:60]} cannot be opened by an agent: {what}",
            "write what matters of it here, or put a copy into the target's repository",
            Level.ERROR,
        )
    elif SpecId(spec) not in subject.others and spec not in subject.unreadable and subject.others:
        yield _found(
            subject,
            statement,
            match,
            f"there is no spec {spec} to read",
            "name a spec that exists, or write what matters of it here",
            Level.ERROR,
        )


def _found(
    subject: Subject, statement: Statement, match: re.Match[str], message: str, fix: str, level: Level
) -> Finding:
    line, column = statement.place(match.start("target"))
    return found(subject, "L12", message, fix, line=line, column=column, quote=match["target"], level=level)


_TEXT = "A command `count-words` that prints how many words a text file holds, {}."

RULES = (
    Rule(
        "L12",
        Level.ERROR,
        "what cannot be opened is guessed",
        references,
        requires="references that can be opened in the sandbox; an error where a named file provably cannot",
        example=Example(
            Question.WHAT,
            _TEXT.format("as described in `README.md`"),
            _TEXT.format("as described in /home/editor/words.md"),
        ),
    ),
)
