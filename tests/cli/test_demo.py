"""The demonstration: a fresh workspace, set up for this machine, never for a model that costs money."""

import tomllib
from pathlib import Path

import pytest

from factory_tui import config
from factory_tui.bundled import bundled_workspace, copy_workspace
from factory_tui.cli.demo_text import closing_lines
from factory_tui.config import SandboxSettings
from factory_tui.demo import Choice, choose, configure, make_workspace, without_a_live_model
from factory_tui.model.run import RunState
from tests.tui import sample


def test_the_copy_holds_what_is_wanted_and_nothing_that_happened(tmp_path: Path) -> None:
    copy_workspace(tmp_path / "copy")
    names = {each.name for each in (tmp_path / "copy").iterdir()}
    assert names == {"factory.toml", "specs", "scenarios", "context", "twins", "targets"}
    assert {each.suffix for each in (tmp_path / "copy" / "targets").iterdir()} == {".bundle"}
    originals = sorted(each.name for each in (bundled_workspace() / "specs").glob("*.md"))
    assert sorted(each.name for each in (tmp_path / "copy" / "specs").glob("*.md")) == originals
    assert (tmp_path / "copy" / "specs" / "_templates" / "feature.md").is_file()


def test_a_copy_never_replaces_anything(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(FileExistsError):
        copy_workspace(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]


def test_the_settings_of_the_demonstration_are_in_the_file(tmp_path: Path) -> None:
    make_workspace(tmp_path / "demo")
    comments = (tmp_path / "demo" / "factory.toml").read_text().count("#")
    configure(tmp_path / "demo", Choice("local"))
    settings = config.load(tmp_path / "demo", {})
    assert settings.model.is_twin
    assert settings.limits.attempts == 2
    assert settings.sandbox.backend == "local"
    text = (tmp_path / "demo" / "factory.toml").read_text()
    assert tomllib.loads(text)["factory"]["name"] == "demo"
    assert text.count("#") == comments


def test_nothing_in_the_environment_leads_to_a_live_model() -> None:
    environ = {"FACTORY_MODEL__BASE_URL": "https://localhost", "FACTORY_FACTORY__PARALLEL": "2", "PATH": "/bin"}
    without_a_live_model(environ)
    assert environ == {"FACTORY_FACTORY__PARALLEL": "2", "PATH": "/bin"}


async def test_without_an_engine_the_local_sandbox_is_chosen_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    choice = await choose(SandboxSettings(), {})
    assert choice.backend == "local"
    assert "nobody.sock" in choice.missing


@pytest.mark.docker
async def test_with_engine_and_image_containers_are_chosen() -> None:
    assert await choose(SandboxSettings(), {}) == Choice("docker")


def test_a_demonstration_that_ran_nothing_still_says_where_it_is(tmp_path: Path) -> None:
    lines = list(closing_lines("factory-tui", tmp_path / "a b", None, [], []))
    assert "nothing was run" in lines
    assert any(line.endswith(f"-C '{tmp_path}/a b' run") for line in lines)
    assert not any("failures list" in line for line in lines), "there are none"


def test_closing_lines_fit_a_narrow_terminal(tmp_path: Path) -> None:
    rows = [sample.run(f"a-spec-of-some-length-{number}", RunState.SHIPPED) for number in range(8)]
    lines = list(closing_lines("factory-tui", Path("/w"), sample.BATCH, rows, sample.groups(sample.RECORDS)))
    assert max(map(len, lines)) < 80
    assert any("failures list" in line for line in lines)
    assert all(any(row.spec in line for line in lines) for row in rows), "no name is broken"
