from pathlib import Path, PurePosixPath

import pytest

from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import LoadedScenario
from factory_tui.scenarios.behaviour import behaviour_hash
from factory_tui.scenarios.reading.load import read_scenario

SCENARIO = """\
id: greets
covers: [R1]
given: A name
when: It is greeted
then: It is greeted by name
files: {names.txt: "ada"}
env: {LANG: C.UTF-8}
service: {run: serve, ready: {file: up, within: 5s}}
steps:
  - run: greet ada
    stdin: x
    expect: {exit: 0, stdout: {contains: ada}}
"""


def loaded(text: str) -> LoadedScenario:
    scenario, findings = read_scenario(Path("s.yaml"), text.encode(), SpecId("greet"))
    assert scenario is not None, findings
    return scenario


def changed(before: str, after: str) -> str:
    assert before in SCENARIO
    return behaviour_hash(loaded(SCENARIO.replace(before, after)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("id: greets", "id: says-hello"),
        ("covers: [R1]", "covers: [R1, R2]"),
        ("given: A name", "given: Somebody's name  # and a comment"),
        ("then: It is greeted by name", "then: Hello is said"),
        ("steps:", "layer: reserve\nkind: negative\nbase: pass\nsteps:"),
        (
            "service: {run: serve, ready: {file: up, within: 5s}}",
            "services: [{ready: {file: up, within: 5}, run: serve}]",
        ),
        ("stdout: {contains: ada}", "stdout: {contains: 'ada'}"),
    ],
)
def test_another_way_to_tell_the_same_is_the_same_behaviour(before: str, after: str):
    assert changed(before, after) == behaviour_hash(loaded(SCENARIO))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("greet ada", "greet eve"),
        ("stdin: x", "stdin: y"),
        ("exit: 0", "exit: 1"),
        ("contains: ada", "equals: ada"),
        ('names.txt: "ada"', 'names.txt: "eve"'),
        ("LANG: C.UTF-8", "LANG: C"),
        ("run: serve", "run: serve -v"),
        ("steps:", "seed: 7\nsteps:"),
        ("steps:", "clock: {at: '2026-03-01 09:00'}\nsteps:"),
    ],
)
def test_another_behaviour_has_another_hash(before: str, after: str):
    assert changed(before, after) != behaviour_hash(loaded(SCENARIO))


def test_fixtures_count():
    plain = loaded(SCENARIO)
    one, other = (
        plain.model_copy(update={"fixtures": Artifact.of([ArtifactFile(PurePosixPath("f"), content)])})
        for content in (b"1", b"2")
    )
    assert len({behaviour_hash(each) for each in (plain, one, other)}) == 3
