"""What a tool answers, and how much of it."""

from dataclasses import dataclass

OUTPUT_CAP = 30_000
"""Characters of one answer that the model gets: the head and the tail."""


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    text: str
    """For the model. Foreign: a sandbox produced it."""
    ok: bool = True
    """The thing that was asked for worked; a command that ran and failed did not."""
    is_error: bool = False
    """The tool itself could not do it, which the model is told apart from the text."""


class ToolRefused(Exception):
    """A tool call that cannot be carried out; the message is for the model."""


def clipped(text: str, cap: int = OUTPUT_CAP) -> str:
    """Head and tail of `text`, with a marker between them that says how much is missing."""
    if len(text) <= cap:
        return text
    half = cap // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters left out …]\n{text[-half:]}"
