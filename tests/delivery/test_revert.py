"""What shipped is taken back, and nothing else: not what came later, not what the operator has open."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.delivery import NotShipped, Shipped, Target, TargetError, open_target
from factory_tui.delivery.revert import take_back
from factory_tui.delivery.tree import Entry
from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.model.run import HoldReason

from .conftest import artifact, git, tree

MESSAGE = "Revert bank: Withdraw money\n\nRun: r1\nReason: it pays twice\n"


async def shipped(
    workspace: Path, path: Path, files: Artifact, branch: str = "factory/bank/r1"
) -> tuple[Target, str, str]:
    """The target, what shipped, and the base before it."""
    target = await open_target(workspace, str(path), "main")
    base = await target.base_tree()
    commit = await target.hold(files, base.commit, branch, f"Ship {branch}\n")
    assert await target.ship(commit, base.commit) == Shipped(commit)
    return target, commit, base.commit


def tree_of(path: Path, commit: str) -> str:
    return git(path, "rev-parse", f"{commit}^{{tree}}")


async def test_the_base_is_what_it_was_and_history_keeps_both(workspace: Path, bare: Path) -> None:
    target, commit, before = await shipped(workspace, bare, artifact(README="second\n", a__py="x"))
    back = await target.revert(commit, before, MESSAGE)
    assert isinstance(back, str)
    assert git(bare, "rev-parse", "main") == back
    assert tree_of(bare, back) == tree_of(bare, before)
    assert git(bare, "log", "-1", "--format=%P %an %B", back) == f"{commit} factory-tui {MESSAGE}"


async def test_later_work_on_other_files_stays(workspace: Path, bare: Path) -> None:
    target, commit, before = await shipped(workspace, bare, artifact(README="second\n", a="1"))
    later = artifact(README="second\n", a="1", b="2")
    await shipped(workspace, bare, later, "factory/other/r2")
    back = await target.revert(commit, before, MESSAGE)
    assert isinstance(back, str)
    assert git(bare, "ls-tree", "-r", "--name-only", back).split("\n") == ["README", "b", "tool.sh"]
    assert git(bare, "show", f"{back}:README") == "first"
    assert git(bare, "show", f"{back}:b") == "2"


@pytest.mark.parametrize(
    "later",
    [
        {"README": "third\n", "a": "1"},
        {"a": "1"},
        {"README": "second\n", "a": "2"},
    ],
)
async def test_later_work_on_the_same_files_stops_it_and_names_them(
    workspace: Path, bare: Path, later: dict[str, str]
) -> None:
    target, commit, before = await shipped(workspace, bare, tree({"README": "second\n", "a": "1"}))
    await shipped(workspace, bare, tree(later), "factory/other/r2")
    now = git(bare, "rev-parse", "main")
    answer = await target.revert(commit, before, MESSAGE)
    assert isinstance(answer, NotShipped)
    assert answer.reason is HoldReason.BASE_MOVED
    assert "changed the same files: " + ("a" if later.get("README") == "second\n" else "README") in answer.what
    assert f"revert {commit[:12]}" in answer.remedy
    assert git(bare, "rev-parse", "main") == now


async def test_a_file_that_comes_back_where_a_directory_is_by_now_stops_it(workspace: Path, bare: Path) -> None:
    target, commit, before = await shipped(workspace, bare, tree({"tool.sh": "#!/bin/sh\n"}))
    await shipped(workspace, bare, tree({"tool.sh": "#!/bin/sh\n", "README/part": "later"}), "factory/other/r2")
    answer = await target.revert(commit, before, MESSAGE)
    assert isinstance(answer, NotShipped)
    assert "README" in answer.what


async def test_nothing_left_to_take_back_says_so(workspace: Path, bare: Path) -> None:
    target, commit, before = await shipped(workspace, bare, artifact(README="second\n"))
    git(bare, "update-ref", "refs/heads/main", before)
    answer = await target.revert(commit, before, MESSAGE)
    assert isinstance(answer, NotShipped)
    assert "nothing to take back" in answer.what
    assert git(bare, "rev-parse", "main") == before


async def test_what_was_taken_back_in_part_is_completed(workspace: Path, bare: Path) -> None:
    target, commit, before = await shipped(workspace, bare, artifact(README="second\n", a="1"))
    await shipped(workspace, bare, artifact(README="first\n", a="1"), "factory/other/r2")
    back = await target.revert(commit, before, MESSAGE)
    assert isinstance(back, str)
    assert tree_of(bare, back) == tree_of(bare, before)


async def test_a_second_time_gives_the_same_commit_also_after_later_work(workspace: Path, bare: Path) -> None:
    target, commit, before = await shipped(workspace, bare, artifact(README="second\n"))
    back = await target.revert(commit, before, MESSAGE)
    await shipped(workspace, bare, artifact(b="2"), "factory/other/r2")
    now = git(bare, "rev-parse", "main")
    assert await target.revert(commit, before, MESSAGE) == back
    assert git(bare, "rev-parse", "main") == now


async def test_another_reason_finds_the_commit_of_the_first(workspace: Path, bare: Path) -> None:
    target, commit, before = await shipped(workspace, bare, artifact(README="second\n"))
    back = await target.revert(commit, before, f"Take back\n\nIt pays twice\nReverts: {commit}\n")
    assert await target.revert(commit, before, f"Take back\n\nIt pays\nnothing\nReverts: {commit}\n") == back
    assert git(bare, "rev-parse", "main") == back


async def test_a_commit_with_only_part_of_the_message_is_not_it(workspace: Path, bare: Path) -> None:
    target, commit, before = await shipped(workspace, bare, artifact(README="second\n"))
    await target.hold(artifact(README="second\n", b="2"), commit, "factory/x", f"Quoted: {MESSAGE}")
    git(bare, "update-ref", "refs/heads/main", "refs/heads/factory/x")
    back = await target.revert(commit, before, MESSAGE)
    assert isinstance(back, str)
    assert git(bare, "rev-parse", f"{back}^") == git(bare, "rev-parse", "factory/x")


async def test_modes_links_submodules_odd_names_and_renames(workspace: Path, checkout: Path) -> None:
    (checkout / "link").symlink_to("README")
    (checkout / "docs").symlink_to("/etc")
    git(checkout, "add", ".")
    git(checkout, "update-index", "--add", "--cacheinfo", f"160000,{git(checkout, 'rev-parse', 'HEAD')},sub")
    git(checkout, "commit", "-qm", "odd things")
    git(checkout, "checkout", "-q", "--detach")
    odd = ["-rf", "--help", "a b", "new\nline", "tab\there", 'quo"te', "ünï/cødé", "docs/x", ":(top)x", "a\\b"]
    files = [ArtifactFile(PurePosixPath(each), b"first\n") for each in odd]
    files.append(ArtifactFile(PurePosixPath("README"), b"first\n", executable=True))
    target, commit, before = await shipped(workspace, checkout, Artifact.of(files))
    assert tree_of(checkout, commit) != tree_of(checkout, before)
    back = await target.revert(commit, before, MESSAGE)
    assert isinstance(back, str)
    assert tree_of(checkout, back) == tree_of(checkout, before)


async def test_what_began_empty_is_empty_again(workspace: Path) -> None:
    target, commit, before = await shipped(workspace, workspace / "targets" / "new", artifact(a="1"))
    back = await target.revert(commit, before, MESSAGE)
    assert isinstance(back, str)
    assert (await target.base_tree()).files == Artifact.of(())


async def test_a_clean_checkout_is_brought_along(workspace: Path, checkout: Path) -> None:
    (checkout / "notes").write_text("not tracked\n")
    target, commit, before = await shipped(workspace, checkout, artifact(README="second\n", a="1"))
    back = await target.revert(commit, before, MESSAGE)
    assert git(checkout, "rev-parse", "HEAD") == back
    assert git(checkout, "status", "--porcelain") == "?? notes"
    assert (checkout / "README").read_text() == "first\n"
    assert not (checkout / "a").exists()


async def test_a_dirty_checkout_is_left_alone_and_the_remedy_works(workspace: Path, checkout: Path) -> None:
    target, commit, before = await shipped(workspace, checkout, artifact(README="second\n", a="1"))
    (checkout / "README").write_text("mine\n")
    answer = await target.revert(commit, before, MESSAGE)
    assert isinstance(answer, NotShipped)
    assert answer.reason is HoldReason.TARGET_DIRTY
    assert git(checkout, "rev-parse", "main") == commit
    assert (checkout / "README").read_text() == "mine\n"
    git(checkout, "checkout", "-q", "README")
    subprocess.run(["sh", "-c", answer.remedy.split("then: ")[1]], check=True, capture_output=True)
    assert tree_of(checkout, "main") == tree_of(checkout, before)
    assert await target.revert(commit, before, MESSAGE) == git(checkout, "rev-parse", "main")


async def test_a_crash_between_files_and_branch_is_completed(workspace: Path, checkout: Path) -> None:
    target, commit, before = await shipped(workspace, checkout, artifact(README="second\n"))
    git(checkout, "read-tree", "-m", "-u", commit, before)
    back = await target.revert(commit, before, MESSAGE)
    assert git(checkout, "rev-parse", "main") == back
    assert git(checkout, "status", "--porcelain") == ""


async def test_a_revert_that_could_not_be_delivered_keeps_its_id(workspace: Path, checkout: Path) -> None:
    target, commit, before = await shipped(workspace, checkout, artifact(README="second\n"))
    (checkout / "README").write_text("mine\n")
    first, second = [await target.revert(commit, before, MESSAGE) for _ in range(2)]
    assert isinstance(first, NotShipped)
    assert first == second


async def test_no_hook_and_no_filter_of_the_target_runs(workspace: Path, checkout: Path, tmp_path: Path) -> None:
    target, commit, before = await shipped(workspace, checkout, artifact(README="second\n"))
    for name in ("reference-transaction", "post-checkout", "pre-commit", "update", "pre-push"):
        hook = checkout / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
        hook.chmod(0o755)
    back = await target.revert(commit, before, MESSAGE)
    assert git(checkout, "rev-parse", "main") == back
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("gone", ["0" * 40, "--help", "main"])
async def test_a_commit_that_is_not_there_is_said(workspace: Path, bare: Path, gone: str) -> None:
    target, commit, before = await shipped(workspace, bare, artifact(README="second\n"))
    with pytest.raises(TargetError, match="not there any more"):
        await target.revert(gone, before, MESSAGE)
    with pytest.raises(TargetError, match="not there any more"):
        await target.revert(commit, gone, MESSAGE)
    assert git(bare, "rev-parse", "main") == commit


@pytest.mark.parametrize("path", [".GIT/config", "git~1/x", ".g\u200cit/x"])
async def test_a_tree_that_git_cannot_write_again_is_refused_whole(workspace: Path, bare: Path, path: str) -> None:
    """Written past git's own guards, as somebody who pushes can: leaving such a path out would delete it."""
    target, commit, before = await shipped(workspace, bare, artifact(README="second\n"))
    blob = git(bare, "rev-parse", f"{commit}:README")
    top, name = path.split("/")
    inner = _made(bare, "mktree", input=f"100644 blob {blob}\t{name}\n")
    listing = git(bare, "ls-tree", commit)
    outer = _made(bare, "mktree", input=f"{listing}\n040000 tree {inner}\t{top}\n")
    odd = git(bare, "commit-tree", outer, "-p", commit, "-m", "odd")
    git(bare, "update-ref", "refs/heads/main", odd)
    with pytest.raises(TargetError, match=r"cannot be taken back|cannot be read"):
        await target.revert(commit, before, MESSAGE)
    assert git(bare, "rev-parse", "main") == odd


