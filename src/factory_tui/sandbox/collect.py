"""The collector: a tar stream written by an adversary → a tree of regular files in memory, or a refusal.

Headers are parsed here and nothing is ever written to a disk. `tarfile.extractall`, even with `filter="data"`,
overwrote a file outside its directory on Python 3.11.7; a reader that has no links to follow cannot.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NoReturn

from factory_tui.model.artifact import Artifact, ArtifactFile, is_git_name
from factory_tui.sandbox.port import CollectRefused

BLOCK = 512
MAX_EXTENDED = 1 << 20
"""Bytes of one extended header."""
MAX_REASONS = 200
"""Dropped entries that are named; the rest are counted."""

_REGULAR = (b"0", b"\0", b"7")
_DROPPED_TYPES = {
    b"1": "hard link",
    b"2": "symbolic link",
    b"3": "character device or socket",
    b"4": "block device",
    b"6": "named pipe",
}
_LEFT_OUT = frozenset({"__pycache__", ".pytest_cache"})


@dataclass(frozen=True, slots=True)
class Caps:
    """What a tree may measure; beyond it the whole tree is refused."""

    bytes: int = 128 << 20
    """Of content, dropped entries included."""
    entries: int = 20_000
    """Files, directories and everything else."""
    depth: int = 40
    """Components of a path."""
    path: int = 1024
    """Bytes of a path."""


@dataclass(slots=True)
class _Entry:
    """The entry whose content is being read."""

    name: bytes
    size: int
    left: int
    kind: bytes
    executable: bool = False
    content: bytearray = field(default_factory=bytearray)


class Collector:
    """Takes an archive in pieces of any size; holds what is worth keeping.

    Raises:
        CollectRefused: from `feed` or `finish`; the collector is then of no further use.
    """

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._buffer = bytearray()
        self._entry: _Entry | None = None
        self._padding = 0
        self._ended = False
        self._extended: dict[bytes, bytes] = {}
        self._files: dict[PurePosixPath, tuple[int, ArtifactFile]] = {}
        self._dropped: dict[str, str] = {}
        self._unnamed = 0
        self._entries = 0
        self._bytes = 0

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the archive."""
        self._buffer += piece
        while self._step():
            pass

    def finish(self) -> Artifact:
        """The tree, once the archive has been fed completely."""
        if not self._ended:
            _refuse("the archive ends early")
        dropped = [f"{name}: {reason}" for name, reason in self._dropped.items()]
        if self._unnamed:
            dropped.append(f"and {self._unnamed} more")
        return Artifact.of(self._without_shadowed(), dropped)

    def _step(self) -> bool:
        """Consume one header, or what is there of a content; False when more bytes are needed."""
        if self._ended:
            self._buffer.clear()
            return False
        if self._entry is not None and self._entry.left:
            take = min(self._entry.left, len(self._buffer))
            if self._wanted(self._entry):
                self._entry.content += self._buffer[:take]
            del self._buffer[:take]
            self._entry.left -= take
            return take > 0
        if self._entry is not None:
            if len(self._buffer) < self._padding:
                return False
            del self._buffer[: self._padding]
            entry, self._entry = self._entry, None
            self._complete(entry)
            return True
        if len(self._buffer) < BLOCK:
            return False
        header = bytes(self._buffer[:BLOCK])
        del self._buffer[:BLOCK]
        self._header(header)
        return True

    def _header(self, header: bytes) -> None:
        if not any(header):
            if self._extended:
                _refuse("the archive ends within an entry")
            self._ended = True
            return
        if _number(header[148:156]) != sum(header) - sum(header[148:156]) + 8 * 0x20:
            _refuse("the archive is damaged: a header's checksum is wrong")
        kind = header[156:157]
        is_meta = kind in (b"x", b"g", b"L", b"K")
        size = _number(header[124:136])
        name = _text(header[:100])
        if header[257:263] == b"ustar\0" and _text(header[345:500]):
            name = _text(header[345:500]) + b"/" + name
        if not is_meta:
            name = self._extended.get(b"path", name)
            size = _decimal(self._extended[b"size"]) if b"size" in self._extended else size
            self._count()
            if kind == b"S":
                _refuse("the archive holds a sparse file")
        if size and kind not in _REGULAR and not is_meta:
            _refuse("the archive holds content where there can be none")
        if is_meta and size > MAX_EXTENDED:
            _refuse("the archive holds an extended header without measure")
        self._bytes += size
        if self._bytes > self._caps.bytes:
            _refuse(f"more than {self._caps.bytes >> 20} MB")
        self._entry = _Entry(name, size, size, kind, bool(_number(header[100:108]) & 0o100))
        self._padding = -size % BLOCK

    def _count(self) -> None:
        self._entries += 1
        if self._entries > self._caps.entries:
            _refuse(f"more than {self._caps.entries} files and directories")

    def _wanted(self, entry: _Entry) -> bool:
        return entry.kind in _REGULAR or entry.kind in (b"x", b"g", b"L")

    def _complete(self, entry: _Entry) -> None:
        if entry.kind == b"x":
            self._extended.update(_records(bytes(entry.content)))
        elif entry.kind == b"L":
            self._extended[b"path"] = _text(bytes(entry.content))
        elif entry.kind == b"g":
            if _records(bytes(entry.content)).keys() & {b"path", b"size"}:
                _refuse("the archive gives every entry one name")
        elif entry.kind != b"K":
            sparse = any(key.startswith(b"GNU.sparse") for key in self._extended)
            self._extended.clear()
            if sparse:
                _refuse("the archive holds a sparse file")
            self._place(entry)

    def _place(self, entry: _Entry) -> None:
        """Keep a regular file, drop the rest with a reason."""
        directory = entry.kind == b"5" or (entry.kind in _REGULAR and entry.name.endswith(b"/"))
        try:
            text = entry.name.decode("utf-8")
        except UnicodeDecodeError:
            self._drop(ascii(entry.name)[2:-1], "name is not UTF-8")
            return
        parts = [part for part in text.split("/") if part not in ("", ".")]
        if len(entry.name) > self._caps.path:
            _refuse(f"a path of more than {self._caps.path} bytes")
        if len(parts) > self._caps.depth:
            _refuse(f"more than {self._caps.depth} directories deep")
        if not parts:
            return
        if reason := _unwelcome(text, parts):
            self._drop(*reason)
            return
        path = PurePosixPath(*parts)
        self._files.pop(path, None)
        if directory:
            return
        if entry.kind not in _REGULAR:
            self._drop(str(path), _DROPPED_TYPES.get(entry.kind, f"unknown type {entry.kind!a}"))
            return
        self._files[path] = (self._entries, ArtifactFile(path, bytes(entry.content), entry.executable))

    def _drop(self, name: str, reason: str) -> None:
        if name in self._dropped:
            return
        if len(self._dropped) < MAX_REASONS:
            self._dropped[name] = reason
        else:
            self._unnamed += 1

    def _without_shadowed(self) -> Iterable[ArtifactFile]:
        """Where one path is a file and also a directory of other files, the later one stands."""
        gone: set[PurePosixPath] = set()
        for path, (order, _) in self._files.items():
            for parent in path.parents:
                if parent in self._files:
                    gone.add(path if self._files[parent][0] > order else parent)
        return (file for path, (_, file) in self._files.items() if path not in gone)


