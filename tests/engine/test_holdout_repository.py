"""Scenarios that lie in a git repository of their own: every batch is judged by the newest of them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from factory_tui.control import Refused
from factory_tui.model.run import RunState
from tests.engine.factory import RIGHT, Factory, delivers

ENV = {
    **os.environ,
    **{f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_GLOBAL": "/dev/null",
}


def git(directory: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=directory, env=ENV, check=True, capture_output=True)


@pytest.fixture
def factory(tmp_path: Path) -> Factory:
    """Its scenarios are in `holdout.git` beside the workspace."""
    made = Factory.at(tmp_path / "ws")
    made.add("greet", delivers(RIGHT))
    repository = tmp_path / "holdout.git"
    shutil.move(made.workspace / "scenarios", repository)
    git(repository, "init", "-q", "-b", "main")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "scenarios")
    config = made.workspace / "factory.toml"
    config.write_text(config.read_text().replace("[factory]", f'[factory]\nscenarios = "{repository}#main"'))
    return made


async def test_a_batch_brings_the_newest_scenarios_and_is_judged_by_them(factory: Factory) -> None:
    await factory.run_batch()
    view = factory.run_of("greet")
    assert view.row.state is RunState.SHIPPED
    assert [each.id for each in view.attempts[0].scenarios] == ["greets-by-name", "refuses-without-a-name"]

    repository = factory.workspace.parent / "holdout.git"
    (factory.workspace / "scenarios").mkdir()
    factory.add("welcome", delivers(RIGHT))
    shutil.move(factory.workspace / "scenarios" / "welcome", repository / "welcome")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "those of another spec")
    before = factory.events()[-1].seq
    async with factory.engine() as client:
        await client.run(("welcome",))
        await factory.until("batch.finished", after=before)
    assert factory.run_of("welcome").row.state is RunState.SHIPPED
    assert len(factory.run_of("welcome").attempts[0].scenarios) == 2


async def test_a_repository_that_is_gone_refuses_the_batch(factory: Factory) -> None:
    shutil.rmtree(factory.workspace.parent / "holdout.git")
    async with factory.engine() as client:
        with pytest.raises(Refused) as refused:
            await client.run(())
    assert "holdout.git" in refused.value.what
    assert refused.value.todo
