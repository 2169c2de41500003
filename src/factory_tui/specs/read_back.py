"""A read-back beside the text that it is about: what of it the spec answers by now, and answers written into it."""

from pathlib import Path

from factory_tui.model.question import AgentQuestion
from factory_tui.model.readback import ReadBack, ReadBackQuestion
from factory_tui.model.spec import Spec
from factory_tui.specs.library import read_bytes, read_spec
from factory_tui.specs.parse import BOM
from factory_tui.specs.reading.quotes import Quotes
from factory_tui.specs.writing.answers import said_in, with_answer
from factory_tui.specs.writing.head import redrafted
from factory_tui.specs.writing.save import save_spec


def beside(read_back: ReadBack, spec: Spec) -> ReadBack:
    """The read-back with the answers that stand in the spec, and with the lines on which its quotes stand now.

    A quote that the spec no longer has keeps the line that it had.
    """
    quotes = Quotes(spec)
    questions = tuple(
        each.model_copy(
            update={
                "answered": said_in(spec, each.section, each.text),
                "line": quotes.line_of(each.quote, each.section) or each.line,
            }
        )
        for each in read_back.questions
    )
    return read_back.model_copy(update={"questions": questions})


def with_read_back_answer(spec: Spec, question: ReadBackQuestion, answer: str) -> str:
    """The text of the spec with the answer below the section that the question names.

    Raises:
        EditRefused: the spec has no such section.
    """
    return with_answer(spec, AgentQuestion(text=question.text, section=question.section), answer)


def answer_read_back(path: Path, question: ReadBackQuestion, answer: str) -> bool:
    """Write an answer into a spec's file; True when that made a Ready spec a draft again, as any other edit would.

    Raises:
        SpecUnreadable: the file is gone or cannot be read.
        EditRefused: the section is gone, the file changed meanwhile, or it cannot be written.
    """
    spec = read_spec(path)
    # A byte order mark is no part of a spec's text, but stays in its file.
    mark = BOM if read_bytes(path).startswith(BOM.encode()) and not spec.text.startswith(BOM) else ""
    answered = with_read_back_answer(spec, question, answer)
    after = redrafted(path, spec.text, answered)
    save_spec(path, mark + after, mark + spec.text)
    return after != answered
