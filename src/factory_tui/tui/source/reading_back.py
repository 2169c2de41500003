"""What a model understood of a spec, and the answers to what it asks."""

from dataclasses import dataclass
from typing import Protocol

from factory_tui.model.readback import ReadBack, ReadBackPlan, ReadBackQuestion


@dataclass(frozen=True, slots=True)
class ReadBackView:
    """A read-back beside the text that it is about."""

    read: ReadBack
    """With the answers that stand in the text, and the lines on which its quotes stand there."""
    current: bool
    """It read the version that the text is."""


class ReadingBack(Protocol):
    """Read-backs of a spec, made by the engine."""

    async def plan_read_back(self, spec: str) -> ReadBackPlan:
        """What a read-back of the file would mean now; starts the engine, asks no model."""
        ...

    async def read_back(self, spec: str, *, fresh: bool = False) -> ReadBack:
        """Have a model tell the spec in its own words: what is recorded for its version, unless `fresh`.

        Takes up to some minutes, costs a call, starts the engine. It goes on when nobody waits for it any more.
        """
        ...

    async def last_read_back(self, spec: str, text: str | None = None) -> ReadBackView | None:
        """The newest one, whatever version it read, beside `text`; without it, beside the file."""
        ...

    async def answer_read_back(self, spec: str, question: ReadBackQuestion, answer: str) -> bool:
        """Write an answer into the file, below its section; True when that made a Ready spec a draft again."""
        ...

    async def with_answer(self, spec: str, text: str, question: ReadBackQuestion, answer: str) -> str:
        """`text` with an answer below its section. Raises `SourceError` when it has no such section."""
        ...
