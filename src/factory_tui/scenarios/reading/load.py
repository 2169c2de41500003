"""Scenario files → `Suite`. A broken file is a finding (Q01) with its line, never an exception."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from factory_tui.config import Settings
from factory_tui.model.artifact import Artifact
from factory_tui.model.finding import Finding, Level
from factory_tui.model.ids import SpecId
from factory_tui.model.matcher import MATCHER_WORDS
from factory_tui.model.scenario import LoadedScenario, Scenario, Suite
from factory_tui.model.spec import Waiver
from factory_tui.scenarios.reading.comments import comments
from factory_tui.scenarios.reading.elsewhere import holdout_dir, is_unfetched
from factory_tui.scenarios.reading.file_keys import known_keys
from factory_tui.scenarios.reading.fixtures import FOLDER, BadFixture, fixture_names, read_fixtures
from factory_tui.specs import SpecLibrary
from factory_tui.specs.reading.marked_yaml import Location, Mark, YamlProblem, read_yaml
from factory_tui.specs.reading.schema_errors import explain, nearest, shown

MAX_BYTES = 1_000_000
MAX_SCENARIOS = 1_000
"""Files of one suite that are read; more is a mistake, such as a wrong directory."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What a file holds: a scenario, or what keeps it from being one."""

    scenario: Scenario | None
    places: dict[str, tuple[int, int]]
    problems: tuple[YamlProblem, ...]
    waivers: tuple[Waiver, ...] = ()


def scenarios_dir(workspace: Path, settings: Settings) -> Path:
    """The directory of the holdout, which may lie outside the workspace."""
    return holdout_dir(workspace, settings.factory.scenarios)


def scenario_paths(directory: Path, spec_id: str) -> list[Path]:
    """The scenario files of a spec, by name."""
    folder = directory / spec_id
    try:
        return sorted(
            each for each in folder.iterdir() if each.suffix in (".yaml", ".yml") and not each.name.startswith(".")
        )
    except OSError:
        return []


def load_suite(directory: Path, spec_id: str) -> tuple[Suite, tuple[Finding, ...]]:
    """The valid scenarios of a spec, and a Q01 finding for everything that is wrong with its files.

    Args:
        directory: see `scenarios_dir`; no directory for the spec is an empty suite.
        spec_id: id of the spec.
    """
    paths = scenario_paths(directory, spec_id)
    suite, findings = suite_of(spec_id, (load_scenario(path, SpecId(spec_id)) for path in paths[:MAX_SCENARIOS]))
    too_many = (_too_many(directory / spec_id, len(paths)),) if len(paths) > MAX_SCENARIOS else ()
    unused = _unused(directory / spec_id / FOLDER, suite) if len(suite.scenarios) == len(paths) else ()
    return suite, (*_closed(directory / spec_id), *findings, *too_many, *unused)


def suite_of(
    spec_id: str, read: Iterable[tuple[LoadedScenario | None, tuple[Finding, ...]]]
) -> tuple[Suite, tuple[Finding, ...]]:
    """The suite of what was read, in that order, and everything that is wrong with it: of one id the first stays."""
    loaded: list[LoadedScenario] = []
    findings: list[Finding] = []
    first: dict[str, Path] = {}
    for scenario, found in read:
        findings += found
        if scenario is None:
            continue
        if scenario.id in first:
            findings.append(_duplicate(scenario, first[scenario.id]))
            continue
        first[scenario.id] = scenario.path
        loaded.append(scenario)
    digest = hashlib.sha256("\n".join(sorted(each.hash for each in loaded)).encode()).hexdigest()
    return Suite(spec=SpecId(spec_id), scenarios=tuple(loaded), hash=digest), tuple(findings)


