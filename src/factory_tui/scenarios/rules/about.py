"""How a rule about scenarios says what it found."""

from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.scenario import LoadedScenario
from factory_tui.scenarios.reading.load import finding
from factory_tui.specs.reading.marked_yaml import Mark, YamlProblem
from factory_tui.specs.rules.rule import QUOTE_LIMIT, Subject


def scenarios_of(subject: Subject) -> tuple[LoadedScenario, ...]:
    """The valid scenarios of the subject; none where nobody has looked for them."""
    return subject.suite.scenarios if subject.suite is not None else ()


def about(
    scenario: LoadedScenario,
    place: str,
    rule: str,
    message: str,
    fix: str,
    *,
    quote: str,
    level: Level = Level.ERROR,
) -> Finding:
    """A finding at a part of a scenario's file, such as `steps[0].expect`."""
    line, column = _place(scenario, place)
    return finding(scenario.path, YamlProblem(message, fix, Mark(line, column, quote[:QUOTE_LIMIT])), rule, level)


def _place(scenario: LoadedScenario, place: str) -> tuple[int, int]:
    known = (scenario.places[each] for each in (place, place.partition(".")[0]) if each in scenario.places)
    return next(known, (1, 1))


def nothing(_: Subject) -> Iterator[Finding]:
    """What is decided elsewhere."""
    yield from ()
