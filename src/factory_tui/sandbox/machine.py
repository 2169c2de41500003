"""What this machine allows a local sandbox, and how one is started on it."""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from factory_tui.sandbox.container import HOME, PATH, SHM_MB, TMP_MB, environment
from factory_tui.sandbox.inside.runner import with_tools
from factory_tui.sandbox.loader import ARGUMENTS, enclosure_parcel, runner_parcel
from factory_tui.sandbox.port import BASE, WORK, Capabilities, Labels, Role, SandboxRequest
from factory_tui.sandbox.tools import interpreter

TOOLS = "/opt/factory-tools"
"""Where the tools are inside a private root."""
MARK = "FACTORY_SANDBOX"
"""Environment variable by which a sweep recognises what a plain sandbox has left running."""
UID = 1000
UID_POOL = (1_900_000_000, 100_000_000)
"""First uid and number of uids for sandboxes of a root engine: each gets its own, so that limits per user hold."""
NEW_NAMESPACES = ("unshare", "--fork", "--kill-child", "--pid", "--mount", "--net", "--ipc", "--uts")
DIRECTORIES = ("root", "work", "base", "tmp", "home")
"""Made below a sandbox's home before it starts."""


class Isolation(StrEnum):
    """How commands are kept apart from the machine."""

    ROOT = "namespaces, as root"
    USER = "user namespaces"
    NONE = "none: plain processes"

    @property
    def enclosed(self) -> bool:
        """Whether commands see a root of their own."""
        return self is not Isolation.NONE


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine allows."""

    isolation: Isolation
    refusal: str = ""
    """Why it is no more than that."""

    def capabilities(self) -> Capabilities:
        enclosed = self.isolation.enclosed
        return Capabilities(
            network_isolated=enclosed,
            holdout_isolated=enclosed,
            limits_memory=False,
            limits_pids=self.isolation is Isolation.ROOT or (enclosed and _limits_users()),
            limits_disk=enclosed,
            separate_user=self.isolation is Isolation.ROOT,
            read_only_root=enclosed,
            fixed_paths=enclosed,
            survives_engine=True,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """The paths of a sandbox as its commands see them."""

    work: str
    base: str
    tmp: str
    home: str
    tools: str

    @classmethod
    def of(cls, isolation: Isolation, home: Path, tools: Path) -> "Place":
        if isolation.enclosed:
            return cls(WORK, BASE, "/tmp", HOME, f"{TOOLS}/bin")
        return cls(str(home / "work"), str(home / "base"), str(home / "tmp"), str(home / "home"), str(tools / "bin"))

    @property
    def path(self) -> str:
        return with_tools(PATH, self.tools)


@dataclass(frozen=True, slots=True)
class Start:
    """How to start a sandbox's runner."""

    machine: Machine
    home: Path
    """The sandbox's directory on the host."""
    tools: Path
    hide: Sequence[str]
    request: SandboxRequest

    @property
    def place(self) -> Place:
        return Place.of(self.machine.isolation, self.home, self.tools)

    def program(self) -> tuple[list[str], bytes]:
        """The command line, and what it reads first."""
        python = [str(interpreter()), *ARGUMENTS]
        if not self.machine.isolation.enclosed:
            return python, runner_parcel(self._runner())
        own_users = ["--user", "--map-root-user"] if self.machine.isolation is Isolation.USER else []
        return [*NEW_NAMESPACES, *own_users, *python], enclosure_parcel(self._enclosure())

    def _runner(self) -> dict[str, Any]:
        enclosed = self.machine.isolation.enclosed
        return {
            "work": self.place.work,
            "scratch": [self.place.tmp, self.place.home, *(["/dev/shm"] if enclosed else [])],
            "kill": "user" if enclosed else "family",
            "tools": self.place.tools,
            "pids": self.request.pids if self.machine.capabilities().limits_pids else None,
            "ttl": self.request.ttl_s,
            "env": {
                **environment(self.request),
                "PATH": self.place.path,
                "HOME": self.place.home,
                "TMPDIR": self.place.tmp,
                "FACTORY_BASE": self.place.base,
                **({} if enclosed else {MARK: self.home.name}),
                **self.request.env,
            },
        }

    def _enclosure(self) -> dict[str, Any]:
        as_root = self.machine.isolation is Isolation.ROOT
        uid = UID_POOL[0] + secrets.randbelow(UID_POOL[1]) if as_root else UID
        small = min(TMP_MB, self.request.disk_mb)
        return {
            "root": str(self.home / "root"),
            "uid": uid,
            "owner": uid if as_root else 0,
            "in_user_namespace": not as_root,
            "hide": list(self.hide),
            "show": [*_python_places(), [str(self.tools), TOOLS], [str(self.home / "base"), BASE]],
            "files": _accounts(uid),
            "memory": [
                [WORK, "755", self.request.disk_mb],
                [HOME, "755", small],
                ["/tmp", "1777", small],
                ["/dev/shm", "1777", SHM_MB],
            ],
            "runner": self._runner(),
        }


@cache
def probe() -> Machine:
    """Try, best first, what this machine allows."""
    refusal = "unshare is missing: install util-linux"
    if shutil.which("unshare", path=PATH):
        for isolation in (Isolation.ROOT, Isolation.USER):
            if isolation is Isolation.ROOT and os.geteuid() != 0:
                continue
            refusal = attempt(isolation)
            if not refusal:
                return Machine(isolation)
    return Machine(Isolation.NONE, refusal)


def attempt(isolation: Isolation) -> str:
    """Make a sandbox that ends at once, its channel being closed; why it failed, empty when it did not."""
    request = SandboxRequest(Labels("probe", "probe", 0, Role.PROOF, datetime.now(UTC)), "", disk_mb=16)
    with tempfile.TemporaryDirectory(prefix="factory-probe-") as directory:
        home = Path(directory)
        for part in (*DIRECTORIES, "tools"):
            (home / part).mkdir()
        argv, first = Start(Machine(isolation), home, home / "tools", (), request).program()
        try:
            done = subprocess.run(argv, env={"PATH": PATH}, input=first, capture_output=True, timeout=20, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    if done.returncode == 0:
        return ""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1][-200:] if lines else f"unshare ended with {done.returncode}"


def _python_places() -> list[list[str]]:
    """Where the interpreter and its library lie, unless below a directory that is shown anyway."""
    places = {sys.base_prefix, sys.base_exec_prefix, str(interpreter().parent)}
    outside = sorted(place for place in places if not place.startswith(("/usr/", "/nix/")) and place != "/usr")
    return [[place, place] for place in outside if not any(place.startswith(f"{other}/") for other in outside)]


def _accounts(uid: int) -> dict[str, str]:
    return {
        "passwd": f"root:x:0:0::/root:/bin/sh\nagent:x:{uid}:{uid}::{HOME}:/bin/sh\n",
        "group": f"root:x:0:\nagent:x:{uid}:\n",
        "hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }


def _limits_users() -> bool:
    """Whether RLIMIT_NPROC counts per user namespace: since Linux 5.14, and never for root."""
    major, minor = re.findall(r"\d+", os.uname().release)[:2]
    return os.geteuid() != 0 and (int(major), int(minor)) >= (5, 14)
