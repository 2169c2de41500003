"""How a cause is worded: evidence, names and other rooms' messages as parts of one sentence."""

from collections.abc import Sequence

from factory_tui.model.evaluation import Result, ScenarioResult

_LONGEST = 120


def seen(result: ScenarioResult) -> str:
    """The first piece of evidence as the rest of a sentence."""
    first = next(iter(result.evidence), None)
    if first is None:
        return ""
    flaky = " in some trials" if result.result is Result.FLAKY else ""
    where = f"step {first.step}" if first.step else "before the steps"
    return f": {where}, {first.check}: expected {one_line(first.expected)}, observed {one_line(first.observed)}{flaky}"


def named(results: Sequence[ScenarioResult]) -> str:
    """Up to three ids, and how many more."""
    shown = ", ".join(each.id for each in results[:3])
    return f"{shown} and {len(results) - 3} more" if len(results) > 3 else shown


def one_line(text: str) -> str:
    """Text without line ends, cut."""
    folded = " ".join(text.split())
    return folded if len(folded) <= _LONGEST else folded[: _LONGEST - 1] + "…"


def clause(message: str) -> str:
    """The first line of another room's message, to stand inside a sentence."""
    return (message.strip().splitlines() or ["no reason was given"])[0].rstrip(".")
