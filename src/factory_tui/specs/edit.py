"""Changes to spec files: the status of one, and a new one from its template."""

import re
from pathlib import Path

from factory_tui.model.spec import ID_PATTERN, Category, Kind, Status
from factory_tui.specs.errors import EditRefused
from factory_tui.specs.front import find_head
from factory_tui.specs.library import read_bytes, specs_dir
from factory_tui.specs.lines import LINE_END, line_ends, split_lines
from factory_tui.specs.marked_yaml import MarkedYaml, YamlProblem, read_yaml
from factory_tui.specs.parse import BOM, parse
from factory_tui.specs.save import inside_workspace, replace_file
from factory_tui.specs.template import load_template

_LAST_OF_STATUS = ("status", "category", "kind", "title", "id")
"""A missing status line is added below the first of these that is there."""


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
    real = inside_workspace(path)
    before = read_bytes(real)
    try:
        text = before.decode("utf-8")
    except UnicodeDecodeError:
        raise EditRefused(path, "it is not UTF-8", "save it as UTF-8") from None
    if seen is not None and text.removeprefix(BOM) != seen.removeprefix(BOM):
        raise EditRefused(path, "it changed since it was read", "read it again, then decide")
    after = _with_status(path, text, status).encode("utf-8")
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
    return _with_status(path, after, Status.DRAFT) if both_ready and was.hash != now.hash else after


def _with_status(path: Path, text: str, status: Status) -> str:
    lines = split_lines(text.removeprefix(BOM))
    close = find_head(lines)
    if close is None:
        raise EditRefused(path, "it has no front matter", "run spec lint for what is missing")
    ends = line_ends(text)
    start, end = ends[0], ends[close - 1]
    head = text[start:end]
    try:
        document = read_yaml(head, first_line=2)
    except YamlProblem as problem:
        raise EditRefused(path, f"line {problem.mark.line}: {problem.what}", problem.todo) from None
    if not isinstance(document.value, dict) or document.flow:
        raise EditRefused(path, "its front matter is not one key a line", "write one key: value a line")
    if any("given twice" in problem.what and "status" in problem.what for problem in document.problems):
        raise EditRefused(path, "it has two status lines", "keep one of them")
    changed = _head_with_status(path, head, document, status)
    return text[:start] + changed + text[end:]


def _head_with_status(path: Path, head: str, document: MarkedYaml, status: Status) -> str:
    value = document.value
    assert isinstance(value, dict)
    if "status" not in value:
        return _head_with_new_line(head, document, status)
    first, after = document.spans["status",]
    line_start = head.rfind("\n", 0, first) + 1
    if isinstance(value["status"], dict | list) or LINE_END.search(head[first:after].rstrip()):
        raise EditRefused(path, "its status is not a single word", "write status: draft")
    if value["status"] is None and first == after:
        key = re.compile(r"^(status|\"status\"|'status')[ \t]*:", re.MULTILINE).search(head)
        if key is None:
            raise EditRefused(path, "its status line is not understood", "write status: draft")
        return f"{head[: key.end()]} {status.value}{head[key.end() :]}"
    if not re.match(r"[\"']?status[\"']?[ \t]*:[ \t]*", head[line_start:first]):
        raise EditRefused(path, "its status does not stand on the line of its key", "write status: draft")
    return head[:first] + status.value + head[after:]


def _head_with_new_line(head: str, document: MarkedYaml, status: Status) -> str:
    value = document.value
    assert isinstance(value, dict)
    rows = split_lines(head)
    anchor = next((document.keys[key,].line - 2 for key in _LAST_OF_STATUS if key in value), None)
    single = anchor is not None and not _continues(rows, anchor)
    ends = line_ends(head)
    at = ends[anchor] if single and anchor is not None else len(head)
    first_end = LINE_END.search(head)
    newline = first_end[0] if first_end else "\n"
    return f"{head[:at]}status: {status.value}{newline}{head[at:]}"


def _continues(rows: list[str], row: int) -> bool:
    """True when the value of the key on this row goes on below it."""
    return row + 1 < len(rows) and rows[row + 1][:1] in (" ", "\t", "-")


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
