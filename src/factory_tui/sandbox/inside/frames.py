"""How the engine and a runner talk: a frame is two big-endian 32-bit lengths, a JSON header and a body.

A request carries `n` (its number) and `op`; its answers carry the same `n`. A frame with `more` is continued by the
next one with its `n`; the last has `ok`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Any

LENGTHS = struct.Struct(">II")
PIECE = 1 << 20
"""Largest body of one frame, in bytes."""
MAX_HEADER = 4 << 20


def frame(header: dict[str, Any], body: bytes | memoryview = b"") -> bytes:
    """One frame as bytes."""
    head = json.dumps(header, separators=(",", ":")).encode()
    return LENGTHS.pack(len(head), len(body)) + head + bytes(body)


def frames(header: dict[str, Any], body: bytes) -> Iterator[bytes]:
    """A message as frames no larger than `PIECE`: all but the last carry only `n` and `more`."""
    view = memoryview(body)
    while len(view) > PIECE:
        yield frame({"n": header["n"], "more": True}, view[:PIECE])
        view = view[PIECE:]
    yield frame(header, view)


def complete_frames(buffer: bytearray) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Complete frames at the start of `buffer`, which are removed from it."""
    while len(buffer) >= LENGTHS.size:
        head, body = LENGTHS.unpack_from(buffer)
        end = LENGTHS.size + head + body
        if len(buffer) < end:
            return
        header = json.loads(bytes(buffer[LENGTHS.size : LENGTHS.size + head]))
        content = bytes(buffer[LENGTHS.size + head : end])
        del buffer[:end]
        yield header, content
