"""No program that a repository or an artifact names is ever run on the host.

Every way that plain git has to run one leaves a line in a marker file. The unguarded control proves that the traps
work; delivery has to leave the file missing.
"""

import os
import subprocess
from pathlib import Path

import pytest

from factory_tui.delivery import NotShipped, Shipped, open_target

from .conftest import git, tree

HOOKS = (
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "pre-receive",
    "update",
    "proc-receive",
    "post-receive",
    "post-update",
    "reference-transaction",
    "push-to-checkout",
    "pre-auto-gc",
    "post-rewrite",
    "fsmonitor-watchman",
    "post-index-change",
)
ATTRIBUTES = "* filter=trap diff=trap merge=trap\n"


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "executed"


@pytest.fixture
def trap(tmp_path: Path, marker: Path) -> Path:
    """A program that says that it ran and passes its input on."""
    path = tmp_path / "trap"
    path.write_text(f'#!/bin/sh\necho "$0 $*" >>"{marker}"\ncat\n')
    path.chmod(0o755)
    return path


def set_hooks(repository: Path, trap: Path) -> None:
    (repository / "hooks").mkdir(exist_ok=True)
    for name in HOOKS:
        (repository / "hooks" / name).unlink(missing_ok=True)
        (repository / "hooks" / name).symlink_to(trap)


def set_programs(repository: Path, trap: Path) -> None:
    """Programs that git takes from a repository's configuration."""
    for key in (
        "core.fsmonitor",
        "diff.external",
        "diff.trap.textconv",
        "core.pager",
        "merge.trap.driver",
        "core.editor",
    ):
        git(repository, "config", key, str(trap))


def set_filters(repository: Path, trap: Path) -> None:
    git(repository, "config", "filter.trap.clean", str(trap))
    git(repository, "config", "filter.trap.smudge", str(trap))


async def test_plain_git_falls_into_every_kind_of_trap(checkout: Path, trap: Path, marker: Path) -> None:
    set_hooks(checkout / ".git", trap)
    set_filters(checkout, trap)
    git(checkout, "config", "core.fsmonitor", str(trap))
    (checkout / ".gitattributes").write_text(ATTRIBUTES)
    git(checkout, "add", ".", check=False)
    git(checkout, "commit", "-qm", "x", check=False)
    executed = marker.read_text()
    assert "pre-commit" in executed
    assert len(executed.splitlines()) >= 3


async def test_a_bare_target_with_hooks_runs_none(workspace: Path, bare: Path, trap: Path, marker: Path) -> None:
    set_hooks(bare, trap)
    set_programs(bare, trap)
    set_filters(bare, trap)
    target = await open_target(workspace, str(bare), "main")
    base = await target.base_tree()
    commit = await target.hold(tree({".gitattributes": ATTRIBUTES, "a": "1"}), base.commit, "factory/x/r1", "m")
    assert await target.ship(commit, base.commit) == Shipped(commit)
    await target.base_tree()
    assert not marker.exists()


async def test_a_checked_out_target_with_hooks_runs_none(
    workspace: Path, checkout: Path, trap: Path, marker: Path
) -> None:
    set_hooks(checkout / ".git", trap)
    set_programs(checkout, trap)
    # A changed time makes git look into the file, where a filter would run.
    os.utime(checkout / "README", (1, 1))
    target = await open_target(workspace, str(checkout), "main")
    base = await target.base_tree()
    artifact = tree({".gitattributes": ATTRIBUTES, "README": "second\n", "a": "1"})
    commit = await target.hold(artifact, base.commit, "factory/x/r1", "m")
    assert await target.ship(commit, base.commit) == Shipped(commit)
    assert (checkout / "a").read_text() == "1"
    assert not marker.exists()


async def test_a_checkout_with_filters_is_held_rather_than_filtered(
    workspace: Path, checkout: Path, trap: Path, marker: Path
) -> None:
    set_filters(checkout, trap)
    target = await open_target(workspace, str(checkout), "main")
    base = await target.base_tree()
    commit = await target.hold(tree({".gitattributes": ATTRIBUTES, "a": "1"}), base.commit, "factory/x/r1", "m")
    answer = await target.ship(commit, base.commit)
    assert isinstance(answer, NotShipped)
    assert "filters" in answer.what
    assert not marker.exists()


async def test_an_agents_repository_inside_its_artifact_has_no_effect(
    workspace: Path, bare: Path, trap: Path, marker: Path
) -> None:
    config = f'[core]\n\tfsmonitor = {trap}\n\thooksPath = .\n[filter "trap"]\n\tsmudge = {trap}\n\tclean = {trap}\n'
    files = {f"{name}/config": config for name in (".git", ".GIT", ".Git", "sub/.git", "sub/.gIT")}
    files |= {".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::' + str(trap), ".gitattributes": ATTRIBUTES}
    files |= {f".git/hooks/{name}": trap.read_text() for name in HOOKS}
    target = await open_target(workspace, str(bare), "main")
    base = await target.base_tree()
    commit = await target.hold(tree(files), base.commit, "factory/x/r1", "m")
    assert await target.ship(commit, base.commit) == Shipped(commit)
    assert git(bare, "ls-tree", "-r", "--name-only", "main") == ".gitattributes"
    assert not marker.exists()


async def test_the_operators_global_configuration_is_not_used_locally(
    workspace: Path, checkout: Path, trap: Path, marker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        f"[core]\n\tfsmonitor = {trap}\n\thooksPath = {home}\n\tattributesFile = {home}/attributes\n"
        f'[filter "trap"]\n\tsmudge = {trap}\n\tclean = {trap}\n[init]\n\ttemplateDir = {home}\n'
    )
    (home / "attributes").write_text(ATTRIBUTES)
    set_hooks(home, trap)
    for name in HOOKS:
        (home / name).symlink_to(trap)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.hooksPath")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(home))
    target = await open_target(workspace, str(checkout), "main")
    base = await target.base_tree()
    commit = await target.hold(tree({"README": "second\n"}), base.commit, "factory/x/r1", "m")
    assert await target.ship(commit, base.commit) == Shipped(commit)
    assert not marker.exists()


async def test_a_command_for_the_operator_runs_nothing_that_the_name_of_a_branch_says(
    workspace: Path, bare: Path, tmp_path: Path
) -> None:
    base = "main;touch${IFS}owned;`touch${IFS}owned`'\""
    git(bare, "branch", "--", base, "main")
    target = await open_target(workspace, str(bare), base)
    before = await target.base_tree()
    commit = await target.hold(tree({"a": "1"}), before.commit, "factory/bank/r1", "Ship r1\n")
    later = await target.hold(tree({"a": "2"}), before.commit, "factory/bank/r2", "Ship r2\n")
    git(bare, "update-ref", f"refs/heads/{base}", later)
    remedies = [await target.ship(commit, before.commit), await target.revert(commit, before.commit, "Take back r1\n")]
    git(bare, "update-ref", f"refs/heads/{base}", before.commit)
    remedies.append(await target.revert(commit, before.commit, "Take back r1\n"))
    for each in remedies:
        assert isinstance(each, NotShipped)
        subprocess.run(["sh", "-c", each.remedy], cwd=tmp_path, capture_output=True, check=False)
        assert git(bare, "rev-parse", f"refs/heads/{base}")
    assert not (tmp_path / "owned").exists()