def orphans(directory: Path, library: SpecLibrary) -> tuple[Finding, ...]:
    """A Q02 warning for each directory of scenarios whose spec does not exist."""
    known = {*library.specs, *(error.path.name.removesuffix(".md") for error in library.unreadable)}
    try:
        folders = sorted(each for each in directory.iterdir() if each.is_dir() and not each.name.startswith("."))
    except OSError:
        return ()
    return tuple(
        finding(folder, _no_spec(folder, known), "Q02", Level.WARNING)
        for folder in folders
        if folder.name not in known and scenario_paths(directory, folder.name)
    )


def _no_spec(folder: Path, known: set[str]) -> YamlProblem:
    best = nearest(folder.name, known)
    todo = f"rename the directory to {best}" if best else f"write specs/{folder.name}.md, or remove the directory"
    return YamlProblem(f"these scenarios belong to no spec: there is no {folder.name}", todo, Mark(1, 1))


def load_scenario(path: Path, spec_id: SpecId) -> tuple[LoadedScenario | None, tuple[Finding, ...]]:
    """One scenario file. Never raises."""
    try:
        data = _bytes(path)
    except YamlProblem as problem:
        return None, (finding(path, problem),)
    return read_scenario(path, data, spec_id)


def read_scenario(path: Path, data: bytes, spec_id: SpecId) -> tuple[LoadedScenario | None, tuple[Finding, ...]]:
    """The scenario that `data` holds; `path` names it and is not read, its fixtures beside it are. Never raises."""
    read = _read(data)
    findings = tuple(finding(path, each, _rule_of(each)) for each in read.problems)
    if read.scenario is None:
        return None, findings
    fixtures, bad = read_fixtures(path.parent / FOLDER, read.scenario.fixtures)
    if bad:
        return None, (*findings, *(finding(path, _about(each, read)) for each in bad))
    scenario = LoadedScenario(
        scenario=read.scenario,
        spec=spec_id,
        path=path,
        hash=_hash(data, fixtures),
        fixtures=fixtures,
        places=read.places,
        waivers=read.waivers,
    )
    return scenario, findings + _named_otherwise(scenario)


def _hash(data: bytes, fixtures: Artifact) -> str:
    """Of the file alone where there are no fixtures, as it was before there were any."""
    own = hashlib.sha256(data).hexdigest()
    return hashlib.sha256(f"{own}\n{fixtures.hash}".encode()).hexdigest() if fixtures.files else own


def _about(bad: BadFixture, read: _Read) -> YamlProblem:
    place = read.places.get(f"fixtures[{bad.index}]") or read.places.get("fixtures", (1, 1))
    name = read.scenario.fixtures[bad.index] if read.scenario is not None else ""
    return YamlProblem(bad.what, bad.todo, Mark(*place, name[:100]))


def _rule_of(problem: YamlProblem) -> str:
    """A wait without a bound is Q07's business."""
    return "Q07" if problem.what.endswith(".within is missing") else "Q01"


def finding(path: Path, problem: YamlProblem, rule: str = "Q01", level: Level = Level.ERROR) -> Finding:
    """A finding about a scenario's file."""
    return Finding(
        rule=rule,
        level=level,
        line=problem.mark.line,
        column=problem.mark.column,
        quote=problem.mark.quote,
        message=problem.what,
        fix=problem.todo,
        path=str(path),
    )


def _bytes(path: Path) -> bytes:
    start = Mark(1, 1)
    try:
        if not path.is_file():
            raise YamlProblem("it is not a regular file", "keep a scenario in a regular file", start)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise YamlProblem(f"it cannot be read: {error.strerror or error}", "check its permissions", start) from None
    if len(data) > MAX_BYTES:
        raise YamlProblem(
            f"it is larger than {MAX_BYTES:,} bytes", "generate large fixtures in a step, or split the scenario", start
        )
    return data


