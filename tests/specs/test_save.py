"""Saving a spec replaces the whole file or nothing, and never loses what another program wrote."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.spec import Status
from factory_tui.specs import (
    EditRefused,
    SpecChangedOutside,
    load_specs,
    read_spec,
    redrafted,
    save_spec,
    set_status,
)
from factory_tui.specs.writing import exchange, save
from factory_tui.whole_file import file_beside
from specs.texts import front_text, spec_text

Exchange = Callable[[Path, Path], None]


@pytest.fixture(params=["exchange", "replace"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to replace a file: in one step where the kernel can, and by renaming elsewhere."""
    if request.param == "replace":
        monkeypatch.setattr(exchange, "kernels_exchange", lambda: None)
    elif exchange.kernels_exchange() is None:
        pytest.skip("this kernel cannot exchange two names")


@pytest.fixture
def spec(tmp_path: Path, _way: None) -> Path:
    path = tmp_path / "specs" / "close-day.md"
    path.parent.mkdir()
    path.write_text(spec_text(), encoding="utf-8")
    return path


def left_over(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir() if each.name.startswith("."))


def test_the_text_is_replaced_and_the_mode_kept(spec: Path) -> None:
    spec.chmod(0o640)
    save_spec(spec, spec_text() + "more\n", spec_text())
    assert spec.read_text() == spec_text() + "more\n"
    assert spec.stat().st_mode & 0o777 == 0o640
    assert left_over(spec) == []


@pytest.mark.parametrize("text", ["\ufeffa\r\nb\r\n", "a\rb", "a\n\u2028b\x85\x0cc\n", ""])
def test_every_byte_is_kept(spec: Path, text: str) -> None:
    save_spec(spec, text, spec_text())
    assert spec.read_bytes() == text.encode()
    save_spec(spec, text + "x", text)
    assert spec.read_bytes() == (text + "x").encode()


def test_what_another_program_wrote_stays_and_is_told(spec: Path) -> None:
    spec.write_text("theirs\r\n", newline="")
    with pytest.raises(SpecChangedOutside) as caught:
        save_spec(spec, "mine\n", spec_text())
    assert caught.value.theirs == "theirs\r\n"
    assert spec.read_bytes() == b"theirs\r\n"
    assert left_over(spec) == []


@pytest.mark.parametrize("replacing", [True, False], ids=["by renaming", "in place"])
def test_a_writer_between_the_look_and_the_replacement_is_not_lost(
    spec: Path, monkeypatch: pytest.MonkeyPatch, replacing: bool
) -> None:
    @contextmanager
    def late(path: Path, data: bytes, mode: int, *, synced: bool) -> Iterator[Path]:
        with file_beside(path, data, mode, synced=synced) as new:
            if replacing:
                other = path.with_name("other")
                other.write_text("theirs\n")
                other.replace(path)
            else:
                path.write_text("theirs\n")
            yield new

    monkeypatch.setattr(save, "file_beside", late)
    with pytest.raises(SpecChangedOutside) as caught:
        save_spec(spec, "mine\n", spec_text())
    assert caught.value.theirs == "theirs\n"
    assert spec.read_text() == "theirs\n"
    assert left_over(spec) == []


@pytest.mark.skipif(exchange.kernels_exchange() is None, reason="only an exchange in one step can keep this promise")
def test_a_writer_in_the_very_last_moment_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_one_step = exchange.kernels_exchange()
    assert in_one_step is not None
    spec = tmp_path / "specs" / "close-day.md"
    spec.parent.mkdir()
    spec.write_text(spec_text(), encoding="utf-8")
    times = []

    def late(one: Path, other: Path) -> None:
        if not times:
            one.write_text("theirs\n")
        times.append(one)
        in_one_step(one, other)

    monkeypatch.setattr(exchange, "kernels_exchange", lambda: late)
    with pytest.raises(SpecChangedOutside) as caught:
        save_spec(spec, "mine\n", spec_text())
    assert caught.value.theirs == "theirs\n"
    assert spec.read_text() == "theirs\n"
    assert len(times) == 2


