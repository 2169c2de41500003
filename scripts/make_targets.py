"""Make `targets/*.bundle` from the plain source trees in `scripts/targets/`.

Author, dates and order are fixed, so that a tree always gives the same commit. usage: make_targets.py [OUT]
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCES = Path(__file__).resolve().parent / "targets"
TARGETS = Path(__file__).resolve().parents[1] / "targets"
BRANCH = "main"
IDENTITY = "factory-tui <factory@localhost>"
DATE = "2025-01-01T00:00:00+00:00"
MESSAGE = "Start from the code as it stands\n"


def _git(directory: Path, *arguments: str, text: str | None = None) -> str:
    name, _, email = IDENTITY.partition(" <")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "TZ": "UTC",
        "LC_ALL": "C",
    }
    for role in ("AUTHOR", "COMMITTER"):
        environ |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": email.rstrip(">"), f"GIT_{role}_DATE": DATE}
    done = subprocess.run(
        ["git", "-c", "core.fileMode=true", "-c", "core.autocrlf=false", "-c", "pack.threads=1", *arguments],
        cwd=directory,
        env=environ,
        input=text,
        text=True,
        capture_output=True,
        check=True,
    )
    return done.stdout.strip()


def _copy(source: Path, destination: Path) -> None:
    """Plain files only, with one of two modes: what a checkout's umask did to them must not reach the commit."""
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            copy = destination / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            copy.chmod(0o755 if path.read_bytes().startswith(b"#!") else 0o644)


def make(source: Path, bundle: Path) -> str:
    """Write `bundle` with one commit that holds the files of `source`; returns the commit's id."""
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch)
        _copy(source, tree)
        _git(tree, "init", "--quiet", f"--initial-branch={BRANCH}")
        _git(tree, "add", "--all", "--force", ".")
        _git(tree, "commit", "--quiet", "--no-verify", "--file=-", text=MESSAGE)
        bundle.parent.mkdir(parents=True, exist_ok=True)
        _git(tree, "bundle", "create", "--quiet", str(bundle.resolve()), "HEAD", BRANCH)
        return _git(tree, "rev-parse", BRANCH)


def main(arguments: list[str]) -> int:
    out = Path(arguments[0]) if arguments else TARGETS
    for source in sorted(path for path in SOURCES.iterdir() if path.is_dir()):
        print(f"{make(source, out / f'{source.name}.bundle')} {source.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
