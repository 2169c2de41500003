"""Which repository a target names: two ways of writing it must not let a constraint pass unseen.

Nothing is opened. When in doubt two names are one repository: a constraint too many is seen, one too few is not.
"""

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_FILE = "file://"
_SCP = re.compile(r"(?:[^/:@]*@)?(?P<host>[^/:@]+):(?P<path>.*)", re.DOTALL)


def repository(target: str, workspace: Path) -> str:
    """One name for all the ways to write a target: `./a`, `a/../a`, a link to it; `https://Host/a.git`, `git@host:a`.

    Args:
        target: of a spec.
        workspace: where relative paths start.
    """
    if "://" in target and not target.startswith(_FILE):
        return _remote(target)
    scp = _SCP.fullmatch(target) if not target.startswith((".", "/", _FILE)) else None
    if scp is not None:
        return _at(scp["host"], scp["path"])
    path = unquote(target.removeprefix(_FILE)) if target.startswith(_FILE) else os.path.expanduser(target)
    try:
        return os.path.realpath(workspace / path)
    except ValueError:  # no name of a file at all
        return target


def _remote(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no address
        return url
    return _at(parts.netloc.rpartition("@")[2], parts.path)


def _at(host: str, path: str) -> str:
    plain = "/".join(part for part in unquote(path).split("/") if part)
    return f"{host.casefold()}:{plain.removesuffix('.git')}"
