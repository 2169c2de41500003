"""Templates: what a new spec of a kind starts from, and what the validator compares a spec with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from factory_tui.model.amendment import Ask
from factory_tui.model.spec import Heading, Kind, Question
from factory_tui.specs.errors import TemplateError
from factory_tui.specs.reading.front import find_head
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.reading.markdown import Page, read_page
from factory_tui.specs.templates.head import Head, read_head

FOLDER = "_templates"
MAX_BYTES = 200_000

TO_ANSWER = "<rule id, or why it cannot happen>"
"""What an author replaces in a row for which the template says nothing more exact."""

_VERSION = re.compile(r"^([a-z]+)@([1-9][0-9]{0,3})$")
_PLACEHOLDER = re.compile(r"<[^<>]+>")
_FURNITURE = re.compile(r"^[\s|>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)?[\s|*_`]*")
"""What stands before the first word of a list item, a table row or a line in bold."""


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
    asks: tuple[Ask, ...]
    """What was added since the first version, oldest first."""
    places: Mapping[tuple[Question, str], tuple[str, ...]]
    """Lines of each sub-section of the body, without comments, by question and title in small letters."""

    @property
    def name(self) -> str:
        """`feature@1`."""
        return f"{self.kind}@{self.version}"

    def asks_already(self, ask: Ask) -> bool:
        """Whether this version asks the same: by an earlier amendment, or because its author wrote it down."""
        if any(same_ask(each, ask) for each in self.asks):
            return True
        lines = self.places.get((ask.section, ask.subsection.casefold()))
        if lines is None or not ask.label:
            return lines is not None
        asked = (_PLACEHOLDER.sub("", line) for line in lines)
        return any(starts_with(line, ask.label) or holds_stem(line, ask.words) for line in asked)

    def to_answer(self, ask: Ask) -> str:
        """What an author of a spec replaces in the row of an ask, as the body has it."""
        lines = self.places.get((ask.section, ask.subsection.casefold()), ())
        row = next((line for line in lines if starts_with(line, ask.label)), "")
        said = _PLACEHOLDER.search(row)
        return said[0] if said else TO_ANSWER


def same_ask(one: Ask, other: Ask) -> bool:
    """Whether both ask for the same line or sub-section, whoever added them."""
    return (one.section, one.subsection.casefold(), one.label.casefold()) == (
        other.section,
        other.subsection.casefold(),
        other.label.casefold(),
    )


def starts_with(line: str, label: str) -> bool:
    """Whether a list item, a table row or a line starts with these words, in any case."""
    rest, first = _FURNITURE.sub("", line, count=1).casefold(), label.casefold()
    return rest.startswith(first) and not rest[len(first) :][:1].isalnum()


def holds_stem(text: str, stems: tuple[str, ...]) -> bool:
    """Whether a word of `text` starts with one of the stems, in any case."""
    small = text.casefold()
    return any(stem in small and re.search(rf"(?<!\w){re.escape(stem)}", small) for stem in stems)


def parse_version(text: str) -> tuple[str, int] | None:
    """`feature@3` as its two parts; None when it is not written like that."""
    match = _VERSION.match(text)
    return (match[1], int(match[2])) if match else None


@cache
def packaged_text(kind: Kind) -> str:
    """The template file that comes with the program."""
    return resources.files("factory_tui.specs.templates").joinpath(f"{kind}.md").read_text(encoding="utf-8")


@cache
def packaged(kind: Kind) -> Template:
    return parse_template(kind, packaged_text(kind), Path(f"{kind}.md"))


def template_path(workspace: Path, kind: Kind) -> Path:
    """Where a workspace keeps its own template of a kind."""
    return workspace / "specs" / FOLDER / f"{kind}.md"


def own_text(path: Path) -> str | None:
    """The workspace's own template as its file has it, line ends and all; None when it has none.

    Raises:
        TemplateError: it cannot be read as text.
    """
    try:
        if not path.exists() and not path.is_symlink():
            return None
        if not path.is_file():
            raise TemplateError(path, "it is not a regular file", "remove it to use the packaged one")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise TemplateError(path, f"it is larger than {MAX_BYTES:,} bytes", "make it shorter, or remove it")
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise TemplateError(path, "it is not UTF-8", "save it as UTF-8, or remove it to use the packaged one") from None
    except OSError as error:
        raise TemplateError(path, f"it cannot be read: {error.strerror or error}", "check its permissions") from None


def template_text(workspace: Path, kind: Kind) -> str:
    """The text of the workspace's own template when it has one, else of the packaged one. Raises `TemplateError`."""
    text = own_text(template_path(workspace, kind))
    return packaged_text(kind) if text is None else text


