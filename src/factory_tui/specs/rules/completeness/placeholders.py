"""C02: no placeholder and no untouched line of the template stands where an answer should be."""

from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Question
from factory_tui.specs.reading.placeholders import Placeholder, placeholder_in
from factory_tui.specs.rules.rule import Example, Rule, Subject, found


def no_placeholders(subject: Subject) -> Iterator[Finding]:
    """C02: no TBD, no `<angle>` placeholder, no line of the template left as it was."""
    for each in subject.placeholders:
        yield (
            _untouched(subject, each)
            if each.is_of_template
            else _placeholder(subject, each.line, each.column, each.text)
        )
    yield from _front_matter_placeholders(subject)


def _untouched(subject: Subject, place: Placeholder) -> Finding:
    return found(
        subject,
        "C02",
        "this line of the template was left as it is: an agent takes it for the answer, or guesses",
        "replace it with the answer, or remove the line",
        line=place.line,
        column=place.column,
        quote=place.text,
    )


def _placeholder(subject: Subject, line: int, column: int, quote: str, section: str | None = None) -> Finding:
    if quote.startswith("<"):
        fix = "write the answer; if the text is meant as it stands (a name in a usage line), put it in `backticks`"
    else:
        fix = "write the answer; if it is not known, decide it now or move it out of scope"
    return found(
        subject,
        "C02",
        f"{quote[:40]} stands where an answer should be: an agent guesses what a spec leaves open",
        fix,
        line=line,
        column=column,
        quote=quote,
        section=section,
    )


def _front_matter_placeholders(subject: Subject) -> Iterator[Finding]:
    front = subject.spec.front
    if front is None:
        return
    for key, value in (("title", front.title), ("target", front.target)):
        open_place = placeholder_in(value)
        line = subject.spec.front_lines.get(key)
        if line and open_place:
            column = subject.lines[line - 1].find(open_place) + 1
            yield _placeholder(subject, line, max(1, column), open_place)


RULES = (
    Rule(
        "C02",
        Level.ERROR,
        "a placeholder is a question that nobody answered",
        no_placeholders,
        requires="no placeholder and no line of the template left as it was",
        example=Example(
            Question.WHAT,
            good="A command `count-words` that prints how many words a text file holds.",
            bad="A command `count-words` that prints how many words a file of TBD holds.",
        ),
    ),
)
