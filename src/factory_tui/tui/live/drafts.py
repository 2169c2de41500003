"""Unsaved text on disk, readable by the operator only: what was typed outlives the terminal and the process."""

import errno
import fcntl
import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

from factory_tui.regular_file import read_regular
from factory_tui.tui.source import Draft
from factory_tui.whole_file import replace_whole

_MODE = 0o600
_MOST_BYTES = 4_000_000
_A_DRAFT = re.compile(r"^([^.]+)\.md(?:\.\d{1,2})?$")

MOST_EDITORS = 20
"""Of one spec at a time; beyond it they share a draft."""


class Drafts:
    """`.factory/drafts/`: `<id>.md` is what was typed, `<id>.md.seen` the file it was typed over.

    Where two processes edit one spec, the second one has `<id>.md.2`, and so on. A process locks the draft that it
    keeps for as long as it lives; one that nobody has locked was left behind. Texts that lost to another one are
    `<id>.mine-<time>.md` and `<id>.theirs-<time>.md`; nothing deletes those.
    """

    def __init__(self, workspace: Path) -> None:
        self._folder = workspace / ".factory" / "drafts"
        self._held: dict[str, _Held] = {}
        """Spec → the draft that this process keeps."""

    def read(self, spec: str) -> Draft | None:
        """What this process kept, else what another one left behind. Raises `OSError`, not for what is no text."""
        folder, held = self._own_folder(), self._held.get(spec)
        if held is not None:
            return _draft(held.path)
        for path in filter(os.path.lexists, _places(folder, spec)):
            lock = _locked(path)
            if lock is not None:
                self._held[spec] = _Held(path, lock)
                draft = _draft(path)
                if draft is not None:
                    return draft
                self._let_go(spec)
        return None

    def names(self) -> frozenset[str]:
        """Specs that have a draft, of this process or of another one."""
        try:
            files = set(os.listdir(self._own_folder()))
        except OSError:
            return frozenset()
        return frozenset(match[1] for each in files if (match := _A_DRAFT.match(each)) and f"{each}.seen" in files)

    def keep(self, spec: str, text: str, seen: str) -> None:
        """Replace the draft of a spec. The base comes first: a draft without it is not read."""
        self._own_folder()
        path = (self._held.get(spec) or self._hold_new(spec)).path
        base = _seen(path)
        if not base.is_file() or base.is_symlink() or _read(base) != seen:
            self._write(base, seen)
        self._write(path, text)

    def drop(self, spec: str) -> None:
        """Forget what this process keeps, or has read."""
        self._own_folder()
        held = self._held.get(spec)
        if held is not None:
            held.path.unlink(missing_ok=True)
            _seen(held.path).unlink(missing_ok=True)
            self._let_go(spec)

    def close(self) -> None:
        """Leave what is kept to whoever edits next."""
        for spec in list(self._held):
            self._let_go(spec)

    def set_aside(self, spec: str, text: str, whose: str) -> Path:
        """Keep a text for good; the file that holds it."""
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        names = (f"{spec}.{whose}-{stamp}{f'-{number}' if number > 1 else ''}.md" for number in count(1))
        path = next(path for name in names if not os.path.lexists(path := self._own_folder() / name))
        self._write(path, text)
        return path

    def _hold_new(self, spec: str) -> "_Held":
        """A draft that nobody has, and that holds nothing: what was left behind is not written over unread."""
        self._make_folder()
        places = _places(self._folder, spec)
        for path in places:
            if not os.path.lexists(path) and (lock := _locked(path)) is not None:
                return self._held.setdefault(spec, _Held(path, lock))
        return self._held.setdefault(spec, _Held(places[0], None))

    def _let_go(self, spec: str) -> None:
        held = self._held.pop(spec)
        if held.lock is not None:
            _lock_of(held.path).unlink(missing_ok=True)
            os.close(held.lock)

    def _own_folder(self) -> Path:
        """Raises `OSError` for a link: drafts are replaced and deleted, and behind it may be the specs themselves."""
        if self._folder.is_symlink():
            raise OSError(errno.ELOOP, "Is a link, and drafts are kept in a directory only", str(self._folder))
        return self._folder

    def _make_folder(self) -> None:
        self._folder.parent.mkdir(mode=0o700, exist_ok=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)

    def _write(self, path: Path, text: str) -> None:
        """As a whole and on the disk: an editor that is killed while it writes leaves the text of a moment before."""
        self._make_folder()
        replace_whole(path, text.encode("utf-8"), _MODE, synced=True)


class _Held(NamedTuple):
    """A draft of this process."""

    path: Path
    lock: int | None
    """Handle; None where there are no locks."""


def _places(folder: Path, spec: str) -> list[Path]:
    first = folder / f"{spec}.md"
    return [first, *(folder / f"{spec}.md.{number}" for number in range(2, MOST_EDITORS + 1))]


def _seen(path: Path) -> Path:
    return path.with_name(f"{path.name}.seen")


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def _locked(path: Path) -> int | None:
    """A handle that keeps others from a draft while it is open; None while another process has one."""
    place = _lock_of(path)
    handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, _MODE)
    with suppress(FileNotFoundError):
        # Whoever had it may have taken the file away in between: then this is a lock on nothing.
        if _is_free(handle) and os.path.samestat(os.fstat(handle), place.lstat()):
            return handle
    os.close(handle)
    return None


def _is_free(handle: int) -> bool:
    """Take the lock. Where the file system knows none, a draft is shared rather than lost."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _draft(path: Path) -> Draft | None:
    """Raises `OSError` for what cannot be read at all."""
    try:
        when = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
        return Draft(_read(path), _read(_seen(path)), when)
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _read(path: Path) -> str:
    """What the editor wrote: it never makes a link, and never a file larger than any that it opens."""
    if path.is_symlink():
        raise FileNotFoundError(errno.ENOENT, "Is a link", str(path))
    data = read_regular(path, _MOST_BYTES)
    if len(data) > _MOST_BYTES:
        raise FileNotFoundError(errno.EFBIG, "Is too large", str(path))
    return data.decode("utf-8")