def load_template(workspace: Path, kind: Kind) -> Template:
    """The workspace's own template when it has one, else the packaged one.

    Raises:
        TemplateError: the workspace's own template cannot be used.
    """
    path = template_path(workspace, kind)
    text = own_text(path)
    return packaged(kind) if text is None or text == packaged_text(kind) else parse_template(kind, text, path)


@dataclass(frozen=True, slots=True)
class Templates:
    """A template for each kind; where the workspace's own cannot be used, the packaged one and the reason."""

    usable: Mapping[Kind, Template]
    problems: Mapping[Kind, TemplateError]


def load_templates(workspace: Path) -> Templates:
    """The templates that specs are judged against. Never raises."""
    found, problems = {}, {}
    for kind in Kind:
        try:
            found[kind] = load_template(workspace, kind)
        except TemplateError as error:
            found[kind], problems[kind] = packaged(kind), error
    return Templates(MappingProxyType(found), MappingProxyType(problems))


@lru_cache(maxsize=64)
def parse_template(kind: Kind, text: str, path: Path) -> Template:
    """The template in `text`. Raises `TemplateError`."""
    lines = split_lines(text.removeprefix("\ufeff"))
    close = find_head(lines)
    if close is None:
        raise TemplateError(path, "it has no front matter", f"start it with --- and `template: {kind}@1` and ---")
    head = read_head(kind, lines[1:close], path)
    page = read_page(lines[close + 1 :], close + 1)
    _refuse_other_questions([each for level, each in page.headings if level == 2], path)
    body = "\n".join(lines[close + 1 :])
    return Template(
        kind,
        _version(kind, head, path),
        head.subsections,
        body,
        _sample_lines(body),
        head.asks,
        _places(page, close + 1),
    )


def _version(kind: Kind, head: Head, path: Path) -> int:
    version = parse_version(head.template)
    if version is None or version[0] != kind:
        said = f"line {head.template_line}: " if head.template else ""
        raise TemplateError(path, f"{said}its front matter names no version of {kind}", f"write `template: {kind}@1`")
    late = next((each for each in head.asks if each.since > version[1]), None)
    if late is not None:
        what = f"line {head.asks_line}: it asks for {late.label or late.subsection} since version {late.since}"
        raise TemplateError(path, f"{what}, but is version {version[1]}", f"write `template: {kind}@{late.since}`")
    return version[1]


def _refuse_other_questions(headings: list[Heading], path: Path) -> None:
    """A body need not hold all seven questions, but nothing else, each once and in their order."""
    latest = -1
    for heading in headings:
        where = f"line {heading.line}: ## {heading.title[:40]}"
        if heading.title not in Question.__members__:
            raise TemplateError(path, f"{where} is not one of the seven questions", "make it a ### sub-section of one")
        index = list(Question).index(Question(heading.title))
        if index == latest:
            raise TemplateError(path, f"{where} stands there twice", "keep one of the two")
        if index < latest:
            raise TemplateError(path, f"{where} is out of order", f"the order is {' '.join(Question)}")
        latest = index


def _places(page: Page, offset: int) -> Mapping[tuple[Question, str], tuple[str, ...]]:
    """Visible lines below each `###` heading of a question, up to the next heading."""
    found: dict[tuple[Question, str], tuple[str, ...]] = {}
    question: Question | None = None
    headings = page.headings
    for index, (level, heading) in enumerate(headings):
        if level <= 2:
            question = Question(heading.title) if level == 2 else None
        elif level == 3 and question is not None:
            after = next(
                (each.line - 1 for deep, each in headings[index + 1 :] if deep <= 3), offset + len(page.visible)
            )
            found[question, heading.title.casefold()] = page.visible[heading.line - offset : after - offset]
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
