"""What goes to a model and what comes back, in our own words, so that only the gateway knows the SDK."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from factory_tui.model.build import BuildEnd
from factory_tui.model.money import NOTHING, MicroUsd
from factory_tui.model.usage import Usage

Block = dict[str, JsonValue]
"""A content block, message or tool as the Messages API has it in JSON."""


@dataclass(frozen=True, slots=True)
class Counted:
    """An earlier request of the same history whose input the API has counted."""

    tokens: int
    request_bytes: int


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One turn to be asked for."""

    model: str
    max_tokens: int
    system: tuple[Block, ...]
    tools: tuple[Block, ...]
    messages: tuple[Block, ...]
    spec: str
    attempt: int
    deadline: datetime
    """Aware UTC; no try and no pause goes beyond it, except that a hold of the provider moves it on."""
    latest: datetime | None = None
    """It is never moved beyond this; None leaves it to the hold."""
    waits: bool = True
    """Sits out a time in which the provider refuses everybody; else such a refusal ends the call."""
    role: str = "build"
    """Who asks; the twin chooses its script by spec, attempt and role."""
    about: str = ""
    """What is asked about, for the twin: `overdrawn/2` is the second vote on a scenario."""
    effort: str | None = None
    tool_choice: Block | None = None
    """Which tool has to be called; None leaves it to the model."""
    counted: Counted | None = None
    """Tightens the worst case; None when this history has not been counted."""
    lost: MicroUsd = NOTHING
    """Presumed for lost answers of the same build before this turn."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What the model wants done. Name and input are foreign."""

    id: str
    name: str
    input: Block


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A whole turn: the stream reached its end and gave a stop reason."""

    content: tuple[Block, ...]
    """Blocks to be sent back as the assistant's message."""
    text: str
    calls: tuple[ToolCall, ...]
    stop: str
    """`end_turn`, `tool_use`, `max_tokens`, `refusal`, `pause_turn`, or one we do not know."""
    usage: Usage
    cost: MicroUsd
    lost: MicroUsd
    """Presumed for earlier tries of this turn whose answers were lost."""
    counted: Counted


class ModelCallFailed(Exception):
    """A turn could not be had. The message is one sentence for the operator.

    Attributes:
        end: how the build ends because of it.
        lost: money presumed for tries whose answers were lost.
    """

    def __init__(self, end: BuildEnd, message: str, lost: MicroUsd = NOTHING) -> None:
        super().__init__(message)
        self.end, self.lost = end, lost
