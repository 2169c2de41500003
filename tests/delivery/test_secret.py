"""A target may not give the holdout away, wherever in it a scenario lies and whatever it is called there."""

import os
import subprocess
from pathlib import Path

import pytest

from factory_tui.delivery import TargetError, open_target

from .conftest import git


def secret(workspace: Path) -> Path:
    return workspace / "scenarios" / "bank" / "secret.yaml"


def commit(repository: Path, words: str = "more") -> None:
    git(repository, "add", "--all", ".")
    git(repository, "commit", "-qm", words)


async def read_base(workspace: Path, target: Path) -> None:
    await (await open_target(workspace, str(target), "main")).base_tree()


async def test_a_scenario_that_only_the_history_has_is_found_there(workspace: Path, checkout: Path) -> None:
    (checkout / "docs").mkdir()
    (checkout / "docs" / "old.txt").write_bytes(secret(workspace).read_bytes())
    commit(checkout)
    (checkout / "docs" / "old.txt").unlink()
    commit(checkout)
    with pytest.raises(TargetError, match=r"history of its base has the holdout file .*secret\.yaml") as refused:
        await read_base(workspace, checkout)
    assert "rotate" in refused.value.todo
    secret(workspace).write_text("then: another secret is kept\n")
    await read_base(workspace, checkout)


async def test_what_another_branch_has_is_not_the_bases(workspace: Path, checkout: Path) -> None:
    git(checkout, "checkout", "-q", "-b", "aside")
    (checkout / "copy.yaml").write_bytes(secret(workspace).read_bytes())
    commit(checkout)
    git(checkout, "checkout", "-q", "main")
    await read_base(workspace, checkout)


async def test_other_line_ends_hide_nothing(workspace: Path, checkout: Path) -> None:
    (checkout / "x").write_bytes(b"\r\n" + secret(workspace).read_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\n")
    commit(checkout)
    with pytest.raises(TargetError, match=r"x is the holdout file"):
        await read_base(workspace, checkout)


async def test_fixtures_are_part_of_the_holdout_and_common_words_are_not(workspace: Path, checkout: Path) -> None:
    fixtures = workspace / "scenarios" / "bank" / "fixtures" / "rates"
    fixtures.mkdir(parents=True)
    (fixtures / "empty.json").write_text("[]\n")
    (fixtures / "rates.csv").write_text("EUR;USD;1.0834\nEUR;CHF;0.9312\n")
    (checkout / "none.json").write_text("[]\n")
    commit(checkout)
    await read_base(workspace, checkout)
    (checkout / "data.csv").write_text("EUR;USD;1.0834\nEUR;CHF;0.9312\n")
    commit(checkout)
    with pytest.raises(TargetError, match=r"data\.csv is the holdout file .*rates\.csv"):
        await read_base(workspace, checkout)


async def test_a_holdout_behind_links_is_read_through_them_once(
    workspace: Path, checkout: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (workspace / "scenarios" / "bank").rename(elsewhere)
    (workspace / "scenarios" / "bank").symlink_to(elsewhere)
    (elsewhere / "loop").symlink_to(workspace / "scenarios")
    (checkout / "x").write_bytes((elsewhere / "secret.yaml").read_bytes())
    commit(checkout)
    with pytest.raises(TargetError, match=r"x is the holdout file .*secret\.yaml"):
        await read_base(workspace, checkout)


async def test_a_worktree_of_the_repository_that_holds_the_scenarios_is_refused(
    workspace: Path, tmp_path: Path
) -> None:
    git(workspace, "init", "-q", "-b", "main")
    commit(workspace)
    git(workspace, "branch", "work")
    git(workspace, "worktree", "add", "-q", str(tmp_path / "aside"), "work")
    target = await open_target(workspace, str(tmp_path / "aside"), "main")
    with pytest.raises(TargetError, match=r"scenarios/bank/secret\.yaml is the holdout file"):
        await target.base_tree()
    with pytest.raises(TargetError, match=r"scenarios/bank/secret\.yaml is the holdout file"):
        await (await open_target(workspace, f"file://{workspace}/.git", "main")).base_tree()


async def test_a_submodule_with_the_scenarios_is_not_shown_to_an_agent(workspace: Path, checkout: Path) -> None:
    holdout = workspace / "scenarios"
    git(holdout, "init", "-q", "-b", "main")
    commit(holdout)
    head = git(holdout, "rev-parse", "HEAD")
    git(checkout, "update-index", "--add", "--cacheinfo", f"160000,{head},hidden")
    git(checkout, "commit", "-qm", "submodule")
    base = await (await open_target(workspace, str(checkout), "main")).base_tree()
    assert [str(each.path) for each in base.files] == ["README", "tool.sh"]


@pytest.mark.parametrize("inside", [True, False])
async def test_another_name_for_the_same_directory_does_not_help(
    workspace: Path, checkout: Path, tmp_path: Path, inside: bool
) -> None:
    """A second mount of it, as a bind mount or a file system that knows no case would be."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    other = tmp_path / "mounted"
    other.mkdir()
    holdout = checkout / "proofs"
    holdout.mkdir()
    what, target, hidden = (checkout, other, holdout) if inside else (holdout, other / "x", holdout)
    if subprocess.run(["mount", "--bind", what, other], capture_output=True).returncode:
        pytest.skip("mounts are not allowed here")
    try:
        with pytest.raises(TargetError, match=r"no agent may see|would read it"):
            await open_target(workspace, str(target), "main", holdout=hidden)
    finally:
        subprocess.run(["umount", other], check=True)
