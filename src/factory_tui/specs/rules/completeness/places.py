"""Where a completeness rule may speak: in answers that their author has finished."""

from collections.abc import Iterable, Sequence

from factory_tui.model.finding import Edit
from factory_tui.model.spec import Question, Section
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.rule import Subject
from factory_tui.specs.words.groups import Words, word_groups

_TITLES = word_groups("subsection_titles")


def finished(subject: Subject, question: Question) -> Section | None:
    """The answer to a question; None while it is missing or empty (C01 says so) or holds a placeholder (C02 does)."""
    section = subject.spec.section(question)
    if section is None or not _is_answered(subject, question):
        return None
    is_open = any(section.line <= line <= section.last_line for line in subject.open_lines)
    return None if is_open else section


def _is_answered(subject: Subject, question: Question) -> bool:
    return question in subject.said or any(sample.question is question for sample in subject.samples)


def in_english(subject: Subject, question: Question) -> bool:
    """Whether a word of a list means there what it means in the list."""
    return question in subject.english


def is_understood(subject: Subject, question: Question) -> bool:
    """Whether a missing word says anything: in other languages the same is said with words that no list has."""
    if in_english(subject, question):
        return True
    words = Words.of(text_of(subject.said.get(question, ()))).words
    return any(len(each.words & words) >= _ENOUGH for each in word_groups("languages").values())


_ENOUGH = 3
"""Different function words of a language that tell it."""


def heading_of(section: Section) -> str:
    """As it is quoted."""
    return f"## {section.title}"


def text_of(said: Iterable[Statement]) -> str:
    """The statements as they are shown, code and quotes included."""
    return "\n".join(each.visible for each in said)


def subsections(section: Section, name: str) -> list[tuple[str, int, int]]:
    """Title, first and last line of the sub-sections that are about something: `edge cases`, `out of scope`."""
    group = _TITLES[name]
    found = []
    for index, (title, line) in enumerate(section.subsections):
        after = section.subsections[index + 1][1] if index + 1 < len(section.subsections) else section.last_line + 1
        if group.is_in(Words.of(title)):
            found.append((title, line, after - 1))
    return found


def added_below(subject: Subject, line: int, last: int, rows: Sequence[str]) -> Edit:
    """`rows` as new lines behind the last line between `line` and `last` that says something."""
    lines = subject.lines
    last = min(last, len(lines))
    while last > line and not lines[last - 1].strip():
        last -= 1
    end = len(lines[last - 1]) + 1
    text = "".join(subject.line_end + row for row in rows)
    return Edit(line=last, column=end, end_line=last, end_column=end, text=text)


def replaced(line: int, column: int, old: str, new: str) -> Edit:
    """A piece of one line exchanged."""
    assert len(split_lines(old)) == 1
    return Edit(line=line, column=column, end_line=line, end_column=column + len(old), text=new)
