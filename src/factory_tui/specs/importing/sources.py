"""The foreign forms: spec-kit's `spec.md`, an OpenSpec change, a ticket in Markdown, a GitHub issue as JSON."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from factory_tui.model.foreign import clean_line
from factory_tui.model.spec import Category, Question
from factory_tui.regular_file import read_regular
from factory_tui.specs.importing.draft import Draft
from factory_tui.specs.importing.foreign import Part, parts_of, trimmed

MAX_BYTES = 1_000_000

LONGEST_TITLE = 120


class Source(StrEnum):
    """Where a text comes from."""

    SPEC_KIT = "spec-kit"
    OPENSPEC = "openspec"
    TICKET = "ticket"
    GITHUB = "github"


SOURCES = tuple(Source)

_LEADS = re.compile(r"^(?:feature specification|feature|specification|spec|change|proposal|delta for)\s*:\s*", re.I)
_RECORD = re.compile(r"^\*\*(?:Feature Branch|Created|Updated|Status)\*\*\s*:")
"""Lines with which spec-kit keeps track of a spec; its id and its status are the factory's own."""

_ASKED = re.compile(r"^\*\*Input\*\*\s*:\s*(?:User description:\s*)?")

_CATEGORIES = {
    "bug": Category.BUGFIX,
    "documentation": Category.DOCS,
    "docs": Category.DOCS,
    "performance": Category.PERFORMANCE,
    "tests": Category.TESTS,
    "enhancement": Category.FEATURE,
    "feature": Category.FEATURE,
}
"""Labels that say what type of work it is."""


class ImportRefused(Exception):
    """A text that cannot be imported.

    Args:
        what: what is wrong, and with which file.
        todo: what to do about it.
    """

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


@dataclass(frozen=True, slots=True)
class Imported:
    """A foreign spec as far as it could be read."""

    source: Source
    title: str
    """Clean, one line; empty when the text has none."""
    parts: tuple[Part, ...]
    category: Category | None = None
    left_out: tuple[str, ...] = ()
    """Files beside it that say how it is built, not what is wanted."""

    @property
    def id(self) -> str:
        """An id made of the title; empty when nothing of it can stand in one."""
        plain = unicodedata.normalize("NFKD", self.title).encode("ascii", "ignore").decode().lower()
        return re.sub(r"[^a-z0-9]+", "-", plain).strip("-0123456789")[:60].rstrip("-")

    def body(self, guidance: Mapping[Question, str]) -> str:
        """The body of the spec; `guidance` is what the template says to each question."""
        draft = Draft()
        draft.take(self.parts)
        return draft.body(guidance)


def read_source(path: Path, source: Source | None = None) -> Imported:
    """Read a foreign spec.

    Args:
        path: a file; for spec-kit and OpenSpec also the directory of a feature or a change.
        source: its form; recognised when not given.

    Raises:
        ImportRefused: it cannot be read, or is not of that form.
    """
    form = source or _recognised(path)
    if form is Source.OPENSPEC:
        return _openspec(path)
    if form is Source.GITHUB:
        return _github(path)
    file = path / "spec.md" if path.is_dir() else path
    parts = parts_of(_text(file))
    parts = list(_without_record(parts)) if form is Source.SPEC_KIT else parts
    beside = _names(path, ("plan.md", "tasks.md", "research.md", "data-model.md")) if path.is_dir() else ()
    return _imported(form, parts, file.stem, left_out=beside)


def _recognised(path: Path) -> Source:
    if path.is_dir():
        if (path / "proposal.md").exists() or (path / "specs").is_dir():
            return Source.OPENSPEC
        if (path / "spec.md").exists():
            return Source.SPEC_KIT
        raise ImportRefused(
            f"{path} holds neither a spec.md (spec-kit) nor a proposal.md (OpenSpec)", "name the file itself"
        )
    if path.suffix == ".json":
        return Source.GITHUB
    text = _text(path)
    if re.search(r"^### Requirement:", text, re.MULTILINE):
        return Source.OPENSPEC
    is_spec_kit = re.search(r"^# Feature Specification|\bFR-\d{3}\b|^## User Scenarios", text, re.MULTILINE)
    return Source.SPEC_KIT if is_spec_kit else Source.TICKET


