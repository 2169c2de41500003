"""Qualities that one call shows: memory, output size, error handling, help text, a check of the operator's. Pure."""

from collections.abc import Iterator

from factory_tui.model.evaluation import Aspect
from factory_tui.model.measured import amount
from factory_tui.model.step import Quality, Step
from factory_tui.scenarios.matching.matchers import Mismatch
from factory_tui.scenarios.quality.reading import Call, Reading
from factory_tui.scenarios.quality.tracebacks import traceback_in

_SIGNALS = range(129, 129 + 64)
"""Exit codes by which a shell tells that a signal has ended a command: 128 and its number (POSIX, 2.8.2)."""


def decides_exit(step: Step) -> bool:
    """Whether a quality asks for the exit code, so that another one is a missed quality and not wrong behaviour."""
    quality = step.quality
    if quality is None or (quality.help is None and quality.check is None):
        return False
    return step.run_expect.exit is None


def within(limit: float, seconds: float) -> Reading:
    """`expect.within`: how long one call, answer, session or query took."""
    missed = Mismatch("within", f"{limit:g} s", f"{seconds:.2f} s", Aspect.SPEED) if seconds > limit else None
    return Reading(Aspect.SPEED, "one call", seconds, limit, missed)


def qualities_of(quality: Quality, call: Call) -> Iterator[Reading]:
    """What can be said from one call, in the order in which a scenario may write it."""
    if quality.memory is not None:
        yield _memory(quality.memory, call)
    if quality.output is not None:
        yield _at_most(Aspect.OUTPUT, "output size", "both streams", call.printed, quality.output)
    if quality.no_traceback:
        yield _no_traceback(call)
    if quality.help is not None:
        yield _help(quality.help, call)
    if quality.check is not None:
        yield _check(quality.check, call)


def _memory(limit: int, call: Call) -> Reading:
    """What is at the floor is at most that large. Nothing is concluded from a floor above the limit."""
    if call.peak > call.floor:
        return _at_most(Aspect.MEMORY, "memory", "largest process", call.peak, limit)
    return _at_most(Aspect.MEMORY, "memory", "largest process, upper bound", call.floor, limit)


def _at_most(aspect: Aspect, check: str, name: str, value: int, limit: int) -> Reading:
    if value <= limit:
        return Reading(aspect, name, value, limit)
    most, seen = amount(aspect, limit), amount(aspect, value)
    if most == seen:  # they differ by less than is shown
        most, seen = f"{limit} B", f"{value} B"
    return Reading(aspect, name, value, limit, Mismatch(check, f"at most {most}", f"{seen}, {name}", aspect))


def _no_traceback(call: Call) -> Reading:
    seen = ""
    found = traceback_in(call.stderr) or traceback_in(call.stdout)
    if found is not None:
        seen = f"{found.name}:\n{found.quote}"
    elif call.exit_code in _SIGNALS:
        seen = f"ended by signal {call.exit_code - 128}\n{call.output}".strip()
    elif call.cut:
        seen = f"{call.printed} bytes, more than can be looked at"
    missed = Mismatch("no traceback", "errors told in words", seen, Aspect.ERRORS) if seen else None
    return Reading(Aspect.ERRORS, "no traceback", missed=missed)


def _help(words: tuple[str, ...], call: Call) -> Reading:
    said = call.stdout.casefold()
    absent = [word for word in words if word.casefold() not in said]
    if call.exit_code != 0:
        seen = f"exit {call.exit_code}\n{call.output}".strip()
    elif not said.strip():
        seen = f"nothing on standard output\n{call.output}".strip()
    else:
        seen = f"without {', '.join(absent)}\n{call.output}" if absent else ""
    wanted = f"exit 0 and, on standard output, {', '.join(words) or 'some text'}"
    return Reading(Aspect.HELP, "help text", missed=Mismatch("help", wanted, seen, Aspect.HELP) if seen else None)


def _check(name: str, call: Call) -> Reading:
    missed = None
    if call.exit_code != 0:
        missed = Mismatch(name, "exit 0", f"{call.exit_code}\n{call.output}".strip(), Aspect.CHECK)
    return Reading(Aspect.CHECK, name, missed=missed)
