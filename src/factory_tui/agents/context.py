"""Reads what agents are given from the workspace: the context library and a profile's instructions."""

from pathlib import Path

from factory_tui.agents.port import ContextFile
from factory_tui.config import Profile
from factory_tui.regular_file import read_regular

FILE_CAP = 128 * 1024
"""Bytes of one document: a prompt is paid for in every call."""
TOTAL_CAP = 512 * 1024


class ContextError(Exception):
    """A document cannot be used. The message names the file and the fix."""


def read_context(workspace: Path) -> tuple[ContextFile, ...]:
    """The documents `context/*.md`, by name; without the directory none.

    Raises:
        ContextError: one is unreadable, not UTF-8, not a file or too large, or all together are.
    """
    directory = workspace / "context"
    try:
        paths = sorted(path for path in directory.iterdir() if path.suffix == ".md" and not path.name.startswith("."))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ContextError(f"{directory}: cannot be read: {error.strerror}\ncheck its permissions") from None
    documents = tuple(ContextFile(path.name, _read(path)) for path in paths)
    total = sum(len(each.text.encode()) for each in documents)
    if total > TOTAL_CAP:
        raise ContextError(
            f"{directory}: {total // 1024} KiB together, more than {TOTAL_CAP // 1024}\n"
            "every call pays for them; keep what an agent needs"
        )
    return documents


def read_instructions(workspace: Path, profile: Profile) -> str:
    """Text of the profile's `system` file, empty without one.

    Raises:
        ContextError: it is missing, unreadable, not UTF-8 or too large.
    """
    return "" if profile.system is None else _read(workspace / profile.system)


def _read(path: Path) -> str:
    try:
        raw = read_regular(path, FILE_CAP)
    except FileNotFoundError:
        raise ContextError(f"{path}: not found\ncreate it, or correct the profile's `system`") from None
    except OSError as error:
        raise ContextError(f"{path}: cannot be read: {error.strerror}\ncheck that it is a readable file") from None
    if len(raw) > FILE_CAP:
        raise ContextError(f"{path}: larger than {FILE_CAP // 1024} KiB\nevery call pays for it; shorten it")
    try:
        return raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ContextError(f"{path}: not UTF-8 at byte {error.start}\nsave the file as UTF-8") from None