def _made(directory: Path, *arguments: str, input: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=directory, input=input, capture_output=True, text=True, check=True)
    return done.stdout.strip()


async def test_a_base_that_moves_meanwhile_is_planned_anew(
    workspace: Path, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, commit, before = await shipped(workspace, bare, artifact(README="second\n"))
    moved = await target.hold(artifact(README="second\n", b="2"), commit, "factory/other/r2", "Other\n")
    ship: Callable = Target._ship

    def ship_late(self: Target, new: str, base: str) -> Shipped | NotShipped:
        if base == commit:
            git(bare, "update-ref", "refs/heads/main", moved)
        return ship(self, new, base)

    monkeypatch.setattr(Target, "_ship", ship_late)
    back = await target.revert(commit, before, MESSAGE)
    assert isinstance(back, str)
    assert git(bare, "rev-parse", f"{back}^") == moved
    assert git(bare, "ls-tree", "-r", "--name-only", back).split("\n") == ["README", "b", "tool.sh"]


@pytest.fixture
def pushable_url(bare: Path) -> Iterator[str]:
    """The bare repository behind git's own protocol, open to everybody on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        port = chosen.getsockname()[1]
    argv = ["git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", "--export-all"]
    argv += ["--enable=receive-pack", f"--base-path={bare.parent}", str(bare)]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL, start_new_session=True) as daemon:
        url = f"git://127.0.0.1:{port}/{bare.name}"
        while subprocess.run(["git", "ls-remote", url], capture_output=True, check=False).returncode != 0:
            assert daemon.poll() is None
            time.sleep(0.05)
        yield url
        os.killpg(daemon.pid, signal.SIGTERM)


async def test_a_target_behind_a_url_is_pushed_to(workspace: Path, bare: Path, pushable_url: str) -> None:
    target = await open_target(workspace, pushable_url, "main")
    base = await target.base_tree()
    commit = await target.hold(artifact(README="second\n"), base.commit, "factory/bank/r1", "Ship\n")
    assert await target.ship(commit, base.commit) == Shipped(commit)
    back = await target.revert(commit, base.commit, MESSAGE)
    assert git(bare, "rev-parse", "main") == back
    assert tree_of(bare, "main") == tree_of(bare, base.commit)
    assert await target.revert(commit, base.commit, MESSAGE) == back
    assert git(bare, "for-each-ref", "--format=%(refname)").split("\n") == [
        "refs/heads/factory/bank/r1",
        "refs/heads/main",
    ]


_PATHS = st.sampled_from([b"a", b"a/b", b"c", b"c/d/e", b"f"])
_TREES = st.dictionaries(_PATHS, st.sampled_from("123")).map(
    lambda names: {path: Entry("100644", name, path) for path, name in names.items()}
)


@given(_TREES, _TREES, _TREES)
def test_paths_that_shipping_did_not_change_are_never_touched(
    now: dict[bytes, Entry], shipped: dict[bytes, Entry], before: dict[bytes, Entry]
) -> None:
    undone, later = take_back(now, shipped, before)
    changed = {path for path in shipped.keys() | before.keys() if shipped.get(path) != before.get(path)}
    for path in now.keys() | undone.keys():
        if path not in changed:
            assert undone.get(path) == now.get(path)
        elif path not in later:
            assert undone.get(path) == before.get(path)