def _unwelcome(text: str, parts: list[str]) -> tuple[str, str] | None:
    """What to name and why, when a path must not be kept."""
    if text.startswith("/"):
        return text, "absolute path"
    if ".." in parts:
        return text, "path leads upwards"
    if "\0" in text:
        return ascii(text), "name is not possible"
    for number, part in enumerate(parts):
        place = "/".join(parts[: number + 1])
        if is_git_name(part):
            return place, "git's own directory"
        if part.casefold() in _LEFT_OUT:
            return place, "cache"
    return ("/".join(parts), "cache") if parts[-1].casefold().endswith(".pyc") else None


def _refuse(why: str) -> NoReturn:
    raise CollectRefused(f"the work directory cannot be collected: {why}")


def _text(raw: bytes) -> bytes:
    return raw.partition(b"\0")[0]


def _number(raw: bytes) -> int:
    """Octal text, or GNU's base 256 when the first bit is set."""
    if raw[0] == 0x80:
        return int.from_bytes(raw[1:], "big")
    digits = raw.strip(b" \0")
    if raw[0] & 0x80 or any(digit not in b"01234567" for digit in digits):
        _refuse("the archive is damaged: a header's number cannot be read")
    return int(digits or b"0", 8)


def _decimal(raw: bytes) -> int:
    if not raw.isdigit() or len(raw) > 18:
        _refuse("the archive is damaged: a size cannot be read")
    return int(raw)


def _records(raw: bytes) -> dict[bytes, bytes]:
    """The `length key=value` lines of an extended header."""
    records: dict[bytes, bytes] = {}
    while raw:
        length, space, _ = raw.partition(b" ")
        if not space or not length.isdigit() or len(length) > 9 or not len(length) + 3 <= int(length) <= len(raw):
            _refuse("the archive is damaged: an extended header cannot be read")
        key, equals, value = raw[len(length) + 1 : int(length)].partition(b"=")
        if not equals or not value.endswith(b"\n"):
            _refuse("the archive is damaged: an extended header cannot be read")
        records[key] = value[:-1]
        raw = raw[int(length) :]
    return records
