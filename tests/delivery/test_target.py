"""Which repositories are taken as a target, and what of their base an agent gets to see."""

import stat
from pathlib import Path
from urllib.parse import quote

import pytest

from factory_tui.delivery import Shipped, TargetError, open_target

from .conftest import git, tree


async def test_a_missing_target_is_made_bare_with_an_empty_first_commit(workspace: Path) -> None:
    target = await open_target(workspace, "targets/new one", "trunk")
    base = await target.base_tree()
    assert base.files.files == ()
    assert git(workspace / "targets" / "new one", "rev-parse", "trunk") == base.commit
    assert git(workspace / "targets" / "new one", "config", "core.bare") == "true"
    again = await open_target(workspace, "targets/new one", "trunk")
    assert (await again.base_tree()).commit == base.commit


async def test_a_missing_target_is_made_from_the_bundle_beside_it(workspace: Path, checkout: Path) -> None:
    (workspace / "targets").mkdir()
    git(checkout, "bundle", "create", "-q", str(workspace / "targets" / "tool.bundle"), "main")
    target = await open_target(workspace, "targets/tool", "main")
    assert [str(each.path) for each in (await target.base_tree()).files] == ["README", "tool.sh"]


async def test_a_broken_bundle_is_named_and_leaves_nothing_behind(workspace: Path) -> None:
    (workspace / "targets").mkdir()
    (workspace / "targets" / "tool.bundle").write_text("not a bundle")
    with pytest.raises(TargetError, match=r"tool\.bundle"):
        await open_target(workspace, "targets/tool", "main")
    assert [each.name for each in (workspace / "targets").iterdir()] == ["tool.bundle"]


