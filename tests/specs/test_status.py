"""A status change edits one line of the front matter and keeps every other byte."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.spec import Status
from factory_tui.specs import EditRefused, SpecUnreadable, read_spec, set_status
from specs.texts import front_text, spec_text


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "specs" / "close-day.md"
    path.parent.mkdir()
    path.write_text(spec_text(), encoding="utf-8")
    return path


def test_only_the_status_changes(spec: Path) -> None:
    before = spec.read_bytes()
    set_status(spec, Status.READY)
    assert spec.read_bytes() == before.replace(b"status: draft", b"status: ready")


@pytest.mark.parametrize(
    ("head", "after"),
    [
        (b"status: draft  # why", b"status: ready  # why"),
        (b"status:   draft", b"status:   ready"),
        (b"status: 'draft'", b"status: ready"),
        (b'"status": draft', b'"status": ready'),
        (b"status:", b"status: ready"),
        (b"status: ~", b"status: ready"),
        (b"status: nonsense", b"status: ready"),
        (b"title: status is fine\nstatus: draft", b"title: status is fine\nstatus: ready"),
    ],
)
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_comments_quotes_line_ends_and_bom_are_kept(
    tmp_path: Path, head: bytes, after: bytes, newline: bytes, bom: bytes
) -> None:
    path = tmp_path / "specs" / "x.md"
    path.parent.mkdir()
    text = b"---\nid: x\n%s\nkind: feature # \xc3\xa9\n---\nBody \xe2\x80\xa6\nstatus: draft\n\n"
    path.write_bytes(bom + (text % head).replace(b"\n", newline))
    set_status(path, Status.READY)
    assert path.read_bytes() == bom + (text % after).replace(b"\n", newline)


@pytest.mark.parametrize("head", [b"status: draft", b"status:", b"priority: 2"])
def test_line_ends_of_old_machines_are_line_ends(spec: Path, head: bytes) -> None:
    before = spec.read_bytes().replace(b"status: draft", head).replace(b"\n", b"\r")
    spec.write_bytes(before)
    set_status(spec, Status.READY)
    after = before.replace(b"status: draft", b"status: ready").replace(b"status:\r", b"status: ready\r")
    assert b"\rstatus: ready\r" in spec.read_bytes()
    if head != b"priority: 2":
        assert spec.read_bytes() == after


def test_a_missing_line_is_added_below_the_category(spec: Path) -> None:
    text = spec_text(front_text(status=None))
    spec.write_bytes(text.replace("\n", "\r\n").encode())
    set_status(spec, Status.PARKED)
    wanted = text.replace("category: crud\n", "category: crud\nstatus: parked\n")
    assert spec.read_bytes() == wanted.replace("\n", "\r\n").encode()


def test_a_missing_line_is_added_at_the_end_when_the_key_above_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "specs" / "x.md"
    path.parent.mkdir()
    path.write_text("---\nid:\n  x\n---\nbody", encoding="utf-8")
    set_status(path, Status.READY)
    assert path.read_text(encoding="utf-8") == "---\nid:\n  x\nstatus: ready\n---\nbody"


def test_the_mode_is_kept_and_nothing_is_left_behind(spec: Path) -> None:
    spec.chmod(0o640)
    set_status(spec, Status.READY)
    assert spec.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in spec.parent.iterdir()] == ["close-day.md"]


def test_a_file_that_changed_since_it_was_read_is_refused(spec: Path) -> None:
    seen = read_spec(spec).text
    spec.write_text(spec_text(WHO="Somebody else."), encoding="utf-8")
    with pytest.raises(EditRefused, match="changed since it was read"):
        set_status(spec, Status.READY, seen=seen)
    assert "Somebody else." in spec.read_text(encoding="utf-8")


def test_what_was_seen_ignores_the_bom(spec: Path) -> None:
    spec.write_bytes(b"\xef\xbb\xbf" + spec.read_bytes())
    set_status(spec, Status.READY, seen=read_spec(spec).text)
    assert read_spec(spec).front is not None


def test_a_link_out_of_the_workspace_is_refused(spec: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("elsewhere") / "close-day.md"
    outside.write_bytes(spec.read_bytes())
    spec.unlink()
    spec.symlink_to(outside)
    with pytest.raises(EditRefused, match="leaves the workspace"):
        set_status(spec, Status.READY)
    assert b"status: draft" in outside.read_bytes()


def test_a_link_inside_the_workspace_is_followed_and_stays_a_link(spec: Path) -> None:
    real = spec.parent.parent / "drafts.md"
    spec.rename(real)
    spec.symlink_to(real)
    set_status(spec, Status.READY)
    assert spec.is_symlink()
    assert b"status: ready" in real.read_bytes()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("body", "no front matter"),
        ("---\nid: x\n", "no front matter"),
        ("---\n{id: x, status: draft}\n---\n", "not one key a line"),
        ("---\n- x\n---\n", "not one key a line"),
        ("---\nid: [\n---\n", "not valid YAML"),
        ("---\nstatus: draft\nstatus: ready\n---\n", "two status lines"),
        ("---\nstatus: [draft]\n---\n", "not a single word"),
        ("---\nstatus: |\n  draft\n---\n", "not a single word"),
        ("---\nstatus:\n  draft\n---\n", "does not stand on the line of its key"),
    ],
)
def test_a_head_that_cannot_be_edited_safely_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "specs" / "x.md"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EditRefused, match=says):
        set_status(path, Status.READY)
    assert path.read_text(encoding="utf-8") == text


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(SpecUnreadable, match="no such file"):
        set_status(tmp_path / "specs" / "x.md", Status.READY)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_directory_that_cannot_be_written_is_refused(spec: Path) -> None:
    spec.parent.chmod(0o500)
    try:
        with pytest.raises(EditRefused, match="cannot be written"):
            set_status(spec, Status.READY)
    finally:
        spec.parent.chmod(0o700)


KEYS = st.dictionaries(
    st.sampled_from(["id", "title", "kind", "category", "note", "other"]),
    st.text(alphabet="abc: #'\"[]{}é…-", max_size=12),
    max_size=6,
)


@given(
    keys=KEYS,
    status=st.sampled_from([None, "draft", "ready", "'parked'"]),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    body=st.text(max_size=40),
)
def test_whatever_the_file_a_change_is_one_line_or_refused(
    tmp_path_factory: pytest.TempPathFactory, keys: dict[str, str], status: str | None, newline: str, body: str
) -> None:
    path = tmp_path_factory.mktemp("w") / "specs" / "x.md"
    path.parent.mkdir()
    lines = ["---", *(f"{key}: {value}" for key, value in keys.items())]
    lines += [f"status: {status}"] if status else []
    before = newline.join([*lines, "---", body])
    path.write_text(before, encoding="utf-8", newline="")
    try:
        set_status(path, Status.READY)
    except EditRefused:
        assert path.read_bytes().decode() == before
        return
    after = path.read_bytes().decode()
    kept = [line for line in after.split(newline) if not line.startswith("status:")]
    assert kept == [line for line in before.split(newline) if not line.startswith("status:")]
    assert "status: ready" in after
