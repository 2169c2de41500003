"""A priority change edits one line of the front matter, with the care of a status change."""

from pathlib import Path

import pytest

from factory_tui.specs import EditRefused, read_spec, set_priority
from specs.texts import front_text, spec_text


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "specs" / "close-day.md"
    path.parent.mkdir()
    path.write_text(spec_text(), encoding="utf-8")
    return path


def front_priority(path: Path) -> int | None:
    front = read_spec(path).front
    return front.priority if front else None


def test_only_the_priority_changes_and_its_comment_stays(spec: Path) -> None:
    before = spec.read_text().replace("priority: 2", "priority: 3   # after the release")
    spec.write_text(before)
    for wanted in (0, 4):
        set_priority(spec, wanted)
        assert spec.read_text() == before.replace("priority: 3", f"priority: {wanted}")


def test_a_missing_line_is_added_where_the_template_has_it(spec: Path) -> None:
    text = spec_text(front_text(priority=None))
    assert "priority" not in text
    spec.write_text(text)
    set_priority(spec, 1)
    lines = spec.read_text().split("\n")
    assert lines[lines.index("priority: 1") - 1].startswith(("base:", "target:", "agent:"))
    assert front_priority(spec) == 1


@pytest.mark.parametrize("priority", [-1, 5, 12])
def test_a_priority_that_does_not_exist_is_refused(spec: Path, priority: int) -> None:
    before = spec.read_bytes()
    with pytest.raises(EditRefused, match="there is no priority"):
        set_priority(spec, priority)
    assert spec.read_bytes() == before


def test_a_file_that_changed_since_it_was_read_is_refused(spec: Path) -> None:
    seen = read_spec(spec).text
    spec.write_text(spec_text(WHO="Somebody else."))
    with pytest.raises(EditRefused, match="changed since it was read"):
        set_priority(spec, 0, seen=seen)
    assert front_priority(spec) != 0


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("priority: 1\npriority: 2", "two priority lines"),
        ("priority: [1]", "not a single word"),
        ("priority: |\n  1", "not a single word"),
        ("priority:\n  1", "does not stand on the line of its key"),
    ],
)
def test_a_line_that_cannot_be_edited_safely_is_refused(tmp_path: Path, head: str, says: str) -> None:
    path = tmp_path / "specs" / "x.md"
    path.parent.mkdir()
    path.write_text(f"---\nid: x\n{head}\n---\nbody")
    with pytest.raises(EditRefused, match=says):
        set_priority(path, 0)
    assert head in path.read_text()