def test_a_file_system_that_cannot_exchange_is_written_all_the_same(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(one: Path, other: Path) -> None:
        raise OSError(errno.EINVAL, "not here")

    monkeypatch.setattr(exchange, "kernels_exchange", lambda: cannot)
    save_spec(spec, "mine\n", spec_text())
    assert spec.read_text() == "mine\n"


def test_a_spec_that_is_gone_is_told_and_written_again_when_asked(spec: Path) -> None:
    spec.rename(spec.with_name("other-name.md"))
    with pytest.raises(SpecChangedOutside) as caught:
        save_spec(spec, "mine\n", spec_text())
    assert caught.value.theirs is None
    assert not spec.exists()
    save_spec(spec, "mine\n", "")
    assert spec.read_text() == "mine\n"
    assert left_over(spec) == []


def test_a_spec_that_comes_back_meanwhile_is_not_overwritten(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec.unlink()
    link = os.link

    def late(source: Path, target: Path) -> None:
        target.write_text("theirs\n")
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(SpecChangedOutside) as caught:
        save_spec(spec, "mine\n", "")
    assert caught.value.theirs == "theirs\n"
    assert spec.read_text() == "theirs\n"


def test_a_directory_that_is_gone_is_said(spec: Path) -> None:
    spec.unlink()
    spec.parent.rmdir()
    with pytest.raises(EditRefused, match="directory is gone"):
        save_spec(spec, "mine\n", "")


def test_a_link_inside_is_followed_and_one_that_leaves_is_refused(spec: Path, tmp_path: Path) -> None:
    inside = tmp_path / "specs" / "linked.md"
    inside.symlink_to(spec)
    save_spec(inside, "mine\n", spec_text())
    assert inside.is_symlink()
    assert spec.read_text() == "mine\n"
    outside = tmp_path.parent / f"{tmp_path.name}-outside.md"
    outside.write_text("theirs\n")
    leaving = tmp_path / "specs" / "leaving.md"
    leaving.symlink_to(outside)
    with pytest.raises(EditRefused, match="leaves the workspace"):
        save_spec(leaving, "mine\n", "theirs\n")
    assert outside.read_text() == "theirs\n"


def test_a_read_only_file_is_refused_with_the_remedy(spec: Path) -> None:
    spec.chmod(0o444)
    with pytest.raises(EditRefused, match="read-only") as caught:
        save_spec(spec, "mine\n", spec_text())
    assert "chmod" in caught.value.todo
    assert spec.read_text() == spec_text()


def test_a_full_disk_leaves_the_spec_as_it_is(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EditRefused, match="No space left"):
        save_spec(spec, "mine\n", spec_text())
    assert spec.read_text() == spec_text()
    assert left_over(spec) == []


def test_what_is_no_file_any_more_is_refused(spec: Path) -> None:
    spec.unlink()
    spec.mkdir()
    with pytest.raises(EditRefused, match="not a regular file"):
        save_spec(spec, "mine\n", spec_text())


def test_bytes_that_are_no_text_are_never_half_taken(spec: Path) -> None:
    spec.write_bytes(b"\xff\xfe")
    with pytest.raises(EditRefused, match="UTF-8") as caught:
        save_spec(spec, "mine\n", spec_text())
    assert not isinstance(caught.value, SpecChangedOutside)
    assert spec.read_bytes() == b"\xff\xfe"


def test_a_text_that_could_not_be_read_again_is_not_written(spec: Path) -> None:
    with pytest.raises(EditRefused, match="larger than"):
        save_spec(spec, "x" * 1_000_001, spec_text())
    assert spec.read_text() == spec_text()


def test_a_status_set_meanwhile_counts_as_a_change(spec: Path) -> None:
    set_status(spec, Status.PARKED)
    with pytest.raises(SpecChangedOutside):
        save_spec(spec, spec_text() + "more\n", spec_text())
    assert read_spec(spec).front.status is Status.PARKED  # type: ignore[union-attr]


def test_files_of_a_save_that_was_cut_off_are_no_specs(spec: Path) -> None:
    spec.with_name(f".{spec.name}.abc.new").write_text(spec_text())
    assert list(load_specs(spec.parent.parent).specs) == ["close-day"]


READY = spec_text(front_text(status="ready"))


def test_a_ready_spec_that_asks_for_something_else_is_a_draft_again() -> None:
    path = Path("specs/close-day.md")
    changed = READY.replace("## WHO\n", "## WHO\nAnd others.\n")
    assert redrafted(path, READY, changed) == changed.replace("status: ready", "status: draft")
    crlf, crlf_changed = READY.replace("\n", "\r\n"), changed.replace("\n", "\r\n")
    assert redrafted(path, crlf, crlf_changed) == crlf_changed.replace("status: ready", "status: draft")


def test_what_does_not_change_the_version_stays_ready() -> None:
    path = Path("specs/close-day.md")
    other = READY.replace("status: ready", "status: ready\npriority: 0")
    assert redrafted(path, READY, other) == other


def test_a_status_that_the_operator_typed_is_kept() -> None:
    path = Path("specs/close-day.md")
    draft = spec_text(front_text(status="draft"))
    typed = READY.replace("## WHO\n", "## WHO\nAnd others.\n")
    assert redrafted(path, draft, typed) == typed


@given(st.text(alphabet="---\nidstatusready: #\t\r\ufeff", max_size=60))
def test_any_text_can_be_saved(text: str) -> None:
    path = Path("specs/close-day.md")
    assert redrafted(path, READY, text) == text
