"""A file that the program writes is there as a whole, or as it was."""

import os
from pathlib import Path

import pytest

from factory_tui.whole_file import file_beside, mode_of_new_files, replace_whole


def names(directory: Path) -> list[str]:
    return sorted(each.name for each in directory.iterdir())


def test_a_file_is_replaced_with_the_mode_that_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(b"before")
    replace_whole(path, b"after\r\n", 0o640)
    assert path.read_bytes() == b"after\r\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert names(tmp_path) == ["page"]


def test_whoever_has_the_file_open_reads_the_old_one_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(b"before")
    with path.open("rb") as reader:
        replace_whole(path, b"after", 0o600)
        assert reader.read() == b"before"


def test_what_cannot_take_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        replace_whole(path, b"after", 0o600)
    assert names(tmp_path) == ["page"]


def test_a_new_file_that_nobody_moves_is_gone_again(tmp_path: Path) -> None:
    with file_beside(tmp_path / "page", b"text", 0o600) as new:
        assert new.read_bytes() == b"text"
        assert new.parent == tmp_path
    assert names(tmp_path) == []


def test_a_name_as_long_as_file_systems_take_can_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / ("ä" * 127)
    replace_whole(path, b"text", 0o600)
    assert path.read_bytes() == b"text"


def test_the_mode_of_new_files_is_what_a_new_file_gets(tmp_path: Path) -> None:
    (tmp_path / "new").touch()
    assert os.stat(tmp_path / "new").st_mode & 0o777 == mode_of_new_files()
