"""Versions of specs that wait to be recorded: one file each in `.factory/versions/`, until an engine takes them in.

A spec becomes Ready with or without an engine, and only the engine writes runs.db. Readers count these files as part of
the history, so nobody can tell the difference.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from factory_tui.model.finding import Finding
from factory_tui.model.spec import ID_PATTERN, Spec
from factory_tui.model.version import SpecVersion
from factory_tui.regular_file import read_regular
from factory_tui.store.errors import StoreError
from factory_tui.store.version_rows import parsed
from factory_tui.whole_file import file_beside, sync_directory

PLACE = Path(".factory") / "versions"

MOST_FINDINGS = 1_000
"""Of one version: whoever wants to know more can ask the validator again."""

MOST_BYTES = 32 * 1024 * 1024
"""Of one file: the largest spec, with every character escaped, and its findings."""

_MODE = 0o600
_HASH = re.compile(r"[0-9a-f]{64}")
_SUFFIX = ".json"

Identity = tuple[str, int, int, int]
"""Name, inode, size and modification time of a file."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version and the file that it waits in."""

    version: SpecVersion
    path: Path
    identity: Identity

    def remove(self) -> None:
        """It is recorded. A file that took its place meanwhile stays. Raises `OSError`."""
        with suppress(FileNotFoundError):
            if _identity(self.path) == self.identity:
                self.path.unlink()


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is no version."""

    path: Path
    why: str

    def set_aside(self) -> Path:
        """Give it a name that nobody looks at. Raises `OSError`."""
        return self.path.rename(self.path.with_name(f"{self.path.name}.refused"))


class Inbox:
    """The files of a workspace that wait. What was read once is kept for as long as its file is the same."""

    def __init__(self, workspace: Path) -> None:
        self._folder = workspace / PLACE
        self._read: dict[Identity, Waiting | Refused] = {}

    def keep(self, version: SpecVersion) -> None:
        """Let a version wait, on the disk for good; one that waits already keeps its time.

        Raises:
            StoreError: it cannot be written.
        """
        path = self._path(version)
        try:
            if self._folder.is_symlink():
                raise StoreError(f"{self._folder}: is a link", "make it a directory; versions are kept there")
            self._folder.parent.mkdir(mode=0o700, exist_ok=True)
            self._folder.mkdir(mode=0o700, exist_ok=True)
            version = _since(version, path)
            data = _as_bytes(version)
            with file_beside(path, data, _MODE, synced=True) as new:
                new.replace(path)
            sync_directory(self._folder)
        except FileExistsError as error:
            raise StoreError(
                f"{error.filename}: it is not a directory", "move it away, versions are kept there"
            ) from error
        except OSError as error:
            raise StoreError(
                f"{path}: the version cannot be recorded: {error.strerror}", "check permissions and free space"
            ) from error

    @contextmanager
    def keeping(self, version: SpecVersion) -> Iterator[None]:
        """Keep a version while its spec is made Ready; it is dropped again when that is refused.

        Whoever is killed in between leaves a version that was found Ready, which does no harm; the other way round a
        Ready spec could be without one.

        Raises:
            StoreError: it cannot be written; the spec was left alone.
        """
        path = self._path(version)
        was_there = path.exists()
        self.keep(version)
        try:
            yield
        except Exception:
            if not was_there:
                with suppress(OSError):
                    path.unlink()
            raise

    def versions(self) -> tuple[SpecVersion, ...]:
        """What waits, as written, oldest first; files that are no versions are left out.

        Raises:
            StoreError: the directory cannot be read.
        """
        try:
            found = [each.version for each in self._look() if isinstance(each, Waiting)]
        except OSError as error:
            raise StoreError(
                f"{self._folder}: it cannot be read: {error.strerror}", "make it a directory that this user can read"
            ) from error
        return tuple(sorted(found, key=lambda each: (each.when, each.spec, each.hash)))

    def _path(self, version: SpecVersion) -> Path:
        path = self._folder / _name(version)
        if not re.fullmatch(ID_PATTERN, version.spec) or not _HASH.fullmatch(version.hash):
            raise StoreError(f"{path}: no name of a version", "use an id of small letters, digits and dashes")
        return path

    def look(self) -> tuple[Waiting | Refused, ...]:
        """Every file, by name; none when the directory cannot be read."""
        try:
            return self._look()
        except OSError:
            return ()

    def _look(self) -> tuple[Waiting | Refused, ...]:
        paths = {identity: path for path in _paths(self._folder) if (identity := _identity_or_none(path))}
        found = {identity: self._read.get(identity) or _read(path, identity) for identity, path in paths.items()}
        self._read = {identity: each for identity, each in found.items() if each is not None}
        return tuple(self._read.values())


def version_of(spec: Spec, findings: Iterable[Finding], when: datetime) -> SpecVersion:
    """What is recorded of a spec that becomes Ready."""
    return SpecVersion(
        spec=spec.id,
        hash=spec.hash,
        title=spec.front.title if spec.front else spec.id,
        text=spec.text,
        template=spec.front.template if spec.front else "",
        findings=tuple(findings)[:MOST_FINDINGS],
        waivers=spec.waivers,
        when=when,
    )


def _name(version: SpecVersion) -> str:
    return f"{version.spec}.{version.hash}{_SUFFIX}"


def _paths(folder: Path) -> Iterator[Path]:
    """Files that are being written begin with a dot; what was set aside has another suffix."""
    if folder.is_symlink():
        return
    with suppress(FileNotFoundError):
        yield from sorted(each for each in folder.iterdir() if each.suffix == _SUFFIX and each.name[0] != ".")


def _identity(path: Path) -> Identity:
    status = path.lstat()
    return (path.name, status.st_ino, status.st_size, status.st_mtime_ns)


def _identity_or_none(path: Path) -> Identity | None:
    try:
        return _identity(path)
    except OSError:
        return None  # taken in meanwhile


def _read(path: Path, identity: Identity) -> Waiting | Refused | None:
    try:
        return Waiting(_version_in(path), path, identity)
    except FileNotFoundError:
        return None  # taken in meanwhile
    except OSError as error:
        return Refused(path, f"it cannot be read: {error.strerror}")
    except ValueError as error:
        return Refused(path, f"it is no version: {str(error).splitlines()[0]}")


def _version_in(path: Path) -> SpecVersion:
    """Raises `ValueError` unless the file holds the version that it is named after."""
    if path.is_symlink():
        raise ValueError("a link")
    data = read_regular(path, MOST_BYTES)
    if len(data) > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES:,} bytes")
    version = SpecVersion.model_validate_json(data)
    if path.name != _name(version):
        raise ValueError(f"it names {version.spec} {version.hash[:12]}")
    if version.when.tzinfo is None:
        raise ValueError("its time has no zone")
    return _as_its_text_says(version)


def _as_its_text_says(version: SpecVersion) -> SpecVersion:
    """The version with nothing that its text does not say. Raises `ValueError` when the text is another version."""
    found = parsed(version.spec, version.text)
    if found.hash != version.hash:
        raise ValueError("its text has another hash")
    front = found.front
    said = {"title": front.title, "template": front.template} if front else {"title": version.spec, "template": ""}
    return version.model_copy(update={**said, "waivers": found.waivers})


def _as_bytes(version: SpecVersion) -> bytes:
    """A file name in a finding need not be valid Unicode; what is not becomes a question mark."""
    return json.dumps(version.model_dump(mode="json"), ensure_ascii=False).encode("utf-8", errors="replace")


def _since(version: SpecVersion, path: Path) -> SpecVersion:
    """The version with the time at which it first became Ready."""
    with suppress(OSError, ValueError):
        before = _version_in(path).when
        return version.model_copy(update={"when": min(before, version.when)})
    return version
