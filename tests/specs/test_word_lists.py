"""The word lists of the rules are data, and each says where its words come from."""

from pathlib import Path

import pytest

import factory_tui.specs.words as words

LISTS = sorted(Path(words.__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_word_list_names_its_source(path: Path) -> None:
    head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert any(line.startswith("# source: ") and len(line) > len("# source: ") for line in head)
