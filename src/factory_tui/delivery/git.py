"""Runs the git program so that nothing a repository or an agent brings is ever executed on the host.

Argument lists only, an environment of our own, no hooks, no file system monitor, no attributes or ignores from
outside the repository, no transport that names a program, no prompt, and a deadline.
"""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TIMEOUT_S = 120.0
"""For work on this machine's disks; generous, because a large base is read in one go."""

NETWORK_TIMEOUT_S = 600.0

_GUARDS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.protectHFS=true",
    "core.protectNTFS=true",
    "core.pager=cat",
    "diff.external=",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.ext.allow=never",
    "protocol.fd.allow=never",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "push.recurseSubmodules=no",
    "push.gpgSign=false",
)

_FROM_THE_OPERATOR = ("HOME", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy")
"""What reaching another machine needs: keys, credential helpers, proxies."""


class GitFailed(Exception):
    """git ended with an error, did not end in time, or is not installed."""

    def __init__(self, what: str, code: int = -1) -> None:
        super().__init__(what)
        self.code = code


@dataclass(frozen=True, slots=True)
class Git:
    """git on one repository.

    Args:
        directory: the repository itself (a bare one, or the `.git` of a working tree).
        work_tree: its working tree, for the few commands that touch one.
    """

    directory: Path
    work_tree: Path | None = None
    guards: Sequence[str] = field(default=_GUARDS)

    def run(
        self,
        *arguments: str | os.PathLike[str],
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        directory: Path | None = None,
        network: bool = False,
    ) -> bytes:
        """Standard output of `git ARGUMENTS…`.

        Args:
            directory: current directory of the command; the working tree when there is one, else the repository.
            network: the command reaches another machine: the operator's own git configuration, keys and proxies
                apply, under the same guards.

        Raises:
            GitFailed: with what git said last.
        """
        command = ["git", f"--git-dir={self.directory}"]
        if self.work_tree is not None:
            command.append(f"--work-tree={self.work_tree}")
        for guard in self.guards:
            command += ["-c", guard]
        command += [os.fspath(each) for each in arguments]
        deadline = NETWORK_TIMEOUT_S if network else TIMEOUT_S
        place = directory or self.work_tree or self.directory
        code, out, err = _run(command, place, stdin, _environment(network) | dict(env or {}), deadline)
        if code != 0:
            said = err.decode("utf-8", "replace").strip() or f"exit code {code}"
            raise GitFailed(f"git {os.fspath(arguments[0])}: {_last_lines(said)}", code)
        return out

    def text(self, *arguments: str | os.PathLike[str], network: bool = False) -> str:
        """Standard output without its last line end. Raises `GitFailed`."""
        return self.run(*arguments, network=network).decode("utf-8", "replace").removesuffix("\n")

    def succeeds(self, *arguments: str | os.PathLike[str]) -> bool:
        """True on exit code 0, False on 1. Raises `GitFailed` on any other."""
        try:
            self.run(*arguments)
        except GitFailed as error:
            if error.code == 1:
                return False
            raise
        return True

    def resolve(self, ref: str) -> str | None:
        """The commit that a full ref name stands for; None when there is no such ref."""
        try:
            return self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        except GitFailed as error:
            if error.code == 1:
                return None
            raise


def _environment(network: bool) -> dict[str, str]:
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
    }
    if network:
        env["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes"
        return env | {name: os.environ[name] for name in _FROM_THE_OPERATOR if name in os.environ}
    return env | {"GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent"}


def _run(
    command: Sequence[str], directory: Path, stdin: bytes, env: Mapping[str, str], timeout_s: float
) -> tuple[int, bytes, bytes]:
    try:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError:
        if not directory.is_dir():
            raise GitFailed(f"{directory}: there is no such directory") from None
        raise GitFailed("git is not installed, or its directory is not on PATH") from None
    except (OSError, ValueError) as error:
        raise GitFailed(f"git cannot be started: {error}") from None
    try:
        out, err = process.communicate(stdin, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        # The session, not the process: a transport helper would keep the pipes open.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise GitFailed(f"git did not finish within {timeout_s:.0f} s") from None
    return process.returncode, out, err


def _last_lines(text: str, count: int = 3) -> str:
    lines = [line.removeprefix("fatal: ").removeprefix("error: ") for line in text.splitlines() if line.strip()]
    return "; ".join(lines[-count:])
