"""Where the words of a list stand in a spec, and how much that matters there."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from factory_tui.model.finding import Edit, Finding, Level
from factory_tui.model.spec import Question
from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.rule import Subject, found
from factory_tui.specs.words.phrases import Phrase, PhraseList, phrase_list

BUILT_FROM = frozenset({Question.RULES, Question.OUTPUTS, Question.EVALUATION, Question.CONSTRAINTS})
"""Sections whose every item is built or judged."""

ASKED_FOR = BUILT_FROM | {Question.WHAT, Question.INPUTS}
"""All but the one that tells of people and their wishes."""

NEAR = 240
MOST_IN_STATEMENT = 5
MOST_IN_SPEC = 100
"""A list that is longer than this teaches nobody; it keeps a hostile text from taking minutes."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of a list in a statement."""

    phrase: Phrase
    statement: Statement
    start: int
    end: int

    @property
    def quote(self) -> str:
        return " ".join(self.statement.prose[self.start : self.end].split())

    @property
    def before(self) -> str:
        """What stands before it in the statement, as far as it can matter."""
        return self.statement.prose[max(0, self.start - NEAR) : self.start]

    @property
    def after(self) -> str:
        return self.statement.prose[self.end : self.end + NEAR]

    def edit(self, text: str) -> Edit:
        """It is replaced by `text`."""
        line, column = self.statement.place(self.start)
        end_line, end_column = self.statement.place(self.end)
        return Edit(line=line, column=column, end_line=end_line, end_column=end_column, text=text)


def hits(
    subject: Subject,
    name: str,
    questions: frozenset[Question] = ASKED_FOR,
    means: Callable[[Hit], bool] = lambda hit: True,
) -> Iterator[Hit]:
    """The phrases of a list in the English statements of some sections, without what is out of scope.

    WHAT tells a purpose in plain words: what is doubtful elsewhere is right there.

    Args:
        subject: the spec.
        name: of the list.
        questions: sections to look at.
        means: whether a hit is meant as the list means it; those for which it is false do not count.
    """
    listed = phrase_list(name)
    keys = listed.keys_in(subject.words)
    if keys:
        yield from islice(_hits(subject, listed, keys, questions, means), MOST_IN_SPEC)


def _hits(
    subject: Subject,
    listed: PhraseList,
    keys: tuple[str, ...],
    questions: frozenset[Question],
    means: Callable[[Hit], bool],
) -> Iterator[Hit]:
    for statement in holding(subject, keys):
        if statement.question in questions:
            found = (
                Hit(each.phrase, statement, each.start, each.end)
                for each in listed.matches(statement.prose, keys)
                if not (each.phrase.doubtful and statement.question is Question.WHAT)
            )
            yield from islice(filter(means, found), MOST_IN_STATEMENT)


def holding(subject: Subject, words: Iterable[str]) -> list[Statement]:
    """What is asked for with one of these words in it, in the order of the file."""
    held: dict[int, Statement] = {}
    for word in words:
        line, seen = 1, 0
        position = subject.small.find(word)
        while position >= 0:
            line += subject.small.count("\n", seen, position)
            statement = subject.asked_lines.get(line)
            if statement is not None:
                held[statement.line] = statement
            seen = position
            line_end = subject.small.find("\n", position)
            position = subject.small.find(word, line_end) if line_end >= 0 else -1
    return [held[line] for line in sorted(held)]


def matching(subject: Subject, pattern: re.Pattern[str]) -> list[Statement]:
    """What is asked for with a match of this pattern in it, in the order of the file."""
    held: dict[int, Statement] = {}
    line, seen = 1, 0
    for match in pattern.finditer(subject.spec.prose):
        line += subject.spec.prose.count("\n", seen, match.start())
        seen = match.start()
        statement = subject.asked_lines.get(line)
        if statement is not None:
            held[statement.line] = statement
    return list(held.values())


def judged(subject: Subject, questions: frozenset[Question]) -> Iterator[Statement]:
    """What the English answers to some questions ask for."""
    for question, statements in subject.asked.items():
        if question in questions:
            yield from statements


def finding(
    subject: Subject, rule: str, hit: Hit, message: str, fix: str, level: Level, edit: Edit | None = None
) -> Finding:
    """A finding whose place and quote are the words themselves."""
    line, column = hit.statement.place(hit.start)
    quote = hit.statement.prose[hit.start : hit.end].partition("\n")[0].rstrip()
    return found(subject, rule, message, fix, line=line, column=column, quote=quote, level=level, edit=edit)
