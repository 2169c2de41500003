"""The operator's answers to agents' questions, written into the spec where the next agent reads them."""

from pathlib import Path

from factory_tui.model.foreign import clean_line
from factory_tui.model.question import AgentQuestion
from factory_tui.model.spec import Question, Section, Spec
from factory_tui.specs.errors import EditRefused
from factory_tui.specs.library import read_bytes, read_spec
from factory_tui.specs.parse import ANSWERED, ASKED, BOM, SAID
from factory_tui.specs.reading.lines import line_ends, split_lines
from factory_tui.specs.writing.save import save_spec

LONGEST = 1000
"""Characters of a question or an answer that are written."""


def write_answer(path: Path, question: AgentQuestion, answer: str) -> None:
    """Add question and answer to the section that the question names, and save the file.

    Raises:
        SpecUnreadable: the file is gone or cannot be read.
        EditRefused: the section is gone, the file changed meanwhile, or it cannot be written.
    """
    spec = read_spec(path)
    # A byte order mark is no part of a spec's text, but stays in its file.
    mark = BOM if read_bytes(path).startswith(BOM.encode()) and not spec.text.startswith(BOM) else ""
    save_spec(path, mark + with_answer(spec, question, answer), mark + spec.text)


def with_answer(spec: Spec, question: AgentQuestion, answer: str) -> str:
    """The text of the spec with the answer in it; one that stands there already is replaced.

    Raises:
        EditRefused: the spec has no such section.
    """
    section = spec.section(question.section)
    if section is None:
        raise EditRefused(
            spec.path, f"it has no section {question.section}", "write the section, or edit the answer in"
        )
    asked, said = f"{ASKED}{_inert(question.text)}", f"{SAID}{_inert(answer)}"
    lines = split_lines(spec.text)
    heading, end = _answers(section, lines)
    if heading is None:
        return _replaced(spec.text, end, end, ["", f"### {ANSWERED}", "", asked, said])
    known = next((at for at in range(heading, end) if lines[at] == asked), None)
    if known is None:
        return _replaced(spec.text, end, end, [asked, said])
    until = known + 2 if known + 1 < end and lines[known + 1].startswith(SAID) else known + 1
    return _replaced(spec.text, known, until, [asked, said])


def said_in(spec: Spec, section: Question, question: str) -> str:
    """The answer to a question that stands in a section, as it was written; empty when there is none."""
    found = spec.section(section)
    if found is None:
        return ""
    lines = split_lines(spec.text)
    heading, end = _answers(found, lines)
    asked = f"{ASKED}{_inert(question)}"
    for at in range(heading if heading is not None else end, end - 1):
        if lines[at].rstrip() == asked and lines[at + 1].startswith(SAID):
            return lines[at + 1].removeprefix(SAID).strip()
    return ""


def _replaced(text: str, first: int, after: int, new: list[str]) -> str:
    """`text` with the lines from 0-based `first` up to `after` replaced; every other byte stays."""
    starts = [0, *line_ends(text)]
    newline = "\r\n" if "\r\n" in text else "\n"
    start = starts[first] if first < len(starts) else len(text)
    stop = starts[after] if after < len(starts) else len(text)
    before = text[:start] if start == 0 or text[start - 1] in "\r\n" else text[:start] + newline
    return before + "".join(line + newline for line in new) + text[stop:]


def _answers(section: Section, lines: list[str]) -> tuple[int | None, int]:
    """0-based index below the heading of the answers (None: there is none yet), and where the next line goes."""
    last = min(section.last_line, len(lines))
    heading = next((line for title, line in section.subsections if title == ANSWERED), None)
    if heading is not None:
        last = min((line - 1 for _, line in section.subsections if line > heading), default=last)
    while last > section.line and not lines[last - 1].strip():
        last -= 1
    return heading, last


def _inert(text: str) -> str:
    """Foreign words as one line that opens no comment, so that they cannot waive a finding."""
    return clean_line(text, limit=LONGEST).replace("<!--", "<! --").replace("-->", "-- >")
