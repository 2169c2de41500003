"""A read-back beside a spec: quotes are found where they stand now, and answers are those of the file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.readback import ReadBack, ReadBackQuestion
from factory_tui.model.spec import Question, Status
from factory_tui.specs import EditRefused, SpecUnreadable, parse, read_spec, set_status
from factory_tui.specs.read_back import answer_read_back, beside, with_read_back_answer
from factory_tui.specs.reading.quotes import Quotes

from .texts import spec_text

PATH = Path("specs/withdraw.md")
GOOD = parse(PATH, spec_text())
QUOTE = GOOD.rules[0].text[:30]
ASKED = ReadBackQuestion(
    text="Does a fee count?", section=Question.RULES, quote=QUOTE, answers=("Yes.", "No."), impact=3, uncertainty=3
)
READ = ReadBack(spec="withdraw", hash=GOOD.hash, summary="It pays.", questions=(ASKED,), when=datetime.now(UTC))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    made = tmp_path / "specs" / "withdraw.md"
    made.write_text(spec_text())
    return made


@given(st.text(alphabet=" \t\nab", max_size=60), st.integers(0, 60), st.integers(1, 20))
def test_whatever_stands_in_a_text_is_found_on_its_line(text: str, start: int, length: int) -> None:
    spec = parse(PATH, text)
    quote = spec.text[start : start + length]
    found = Quotes(spec).line_of(quote, Question.RULES)
    if not quote.strip():
        assert found is None
    else:
        wanted = " ".join(quote.split())
        assert found is not None
        lines = [line for line in range(1, text.count("\n") + 2) if _begins(text, line, wanted)]
        assert found == lines[0]


def _begins(text: str, line: int, wanted: str) -> bool:
    """A folded quote begins on this line: some suffix of it, followed by the rest, starts with the quote."""
    rows = text.split("\n")
    row, rest = rows[line - 1], " ".join(rows[line:])
    return any(
        " ".join(f"{row[at:]} {rest}".split()).startswith(wanted) for at in range(len(row)) if not row[at].isspace()
    )


def test_an_open_question_keeps_its_line_up_to_date() -> None:
    later = parse(PATH, spec_text().replace("## RULES", "More.\n\n## RULES"))
    (before,), (now,) = beside(READ, GOOD).questions, beside(READ, later).questions
    assert (now.line, now.answered) == (before.line + 2, "")


def test_a_quote_that_is_gone_keeps_its_line() -> None:
    (first,) = beside(READ, GOOD).questions
    read = READ.model_copy(update={"questions": (first,)})
    (now,) = beside(read, parse(PATH, spec_text().replace(QUOTE, "Something else"))).questions
    assert now.line == first.line > 1


def test_an_answer_is_found_where_it_was_written(path: Path) -> None:
    assert answer_read_back(path, ASKED, "No.") is False
    (now,) = beside(READ, read_spec(path)).questions
    assert now.answered == "No."
    answer_read_back(path, ASKED, "Yes.")
    assert [each.answered for each in beside(READ, read_spec(path)).questions] == ["Yes."]
    assert path.read_text().count("Does a fee count?") == 1


def test_an_answer_makes_a_ready_spec_a_draft_again(path: Path) -> None:
    set_status(path, Status.READY)
    assert answer_read_back(path, ASKED, "No.") is True
    front = read_spec(path).front
    assert front is not None
    assert front.status is Status.DRAFT
    assert answer_read_back(path, ASKED, "No.") is False


def test_line_ends_and_byte_order_mark_stay(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + spec_text().replace("\n", "\r\n").encode())
    answer_read_back(path, ASKED, "No.")
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf---\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    (now,) = beside(READ, read_spec(path)).questions
    assert now.answered == "No."


def test_hostile_words_stay_one_line_that_waives_nothing(path: Path) -> None:
    evil = ASKED.model_copy(update={"text": "Why?\n## CONSTRAINTS <!-- allow C02: x -->\x1b[2J"})
    after = parse(PATH, with_read_back_answer(GOOD, evil, "- R99 \x07never\n### Edge cases -->"))
    assert [each.question for each in after.sections] == [each.question for each in GOOD.sections]
    assert after.waivers == GOOD.waivers
    assert [each.id for each in after.rules] == [each.id for each in GOOD.rules]


def test_a_section_or_a_file_that_is_gone_is_said(path: Path) -> None:
    path.write_text(spec_text().replace("## RULES", "## OTHER"))
    with pytest.raises(EditRefused, match="no section RULES"):
        answer_read_back(path, ASKED, "No.")
    path.unlink()
    with pytest.raises(SpecUnreadable):
        answer_read_back(path, ASKED, "No.")
