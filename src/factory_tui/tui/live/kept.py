"""The triage list as it was read last, kept beside the engine's files.

The rooms that read and judge specs take longer to import than the whole of the first screen. As long as nothing changed
that a triage depends on, its rows are taken from here and those rooms stay unloaded.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Set
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

import factory_tui
from factory_tui.config import Settings
from factory_tui.model.views import SpecRow
from factory_tui.regular_file import read_regular
from factory_tui.whole_file import replace_whole

PLACE = Path(".factory") / "triage.json"

_MODE = 0o600

SIZE_LIMIT = 64 * 1024 * 1024
"""Bytes; beyond it reading the specs anew is no slower."""

JUDGES = ("model", "scenarios", "specs", "config.py")
"""What decides about findings, as parts of the program: after an upgrade nothing that was kept counts."""

Stat = tuple[str, int, int]
"""Path, modification time and size of a file."""

Signature = frozenset[Stat]
"""Every file that a triage depends on."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    of: str
    rows: list[SpecRow]


def signature(folders: Iterable[Path]) -> Signature:
    """Of the files below these folders; what vanishes meanwhile is left out."""
    return frozenset(each for folder in folders for each in _stats(folder))


def digest(files: Signature, settings: Settings, versions: Set[tuple[str, str]] = frozenset()) -> str:
    """Names what a triage depends on: the files, the settings, the earlier versions (spec and hash), the program."""
    program = Path(factory_tui.__file__).parent
    parts = (settings.model_dump_json(), *(repr(sorted(each)) for each in (files, versions, _program(program))))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def recall(workspace: Path, of: str) -> list[SpecRow] | None:
    """The rows that were kept for exactly this; None when there are none."""
    try:
        kept = _Kept.model_validate_json(read_regular(workspace / PLACE, SIZE_LIMIT))
    except (OSError, ValidationError):
        return None
    return kept.rows if kept.of == of else None


def keep(workspace: Path, of: str, rows: list[SpecRow]) -> None:
    """Keep the rows for the next start; a place that cannot be written, or is not there yet, is left alone."""
    place = workspace / PLACE
    with suppress(OSError):
        replace_whole(place, _Kept(of=of, rows=rows).model_dump_json().encode(), _MODE)


def _program(package: Path) -> Iterator[Stat]:
    for name in JUDGES:
        part = package / name
        if part.is_dir():
            yield from (each for each in _stats(part) if "__pycache__" not in each[0])
        else:
            status = part.stat()
            yield (str(part), status.st_mtime_ns, status.st_size)


def _stats(folder: Path) -> Iterator[Stat]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _stats(Path(entry.path))
            else:
                status = entry.stat()
                yield (entry.path, status.st_mtime_ns, status.st_size)
        except OSError:
            continue