async def test_an_empty_bare_repository_gets_its_first_commit(workspace: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    target = await open_target(workspace, str(tmp_path / "empty.git"), "main")
    assert (await target.base_tree()).files.files == ()


async def test_the_base_is_shown_with_content_and_modes(workspace: Path, checkout: Path) -> None:
    base = await (await open_target(workspace, str(checkout), "main")).base_tree()
    shown = {str(each.path): (each.content, each.executable) for each in base.files}
    assert shown == {"README": (b"first\n", False), "tool.sh": (b"#!/bin/sh\n", True)}
    assert base.commit == git(checkout, "rev-parse", "main")


async def test_work_that_is_not_committed_is_not_the_base(workspace: Path, checkout: Path) -> None:
    (checkout / "README").write_text("changed\n")
    base = await (await open_target(workspace, str(checkout), "main")).base_tree()
    assert base.files.files[0].content == b"first\n"


async def test_links_submodules_and_what_configures_them_are_not_shown(workspace: Path, checkout: Path) -> None:
    (checkout / "link").symlink_to("/etc/passwd")
    (checkout / ".gitmodules").write_text('[submodule "x"]\n\tpath = sub\n\turl = ext::sh -c true\n')
    git(checkout, "add", "link", ".gitmodules")
    git(checkout, "update-index", "--add", "--cacheinfo", f"160000,{git(checkout, 'rev-parse', 'HEAD')},sub")
    git(checkout, "commit", "-qm", "odd things")
    base = await (await open_target(workspace, str(checkout), "main")).base_tree()
    assert [str(each.path) for each in base.files] == ["README", "tool.sh"]


async def test_a_missing_base_names_the_branches_there_are(workspace: Path, checkout: Path) -> None:
    git(checkout, "branch", "develop")
    with pytest.raises(TargetError, match="no branch trunk; branches: develop, main"):
        await open_target(workspace, str(checkout), "trunk")


async def test_an_empty_working_tree_gets_its_first_commit(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "fresh").mkdir()
    git(tmp_path / "fresh", "init", "-q", "-b", "main")
    target = await open_target(workspace, str(tmp_path / "fresh"), "main")
    base = await target.base_tree()
    assert base.files.files == ()
    commit = await target.hold(tree({"bin/tool": "x\n"}), base.commit, "factory/a/r1", "Ship it")
    assert await target.ship(commit, base.commit) == Shipped(commit)
    assert (tmp_path / "fresh" / "bin" / "tool").read_text() == "x\n"
    assert git(tmp_path / "fresh", "status", "--porcelain") == ""


async def test_files_that_nobody_committed_yet_are_not_taken_for_an_empty_base(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "fresh").mkdir()
    git(tmp_path / "fresh", "init", "-q", "-b", "main")
    (tmp_path / "fresh" / "draft.py").write_text("x\n")
    with pytest.raises(TargetError, match=r"branches: none\n.*--allow-empty"):
        await open_target(workspace, str(tmp_path / "fresh"), "main")


async def test_a_plain_directory_is_refused_even_inside_another_repository(workspace: Path, checkout: Path) -> None:
    (checkout / "sub").mkdir()
    (checkout / "sub" / "file").write_text("x")
    with pytest.raises(TargetError, match="not a git repository"):
        await open_target(workspace, str(checkout / "sub"), "main")


async def test_a_file_is_refused(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(TargetError, match="not a git repository"):
        await open_target(workspace, str(tmp_path / "file"), "main")


async def test_a_damaged_repository_is_refused(workspace: Path, bare: Path) -> None:
    (bare / "HEAD").write_text("garbage")
    with pytest.raises(TargetError, match="not a usable git repository"):
        await open_target(workspace, str(bare), "main")


async def test_a_directory_is_not_made_outside_the_workspace(workspace: Path, tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="neither it nor its directory exists"):
        await open_target(workspace, str(tmp_path / "typo" / "repo"), "main")
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("target", ["scenarios/bank", "scenarios", ".factory/x", ".", "..", "targets/../scenarios"])
async def test_a_target_may_not_overlap_what_agents_must_not_see(workspace: Path, target: str) -> None:
    with pytest.raises(TargetError, match=r"no agent may see|would read it"):
        await open_target(workspace, target, "main")


async def test_a_holdout_outside_the_workspace_is_protected_too(workspace: Path, checkout: Path) -> None:
    (checkout / "holdout").mkdir()
    with pytest.raises(TargetError, match="would read it"):
        await open_target(workspace, str(checkout), "main", holdout=checkout / "holdout")


async def test_a_base_that_holds_a_copy_of_a_scenario_is_refused(workspace: Path, checkout: Path) -> None:
    (checkout / "innocent.txt").write_bytes((workspace / "scenarios" / "bank" / "secret.yaml").read_bytes())
    git(checkout, "add", ".")
    git(checkout, "commit", "-qm", "leak")
    target = await open_target(workspace, str(checkout), "main")
    with pytest.raises(TargetError, match=r"innocent\.txt is the holdout file .*secret\.yaml"):
        await target.base_tree()


@pytest.mark.parametrize("base", ["-x", "a..b", "a b", "", "x.lock", "@{1}", "a\nb", "a\x1b[31m"])
async def test_what_is_not_a_branch_name_never_reaches_git(workspace: Path, base: str) -> None:
    with pytest.raises(TargetError, match="not a branch name"):
        await open_target(workspace, "targets/x", base)


@pytest.mark.parametrize(
    "target",
    ["ext::sh -c 'touch pwned'", "fd::17", "ftp://localhost/x", "https://-oProxyCommand=x", "file:///etc", "-u:x y"],
)
async def test_a_transport_that_could_run_a_program_is_refused(workspace: Path, target: str) -> None:
    with pytest.raises(TargetError):
        await open_target(workspace, target, "main")


async def test_a_file_url_is_a_repository_of_this_machine(workspace: Path, checkout: Path, tmp_path: Path) -> None:
    hook = checkout / ".git" / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    hook.chmod(0o755)
    target = await open_target(workspace, "file://" + quote(str(checkout)), "main")
    base = await target.base_tree()
    commit = await target.hold(tree({"new": "x\n"}), base.commit, "factory/a/r1", "Ship it")
    assert await target.ship(commit, base.commit) == Shipped(commit)
    assert git(checkout, "rev-parse", "main") == commit
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("target", ["file://scenarios/bank", "file://localhost/x", "file://{workspace}/scenarios"])
async def test_a_file_url_is_no_way_around_what_a_path_may_not_name(workspace: Path, target: str) -> None:
    with pytest.raises(TargetError, match=r"names no file of this machine|no agent may see"):
        await open_target(workspace, target.format(workspace=workspace), "main")


async def test_an_unreachable_url_is_a_clear_error(workspace: Path) -> None:
    with pytest.raises(TargetError, match="cannot be read"):
        await open_target(workspace, "http://127.0.0.1:1/x.git", "main")


async def test_the_mirror_is_for_the_operator_only(workspace: Path, checkout: Path) -> None:
    target = await open_target(workspace, str(checkout), "main")
    mirror = target.mirror.directory
    assert mirror.is_relative_to(workspace / ".factory" / "targets")
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o700 for each in (mirror, mirror.parent, mirror.parent.parent))
