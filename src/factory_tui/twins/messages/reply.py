"""A scripted turn in the API's forms: one JSON message, or the events of a stream."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

from factory_tui.twins.messages.script import Tokens, Turn

_PIECE = 2000
"""Characters of text or tool input in one event."""


def message_of(turn: Turn, model: str, tokens: Tokens) -> dict[str, Any]:
    """The whole answer as the API gives it without streaming."""
    content: list[dict[str, Any]] = [{"type": "text", "text": turn.text}] if turn.text else []
    for tool in turn.tools:
        name, given = tool.call()
        call_id = (tool.raw.id if tool.raw else None) or f"toolu_{secrets.token_hex(12)}"
        content.append({"type": "tool_use", "id": call_id, "name": name, "input": given})
    return {
        "id": f"msg_{secrets.token_hex(12)}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": turn.stop or ("tool_use" if turn.tools else "end_turn"),
        "stop_sequence": None,
        "usage": _usage(tokens),
    }


def opening(message: dict[str, Any]) -> bytes:
    """`message_start`, which knows the input, and a `ping`."""
    started = {**message, "content": [], "stop_reason": None, "usage": {**message["usage"], "output_tokens": 1}}
    return event("message_start", {"message": started}) + event("ping", {})


def blocks(message: dict[str, Any]) -> Iterator[bytes]:
    """Each content block: start, deltas, stop."""
    for index, block in enumerate(message["content"]):
        if block["type"] == "text":
            begun: dict[str, Any] = {"type": "text", "text": ""}
            deltas = [{"type": "text_delta", "text": piece} for piece in _pieces(block["text"])]
        else:
            begun = {**block, "input": {}}
            # the API begins every tool input with an empty delta
            pieces = ["", *_pieces(json.dumps(block["input"], ensure_ascii=False))]
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
        yield event("content_block_start", {"index": index, "content_block": begun})
        for delta in deltas:
            yield event("content_block_delta", {"index": index, "delta": delta})
        yield event("content_block_stop", {"index": index})


def closing(message: dict[str, Any]) -> bytes:
    """`message_delta` with the stop reason and the output, and `message_stop`."""
    delta = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    return event("message_delta", {"delta": delta, "usage": message["usage"]}) + event("message_stop", {})


def event(kind: str, fields: dict[str, Any]) -> bytes:
    """One server-sent event."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def _pieces(text: str) -> list[str]:
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]


def _usage(tokens: Tokens) -> dict[str, Any]:
    return {
        "input_tokens": tokens.input,
        "cache_creation_input_tokens": tokens.cache_write,
        "cache_read_input_tokens": tokens.cache_read,
        "output_tokens": tokens.output,
        "service_tier": "standard",
    }
