"""Templates: what a new spec of a kind starts from, and what the validator compares a spec with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from factory_tui.model.spec import Kind, Question
from factory_tui.specs.errors import TemplateError
from factory_tui.specs.front import find_head
from factory_tui.specs.marked_yaml import YamlProblem, read_yaml, split_lines

FOLDER = "_templates"
_VERSION = re.compile(r"^([a-z]+)@([1-9][0-9]{0,5})$")
MAX_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Template:
    """One version of the template of a kind."""

    kind: Kind
    version: int
    subsections: Mapping[Question, tuple[str, ...]]
    """Titles of the `###` sub-sections that a spec of this kind answers."""
    body: str
    """What stands below the front matter of a new spec."""
    sample_lines: frozenset[str]
    """Lines of the body that an author replaces."""

    @property
    def name(self) -> str:
        """`feature@1`."""
        return f"{self.kind}@{self.version}"


def parse_version(text: str) -> tuple[str, int] | None:
    """`feature@3` as its two parts; None when it is not written like that."""
    match = _VERSION.match(text)
    return (match[1], int(match[2])) if match else None


@cache
def packaged_text(kind: Kind) -> str:
    """The template file that comes with the program."""
    return resources.files("factory_tui.specs").joinpath("templates", f"{kind}.md").read_text(encoding="utf-8")


@cache
def packaged(kind: Kind) -> Template:
    return parse_template(kind, packaged_text(kind), Path(f"{kind}.md"))


def load_template(workspace: Path, kind: Kind) -> Template:
    """The workspace's own template when it has one, else the packaged one.

    Raises:
        TemplateError: the workspace's own template cannot be used.
    """
    path = workspace / "specs" / FOLDER / f"{kind}.md"
    if not path.is_file():
        return packaged(kind)
    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise TemplateError(path, f"it is larger than {MAX_BYTES:,} bytes", "make it shorter, or remove it")
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TemplateError(path, "it is not UTF-8", "save it as UTF-8, or remove it to use the packaged one") from None
    except OSError as error:
        raise TemplateError(path, f"it cannot be read: {error.strerror or error}", "check its permissions") from None
    return packaged(kind) if text == packaged_text(kind) else parse_template(kind, text, path)


def load_templates(workspace: Path) -> Mapping[Kind, Template]:
    """A template for each kind; where the workspace's own is broken, the packaged one."""
    found = {}
    for kind in Kind:
        try:
            found[kind] = load_template(workspace, kind)
        except TemplateError:
            found[kind] = packaged(kind)
    return MappingProxyType(found)


def parse_template(kind: Kind, text: str, path: Path) -> Template:
    """The template in `text`. Raises `TemplateError`."""
    lines = split_lines(text)
    close = find_head(lines)
    if close is None:
        raise TemplateError(path, "it has no front matter", f"start it with --- and `template: {kind}@1` and ---")
    try:
        head = read_yaml("\n".join(lines[1:close]), first_line=2).value
    except YamlProblem as problem:
        raise TemplateError(path, f"line {problem.mark.line}: {problem.what}", problem.todo) from None
    head = head if isinstance(head, dict) else {}
    version = parse_version(str(head.get("template", "")))
    if version is None or version[0] != kind:
        raise TemplateError(path, "its front matter names no version", f"write `template: {kind}@1`")
    body = "\n".join(lines[close + 1 :])
    return Template(kind, version[1], _subsections(head.get("subsections"), path), body, _sample_lines(body))


def _subsections(value: object, path: Path) -> Mapping[Question, tuple[str, ...]]:
    found: dict[Question, tuple[str, ...]] = {}
    for name, titles in value.items() if isinstance(value, dict) else ():
        if name not in Question.__members__ or not isinstance(titles, list):
            raise TemplateError(
                path, f"subsections: {name} is not a question with a list", "write `RULES: [Edge cases]`"
            )
        found[Question(name)] = tuple(str(title) for title in titles)
    return MappingProxyType(found)


def _sample_lines(body: str) -> frozenset[str]:
    """Lines that ask to be replaced: not headings, guidance, table heads or empty lines."""
    rows = split_lines(re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL))
    found = set()
    for row, following in zip(rows, [*rows[1:], ""], strict=True):
        line = row.strip()
        is_rule = bool(re.fullmatch(r"[|:\- ]+", line))
        is_table_head = line.startswith("|") and bool(re.fullmatch(r"[|:\- ]+", following.strip()))
        if line and not line.startswith("#") and not line.endswith(":") and not is_rule and not is_table_head:
            found.add(line)
    return frozenset(found)
