"""The demonstration: a fresh workspace, set up for this machine, never for a model that costs money."""

import tomllib
from pathlib import Path

import pytest

from factory_tui import config
from factory_tui.bundled import bundled_workspace, copy_workspace
from factory_tui.cli.demo_operator import ENDLESS
from factory_tui.cli.demo_text import closing_lines
from factory_tui.config import SandboxSettings
from factory_tui.demo import Choice, choose, configure, make_workspace, without_a_live_model
from factory_tui.model.report import Report
from factory_tui.model.run import RunState
from factory_tui.twins.messages.script import load_script
from tests.report import samples


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
    lines = list(closing_lines("factory-tui", tmp_path / "a b", None))
    assert "nothing was run" in lines
    assert any(line.endswith(f"-C '{tmp_path}/a b' run") for line in lines)
    assert not any("failures list" in line for line in lines), "there are none"


def test_every_ending_is_named_with_its_specs() -> None:
    text = "\n".join(closing_lines("factory-tui", Path("/w"), samples.USUAL))
    for each in samples.USUAL.outcomes:
        assert each.spec in text
    assert "  INCOMPLETE      booking-conflicts, ledger-report" in text
    assert "order-types (question)" in text
    assert "stock-api (attempt 2)" in text


def test_what_waits_for_the_operator_comes_with_its_command() -> None:
    lines = list(closing_lines("factory-tui", Path("/w"), samples.USUAL))
    for each in samples.USUAL.decisions:
        assert f"    → {each.command}" in lines
    assert "    factory-tui -C /w answer r-order-types 1" in lines


def test_a_cancelled_run_says_where_its_work_is() -> None:
    stopped = samples.outcome("manual-index", RunState.CANCELLED, branch="factory/manual-index/r-1")
    report = samples.USUAL.model_copy(update={"outcomes": (stopped,), "decisions": ()})
    text = " ".join(" ".join(closing_lines("factory-tui", Path("/w"), report)).split())
    assert "manual-index (its work is on factory/manual-index/r-1)" in text
    assert "failures list" not in text


def test_a_batch_that_goes_on_says_how_to_take_it_up() -> None:
    lines = list(closing_lines("factory-tui", Path("/w"), samples.HALF))
    assert any(line.startswith("not done 2") for line in lines)
    assert "    factory-tui -C /w run" in lines


@pytest.mark.parametrize("report", [samples.USUAL, samples.LONG, samples.EMPTY])
def test_closing_lines_fit_a_narrow_terminal(report: Report) -> None:
    lines = list(closing_lines("factory-tui", Path("/w"), report))
    assert max(map(len, lines)) < 80
    assert all(any(each.spec in line for line in lines) for each in report.outcomes), "no name is broken"


def test_the_spec_that_the_operator_cancels_is_bundled_and_waits_in_the_turn_that_is_watched_for() -> None:
    script = load_script(bundled_workspace() / "twins" / "anthropic" / f"{ENDLESS}.yaml")
    commands = [tool.bash or "" for tool in script.attempts[0][1].tools]
    assert any("tail" in each for each in commands)
