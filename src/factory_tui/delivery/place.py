"""Where a target lies: a repository on this machine, made when it is missing, or one that git reaches by URL."""

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from factory_tui.delivery.git import Git, GitFailed

_URL = re.compile(r"^(https?|ssh|git)://[^\s-]\S*$")
_SCP = re.compile(r"^[A-Za-z0-9_][\w.-]*(@[\w.-]+)?:(?!//)[^:\s-]\S*$")
_AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "factory-tui"), ("EMAIL", "factory-tui@localhost"))
}


class TargetError(Exception):
    """The target cannot be used."""

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(f"{what}\n{todo}")
        self.what, self.todo = what, todo


@dataclass(frozen=True, slots=True)
class Remote:
    url: str


@dataclass(frozen=True, slots=True)
class Local:
    path: Path
    git: Git
    """The repository itself; its `work_tree` is None when it is bare."""


def find_place(workspace: Path, target: str, base: str, holdout: Path) -> Local | Remote:
    """The repository that `target` names. A local one that is missing is made, with an empty first commit on `base`,
    or from `<target>.bundle` when that lies beside it; one that is there and empty gets that first commit.

    Raises:
        TargetError: not a repository, not a URL of a kind we use, or a place that no agent may see.
    """
    # The repository behind file:// is one of this machine: a push would run its hooks, and it may hold the holdout.
    if not target.startswith("file://") and ("://" in target or _is_scp(target)):
        return _remote(target)
    is_url = target.startswith("file://")
    path = Path(unquote(target.removeprefix("file://")) if is_url else os.path.expanduser(target))
    if is_url and not path.is_absolute():
        raise TargetError(f"target {target}: names no file of this machine", "write file:///path, or the path alone")
    path = (workspace / path).resolve()
    _refuse_forbidden(path, workspace.resolve(), holdout.resolve())
    try:
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            _create(path, workspace.resolve(), base)
        return _local(path, base)
    except OSError as error:
        raise TargetError(
            f"target {path}: {error.strerror or error}", "check its permissions, or name another target"
        ) from None


def remote_or_path(workspace: Path, name: str) -> tuple[str, bool]:
    """What git takes for a repository that is only read, and whether that is on another machine.

    Raises:
        TargetError: not a URL of a kind we use, or no repository.
    """
    if not name.startswith("file://") and ("://" in name or _is_scp(name)):
        return _remote(name).url, True
    path = Path(unquote(name.removeprefix("file://")) if name.startswith("file://") else os.path.expanduser(name))
    path = (workspace / path).resolve()
    if not path.is_dir():
        raise TargetError(f"target {path}: there is no such repository", "mend the path, or create it")
    return str(path), False


def commit_tree(git: Git, tree: str, parents: list[str], message: str) -> str:
    """A commit by factory-tui; its id. Raises `GitFailed`."""
    options = [option for parent in parents for option in ("-p", parent)]
    out = git.run("commit-tree", tree, *options, "-F", "-", stdin=message.encode("utf-8", "replace"), env=_AUTHOR)
    return out.decode("ascii").strip()


def _is_scp(target: str) -> bool:
    """`host:path`, by git's own rule: a colon before the first slash."""
    return ":" in target.split("/", 1)[0] and not target.startswith(("/", "."))


def _remote(url: str) -> Remote:
    if not (_URL.match(url) or _SCP.match(url)) or "::" in url:
        raise TargetError(
            f"target {url}: not a URL this can use", "write https://…, ssh://…, user@host:path, or a path (./name)"
        )
    return Remote(url)


def _refuse_forbidden(path: Path, workspace: Path, holdout: Path) -> None:
    factory = workspace / ".factory"
    for secret in (holdout, factory):
        if _is_within(path, secret):
            raise TargetError(
                f"target {path}: lies inside {secret}, which no agent may see", "name a repository outside of it"
            )
        if _is_within(secret, path):
            raise TargetError(
                f"target {path}: contains {secret}, so an agent would read it",
                "move the repository or the scenarios, so that neither lies inside the other",
            )


def _is_within(path: Path, directory: Path) -> bool:
    """Asked of the file system as well: a directory may have another case in its name, or be mounted elsewhere."""
    if path.is_relative_to(directory):
        return True
    try:
        place = directory.stat()
    except OSError:
        return False
    return any(_is_place(each, place) for each in (path, *path.parents))


def _is_place(path: Path, place: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), place)
    except OSError:
        return False


def _create(path: Path, workspace: Path, base: str) -> None:
    if path.parent.is_relative_to(workspace):
        path.parent.mkdir(parents=True, exist_ok=True)
    elif not path.parent.is_dir():
        raise TargetError(
            f"target {path}: neither it nor its directory exists", "mend the path, or create the directory first"
        )
    bundle = path.with_name(path.name + ".bundle")
    # Made beside and renamed, so that a crash never leaves half a repository under the target's name.
    scratch = Path(tempfile.mkdtemp(prefix=f".{path.name}.new-", dir=path.parent))
    try:
        git = init_bare(scratch, base)
        if bundle.is_file():
            _fill_from(git, bundle)
        else:
            _first_commit(git, base)
        scratch.chmod(0o755)
        scratch.rename(path)
    except OSError:
        # Someone else made it in the meantime: then theirs is used.
        if not path.is_dir() or not any(path.iterdir()):
            raise
    except GitFailed as error:
        raise TargetError(f"target {path}: cannot be created: {error}", "check the disk and the path") from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def init_bare(path: Path, base: str) -> Git:
    """An empty bare repository without any template (templates carry hooks). Raises `GitFailed`."""
    git = Git(path)
    git.run("init", "--quiet", "--bare", "--template=", f"--initial-branch={base}")
    return git


def _fill_from(git: Git, bundle: Path) -> None:
    try:
        git.run("fetch", "--quiet", "--", bundle, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
    except GitFailed as error:
        raise TargetError(
            f"target bundle {bundle}: cannot be read: {error}", "make it again with `git bundle create`"
        ) from None


def _first_commit(git: Git, base: str) -> None:
    tree = git.run("mktree").decode().strip()
    git.run("update-ref", f"refs/heads/{base}", commit_tree(git, tree, [], "Start empty\n"), "0" * len(tree))


def _local(path: Path, base: str) -> Local:
    if path.is_dir() and (path / ".git").exists():
        git = Git(_git_dir(path / ".git", path), work_tree=path)
    elif path.is_dir() and (path / "HEAD").is_file() and (path / "objects").is_dir():
        git = Git(path)
    else:
        raise TargetError(f"target {path}: not a git repository", f"run `git init {path}` and commit, or mend the path")
    try:
        git.run("rev-parse", "--git-dir")
        if _is_empty(git):
            _first_commit(git, base)
    except GitFailed as error:
        raise TargetError(
            f"target {path}: not a usable git repository: {error}", "repair it, or mend the path"
        ) from None
    return Local(path, git)


def _is_empty(git: Git) -> bool:
    """No commit yet, and no file beside `.git` that somebody means to commit."""
    if git.work_tree is not None and any(each.name != ".git" for each in git.work_tree.iterdir()):
        return False
    return not git.text("for-each-ref", "--count=1")


def _git_dir(dot_git: Path, path: Path) -> Path:
    if dot_git.is_dir():
        return dot_git
    # The `.git` file of a linked working tree or a submodule: `gitdir: PATH`.
    name = dot_git.read_text(encoding="utf-8", errors="surrogateescape").removeprefix("gitdir:").strip()
    return (path / name).resolve()
