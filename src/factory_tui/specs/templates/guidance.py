"""What a template says to the author of a spec about each of the seven questions."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from factory_tui.model.spec import Kind, Question
from factory_tui.specs.errors import TemplateError
from factory_tui.specs.templates.template import load_template, packaged


def guidance(workspace: Path, kind: Kind) -> Mapping[Question, str]:
    """One paragraph of plain text for each question that the template of a kind says something about.

    The first comment below a heading is its guidance; that of a sub-section follows with its title. Where the
    workspace's own template cannot be used, it is the packaged one's.
    """
    try:
        template = load_template(workspace, kind)
    except TemplateError:
        template = packaged(kind)
    return MappingProxyType(_said(template.body))


def _said(body: str) -> dict[Question, str]:
    found: dict[Question, str] = {}
    question: Question | None = None
    title, position = "", 0
    for line in body.splitlines(keepends=True):
        position += len(line)
        if line.startswith("## "):
            name = line[3:].strip()
            question, title = (Question(name) if name in Question.__members__ else None), ""
        elif line.startswith("### "):
            title = line[4:].strip()
        else:
            continue
        said = _comment(body[position:])
        if question is not None and said:
            part = f"{title}: {said}" if title else said
            found[question] = f"{found[question]} {part}" if question in found else part
    return found


def _comment(text: str) -> str:
    """The comment that `text` starts with, on one line."""
    inside = text.lstrip()
    if not inside.startswith("<!--") or "-->" not in inside:
        return ""
    return " ".join(inside[4 : inside.index("-->")].split())
