"""The front matter of a template, read strictly: what is wrong is told with its line and what to write."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from factory_tui.model.amendment import Ask
from factory_tui.model.spec import Kind, Question
from factory_tui.specs.errors import TemplateError
from factory_tui.specs.reading.marked_yaml import Location, Mark, MarkedYaml, YamlProblem, read_yaml
from factory_tui.specs.reading.schema_errors import explain, nearest

MOST_ASKS, MOST_WORDS = 200, 50
"""Every spec of the kind is looked through for each word of each ask."""

_OneLine = Annotated[str, Field(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Named = Annotated[_OneLine, Field(min_length=1)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)


class _WrittenAsk(_Written):
    section: Question
    subsection: _Named
    label: _OneLine = ""
    words: Annotated[tuple[_Named, ...], Field(max_length=MOST_WORDS)] = ()
    since: Annotated[int, Field(ge=1, strict=True)] = 1
    amendment: Annotated[int, Field(ge=1, strict=True)] | None = None


class _WrittenHead(_Written):
    template: str
    subsections: dict[str, tuple[_Named, ...]] | None = None
    columns: dict[str, tuple[_Named, ...]] | None = None
    asks: Annotated[tuple[_WrittenAsk, ...], Field(max_length=MOST_ASKS)] | None = None


class Head(NamedTuple):
    """What the front matter says, and where."""

    template: str
    template_line: int
    subsections: Mapping[Question, tuple[str, ...]]
    asks: tuple[Ask, ...]
    asks_line: int


def read_head(kind: Kind, lines: list[str], path: Path) -> Head:
    """The front matter of a template, whose first line is line 2 of the file. Raises `TemplateError`."""
    try:
        document = read_yaml("\n".join(lines), first_line=2)
    except YamlProblem as problem:
        raise _error(path, problem) from None
    if not isinstance(document.value, dict):
        raise TemplateError(path, "line 2: its front matter holds no keys", f"write `template: {kind}@1`")
    if document.problems:
        raise _error(path, document.problems[0])
    try:
        written = _WrittenHead.model_validate(document.value)
    except ValidationError as error:
        raise _error(path, explain(error, document, _known_keys)[0]) from None
    _by_question(written.columns, "columns", document, path)
    asks = tuple(
        Ask(**{**each.model_dump(), "words": tuple(word.casefold() for word in each.words)})
        for each in written.asks or ()
    )
    return Head(
        written.template,
        document.mark(("template",)).line,
        _by_question(written.subsections, "subsections", document, path),
        asks,
        document.mark(("asks",)).line,
    )


def _by_question(
    given: Mapping[str, tuple[str, ...]] | None, key: str, document: MarkedYaml, path: Path
) -> Mapping[Question, tuple[str, ...]]:
    for name in given or {}:
        if name not in Question.__members__:
            best = nearest(name, [each.value for each in Question])
            todo = f"write {best}" if best else f"write one of {', '.join(Question)}"
            mark = document.mark((key, name))
            raise _error(path, YamlProblem(f"{key}: {name[:40]} is not one of the seven questions", todo, mark))
    return MappingProxyType({Question(name): titles for name, titles in (given or {}).items()})


def _known_keys(location: Location) -> tuple[str, ...]:
    return tuple((_WrittenAsk if location[:1] == ("asks",) else _WrittenHead).model_fields)


def _error(path: Path, problem: YamlProblem) -> TemplateError:
    mark: Mark = problem.mark
    return TemplateError(path, f"line {mark.line}: {problem.what}", problem.todo)
