"""Unsaved text on disk, readable by the operator only: what was typed outlives the terminal and the process."""

import errno
import os
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from factory_tui.regular_file import read_regular
from factory_tui.tui.source import Draft
from factory_tui.whole_file import replace_whole

_MODE = 0o600
_MOST_BYTES = 4_000_000


class Drafts:
    """`.factory/drafts/`: `<id>.md` is what was typed, `<id>.md.seen` the file it was typed over.

    Texts that lost to another one are `<id>.mine-<time>.md` and `<id>.theirs-<time>.md`; nothing deletes those.
    """

    def __init__(self, workspace: Path) -> None:
        self._folder = workspace / ".factory" / "drafts"

    def read(self, spec: str) -> Draft | None:
        """The draft of a spec. Raises `OSError`, not for one that is missing or no text."""
        path = self._path(spec)
        try:
            when = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
            return Draft(_read(path), _read(path.with_name(f"{path.name}.seen")), when)
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def names(self) -> frozenset[str]:
        """Specs that have a draft."""
        try:
            files = set(os.listdir(self._own_folder()))
        except OSError:
            return frozenset()
        return frozenset(each.removesuffix(".md") for each in files if f"{each}.seen" in files)

    def keep(self, spec: str, text: str, seen: str) -> None:
        """Replace the draft of a spec. The base comes first: a draft without it is not read."""
        path = self._path(spec)
        base = path.with_name(f"{path.name}.seen")
        if not base.is_file() or base.is_symlink() or _read(base) != seen:
            self._write(base, seen)
        self._write(path, text)

    def drop(self, spec: str) -> None:
        path = self._path(spec)
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}.seen").unlink(missing_ok=True)

    def set_aside(self, spec: str, text: str, whose: str) -> Path:
        """Keep a text for good; the file that holds it."""
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        names = (f"{spec}.{whose}-{stamp}{f'-{number}' if number > 1 else ''}.md" for number in count(1))
        path = next(path for name in names if not os.path.lexists(path := self._own_folder() / name))
        self._write(path, text)
        return path

    def _path(self, spec: str) -> Path:
        return self._own_folder() / f"{spec}.md"

    def _own_folder(self) -> Path:
        """Raises `OSError` for a link: drafts are replaced and deleted, and behind it may be the specs themselves."""
        if self._folder.is_symlink():
            raise OSError(errno.ELOOP, "Is a link, and drafts are kept in a directory only", str(self._folder))
        return self._folder

    def _write(self, path: Path, text: str) -> None:
        """As a whole: an editor that is killed while it writes leaves the text of a moment before."""
        self._folder.parent.mkdir(mode=0o700, exist_ok=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        replace_whole(path, text.encode("utf-8"), _MODE)


def _read(path: Path) -> str:
    """What the editor wrote: it never makes a link, and never a file larger than any that it opens."""
    if path.is_symlink():
        raise FileNotFoundError(errno.ENOENT, "Is a link", str(path))
    data = read_regular(path, _MOST_BYTES)
    if len(data) > _MOST_BYTES:
        raise FileNotFoundError(errno.EFBIG, "Is too large", str(path))
    return data.decode("utf-8")
