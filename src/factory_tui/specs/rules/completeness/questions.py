"""C01: exactly the seven questions, in order, each answered."""

import re
from collections.abc import Iterable, Iterator

from factory_tui.model.finding import Edit, Finding, Level
from factory_tui.model.spec import BlockKind, Heading, Question, Section, Spec
from factory_tui.specs.parse import question_of
from factory_tui.specs.reading.schema_errors import nearest
from factory_tui.specs.rules.completeness.places import added_below, in_english
from factory_tui.specs.rules.rule import Example, Rule, Subject, found

QUESTIONS = tuple(Question)

ASKS = {
    Question.WHAT: "what is possible afterwards that is not possible now",
    Question.WHO: "who uses it, in which situation, and what they try to achieve",
    Question.INPUTS: "each input with its type, its bounds and one invalid case with its result",
    Question.OUTPUTS: "channel, format and an example for success and for failure",
    Question.RULES: "one obligation an item, each with a stable id: - R1 …",
    Question.EVALUATION: "for each rule a trigger and an observable result: - E1 (R1): given … when … then …",
    Question.CONSTRAINTS: "a value, or none with a reason, for performance, cost, security and compatibility",
}
"""What a good answer holds, for the fix."""


_FENCE = re.compile(r"^\s*(?:[-*+]\s+|\d{1,9}[.)]\s+)?(`{3,}|~{3,})")

_SAID = re.compile(r"[^\W_]|[…?<>]")

_TOLD_BY_OTHERS = frozenset({"edge cases", "out of scope"})
"""Sub-sections whose absence C08 and C13 judge, where they know the words."""


def seven_questions(subject: Subject) -> Iterator[Finding]:
    """C01: exactly the seven headings, in order, each answered."""
    spec = subject.spec
    yield from _headings(subject)
    yield from _missing(subject)
    seen: set[Question] = set()
    for section in spec.sections:
        if section.question in seen:
            continue
        seen.add(section.question)
        yield from _unanswered(subject, section)
    yield from _subsections_of_template(subject)


def _headings(subject: Subject) -> Iterator[Finding]:
    first: dict[Question, Heading] = {}
    latest = -1
    for heading in subject.spec.headings:
        question = question_of(heading.title)
        line, quote = heading.line, _written(subject.spec, heading)
        if question is None:
            yield _unknown(subject, heading)
        elif question in first:
            yield _c01(
                subject,
                f"{question} is answered twice (first on line {first[question].line}): only one answer can be followed",
                "put both answers under one heading",
                line=line,
                quote=quote,
            )
        else:
            first[question] = heading
            if heading.title != question or heading.underlined:
                yield _c01(
                    subject,
                    f"the heading is not exactly {question}: tools find it by name",
                    f"write ## {question}",
                    line=line,
                    quote=quote,
                    edit=_heading_written(subject, heading, question),
                )
            if QUESTIONS.index(question) < latest:
                before = QUESTIONS[QUESTIONS.index(question) + 1]
                yield _c01(
                    subject,
                    f"{question} is out of order: readers and agents rely on the order of the seven questions",
                    f"move it before ## {before}; the order is {' '.join(QUESTIONS)}",
                    line=line,
                    quote=quote,
                )
            latest = max(latest, QUESTIONS.index(question))


def _unknown(subject: Subject, heading: Heading) -> Finding:
    best = _meant(heading)
    if heading.underlined:
        fix = "leave an empty line above the line of dashes: directly below text it makes a heading"
    elif best:
        fix = f"write ## {best}"
    else:
        fix = "make it a ### sub-section of the question that it answers"
    return _c01(
        subject,
        f"## {heading.title} is not one of the seven questions: its content belongs to none of them",
        fix,
        line=heading.line,
        quote=_written(subject.spec, heading),
        edit=_heading_written(subject, heading, best) if best and not heading.underlined else None,
    )


def _meant(heading: Heading) -> str:
    """The question that a heading is nearly the name of; empty when there is none."""
    return (nearest(heading.title, [question.lower() for question in QUESTIONS], cutoff=75) or "").upper()


def _missing(subject: Subject) -> Iterator[Finding]:
    spec = subject.spec
    answered = {each.question for each in spec.sections}
    if answered.issuperset(QUESTIONS):
        return
    swallowed = _swallowed(subject)
    if swallowed is not None:
        line, what, fix = swallowed
        below = {question_of(text[3:]) for text in subject.lines[line:] if text.startswith("## ")}
        answered |= {question for question in below if question is not None}
        yield _c01(subject, what, fix, line=line, quote=subject.line(line))
    misspelt = {_meant(each) for each in spec.headings if question_of(each.title) is None}
    last_line = max((n for n, line in enumerate(subject.lines, start=1) if line.strip()), default=1)
    for index, question in enumerate(QUESTIONS):
        if question not in answered:
            earlier = [spec.section(each) for each in QUESTIONS[:index]]
            after = [section for section in earlier if section is not None]
            line = after[-1].line if after else min((each.line for each in spec.headings), default=last_line)
            yield _c01(
                subject,
                f"{question} is missing: an agent guesses what a spec does not say",
                f"add ## {question} with {ASKS[question]}",
                line=line,
                section=question,
                edit=_below(subject, after[-1], question) if after and question not in misspelt else None,
            )