@lru_cache(maxsize=8192)
def _read(data: bytes) -> _Read:
    """Kept by content, because the control room reads all suites again whenever a file changes."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _broken(YamlProblem(f"it is not UTF-8 (byte {error.start})", "save it as UTF-8", Mark(line, 1)))
    try:
        document = read_yaml(text)
    except YamlProblem as problem:
        return _broken(problem)
    if document.value is None:
        return _broken(YamlProblem("it is empty", "write a scenario: id, covers, given, when, then, steps", Mark(1, 1)))
    if not isinstance(document.value, dict):
        return _broken(YamlProblem("it is not a mapping", "write one key: value a line, starting with id", Mark(1, 1)))
    places = {shown(at): (mark.line, mark.column) for at, mark in document.keys.items() if _is_told(at)}
    try:
        scenario = Scenario.model_validate(document.value)
    except ValidationError as error:
        problems = explain(error, document, lambda at: known_keys(at, document.value))
        return _Read(None, places, (*document.problems, *map(_with_nearest_matcher, problems)))
    if document.problems:
        return _Read(None, places, tuple(document.problems))
    return _Read(scenario, places, (), comments(text, document))


def _is_told(at: Location) -> bool:
    """Findings name parts of a step, and of what a user does at a terminal each single action."""
    return len(at) <= 3 or at[2:4] == ("tui", "do")


def _broken(problem: YamlProblem) -> _Read:
    return _Read(None, {}, (problem,))


def _with_nearest_matcher(problem: YamlProblem) -> YamlProblem:
    """`unknown matcher contain` gets the word that was most likely meant."""
    _, _, word = problem.what.partition("unknown matcher ")
    best = nearest(word, MATCHER_WORDS) if word else None
    return YamlProblem(problem.what, f"write {best}; {problem.todo}", problem.mark) if best else problem


def _named_otherwise(scenario: LoadedScenario) -> tuple[Finding, ...]:
    if scenario.path.stem == scenario.id:
        return ()
    line, column = scenario.places.get("id", (1, 1))
    problem = YamlProblem(
        f"the id {scenario.id} is not the name of the file: the scenario is hard to find from a report",
        f"rename the file to {scenario.id}.yaml",
        Mark(line, column, f"id: {scenario.id}"),
    )
    return (finding(scenario.path, problem, level=Level.WARNING),)


def _duplicate(scenario: LoadedScenario, first: Path) -> Finding:
    line, column = scenario.places.get("id", (1, 1))
    problem = YamlProblem(
        f"the id {scenario.id} is also that of {first.name}: their results could not be told apart",
        "give this scenario an id of its own",
        Mark(line, column, f"id: {scenario.id}"),
    )
    return finding(scenario.path, problem)


def _closed(folder: Path) -> tuple[Finding, ...]:
    """That there are no scenarios and that they cannot be seen are told apart."""
    if is_unfetched(folder.parent):
        what = "the scenarios lie in a repository that has not been fetched yet"
        return (finding(folder, YamlProblem(what, "factory-tui scenario fetch", Mark(1, 1))),)
    try:
        os.scandir(folder).close()
    except FileNotFoundError:
        return ()
    except OSError as error:
        what = f"the directory cannot be read: {error.strerror}"
        return (finding(folder, YamlProblem(what, "keep the scenarios in a directory of this user", Mark(1, 1))),)
    return ()


def _unused(folder: Path, suite: Suite) -> tuple[Finding, ...]:
    """A warning for each fixture that no scenario names. Only known where every scenario could be read."""
    used = {name for each in suite.scenarios for name in each.scenario.fixtures}
    problem = YamlProblem(
        "no scenario of the suite uses this fixture", f"name it under {FOLDER}: in a scenario, or remove it", Mark(1, 1)
    )
    return tuple(
        finding(folder / name, problem, level=Level.WARNING) for name in fixture_names(folder) if name not in used
    )


def _too_many(folder: Path, count: int) -> Finding:
    problem = YamlProblem(
        f"it holds {count:,} scenario files; the first {MAX_SCENARIOS:,} were read",
        "check that this is the right directory",
        Mark(1, 1),
    )
    return finding(folder, problem)
