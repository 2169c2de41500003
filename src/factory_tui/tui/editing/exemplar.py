"""How a spec that shipped with its first attempt answers the question where the cursor is."""

from collections.abc import Iterator, Sequence

from factory_tui.model.foreign import clean_line
from factory_tui.model.spec import Kind
from factory_tui.tui.editing.outline import Part, part_at, parts, question_of
from factory_tui.tui.look import BLANK, Line, Span, Tone, line
from factory_tui.tui.source import Exemplar
from factory_tui.tui.words import head


def exemplar_lines(found: Sequence[Part], row: int, kind: Kind, exemplar: Exemplar | None) -> Iterator[Line]:
    """The exemplar's answer to the same question, as it is written."""
    part = part_at(parts(found), row)
    yield head(clean_line(part.name, limit=40))
    if exemplar is None:
        yield line(Span(f"No {kind} spec to learn from: none has shipped with its first attempt yet.", Tone.DIM))
        return
    yield line(Span(f"of {exemplar.spec}, which shipped with its first attempt", Tone.DIM))
    yield BLANK
    question = question_of(part)
    answer = exemplar.answers.get(question, "").strip("\n") if question is not None else ""
    if question is None:
        yield line(Span("The cursor is in none of the seven answers.", Tone.DIM))
    elif not answer.strip():
        yield line(Span(f"It has no answer to {question}.", Tone.DIM))
    for each in answer.split("\n") if answer.strip() else ():
        yield line(each, indent=2)
