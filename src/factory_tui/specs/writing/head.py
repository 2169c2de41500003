"""Changes to the head of a spec file: its status and its priority, and nothing else."""

from pathlib import Path

from factory_tui.model.spec import Status
from factory_tui.specs.errors import EditRefused
from factory_tui.specs.library import read_bytes
from factory_tui.specs.parse import BOM, parse
from factory_tui.specs.writing.head_line import PRIORITY, STATUS, HeadLine, with_line
from factory_tui.specs.writing.save import inside_workspace, replace_file

HIGHEST, LOWEST = 0, 4
"""Priorities."""


def set_status(path: Path, status: Status, *, seen: str | None = None) -> None:
    """Change the status line of a spec and no other byte; the file is replaced as a whole and keeps its mode.

    Args:
        path: `<workspace>/specs/<id>.md`; a link is followed when it stays inside the workspace.
        status: what the operator wants.
        seen: `Spec.text` that the decision was made on; the file must still hold it.

    Raises:
        SpecUnreadable: the file cannot be read.
        EditRefused: the file changed, leaves the workspace, or its front matter cannot be edited safely.
    """
    _set(path, STATUS, status.value, seen)


def set_priority(path: Path, priority: int, *, seen: str | None = None) -> None:
    """Change the priority line of a spec and no other byte, as `set_status` does.

    Args:
        priority: 0 is the highest, 4 the lowest.

    Raises:
        SpecUnreadable: the file cannot be read.
        EditRefused: as for `set_status`, or there is no such priority.
    """
    if not HIGHEST <= priority <= LOWEST:
        raise EditRefused(path, f"there is no priority {priority}", f"{HIGHEST} is the highest, {LOWEST} the lowest")
    _set(path, PRIORITY, str(priority), seen)


def _set(path: Path, line: HeadLine, value: str, seen: str | None) -> None:
    real = inside_workspace(path)
    before = read_bytes(real)
    try:
        text = before.decode("utf-8")
    except UnicodeDecodeError:
        raise EditRefused(path, "it is not UTF-8", "save it as UTF-8") from None
    if seen is not None and text.removeprefix(BOM) != seen.removeprefix(BOM):
        raise EditRefused(path, "it changed since it was read", "read it again, then decide")
    after = with_line(path, text, line, value).encode("utf-8")
    if after != before:
        replace_file(path, real, before, after)


def redrafted(path: Path, before: str, after: str) -> str:
    """`after`, as a draft again when it changes what a Ready spec asks for: nobody has called that version Ready.

    Args:
        path: of the spec; it is not read.
        before: the file as it was.
        after: the file as it is to be saved.

    Raises:
        EditRefused: its status cannot be edited safely.
    """
    was, now = parse(path, before), parse(path, after)
    both_ready = all(each.front is not None and each.front.status is Status.READY for each in (was, now))
    return with_line(path, after, STATUS, Status.DRAFT.value) if both_ready and was.hash != now.hash else after
