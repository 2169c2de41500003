"""The decision records can be found, and say what was decided, why, and what it costs."""

import re
from pathlib import Path

import pytest

DIRECTORY = Path(__file__).parents[1] / "docs" / "decisions"
RECORDS = sorted(DIRECTORY.glob("[0-9]*.md"))


def title(record: Path) -> str:
    return record.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem[:4])
def test_a_record_says_what_was_decided_why_and_its_price(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert title(record).startswith(f"{record.name[:4]} ")
    assert [part for part in ("Decision", "Why", "Price") if not re.search(rf"^\*\*{part}\b", text, re.MULTILINE)] == []


def test_the_index_lists_every_record_and_no_number_twice() -> None:
    listed = re.findall(r"^- \[(.+)\]\((.+)\)$", (DIRECTORY / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [(title(record), record.name) for record in RECORDS]
    assert len({record.name[:4] for record in RECORDS}) == len(RECORDS)
