"""An artifact becomes a commit, and a commit the new base: without losing anything, however often it is repeated."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path, PurePosixPath

import pytest

from factory_tui.delivery import NotShipped, Shipped, Target, TargetError, open_target
from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.model.run import HoldReason

from .conftest import artifact, git, tree

BRANCH = "factory/bank/r1"
MESSAGE = "bank-withdraw: Withdraw money\n\nSpec 0123\nRun r1\nVerdict pass\n"


async def held(workspace: Path, path: Path, files: Artifact) -> tuple[Target, str, str]:
    """The target, the held commit and the base it stands on."""
    target = await open_target(workspace, str(path), "main")
    base = await target.base_tree()
    return target, await target.hold(files, base.commit, BRANCH, MESSAGE), base.commit


async def test_a_held_artifact_is_a_commit_on_the_base_in_mirror_and_target(workspace: Path, bare: Path) -> None:
    target, commit, base = await held(workspace, bare, artifact(README="new\n", main__py="x = 1\n"))
    for place in (bare, target.mirror.directory):
        assert git(place, "rev-parse", BRANCH) == commit
    assert git(bare, "log", "-1", "--format=%P %an %B", commit) == f"{base} factory-tui {MESSAGE}"
    assert git(bare, "ls-tree", "-r", "--name-only", commit).split("\n") == ["README", "main.py"]
    assert git(bare, "rev-parse", "main") == base


async def test_holding_again_gives_the_same_commit(workspace: Path, bare: Path) -> None:
    target, commit, base = await held(workspace, bare, artifact(a="1"))
    assert await target.hold(artifact(a="1"), base, BRANCH, MESSAGE) == commit
    assert await target.hold(artifact(a="2"), base, BRANCH, MESSAGE) != commit


async def test_holding_after_a_crash_before_the_target_was_written_completes_it(workspace: Path, bare: Path) -> None:
    target, commit, base = await held(workspace, bare, artifact(a="1"))
    git(bare, "update-ref", "-d", f"refs/heads/{BRANCH}")
    assert await target.hold(artifact(a="1"), base, BRANCH, MESSAGE) == commit
    assert git(bare, "rev-parse", BRANCH) == commit


async def test_modes_and_odd_names_survive(workspace: Path, bare: Path) -> None:
    names = [
        "-rf",
        "--help",
        "a b",
        "new\nline",
        "tab\there",
        'quo"te',
        "ünï/cødé",
        "dir/.gitignore",
        ":(top)x",
        "a\\b",
    ]
    files = Artifact.of(ArtifactFile(PurePosixPath(name), name.encode(), executable=True) for name in names)
    target, commit, base = await held(workspace, bare, files)
    assert await target.ship(commit, base) == Shipped(commit)
    assert (await target.base_tree()).files == files


async def test_nothing_named_like_gits_own_directory_is_kept(workspace: Path, bare: Path) -> None:
    names = [".git/config", ".GIT/hooks/pre-commit", "sub/.Git/HEAD", ".git", ".gitmodules", ".GitModules", "fine"]
    _, commit, _ = await held(workspace, bare, tree(dict.fromkeys(names, "x")))
    assert git(bare, "ls-tree", "-r", "--name-only", commit) == "fine"


@pytest.mark.parametrize("name", ["git~1/config", ".g\u200cit/config", ".git /config", ".git::$INDEX_ALLOCATION/x"])
async def test_disguises_of_gits_own_directory_are_refused(workspace: Path, bare: Path, name: str) -> None:
    with pytest.raises(TargetError):
        await held(workspace, bare, tree({name: "x"}))


async def test_links_and_submodules_of_the_base_stay_untouched(workspace: Path, checkout: Path) -> None:
    (checkout / "link").symlink_to("README")
    (checkout / "docs").symlink_to("/etc")
    git(checkout, "add", ".")
    git(checkout, "update-index", "--add", "--cacheinfo", f"160000,{git(checkout, 'rev-parse', 'HEAD')},sub")
    git(checkout, "commit", "-qm", "odd things")
    before = git(checkout, "ls-tree", "HEAD", "link", "sub")
    _, commit, _ = await held(workspace, checkout, tree({"docs/guide.md": "mine"}))
    assert git(checkout, "ls-tree", commit, "link", "sub") == before
    assert git(checkout, "ls-tree", "-r", "--name-only", commit).split("\n") == ["docs/guide.md", "link", "sub"]


async def test_a_bare_target_advances(workspace: Path, bare: Path) -> None:
    target, commit, base = await held(workspace, bare, artifact(a="1"))
    assert await target.ship(commit, base) == Shipped(commit)
    assert git(bare, "rev-parse", "main") == commit


async def test_shipping_again_changes_nothing(workspace: Path, bare: Path) -> None:
    target, commit, base = await held(workspace, bare, artifact(a="1"))
    await target.ship(commit, base)
    following = await target.hold(artifact(a="2"), commit, "factory/bank/r2", MESSAGE)
    await target.ship(following, commit)
    assert await target.ship(commit, base) == Shipped(commit)
    assert git(bare, "rev-parse", "main") == following


async def test_a_base_that_moved_is_not_overwritten_and_the_remedy_works(
    workspace: Path, bare: Path, checkout: Path, tmp_path: Path
) -> None:
    target, commit, base = await held(workspace, bare, artifact(README="first\n", tool__sh="#!/bin/sh\n", a="1"))
    (checkout / "other").write_text("x")
    git(checkout, "add", ".")
    git(checkout, "commit", "-qm", "the operator's own")
    git(checkout, "push", "-q", str(bare), "main")
    answer = await target.ship(commit, base)
    assert isinstance(answer, NotShipped)
    assert answer.reason is HoldReason.BASE_MOVED
    assert git(bare, "rev-parse", "main") == git(checkout, "rev-parse", "main")
    remedy = "export GIT_MERGE_AUTOEDIT=no GIT_AUTHOR_NAME=o; " + answer.remedy
    git(tmp_path, "-c", f"alias.by-hand=!cd {tmp_path} && {remedy}", "by-hand")
    assert {"a", "other"} <= set(git(bare, "ls-tree", "--name-only", "main").split("\n"))
    assert await target.ship(commit, base) == Shipped(commit)


async def test_a_base_that_nobody_has_checked_out_advances(workspace: Path, checkout: Path) -> None:
    git(checkout, "checkout", "-q", "-b", "elsewhere")
    (checkout / "README").write_text("dirty\n")
    target, commit, base = await held(workspace, checkout, artifact(a="1"))
    assert await target.ship(commit, base) == Shipped(commit)
    assert git(checkout, "rev-parse", "main") == commit
    assert (checkout / "README").read_text() == "dirty\n"


async def test_a_clean_checkout_is_brought_along(workspace: Path, checkout: Path) -> None:
    (checkout / "notes").write_text("not tracked\n")
    target, commit, base = await held(workspace, checkout, artifact(README="second\n", a="1"))
    assert await target.ship(commit, base) == Shipped(commit)
    assert git(checkout, "rev-parse", "HEAD") == commit
    assert git(checkout, "status", "--porcelain") == "?? notes"
    assert (checkout / "README").read_text() == "second\n"
    assert not (checkout / "tool.sh").exists()


@pytest.mark.parametrize("staged", [True, False])
async def test_a_dirty_checkout_is_left_alone(workspace: Path, checkout: Path, staged: bool) -> None:
    target, commit, base = await held(workspace, checkout, artifact(README="second\n"))
    (checkout / "README").write_text("mine\n")
    if staged:
        git(checkout, "add", ".")
    answer = await target.ship(commit, base)
    assert isinstance(answer, NotShipped)
    assert answer.reason is HoldReason.TARGET_DIRTY
    assert f"merge --ff-only {commit[:12]}" in answer.remedy
    assert (checkout / "README").read_text() == "mine\n"
    assert git(checkout, "rev-parse", "main") == base


async def test_a_file_in_the_way_is_never_overwritten(workspace: Path, checkout: Path) -> None:
    (checkout / "a").write_text("precious\n")
    target, commit, base = await held(workspace, checkout, artifact(README="second\n", a="1"))
    answer = await target.ship(commit, base)
    assert isinstance(answer, NotShipped)
    assert answer.reason is HoldReason.TARGET_DIRTY
    assert (checkout / "a").read_text() == "precious\n"
    assert (checkout / "README").read_text() == "first\n"
    assert git(checkout, "rev-parse", "main") == base


async def test_a_merge_in_progress_is_left_alone(workspace: Path, checkout: Path) -> None:
    target, commit, base = await held(workspace, checkout, artifact(README="second\n"))
    (checkout / ".git" / "MERGE_HEAD").write_text(base + "\n")
    answer = await target.ship(commit, base)
    assert isinstance(answer, NotShipped)
    assert "in progress" in answer.what


async def test_a_base_checked_out_in_another_working_tree_is_left_alone(
    workspace: Path, checkout: Path, tmp_path: Path
) -> None:
    git(checkout, "checkout", "-q", "--detach")
    git(checkout, "worktree", "add", "-q", str(tmp_path / "second tree"), "main")
    target, commit, base = await held(workspace, checkout, artifact(README="second\n"))
    answer = await target.ship(commit, base)
    assert isinstance(answer, NotShipped)
    assert "second tree" in answer.what
    assert git(checkout, "rev-parse", "main") == base


async def test_a_crash_between_files_and_branch_is_completed(workspace: Path, checkout: Path) -> None:
    target, commit, base = await held(workspace, checkout, artifact(README="second\n", a="1"))
    git(checkout, "read-tree", "-m", "-u", base, commit)
    assert git(checkout, "rev-parse", "main") == base
    assert await target.ship(commit, base) == Shipped(commit)
    assert git(checkout, "rev-parse", "main") == commit
    assert git(checkout, "status", "--porcelain") == ""


async def test_a_branch_in_the_way_of_the_holding_branch_says_what_to_change(workspace: Path, bare: Path) -> None:
    git(bare, "branch", "factory", "main")
    with pytest.raises(TargetError, match=r"delivery\.branch"):
        await held(workspace, bare, artifact(a="1"))


async def test_runs_of_one_target_at_the_same_time_do_not_disturb_each_other(workspace: Path, bare: Path) -> None:
    async def one(number: int) -> str:
        target = await open_target(workspace, str(bare), "main")
        base = await target.base_tree()
        return await target.hold(artifact(a=str(number)), base.commit, f"factory/bank/r{number}", MESSAGE)

    commits = await asyncio.gather(*(one(number) for number in range(6)))
    assert [git(bare, "show", f"{commit}:a") for commit in commits] == [str(number) for number in range(6)]


async def test_of_two_runs_on_one_base_exactly_one_ships(workspace: Path, bare: Path) -> None:
    target, commit, base = await held(workspace, bare, artifact(a="1"))
    rival = await target.hold(artifact(a="2"), base, "factory/bank/r2", MESSAGE)
    answers = await asyncio.gather(target.ship(commit, base), target.ship(rival, base))
    assert sorted(type(each).__name__ for each in answers) == ["NotShipped", "Shipped"]


@pytest.fixture
def readable_url(bare: Path) -> Iterator[str]:
    """The bare repository behind HTTP, readable but not writable."""
    from http.server import ThreadingHTTPServer

    git(bare, "update-server-info")

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(bare))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


async def test_a_url_is_read_and_a_refused_push_says_so(
    workspace: Path, readable_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("https_proxy", raising=False)
    target = await open_target(workspace, readable_url, "main")
    base = await target.base_tree()
    assert [str(each.path) for each in base.files] == ["README", "tool.sh"]
    with pytest.raises(TargetError, match="cannot be kept there"):
        await target.hold(artifact(a="1"), base.commit, BRANCH, MESSAGE)
    answer = await target.ship(git(target.mirror.directory, "rev-parse", BRANCH), base.commit)
    assert isinstance(answer, NotShipped)
    assert answer.reason is HoldReason.DELIVERY
    assert " push " in answer.remedy


async def test_a_patch_leaves_the_target_as_it_is_and_makes_the_artifact_of_its_base(
    workspace: Path, checkout: Path, tmp_path: Path
) -> None:
    target = await open_target(workspace, str(checkout), "main")
    base = await target.base_tree()
    before = git(checkout, "for-each-ref")
    commit = await target.hold(tree({"README": "second\n", "ä.bin": "\0\1"}), base.commit, "f/r", "Ship", publish=False)
    file = workspace / ".factory" / "artifacts" / "a.patch"
    await target.write_patch(commit, base.commit, file)
    assert git(checkout, "for-each-ref") == before
    git(checkout, "am", "-q", str(file))
    assert git(checkout, "rev-parse", "HEAD^{tree}") == git(target.mirror.directory, "rev-parse", f"{commit}^{{tree}}")
    assert [each.name for each in file.parent.iterdir()] == ["a.patch"]
