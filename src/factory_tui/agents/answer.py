"""A streamed answer put together and checked. Everything in it is foreign."""

from typing import Any, cast

from pydantic import JsonValue

from factory_tui.agents.wire import Block, ToolCall
from factory_tui.model.usage import Usage

_REPLAYED = frozenset({"text", "tool_use", "thinking", "redacted_thinking"})
"""Blocks that we send back; others belong to server tools, which we do not use."""

MOST_TOKENS = 100_000_000
"""Of one kind in one answer: more than any window holds, and a cost that the ledger can hold."""
_UNKNOWN_USAGE = "the answer does not say how many tokens it used"


class BrokenAnswer(Exception):
    """The stream ended early or made no sense; nothing of it may be acted on."""


class StreamedAnswer:
    """Collects what the SDK's snapshot loses: whether the stream really ended, and every field of the usage.

    Args:
        free: the answer may say that it used nothing, because nobody charges for it (a script of the twin).
    """

    def __init__(self, *, free: bool = False) -> None:
        self._free = free
        self.message_stopped = False
        self.stop_reason: str | None = None
        self._usage: dict[str, Any] = {}
        self._content: list[Block] = []

    @property
    def complete(self) -> bool:
        return self.message_stopped and self.stop_reason is not None

    def observe(self, kind: str, event: Any) -> None:
        """Told every event of the stream, in order."""
        if kind == "message_start":
            self._merge(event.message.usage.to_dict(warnings=False))
        elif kind == "message_delta":
            self._merge(event.usage.to_dict(warnings=False))
        elif kind == "message_stop":
            self.message_stopped = True

    def take(self, message: dict[str, Any]) -> None:
        """The accumulated message, after `message_stop`."""
        self.stop_reason = message.get("stop_reason")
        self._content = [
            {name: _sound(value) for name, value in block.items() if value is not None}
            for block in message.get("content", [])
            if isinstance(block, dict) and block.get("type") in _REPLAYED
        ]

    def usage(self) -> Usage:
        """Tokens as they are billed: the sum of `iterations` when the API lists them.

        Raises:
            BrokenAnswer: the API did not say what the answer used.
        """
        iterations = self._usage.get("iterations")
        used = (
            sum((_usage(each) for each in iterations), Usage())
            if isinstance(iterations, list) and iterations
            else _usage(self._usage)
        )
        if not self._free and not (used.input or used.cache_write or used.cache_write_1h or used.cache_read):
            raise BrokenAnswer("the answer claims that nothing was sent to the model, so its cost is unknown")
        return used

    def content(self) -> tuple[Block, ...]:
        """Blocks in a form that the API takes back: empty text is left out, because it refuses that."""
        return tuple(_replayable(block) for block in self._content if block["type"] != "text" or _has_text(block))

    def text(self) -> str:
        return "\n".join(str(block["text"]) for block in self._content if block["type"] == "text" and _has_text(block))

    def calls(self) -> tuple[ToolCall, ...]:
        return tuple(
            ToolCall(str(block.get("id", "")), str(block.get("name", "")), _input(block))
            for block in self._content
            if block["type"] == "tool_use"
        )

    def _merge(self, usage: dict[str, Any]) -> None:
        """Counts of a later event are totals and replace those of an earlier one."""
        self._usage.update({name: value for name, value in usage.items() if value is not None})


def _usage(raw: object) -> Usage:
    if not isinstance(raw, dict):
        raise BrokenAnswer(_UNKNOWN_USAGE)
    written = _tokens(raw.get("cache_creation_input_tokens") or 0)
    by_life = raw.get("cache_creation")
    written_1h = _tokens(by_life.get("ephemeral_1h_input_tokens") or 0) if isinstance(by_life, dict) else 0
    return Usage(
        input=_tokens(raw.get("input_tokens")),
        output=_tokens(raw.get("output_tokens")),
        cache_write=max(0, written - written_1h),
        cache_write_1h=written_1h,
        cache_read=_tokens(raw.get("cache_read_input_tokens") or 0),
    )


def _tokens(given: object) -> int:
    """A count that money can rest on: a negative one would give money back, an endless one fits no column."""
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= MOST_TOKENS:
        raise BrokenAnswer(_UNKNOWN_USAGE)
    return given


def _has_text(block: Block) -> bool:
    return bool(str(block.get("text") or "").strip())


def _input(block: Block) -> Block:
    """A tool's input; what is no object is kept under a name that no tool knows, so that the call is refused."""
    given = block.get("input")
    return given if isinstance(given, dict) else {"not_an_object": given}


def _replayable(block: Block) -> Block:
    if block["type"] == "text":
        return {"type": "text", "text": block["text"]}
    if block["type"] == "tool_use":
        return {"type": "tool_use", "id": block.get("id"), "name": block.get("name"), "input": _input(block)}
    return block


def _sound(value: Any) -> JsonValue:
    """Without lone surrogates, which JSON can name and UTF-8 cannot write."""
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace").decode("utf-8")
    if isinstance(value, list):
        return [_sound(each) for each in value]
    if isinstance(value, dict):
        return {cast(str, _sound(name)): _sound(each) for name, each in value.items()}
    return cast(JsonValue, value)
