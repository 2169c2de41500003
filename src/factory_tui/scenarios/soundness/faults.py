"""Faults of a scenario that can be seen before it is run: they would otherwise show only after earlier steps pass.

The validator tells them with their lines (`lint`), and a suite that was not validated is not run with them (`suite`).
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from zoneinfo import available_timezones

from factory_tui.model.matcher import Matcher, matcher_of, nested_in, under_paths
from factory_tui.model.scenario import Scenario
from factory_tui.model.step import Condition, Step
from factory_tui.scenarios.matching.captures import references_in, without_references
from factory_tui.scenarios.matching.expected import matchers_of
from factory_tui.scenarios.matching.jsonpath import BadPath, parse_path
from factory_tui.scenarios.matching.values import strings_in
from factory_tui.scenarios.soundness.doable import undoable
from factory_tui.scenarios.soundness.measurable import unmeasurable
from factory_tui.scenarios.staging.environment import PORTS, refused_variables
from factory_tui.scenarios.staging.moment import moment
from factory_tui.scenarios.staging.placing import both_file_and_directory, is_inside
from factory_tui.specs.reading.schema_errors import nearest


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that keeps a scenario from being carried out as it is written."""

    place: str
    """The part of the file that it is about, such as `steps[0].expect`."""
    what: str
    todo: str
    quote: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.todo}"


def faults_of(scenario: Scenario) -> Iterator[Fault]:
    """What keeps the scenario from being carried out, in the order of its file.

    Looks at paths of files, JSONPaths, and references to names that no earlier step captures. Shell text is the
    shell's: nothing is said about it.
    """
    yield from _files(scenario)
    for name, what, todo in refused_variables(scenario):
        yield Fault(f"env.{name}", what, todo, name)
    yield from _clock(scenario)
    known = set(PORTS)
    for name, text in scenario.env.items():
        yield from _unknown(f"env.{name}", [text], known)
    if scenario.service is not None:
        yield from _condition("service.ready", scenario.service.ready, known)
    for index, each in enumerate(scenario.services):
        yield from _condition(f"services[{index}].ready", each.ready, known)
    for index, step in enumerate(scenario.steps):
        yield from _step(f"steps[{index}]", step, known)
        known |= step.capture.keys()


def _files(scenario: Scenario) -> Iterator[Fault]:
    for name in scenario.files:
        if not is_inside(name):
            yield _outside(f"files.{name}", name)
    for name in both_file_and_directory(scenario.files):
        yield Fault(
            f"files.{name}", f"{name} is both a file and the directory of another file", "rename one of them", name
        )


def _clock(scenario: Scenario) -> Iterator[Fault]:
    if scenario.clock is None:
        return
    try:
        moment(scenario.clock)
    except ValueError as error:
        is_zone = "time zone" in str(error)
        todo = _zone_like(scenario.clock.zone) if is_zone else "write a date and a time that there are"
        quote = scenario.clock.zone if is_zone else scenario.clock.at
        yield Fault("clock.zone" if is_zone else "clock.at", str(error), todo, quote)


def _zone_like(zone: str) -> str:
    best = nearest(zone, available_timezones())
    return f"write {best}" if best else "write a name such as Europe/Berlin, or UTC"


def _step(place: str, step: Step, known: Set[str]) -> Iterator[Fault]:
    for name, path in step.capture.items():
        yield from _bad_path(f"{place}.capture", path, f"capture {name}")
    for path in dict.fromkeys(path for each in matchers_of(step) for path in _paths_in(each)):
        yield from _bad_path(f"{place}.expect", path, "expect")
    if step.file is not None and not is_inside(step.file):
        yield _outside(f"{place}.file", step.file)
    if isinstance(step.wait, Condition):
        yield from _condition(f"{place}.wait", step.wait, known)
    for limit in unmeasurable(step):
        yield Fault(f"{place}.quality", limit.what, limit.todo, limit.quote)
    for each in undoable(step, known):
        yield Fault(f"{place}.{each.part}", each.what, each.todo, each.quote)
    yield from _unknown(place, _texts(step), known)


def _condition(place: str, condition: Condition, known: Set[str]) -> Iterator[Fault]:
    if condition.file is not None and not is_inside(condition.file):
        yield _outside(place, condition.file)
    yield from _unknown(place, [condition.http or "", condition.file or ""], known)


def _outside(place: str, path: str) -> Fault:
    return Fault(
        place, f"{path} is not a path inside the work directory", "write a relative path without ..", path or place
    )


def _bad_path(place: str, path: str, label: str) -> Iterator[Fault]:
    if path.strip() == "$":
        return
    try:
        parse_path(without_references(path))
    except BadPath as error:
        yield Fault(
            place, f"{label}: {error}", "write a JSONPath of names, indexes and *, such as $.items[0].name", path
        )


def _unknown(place: str, texts: Iterable[str], known: Set[str]) -> Iterator[Fault]:
    for name in sorted({name for text in texts for name in references_in(text)} - known):
        yield Fault(
            place,
            f"${{{name}}} is used, but no earlier step captures {name}",
            f"add capture: {{{name}: …}} to the step that sees it",
            f"${{{name}}}",
        )


def _texts(step: Step) -> Iterator[str]:
    """Every text of a step in which `${name}` is replaced."""
    if step.http is not None:
        yield from (step.http.url, step.http.body or "", *step.http.headers.values())
        yield from strings_in(step.http.json_)
    if step.file is not None:
        yield step.file
    if step.tui is not None:
        yield from (each.type or "" for each in step.tui.do)
    if step.db is not None:
        yield step.db.file
    for matcher in matchers_of(step):
        yield from strings_in(matcher.model_dump(mode="json", by_alias=True, exclude_unset=True))


def _paths_in(matcher: Matcher) -> Iterator[str]:
    """JSONPaths of a matcher, however deep."""
    for path, wanted in under_paths(matcher.json_):
        yield path
        yield from _paths_in(matcher_of(wanted))
    for each in nested_in(matcher):
        yield from _paths_in(each)
