"""The scenarios as a git repository of their own."""

import os
import subprocess
from pathlib import Path

import pytest

from factory_tui.delivery import HoldoutError, fetch_holdout
from factory_tui.scenarios.reading.elsewhere import holdout_dir, repository_of

ENV = {
    **os.environ,
    **{f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_GLOBAL": "/dev/null",
}


def git(directory: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=directory, env=ENV, check=True, capture_output=True, text=True
    ).stdout.strip()


def commit(directory: Path, name: str, text: str) -> str:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    git(directory, "add", "-A")
    git(directory, "commit", "-qm", "change")
    return git(directory, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    made = tmp_path / "holdout"
    made.mkdir()
    git(made, "init", "-q", "-b", "trunk")
    commit(made, "bank/refused.yaml", "id: refused\n")
    return made


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    made = tmp_path / "ws"
    made.mkdir()
    return made


@pytest.mark.parametrize(
    ("named", "url", "branch"),
    [
        ("ssh://host/holdout.git#main", "ssh://host/holdout.git", "main"),
        ("me@host:holdout", "me@host:holdout", None),
        ("file:///srv/holdout", "file:///srv/holdout", None),
        ("../holdout.git", "../holdout.git", None),
    ],
)
def test_an_address_is_a_repository(named: str, url: str, branch: str | None) -> None:
    found = repository_of(named)
    assert found is not None
    assert (found.url, found.branch) == (url, branch)


@pytest.mark.parametrize("named", ["scenarios", "../holdout", "/srv/holdout", "./a b", "~/holdout"])
def test_anything_else_is_a_directory(named: str, tmp_path: Path) -> None:
    assert repository_of(named) is None
    assert holdout_dir(tmp_path, named) == (tmp_path / named).absolute()


def test_the_newest_commit_can_be_read_by_the_operator_only(workspace: Path, repository: Path) -> None:
    link = holdout_dir(workspace, str(repository / "x.git"))
    copy = fetch_holdout(workspace, f"file://{repository}", None, link)
    scenario = link / "bank" / "refused.yaml"
    assert (copy.commit, copy.is_new) == (git(repository, "rev-parse", "HEAD"), True)
    assert scenario.read_text() == "id: refused\n"
    assert scenario.stat().st_mode & 0o777 == 0o400
    assert (workspace / ".factory").stat().st_mode & 0o077 == 0
    assert not fetch_holdout(workspace, f"file://{repository}", None, link).is_new


def test_the_next_commit_takes_its_place_in_one_step(workspace: Path, repository: Path) -> None:
    link = holdout_dir(workspace, "x.git")
    for number in range(5):
        commit(repository, "bank/refused.yaml", f"id: refused\n# {number}\n")
        assert fetch_holdout(workspace, str(repository), "trunk", link).is_new
    assert (link / "bank" / "refused.yaml").read_text().endswith("# 4\n")
    assert len(list((workspace / ".factory" / "holdouts").iterdir())) == 2


def test_a_link_in_the_repository_leads_nowhere(workspace: Path, repository: Path) -> None:
    (repository / "bank" / "stolen.yaml").symlink_to("/etc/passwd")
    commit(repository, "more", "x")
    link = holdout_dir(workspace, "x.git")
    fetch_holdout(workspace, str(repository), None, link)
    assert sorted(each.name for each in (link / "bank").iterdir()) == ["refused.yaml"]


@pytest.mark.parametrize(
    ("url", "branch", "said"),
    [
        ("{repository}", "nowhere", "no branch nowhere"),
        ("{repository}-gone", None, "no such repository"),
        ("ext::sh -c id", None, "not a URL"),
        ("{repository}/bank", None, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_copy_stays(
    workspace: Path, repository: Path, url: str, branch: str | None, said: str
) -> None:
    link = holdout_dir(workspace, "x.git")
    fetch_holdout(workspace, str(repository), None, link)
    with pytest.raises(HoldoutError) as raised:
        fetch_holdout(workspace, url.format(repository=repository), branch, link)
    assert said in raised.value.what
    assert raised.value.todo
    assert (link / "bank" / "refused.yaml").is_file()
