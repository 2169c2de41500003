"""`init` makes a workspace that works, and never takes anything away."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from factory_tui import config
from factory_tui.cli.init import CAPS
from factory_tui.cli.main import cli
from factory_tui.config.writing import commented
from factory_tui.docstrings import attribute_docstrings
from factory_tui.scenarios import load_suite, readiness, scenarios_dir
from factory_tui.specs import load_specs


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments])


def test_the_example_of_a_new_workspace_lints_clean(tmp_path: Path) -> None:
    assert call("init", tmp_path / "new").exit_code == 0
    workspace = tmp_path / "new"
    settings, library = config.load(workspace, {}), load_specs(workspace)
    assert list(library.specs) == ["count-words"]
    (spec,) = library.specs.values()
    suite, broken = load_suite(scenarios_dir(workspace, settings), spec.id)
    assert len(suite.scenarios) == 3
    assert readiness(spec, library, suite, broken, settings) == ()


def test_a_new_workspace_may_use_a_live_model_within_caps(tmp_path: Path) -> None:
    call("init", tmp_path / "new")
    settings = config.load(tmp_path / "new", {})
    assert settings.factory.name == "new"
    assert not settings.model.is_twin
    assert settings.limits.model_dump(include=set(CAPS)) == CAPS


def test_init_works_in_a_fresh_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert call("-C", tmp_path, "init").exit_code == 0
    assert (tmp_path / "factory.toml").is_file()


@pytest.mark.parametrize("occupied", ["factory.toml", "notes.txt", "specs/mine.md"])
def test_a_directory_that_holds_something_is_left_alone(tmp_path: Path, occupied: str) -> None:
    path = tmp_path / occupied
    path.parent.mkdir(exist_ok=True)
    path.write_text("precious")
    result = call("init", tmp_path)
    assert result.exception is not None
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [path]
    assert path.read_text() == "precious"


def test_every_setting_is_shown_with_its_default() -> None:
    text = commented({})
    shown = "\n".join(
        line.removeprefix("# ")
        for line in text.splitlines()
        if re.match(r"# \w+ = (?!\(not set\))", line) or line.startswith("[")
    )
    assert config.parse(tomllib.loads(_without_routing(shown)), {}, "shown") == config.Settings()
    for section, field in config.Settings.model_fields.items():
        model = config.Profile if section == "profiles" else config.Route if section == "routing" else field.annotation
        for key in model.model_fields:  # type: ignore[union-attr]
            assert re.search(rf"\b{key}\b", text), f"{section}.{key}"


def test_every_setting_is_explained() -> None:
    for section, field in config.Settings.model_fields.items():
        if section not in ("profiles", "routing"):
            explained = attribute_docstrings(field.annotation)  # type: ignore[arg-type]
            for key in field.annotation.model_fields:  # type: ignore[union-attr]
                assert explained.get(key), f"{section}.{key} has no docstring"


def test_the_untouched_text_is_a_valid_configuration() -> None:
    assert config.parse(tomllib.loads(commented({})), {}, "untouched") == config.Settings()


def _without_routing(text: str) -> str:
    """The example of a route is not a default."""
    return text.replace('\ncategory = "docs"', "").replace('\nprofile = "default"', "")
