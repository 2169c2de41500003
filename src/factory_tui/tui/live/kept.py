"""The triage list as it was read last, kept beside the engine's files.

The rooms that read and judge specs take longer to import than the whole of the first screen. As long as nothing changed
that a triage depends on, its rows are taken from here and those rooms stay unloaded.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Set
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

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

JUDGES = ("model", "scenarios", "specs", "config")
"""What decides about findings, as parts of the program: after an upgrade nothing that was kept counts."""

AnyKept = TypeVar("AnyKept", bound="Kept")

Stat = tuple[str, int, int]
"""Path, modification time and size of a file."""

Signature = frozenset[Stat]
"""Every file that a triage depends on."""


class Kept(BaseModel):
    """What is kept, and what it was made from."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    of: str


class _KeptRows(Kept):
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
    kept = recall_kept(workspace / PLACE, _KeptRows, of)
    return kept.rows if kept is not None else None


def keep(workspace: Path, of: str, rows: list[SpecRow]) -> None:
    """Keep the rows for the next start."""
    keep_kept(workspace / PLACE, _KeptRows(of=of, rows=rows))


def recall_kept(place: Path, kind: type[AnyKept], of: str) -> AnyKept | None:
    """What was kept for exactly this; None when there is nothing."""
    try:
        kept = kind.model_validate_json(read_regular(place, SIZE_LIMIT))
    except (OSError, ValidationError):
        return None
    return kept if kept.of == of else None


def keep_kept(place: Path, kept: Kept) -> None:
    """Keep it for the next start; a place that cannot be written, or is not there yet, is left alone."""
    with suppress(OSError):
        replace_whole(place, kept.model_dump_json().encode(), _MODE)


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
