"""Changes to spec files: status and priority of one, and a new one from its template."""

import re
from pathlib import Path

from factory_tui.model.spec import ID_PATTERN, Category, Kind, Status
from factory_tui.specs.errors import EditRefused
from factory_tui.specs.head_edit import PRIORITY, STATUS, HeadLine, with_line
from factory_tui.specs.library import read_bytes, specs_dir
from factory_tui.specs.parse import BOM, parse
from factory_tui.specs.save import inside_workspace, replace_file
from factory_tui.specs.template import load_template

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


def new_spec(
    workspace: Path, spec_id: str, kind: Kind, *, title: str | None = None, category: Category | None = None
) -> Path:
    """A new draft from the template of its kind (the workspace's own when it has one); the path of the file.

    Raises:
        EditRefused: the id is no id, the file exists, or it cannot be written.
        TemplateError: the workspace's own template cannot be used.
    """
    path = specs_dir(workspace) / f"{spec_id}.md"
    if not re.fullmatch(ID_PATTERN, spec_id) or len(spec_id) > 64:
        raise EditRefused(
            path,
            f"{spec_id!r} cannot be an id",
            "use a lower case letter, then lower case letters, digits and dashes; at most 64",
        )
    template = load_template(workspace, kind)
    said = title or spec_id.replace("-", " ").capitalize()
    text = "\n".join(_new_head(spec_id, said, kind, category or _usual_category(kind), template.name)) + template.body
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise EditRefused(path, "it exists already", "choose another id, or edit it") from None
    except OSError as error:
        raise EditRefused(path, f"it cannot be written: {error.strerror}", "check permissions and free space") from None
    return path


def _usual_category(kind: Kind) -> Category:
    return {
        Kind.FEATURE: Category.FEATURE,
        Kind.ARCHITECTURAL: Category.INFRASTRUCTURE,
        Kind.CONSTRAINT: Category.TESTS,
    }[kind]


def _new_head(spec_id: str, title: str, kind: Kind, category: Category, template: str) -> list[str]:
    quoted = '"' + re.sub(r"[\x00-\x1f\x7f]", " ", title).replace("\\", "\\\\").replace('"', '\\"') + '"'
    plain = re.fullmatch(r"[A-Za-z][\w ,.()/-]*", title) and title.lower() not in ("true", "false", "null")
    return [
        "---",
        f"id: {spec_id}",
        f"title: {title if plain else quoted}",
        f"kind: {kind.value}",
        f"category: {category.value}  # {' | '.join(each.value for each in Category)}",
        "status: draft  # draft | ready | parked",
        f"template: {template}",
        f"target: targets/{spec_id}  # path or URL of a git repository; created empty when missing",
        "base: main",
        "priority: 2  # 0 highest, 4 lowest",
        "depends_on: []  # ids of specs that must have shipped first",
        "budget_usd: 2.00  # cap of one run",
        "deadline_minutes: 60",
        "twins: []",
        "setup: []  # commands as lists of words, run once on the artifact before its scenarios",
        "---",
        "",
    ]
