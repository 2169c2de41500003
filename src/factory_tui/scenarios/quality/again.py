"""Qualities that need the command again: idempotence, and speed over many calls."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, nextafter

from factory_tui.model.artifact import Artifact
from factory_tui.model.evaluation import Aspect
from factory_tui.model.measured import seconds
from factory_tui.model.step import Quality
from factory_tui.sandbox.port import CollectRefused
from factory_tui.scenarios.matching.matchers import Mismatch
from factory_tui.scenarios.quality.percentile import p95, rank, slow_allowed
from factory_tui.scenarios.quality.reading import Call, Reading

_NAMED = 5
"""Changed files that evidence names."""


@dataclass(frozen=True, slots=True)
class Again:
    """How the command of a step is carried out once more in the same place."""

    call: Callable[[], Awaitable[Call]]
    wrong: Callable[[Call], Sequence[Mismatch]]
    """What the step expects of the output and a call did not print."""
    tree: Callable[[], Awaitable[Artifact]]
    """The work directory as the harness sees it."""


@dataclass(slots=True)
class Repeated:
    """What further calls showed."""

    readings: list[Reading] = field(default_factory=list)
    astray: list[Mismatch] = field(default_factory=list)
    """A call ended in another way than the first, or printed what the step does not expect: a call that does less is
    soon done, so no time of it says anything."""


async def repeated(quality: Quality, first: Call, again: Again) -> Repeated:
    """The qualities of `quality` that further calls show.

    Args:
        quality: what the step asks for.
        first: the step's own call, whose behaviour was right.
        again: how to call once more.
    """
    seen = Repeated()
    if quality.idempotent:
        seen.readings.append(await _idempotent(first, again))
    if quality.p95 is not None:
        await _timed(quality.p95, quality.times, first, again, seen)
    return seen


def longest(quality: Quality, timeout_s: float) -> float:
    """Seconds that the further calls may take: those that are slow are bounded by the timeout, and end it when there
    are too many of them; the others by the limit."""
    total = timeout_s + _COMPARING_S if quality.idempotent else 0.0
    if quality.p95 is not None:
        total += quality.times * quality.p95 + (slow_allowed(quality.times) + 1) * timeout_s
    return total


_COMPARING_S = 60.0
"""For taking the work directory out of the sandbox twice."""


async def _idempotent(first: Call, again: Again) -> Reading:
    """The harness compares the files; what a command says of itself proves nothing."""
    try:
        before = await again.tree()
        second = await again.call()
        after = await again.tree()
    except CollectRefused as refused:
        differs = [f"the work directory cannot be compared: {refused}"]
    else:
        differs = [*_differences(first, second), *_changed(before, after)]
    missed = None
    if differs:
        wanted = "the second call ends the same way, prints the same and changes no file"
        missed = Mismatch("idempotent", wanted, "\n".join(differs), Aspect.IDEMPOTENCE)
    return Reading(Aspect.IDEMPOTENCE, "a second call", missed=missed)


def _differences(first: Call, second: Call) -> list[str]:
    if second.timed_out:
        return ["the second call did not end"]
    differs = []
    if second.exit_code != first.exit_code:
        differs.append(f"exit {second.exit_code} after {first.exit_code}")
    if (second.stdout, second.stderr, second.printed) != (first.stdout, first.stderr, first.printed):
        differs.append(f"printed:\n{second.output or 'nothing'}\nafter:\n{first.output or 'nothing'}")
    return differs


def _changed(before: Artifact, after: Artifact) -> list[str]:
    """Files that are new, gone or different; links and other things that are no files count by their names."""
    one, other = _contents(before), _contents(after)
    names = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return [f"changed files: {', '.join(names[:_NAMED])}{more}"] if names else []


def _contents(tree: Artifact) -> Mapping[str, object]:
    files = {str(each.path): (each.executable, each.content) for each in tree}
    return {**files, **dict.fromkeys(tree.dropped)}


async def _timed(limit: float, times: int, first: Call, again: Again, seen: Repeated) -> None:
    """Up to `times` calls; fewer as soon as too many were slow, since the rest cannot mend that."""
    taken: list[float] = []
    while len(taken) < times and sum(each > limit for each in taken) <= slow_allowed(times):
        call = await again.call()
        if astray := await asyncio.to_thread(_astray, call, first, again):
            seen.astray += [replace(each, check=f"call {len(taken) + 2} for the p95{each.check}") for each in astray]
            return
        taken.append(max(call.seconds, nextafter(limit, inf)) if call.timed_out else call.seconds)
    seen.readings.append(_speed(limit, times, taken))


def _astray(call: Call, first: Call, again: Again) -> list[Mismatch]:
    """How a call is wrong; one that was killed at its timeout is slow and no more."""
    if call.timed_out:
        return []
    if call.exit_code != first.exit_code:
        ended = f"exit {call.exit_code} after {first.exit_code}\n{call.output}".strip()
        return [Mismatch("", "ends as the first one did", ended)]
    return [replace(each, check=f", {each.check}") for each in again.wrong(call)]


def _speed(limit: float, times: int, taken: list[float]) -> Reading:
    """Of calls that ended early the least that the percentile of all would have been: the fastest of the slow ones."""
    complete = len(taken) == times
    value = p95(taken) if complete else min(each for each in taken if each > limit)
    missed = None
    if value > limit:
        which = f"the {_ordinal(rank(times))} of {times} calls, fastest first"
        early = f"already {slow_allowed(times) + 1} of {len(taken)} calls took longer, of {times} that were to be made"
        seen = f"{seconds(value)}, {which}" if complete else f"at least {seconds(value)}: {early}"
        missed = Mismatch("p95", f"at most {seconds(limit)} in 95 % of {times} calls", seen, Aspect.SPEED)
    return Reading(Aspect.SPEED, f"p95 of {times} calls", value, limit, missed)


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