def _swallowed(subject: Subject) -> tuple[int, str, str] | None:
    """The code block or comment that is never closed, so that everything below belongs to it: line, what, fix."""
    last = subject.spec.blocks[-1] if subject.spec.blocks else None
    opening = _FENCE.match(subject.lines[last.line - 1]) if last is not None and last.kind is BlockKind.CODE else None
    if last is not None and opening is not None:
        closing = subject.line(last.last)
        if last.last == last.line or not closing.startswith(opening[1]) or closing.strip(opening[1][0]):
            what = "this code block is never closed: everything below it is read as code"
            return last.line, what, f"add a line of {opening[1]} where the code ends"
    for number in range(len(subject.lines), 0, -1):
        text = subject.lines[number - 1]
        if "-->" in text:
            break
        if "<!--" in text and "<!--" not in subject.visible[number - 1]:
            return number, "this comment is never closed: everything below it is part of it", "add --> where it ends"
    return None


def _unanswered(subject: Subject, section: Section) -> Iterator[Finding]:
    lines = subject.visible[section.body_line - 1 : section.last_line]
    if not _says_something(line for line in lines if not line.lstrip().startswith("#")):
        yield _c01(
            subject,
            f"{section.question} is not answered: an agent guesses what a spec does not say",
            f"write {ASKS[section.question]}",
            line=section.line,
            quote=f"## {section.title}",
        )
        return
    for index, (title, line) in enumerate(section.subsections):
        after = section.subsections[index + 1][1] if index + 1 < len(section.subsections) else section.last_line + 1
        answer = lines[line + 1 - section.body_line : after - section.body_line]
        if not _says_something(answer):
            yield _c01(
                subject,
                f"{title} is asked but not answered",
                "answer it, or write why it does not apply; a sub-section that is not needed can be removed",
                line=line,
                quote=f"### {title}",
            )


def _says_something(lines: Iterable[str]) -> bool:
    """True when there is a letter, a digit or a symbol that is not list or table furniture."""
    return any(map(_SAID.search, lines))


def _subsections_of_template(subject: Subject) -> Iterator[Finding]:
    front = subject.spec.front
    template = subject.templates.get(front.kind) if front else None
    if template is None:
        return
    for question, titles in template.subsections.items():
        section = subject.spec.section(question)
        if section is None:
            continue
        present = {title.casefold() for title, _ in section.subsections}
        told = _TOLD_BY_OTHERS if in_english(subject, question) else frozenset[str]()
        for title in titles:
            if title.casefold() not in present | told:
                yield _c01(
                    subject,
                    f"{question} has no {title}: template {template.name} asks for it, because specs without it failed",
                    f"add ### {title} below ## {question}, answered or with the reason why it does not apply",
                    line=section.line,
                    quote=f"## {section.title}",
                    level=Level.WARNING,
                )


def _heading_written(subject: Subject, heading: Heading, name: str) -> Edit:
    last = heading.line + heading.underlined
    return Edit(
        line=heading.line, column=1, end_line=last, end_column=len(subject.lines[last - 1]) + 1, text=f"## {name}"
    )


def _below(subject: Subject, before: Section, question: Question) -> Edit:
    return added_below(subject, before.line, before.last_line, ["", f"## {question}"])


def _written(spec: Spec, heading: Heading) -> str:
    return heading.title if heading.underlined else f"## {heading.title}"


def _c01(
    subject: Subject,
    message: str,
    fix: str,
    *,
    line: int,
    quote: str = "",
    section: str | None = None,
    level: Level = Level.ERROR,
    edit: Edit | None = None,
) -> Finding:
    return found(subject, "C01", message, fix, line=line, quote=quote, section=section, level=level, edit=edit)


RULES = (
    Rule(
        "C01",
        Level.ERROR,
        "what a spec does not say, an agent guesses",
        seven_questions,
        waivable=False,
        requires="all seven questions are there, in order, each answered",
        example=Example(
            Question.WHO,
            good="An editor who has a word limit and wants to know, at the terminal, whether a text keeps it.",
            bad="<!-- nobody knows yet -->",
        ),
    ),
)
