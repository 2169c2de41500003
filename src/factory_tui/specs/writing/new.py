"""A new spec: its front matter, and the body of its template or one that was brought along."""

import re
from pathlib import Path

from factory_tui.model.foreign import clean_line
from factory_tui.model.spec import ID_PATTERN, Category, Kind
from factory_tui.specs.errors import EditRefused
from factory_tui.specs.library import specs_dir
from factory_tui.specs.templates.template import load_template

_GUARDRAILS = {
    Kind.ARCHITECTURAL: (
        "guardrails: []  # {run: [command], message: what an agent learns when it fails} for later work",
    )
}


def new_spec(
    workspace: Path,
    spec_id: str,
    kind: Kind,
    *,
    title: str | None = None,
    category: Category | None = None,
    body: str | None = None,
) -> Path:
    """A new draft from the template of its kind (the workspace's own when it has one); the path of the file.

    Args:
        workspace: where it is written.
        spec_id: its id; names the file.
        kind: whose template is taken.
        title: one line; made from the id when not given.
        category: the usual one of the kind when not given.
        body: what stands below the front matter; the template's when not given.

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
    said = clean_line(title or "") or spec_id.replace("-", " ").capitalize()
    head = _new_head(spec_id, said, kind, category or _usual_category(kind), template.name)
    text = "\n".join(head) + (template.body if body is None else body)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_new(path, text)
    except FileExistsError as error:
        if error.filename == str(path.parent):
            raise EditRefused(path.parent, "it is not a directory", "keep the specs in a directory") from None
        raise EditRefused(path, "it exists already", "choose another id, or edit it") from None
    except OSError as error:
        raise EditRefused(path, f"it cannot be written: {error.strerror}", "check permissions and free space") from None
    return path


def _write_new(path: Path, text: str) -> None:
    """The whole file, or none. Raises `OSError`, also when there is one."""
    file = path.open("x", encoding="utf-8", newline="")
    try:
        with file:
            file.write(text)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _usual_category(kind: Kind) -> Category:
    return {
        Kind.FEATURE: Category.FEATURE,
        Kind.ARCHITECTURAL: Category.INFRASTRUCTURE,
        Kind.CONSTRAINT: Category.TESTS,
    }[kind]


def _new_head(spec_id: str, title: str, kind: Kind, category: Category, template: str) -> list[str]:
    quoted = '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'
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
        *_GUARDRAILS.get(kind, ()),
        "---",
        "",
    ]
