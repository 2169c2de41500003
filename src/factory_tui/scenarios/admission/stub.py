"""A stub build: everything that was asked for is there, and does nothing. What it passes proves nothing."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from factory_tui.model.artifact import EMPTY, Artifact, ArtifactFile
from factory_tui.model.scenario import Scenario
from factory_tui.model.step import Condition
from factory_tui.scenarios.admission.commands import called_in

NOTHING = b"#!/bin/sh\nexit 0\n"
"""A program that takes any arguments, prints nothing, changes nothing and says that all went well."""

LONGEST_SCRIPT = 64 * 1024
"""Bytes of a fixture that are read for the commands in it."""

_SHELL_SCRIPTS = ("#!/bin/sh", "#!/bin/bash", "#!/usr/bin/env bash", "#!/usr/bin/env sh")


def stub_of(base: Artifact, scenario: Scenario, sandbox_has: frozenset[str], fixtures: Artifact = EMPTY) -> Artifact:
    """`base` with every file emptied, its executables made to do nothing, and what is missing of them put there.

    Missing are the commands of the scenario that neither the base nor the sandbox has: in `bin/`, or where the
    scenario calls them.

    Args:
        base: the untouched base.
        scenario: whose commands are to be found.
        sandbox_has: names that the sandbox knows without any artifact.
        fixtures: of the scenario; they are placed over the stub like its files, and their scripts call commands too.
    """
    emptied = [
        ArtifactFile(each.path, NOTHING if each.executable else b"", executable=each.executable) for each in base
    ]
    there = {each.path for each in base}
    above = {parent for path in there for parent in path.parents}
    missing = {place for name in commands_of(scenario, fixtures) if (place := _place_of(name, sandbox_has)) is not None}
    added = [
        ArtifactFile(place, b"" if _is_read_by_an_interpreter(place) else NOTHING, executable=True)
        for place in missing - there - above
        if not there & set(place.parents) and not missing & set(place.parents)
    ]
    return Artifact.of([*emptied, *added])


def commands_of(scenario: Scenario, fixtures: Artifact = EMPTY) -> frozenset[str]:
    """What the shell texts of a scenario call, its own shell scripts included."""
    scripts = (each.content[:LONGEST_SCRIPT].decode(errors="replace") for each in fixtures)
    texts = (*_texts(scenario), *(text for text in scripts if text.startswith(_SHELL_SCRIPTS)))
    return frozenset(name for text in texts for name in called_in(text))


def _place_of(name: str, sandbox_has: frozenset[str]) -> PurePosixPath | None:
    """Where an artifact would have to put the command; None when it need not or cannot."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return None
    if "/" in name:
        return path
    return None if name in sandbox_has else PurePosixPath("bin") / path


def _is_read_by_an_interpreter(place: PurePosixPath) -> bool:
    return place.suffix in (".py", ".js", ".rb", ".pl")


def _texts(scenario: Scenario) -> Iterator[str]:
    for service in scenario.beside:
        yield service.run
        yield service.ready.run or ""
    for step in scenario.steps:
        yield step.run or ""
        yield step.tui.run if step.tui is not None else ""
        yield (step.wait.run or "") if isinstance(step.wait, Condition) else ""
    yield from (text for text in scenario.files.values() if text.startswith(_SHELL_SCRIPTS))
