"""What a run left, judged once more: the same inputs give the same verdict, and another input is named."""

import shutil
from pathlib import Path

import pytest

from factory_tui.engine.again import evaluate_again
from factory_tui.engine.recorded import NotRecorded
from factory_tui.model.run import RunState, Verdict
from tests.engine.factory import CANARY, RIGHT, WRONG, Factory, delivers

LISTS = """\
id: keeps-{number}
covers: [R1]
given: The command
when: It is called with {number}
then: It greets {number}
steps:
  - run: bin/greet {number}
    expect: {{stdout: "hello {number}"}}
"""


async def night(tmp_path: Path, *programs: str, backend: str = "local", more: int = 0) -> Factory:
    factory = Factory.at(tmp_path / "w", attempts=len(programs), backend=backend)
    factory.add("greet", *(delivers(each) for each in programs))
    for number in range(more):
        (factory.workspace / "scenarios" / "greet" / f"more{number}.yaml").write_text(LISTS.format(number=number))
    await factory.run_batch("greet")
    return factory


def lanes(factory: Factory, number: int) -> None:
    path = factory.workspace / "factory.toml"
    path.write_text(f"{path.read_text()}[gate]\nparallel = {number}\n")


async def test_every_input_of_a_verdict_is_recorded_with_the_attempt_and_the_run(tmp_path: Path) -> None:
    factory = await night(tmp_path, RIGHT)
    view = factory.run_of("greet")
    (attempt,) = view.attempts
    assert attempt.binding is not None
    assert set(attempt.binding.inputs()) == {
        "spec_hash", "suite_hash", "base_commit", "artifact_hash", "image", "twins.anthropic",
    }  # fmt: skip
    assert view.twins == attempt.binding.twins
    assert (view.suite_hash, view.base_commit, view.artifact_hash) == (
        attempt.binding.suite_hash, attempt.binding.base_commit, attempt.binding.artifact_hash,
    )  # fmt: skip


@pytest.mark.parametrize("backend", ["local", pytest.param("docker", marks=pytest.mark.docker)])
async def test_the_same_inputs_give_the_same_verdict_in_one_lane_and_in_four(tmp_path: Path, backend: str) -> None:
    factory = await night(tmp_path, WRONG, RIGHT, backend=backend, more=6)
    view = factory.run_of("greet")
    assert view.row.state is RunState.SHIPPED
    base = (factory.workspace / "factory.toml").read_text()
    for attempt, verdict in ((1, Verdict.FAIL), (2, Verdict.PASS)):
        for number in (1, 4, 4):
            (factory.workspace / "factory.toml").write_text(base)
            lanes(factory, number)
            again = await evaluate_again(factory.workspace, factory.settings(), "greet", view.row.run, attempt)
            assert again.evaluation.verdict is verdict
            assert again.same
            assert again.differs == ()


async def test_an_input_that_changed_is_named(tmp_path: Path) -> None:
    factory = await night(tmp_path, RIGHT)
    run = factory.run_of("greet").row.run
    scenario = factory.workspace / "scenarios" / "greet" / "s0.yaml"
    scenario.write_text(scenario.read_text().replace(f'"hello {CANARY}"', '"good day"'))
    script = factory.workspace / "twins" / "anthropic" / "greet.yaml"
    script.write_text(script.read_text() + "\n")
    again = await evaluate_again(factory.workspace, factory.settings(), "greet", run)
    assert again.evaluation.verdict is Verdict.FAIL
    assert not again.same
    assert {each.what for each in again.differs} == {"suite_hash", "twins.anthropic"}
    assert again.results_differ == ("greets-by-name",)


async def test_the_spec_as_it_was_judges_not_the_file_of_today(tmp_path: Path) -> None:
    factory = await night(tmp_path, RIGHT)
    run = factory.run_of("greet").row.run
    (factory.workspace / "specs" / "greet.md").write_text("no spec at all\n")
    again = await evaluate_again(factory.workspace, factory.settings(), "greet", run)
    assert again.same
    assert again.differs == ()


async def test_what_was_never_judged_cannot_be_judged_again(tmp_path: Path) -> None:
    factory = await night(tmp_path, RIGHT)
    run = factory.run_of("greet").row.run
    settings = factory.settings()
    with pytest.raises(NotRecorded, match="no attempt 7 that was judged"):
        await evaluate_again(factory.workspace, settings, "greet", run, 7)
    with pytest.raises(NotRecorded, match="there is no run rnone"):
        await evaluate_again(factory.workspace, settings, "greet", "rnone")
    with pytest.raises(NotRecorded, match="is a run of greet, not of other"):
        await evaluate_again(factory.workspace, settings, "other", run)


async def test_a_mirror_that_was_lost_is_brought_back_from_the_target(tmp_path: Path) -> None:
    factory = await night(tmp_path, RIGHT)
    shutil.rmtree(factory.workspace / ".factory" / "targets")
    run = factory.run_of("greet").row.run
    assert (await evaluate_again(factory.workspace, factory.settings(), "greet", run)).same
