"""The tools a local sandbox brings along: `python` and, where the engine has it, `pytest`.

A container image has them; a bare machine has often only `python3`, and what the engine has installed lies where
the commands must not look. So a small virtual environment is copied together once per host.
"""

import re
import shutil
import sys
from importlib import metadata
from pathlib import Path

PACKAGES = ("pytest",)
PYTEST = '#!/bin/sh\nexec "$(dirname "$0")/python" -m pytest "$@"\n'


def interpreter() -> Path:
    """The interpreter behind the engine's virtual environment."""
    return Path(getattr(sys, "_base_executable", None) or sys.executable).resolve()


def gather(directory: Path) -> Path:
    """Make the tools in `directory` and return where their programs are.

    Nothing is changed when they are there already.
    """
    programs = directory / "bin"
    if programs.is_dir():
        return programs
    making = directory.with_name(f"{directory.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    (making / "bin").mkdir(parents=True)
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
        (making / "bin" / "pytest").chmod(0o755)
    making.rename(directory)
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


def _copy(name: str, site: Path) -> None:
    for file in metadata.files(name) or ():
        source = Path(str(file.locate()))
        if ".." in file.parts or source.suffix == ".pyc" or not source.is_file():
            continue
        target = site / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