def _openspec(path: Path) -> Imported:
    """A change directory: its proposal, then the requirements of each capability. A single file is taken as it is."""
    if not path.is_dir():
        return _imported(Source.OPENSPEC, parts_of(_text(path)), path.stem)
    proposal = path / "proposal.md"
    files = ([proposal] if proposal.exists() else []) + sorted((path / "specs").glob("*/spec.md"))
    if not files:
        raise ImportRefused(f"{path} holds no proposal.md and no specs/*/spec.md", "name the directory of one change")
    parts = [part for file in files for part in parts_of(_text(file))]
    return _imported(Source.OPENSPEC, parts, path.resolve().name, left_out=_names(path, ("design.md", "tasks.md")))


def _github(path: Path) -> Imported:
    """As `gh issue view --json title,body,labels,comments` and the REST API give it."""
    try:
        issue = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise ImportRefused(f"{path} is not JSON: {error}", "save it with: gh issue view N --json title,body") from None
    if isinstance(issue, list) and len(issue) == 1:
        issue = issue[0]
    if not isinstance(issue, dict) or not isinstance(issue.get("title"), str):
        what = f"{len(issue)} issues" if isinstance(issue, list) else "no issue with a title"
        raise ImportRefused(f"{path} holds {what}", "give one issue: gh issue view N --json title,body,labels,comments")
    body = issue.get("body")
    parts = parts_of(body) if isinstance(body, str) else []
    comments = issue.get("comments")
    for number, each in enumerate(comments if isinstance(comments, list) else [], start=1):
        said = each.get("body") if isinstance(each, dict) else None
        if isinstance(said, str) and said.strip():
            lines = [line for part in parts_of(said) for line in (part.title, *part.body) if line]
            parts.append(Part(2, f"Comment {number}", tuple(lines), ("What",)))
    return _imported(Source.GITHUB, parts, path.stem, title=issue["title"], category=_category(issue.get("labels")))


def _category(labels: object) -> Category | None:
    named = (
        [each.get("name") if isinstance(each, dict) else each for each in labels] if isinstance(labels, list) else []
    )
    return next(
        (_CATEGORIES[each.casefold()] for each in named if isinstance(each, str) and each.casefold() in _CATEGORIES),
        None,
    )


def _imported(
    source: Source,
    parts: list[Part],
    fallback: str,
    *,
    title: str = "",
    category: Category | None = None,
    left_out: tuple[str, ...] = (),
) -> Imported:
    heading = next((part.title for part in parts if part.is_title), "") or _first_line(parts)
    said = clean_line(_LEADS.sub("", title or heading) or fallback.replace("-", " ").capitalize(), limit=200)
    if not any(part.body for part in parts) and not title:
        raise ImportRefused("it says nothing", "name a file with text in it")
    return Imported(source, said, tuple(parts), category, left_out)


def _first_line(parts: list[Part]) -> str:
    """Of a ticket whose title is no heading."""
    line = parts[0].body[0] if parts and parts[0].level == 0 and parts[0].body else ""
    return line if len(line) <= LONGEST_TITLE else ""


def _without_record(parts: list[Part]) -> Iterator[Part]:
    """A spec-kit spec without the lines about its branch and its dates; what its author asked for is kept."""
    for part in parts:
        if part.is_title:
            body = (_ASKED.sub("", line) for line in part.body if not _RECORD.match(line))
            yield replace(part, body=trimmed(body))
        else:
            yield part


def _names(path: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if (path / name).exists())


def _text(path: Path) -> str:
    try:
        data = read_regular(path, MAX_BYTES)
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read: {error.strerror or error}", "name a file that exists") from None
    if len(data) > MAX_BYTES:
        raise ImportRefused(f"{path} is larger than {MAX_BYTES:,} bytes", "import a part of it")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise ImportRefused(f"{path} is not UTF-8 text", "save it as UTF-8") from None
