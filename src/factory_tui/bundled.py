"""The workspace that comes with the program: inside the wheel, or the checkout that the program runs from."""

import shutil
from pathlib import Path

from factory_tui.config import FILE_NAME

_PACKAGED = Path(__file__).parent / "bundled"
_CHECKOUT = Path(__file__).parents[2]
_DIRECTORIES = ("specs", "scenarios", "context", "twins")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


class NothingBundled(Exception):
    """The installation is incomplete."""


def bundled_workspace() -> Path:
    """Where the bundled workspace lies. Never run anything in it: copy it.

    Raises:
        NothingBundled: neither the package nor a checkout around it holds one.
    """
    for place in (_PACKAGED, _CHECKOUT):
        if (place / FILE_NAME).is_file() and (place / "specs").is_dir():
            return place
    raise NothingBundled(f"{_PACKAGED}: the bundled workspace is missing, so the installation is incomplete")


def copy_workspace(destination: Path) -> None:
    """A fresh copy: configuration, specs, scenarios, context, twins and target bundles; nothing that ever happened.

    Args:
        destination: a directory that is missing or empty.

    Raises:
        NothingBundled: there is nothing to copy.
        FileExistsError: `destination` holds something.
        OSError: it cannot be written.
    """
    source = bundled_workspace()
    destination.mkdir(parents=True, exist_ok=True)
    if any(destination.iterdir()):
        raise FileExistsError(f"{destination} is not empty")
    shutil.copy(source / FILE_NAME, destination)
    for name in _DIRECTORIES:
        shutil.copytree(source / name, destination / name, ignore=_LEFT_OUT)
    (destination / "targets").mkdir()
    for bundle in sorted((source / "targets").glob("*.bundle")):
        shutil.copy(bundle, destination / "targets")
