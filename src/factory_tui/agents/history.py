"""The conversation as we keep it: what is sent next, where the cache ends, and what is dropped when it grows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from pydantic import JsonValue

from factory_tui.agents.wire import Block

KEPT_MESSAGES = 12
"""Newest messages that compaction leaves as they are: about six turns."""
_LONG = 400
"""Characters of an old tool input or result that are not worth replacing."""


@dataclass(slots=True)
class History:
    """Messages in turn, user first. Every change keeps tool calls and their results together."""

    messages: list[Block] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Words of ours."""
        self.messages.append(_message("user", [{"type": "text", "text": text}]))

    def answer(self, results: list[Block], text: str | None = None) -> None:
        """Results of the last answer's tool calls, then words of ours."""
        said: list[Block] = [{"type": "text", "text": text}] if text is not None else []
        self.messages.append(_message("user", [*results, *said]))

    def hear(self, content: tuple[Block, ...]) -> None:
        """The model's answer; one without content is remembered as such, because the API takes no empty message."""
        self.messages.append(_message("assistant", list(content) or [{"type": "text", "text": "(no answer)"}]))

    def to_send(self) -> tuple[Block, ...]:
        """The messages, with the cache to end after the last message of ours and to be found after the one before."""
        ours = [index for index, message in enumerate(self.messages) if message["role"] == "user"][-2:]
        return tuple(_marked(message) if index in ours else message for index, message in enumerate(self.messages))

    def compact(self) -> bool:
        """Replace long tool inputs and results of old messages by a note; False when there is nothing left to drop.

        The first message (the task) and the newest ones stay. No call to a model: what is dropped can be seen
        again with the tools.
        """
        old = self.messages[1:-KEPT_MESSAGES]
        shorter = [_shortened_message(message) for message in old]
        self.messages[1 : 1 + len(old)] = shorter
        return shorter != old


def tool_result(call_id: str, text: str, *, is_error: bool = False) -> Block:
    block: Block = {"type": "tool_result", "tool_use_id": call_id, "content": text}
    if is_error:
        block["is_error"] = True
    return block


def marked(block: Block) -> Block:
    """`block` with a cache mark: what comes up to it is cached for five minutes."""
    return {**block, "cache_control": {"type": "ephemeral"}}


def _message(role: str, content: list[Block]) -> Block:
    return {"role": role, "content": cast(JsonValue, content)}


def _marked(message: Block) -> Block:
    content = cast(list[Block], message["content"])
    return {**message, "content": cast(JsonValue, [*content[:-1], marked(content[-1])])}


def _shortened_message(message: Block) -> Block:
    content = cast(list[Block], message["content"])
    return {**message, "content": cast(JsonValue, [_shortened(block) for block in content])}


def _shortened(block: Block) -> Block:
    if block["type"] == "tool_result" and len(str(block.get("content", ""))) > _LONG:
        return {**block, "content": _note(str(block["content"]))}
    if block["type"] == "tool_use":
        given = cast(Block, block["input"])
        long = {name: _note(value) for name, value in given.items() if isinstance(value, str) and len(value) > _LONG}
        return {**block, "input": {**given, **long}} if long else block
    return block


def words_of(message: Block) -> str:
    """All words of a message: texts, results of tools, what is given to tools."""
    return "\n".join(_words(message["content"]))


def _words(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _words(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in _NO_WORDS:
                yield from _words(each)


_NO_WORDS = frozenset({"type", "id", "tool_use_id", "signature", "cache_control"})


def _note(text: str) -> str:
    return f"[{len(text)} characters dropped to save room; look again if you need them] {text[:80]}"
