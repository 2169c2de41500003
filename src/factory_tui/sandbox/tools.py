"""The tools a local sandbox brings along: `python` and, where the engine has it, `pytest`.

A container image has them; a bare machine has often only `python3`, and what the engine has installed lies where
the commands must not look. So a small virtual environment is copied together once per host.
"""

import contextlib
import os
import re
import shutil
import sys
import tempfile
from importlib import metadata
from pathlib import Path

PACKAGES = ("pytest",)
PYTEST = '#!/bin/sh\nexec "$(dirname "$0")/python" -m pytest "$@"\n'


def interpreter() -> Path:
    """The interpreter behind the engine's virtual environment."""
    return Path(getattr(sys, "_base_executable", None) or sys.executable).resolve()


def installed() -> tuple[str, ...]:
    """The versions of what can be brought along: an environment may get or lose a package."""
    found = []
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found.append(f"{name} {metadata.version(name)}")
    return tuple(found)


def gather(directory: Path) -> Path:
    """Make the tools in `directory` and return where their programs are.

    Nothing is changed when they are there already.
    """
    programs = directory / "bin"
    if programs.is_dir():
        return programs
    # Several sandboxes may be made at the same time: each gathers for itself, and the first to finish wins.
    making = Path(tempfile.mkdtemp(prefix=f"{directory.name}.", dir=directory.parent))
    (making / "bin").mkdir()
    python = interpreter()
    for name in ("python", "python3"):
        (making / "bin" / name).symlink_to(python)
    (making / "pyvenv.cfg").write_text(f"home = {python.parent}\ninclude-system-site-packages = false\n")
    site = making / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    site.mkdir(parents=True)
    for name in _closure(PACKAGES):
        _copy(name, site)
    if (site / "pytest").is_dir():
        (making / "bin" / "pytest").write_text(PYTEST)
    _open_to_all(making)
    try:
        making.rename(directory)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        if not programs.is_dir():
            raise
    return programs


def _closure(names: tuple[str, ...]) -> set[str]:
    """Installed distributions and what they require, optional extras aside."""
    found: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        try:
            required = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        if name not in found:
            found.add(name)
            pending += [re.split(r"[^A-Za-z0-9._-]", each)[0] for each in required if "extra ==" not in each]
    return found


def _open_to_all(directory: Path) -> None:
    """Commands run as another user than the engine, whose umask keeps others out."""
    for place, _, names in os.walk(directory):
        Path(place).chmod(0o755)
        for path in (Path(place, name) for name in names):
            if not path.is_symlink():
                path.chmod(0o755 if path.parent.name == "bin" else 0o644)


def _copy(name: str, site: Path) -> None:
    for file in metadata.files(name) or ():
        source = Path(str(file.locate()))
        if ".." in file.parts or source.suffix == ".pyc" or not source.is_file():
            continue
        target = site / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
