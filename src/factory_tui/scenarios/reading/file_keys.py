"""Which keys the parts of a scenario's file may have, for naming the one that was meant."""

from factory_tui.model.matcher import MATCHER_WORDS
from factory_tui.model.scenario import Clock, Judge, Scenario
from factory_tui.model.step import (
    Condition,
    DbExpect,
    DbQuery,
    HttpExpect,
    HttpRequest,
    Quality,
    RunExpect,
    Service,
    Step,
    TuiAction,
    TuiExpect,
    TuiSession,
)
from factory_tui.specs.reading.marked_yaml import Location


def known_keys(location: Location, value: object) -> tuple[str, ...]:
    """Keys that the mapping at a location of a scenario's file may have."""
    match location:
        case ():
            model: type[object] = Scenario
        case ("service",) | ("services", int()):
            model = Service
        case ("service", "ready") | ("services", int(), "ready") | ("steps", int(), "wait"):
            model = Condition
        case ("clock",):
            model = Clock
        case ("judge",):
            model = Judge
        case ("steps", int()):
            model = Step
        case ("steps", int(), "http"):
            model = HttpRequest
        case ("steps", int(), "tui"):
            model = TuiSession
        case ("steps", int(), "tui", "do", int()):
            model = TuiAction
        case ("steps", int(), "db"):
            model = DbQuery
        case ("steps", int(), "quality"):
            model = Quality
        case ("steps", int() as index, "expect"):
            model = _expectation(value, index)
        case _:
            return tuple(sorted(MATCHER_WORDS))
    fields = getattr(model, "model_fields", {})
    return tuple(field.alias or name for name, field in fields.items())


def _expectation(value: object, index: int) -> type[object]:
    steps = value.get("steps") if isinstance(value, dict) else None
    step = steps[index] if isinstance(steps, list) and index < len(steps) else None
    given = step if isinstance(step, dict) else {}
    return next((model for kind, model in _EXPECTS.items() if kind in given), RunExpect)


_EXPECTS: dict[str, type[object]] = {"http": HttpExpect, "tui": TuiExpect, "db": DbExpect}
"""Kind of step → what its `expect` holds; of a command, `RunExpect`."""
