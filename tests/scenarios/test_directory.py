"""A directory of the operator read as an artifact."""

import os

import pytest

from factory_tui.sandbox.collect import Caps
from factory_tui.scenarios.directory import DirectoryUnreadable, read_directory


def test_regular_files_are_read_with_their_mode_and_caches_are_left_out(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "tool").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "tool").chmod(0o755)
    (tmp_path / "a.txt").write_bytes(b"\x00\xff")
    for name in (".git/config", ".GIT/x", "__pycache__/m.pyc", ".pytest_cache/v", "pkg/m.pyc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    artifact = read_directory(tmp_path)
    assert [(str(each.path), each.executable) for each in artifact] == [("a.txt", False), ("bin/tool", True)]
    assert artifact.files[0].content == b"\x00\xff"


def test_links_and_special_files_are_named_and_never_followed(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("kwyjibo")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "file").symlink_to(tmp_path / "outside" / "secret")
    (inside / "directory").symlink_to(tmp_path / "outside")
    (inside / "loop").symlink_to(inside)
    os.mkfifo(inside / "pipe")
    artifact = read_directory(inside)
    assert artifact.files == ()
    assert artifact.dropped == tuple(f"{name}: not a regular file" for name in ("directory", "file", "loop", "pipe"))


@pytest.mark.parametrize("caps", [Caps(bytes=10), Caps(entries=1), Caps(depth=1)])
def test_a_directory_beyond_the_caps_is_refused_with_what_to_do(tmp_path, caps):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "one").write_text("123456")
    (tmp_path / "two").write_text("123456")
    with pytest.raises(DirectoryUnreadable, match=r"more than .*\n."):
        read_directory(tmp_path, caps)


def test_what_is_no_directory_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    for name in ("file", "nothing"):
        with pytest.raises(DirectoryUnreadable, match="not a directory"):
            read_directory(tmp_path / name)


def test_a_name_that_is_not_utf8_is_left_out_and_named(tmp_path):
    (tmp_path / "kept").write_text("x")
    with open(os.fsencode(tmp_path) + b"/caf\xe9", "wb"):
        pass
    artifact = read_directory(tmp_path)
    assert [str(each.path) for each in artifact] == ["kept"]
    assert artifact.dropped == ("caf\\xe9: name is not UTF-8",)
    assert artifact.hash


def test_directories_without_end_are_refused(tmp_path):
    tmp_path.joinpath(*["d"] * 60).mkdir(parents=True)
    with pytest.raises(DirectoryUnreadable, match="40 levels"):
        read_directory(tmp_path)
