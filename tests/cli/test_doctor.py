"""`doctor` says what is missing, how to mend it, and never shows the key."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from factory_tui.cli.main import cli

KEY = "sk-canary-7f3a91"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace on a machine whose container engine does not answer."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    path = tmp_path / "workspace"
    (path / "scenarios").mkdir(parents=True)
    (path / "factory.toml").write_text('[model]\nbase_url = "twin"\n[sandbox]\nbackend = "local"\n')
    return path


def examined(workspace: Path) -> tuple[int, dict[str, dict[str, str]], str]:
    result = CliRunner().invoke(cli, ["-C", str(workspace), "doctor", "--json"], standalone_mode=False)
    document = json.loads(result.stdout)
    code = result.return_value if isinstance(result.return_value, int) else result.exit_code
    return code, {each["name"]: each for each in document["checks"]}, result.output


def test_a_workspace_that_needs_no_engine_is_ready_without_one(workspace: Path) -> None:
    code, checks, _ = examined(workspace)
    assert code == 0
    assert checks["container engine"]["grade"] == "warn"
    assert {checks[name]["grade"] for name in ("python", "git", "sqlite", "workspace", "model")} == {"ok"}


def test_a_missing_engine_that_is_needed_fails_with_the_fix(workspace: Path) -> None:
    (workspace / "factory.toml").write_text('[model]\nbase_url = "twin"\n')
    code, checks, _ = examined(workspace)
    assert code == 3
    assert checks["container engine"]["grade"] == "fail"
    assert "Docker" in checks["container engine"]["fix"]


def test_a_key_is_found_and_never_shown(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    (workspace / "factory.toml").write_text("[limits]\nday_usd = 5\n")
    _, checks, output = examined(workspace)
    assert checks["model"]["grade"] == "ok"
    assert KEY not in output


def test_a_missing_key_and_missing_caps_fail(workspace: Path) -> None:
    (workspace / "factory.toml").write_text("")
    code, checks, _ = examined(workspace)
    assert code == 3
    assert checks["model"]["grade"] == checks["caps"]["grade"] == "fail"
    assert "ANTHROPIC_API_KEY" in checks["model"]["found"]


def test_a_broken_configuration_is_named_and_the_rest_is_still_examined(workspace: Path) -> None:
    (workspace / "factory.toml").write_text("[sandbox]\nbakend = 1\n")
    code, checks, _ = examined(workspace)
    assert code == 3
    assert "backend" in checks["workspace"]["found"]
    assert "local sandbox" in checks


def test_outside_a_workspace_nothing_of_one_is_demanded(workspace: Path, tmp_path: Path) -> None:
    code, checks, _ = examined(tmp_path)
    assert code == 0
    assert checks["workspace"]["grade"] == "warn"
    assert "init" in checks["workspace"]["fix"]


@pytest.mark.docker
def test_a_real_engine_tells_its_runtime_and_seccomp(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_HOST")
    (workspace / "factory.toml").write_text('[model]\nbase_url = "twin"\n')
    code, checks, _ = examined(workspace)
    assert code == 0
    assert {checks[name]["grade"] for name in ("container engine", "runtime", "image")} == {"ok"}
    assert "seccomp" in checks
