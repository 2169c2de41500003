"""Real repositories made by an unguarded git, as an operator's would be."""

import os
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from factory_tui.model.artifact import Artifact, ArtifactFile

_ENV = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": "operator@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(directory: Path, *arguments: str, check: bool = True) -> str:
    """Plain git, with no guard at all."""
    done = subprocess.run(["git", *arguments], cwd=directory, env=_ENV, capture_output=True, text=True, check=check)
    return done.stdout.removesuffix("\n")


def artifact(**files: str) -> Artifact:
    return tree({name.replace("__", "."): content for name, content in files.items()})


def tree(files: dict[str, str]) -> Artifact:
    return Artifact.of(ArtifactFile(PurePosixPath(name), content.encode()) for name, content in files.items())


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with one scenario."""
    path = tmp_path / "workspace"
    (path / "scenarios" / "bank").mkdir(parents=True)
    (path / "scenarios" / "bank" / "secret.yaml").write_text("then: the secret is kept\n")
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """An ordinary repository with `main` checked out and two files."""
    path = tmp_path / "operator's repo"
    path.mkdir()
    git(path, "init", "-q", "-b", "main")
    (path / "README").write_text("first\n")
    (path / "tool.sh").write_text("#!/bin/sh\n")
    (path / "tool.sh").chmod(0o755)
    git(path, "add", ".")
    git(path, "commit", "-qm", "first")
    return path


@pytest.fixture
def bare(checkout: Path, tmp_path: Path) -> Path:
    """The same, bare."""
    path = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(checkout), str(path))
    return path
