"""A scenario: one YAML file that describes a behaviour from outside. The suite of a spec is its holdout."""

import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    SkipValidation,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from factory_tui.model.ids import ScenarioId, SpecId
from factory_tui.model.spec import ID_PATTERN, Waiver

_DURATION = re.compile(r"^(\d+(?:\.\d+)?)\s*(ms|s|m)?$")
_UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, None: 1.0}


def _seconds(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a duration is a number of seconds or a text such as 500ms, 5s or 2m")
    if isinstance(value, str):
        match = _DURATION.match(value.strip())
        if not match:
            raise ValueError(f"{value!r} is not a duration; write 500ms, 5s or 2m")
        return float(match[1]) * _UNIT_SECONDS[match[2]]
    return value


Seconds = Annotated[
    float,
    BeforeValidator(_seconds),
    Field(gt=0, le=3600),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": _DURATION.pattern}]}),
]
"""A bounded duration, written as `500ms`, `5s`, `2m` or a number of seconds."""


Part = str | bool | int | float
"""What `contains` looks for: a number or a truth value by its text."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


class Matcher(_Part):
    """Conditions on one observed value; all that are given must hold."""

    equals: JsonValue = None
    """The value itself; what a bare value means."""
    contains: Part | tuple[Part, ...] | None = None
    """What occurs in the observed text or is a member of the observed list, or every one of several."""
    matches: str | None = None
    """Regular expression, searched for (not anchored)."""
    json_: Annotated[JsonValue, Field(alias="json")] = None
    """The text parses as JSON and matches: `$`-keys are JSONPath (names, indexes, `*`), else the whole value."""
    lines: JsonValue = None
    """Number of lines, a matcher on that number, or the exact list of lines."""
    lt: float | None = None
    """Less than."""
    gt: float | None = None
    """Greater than."""
    exists: bool | None = None
    """Whether there is anything at all."""
    not_: Annotated["Matcher | JsonValue", Field(alias="not")] = None
    """What must not hold."""
    any_of: tuple["Matcher | JsonValue", ...] | None = None
    """At least one of these holds."""

    @model_validator(mode="after")
    def _refuse_nothing(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("a matcher needs at least one condition")
        if self.matches is not None:
            try:
                re.compile(self.matches)
            except re.error as error:
                raise ValueError(f"matches: not a regular expression: {error}") from error
        self._read_nested()
        return self

    def _read_nested(self) -> None:
        """Values that are matchers only by their content are read when used; what is wrong with them is said now."""
        if "not_" in self.model_fields_set:
            _placed(("not",), matcher_of, self.not_)
        for index, each in enumerate(self.any_of or ()):
            _placed(("any_of", index), matcher_of, each)
        for path, each in under_paths(self.json_):
            _placed(("json", path), matcher_of, each)
        if isinstance(self.lines, dict):
            _placed(("lines",), matcher_of, self.lines)


MATCHER_WORDS = frozenset({"equals", "contains", "matches", "json", "lines", "lt", "gt", "exists", "not", "any_of"})


def _matcher(value: object) -> object:
    """A mapping made of matcher words is a matcher; anything else is compared with equals."""
    if isinstance(value, Matcher):
        return value
    if isinstance(value, dict) and value and set(value) <= MATCHER_WORDS:
        return value
    if isinstance(value, dict) and set(value) & MATCHER_WORDS:
        unknown = ", ".join(sorted(str(key) for key in set(value) - MATCHER_WORDS))
        raise ValueError(f"unknown matcher {unknown}; known: {', '.join(sorted(MATCHER_WORDS))}")
    return {"equals": value}


def matcher_of(value: object) -> Matcher:
    """The matcher that a scenario means by `value`: a bare value is `equals`.

    Raises:
        ValueError: an unknown word beside known ones, or a broken regular expression.
    """
    return Matcher.model_validate(_matcher(value))


def under_paths(expected: JsonValue) -> list[tuple[str, JsonValue]]:
    """The entries of a mapping whose keys are all JSONPaths; nothing for any other value."""
    if isinstance(expected, dict) and expected and all(key.startswith("$") for key in expected):
        return list(expected.items())
    return []


_Read = TypeVar("_Read")


def _placed(location: tuple[str | int, ...], read: Callable[[Any], _Read], value: object) -> _Read:
    """`read(value)`, whose errors are told as errors of the part of the file at `location`."""
    try:
        return read(value)
    except ValidationError as error:
        lines = [_error_line(location + each["loc"], dict(each)) for each in error.errors(include_url=False)]
        raise ValidationError.from_exception_data(error.title, lines) from None
    except ValueError as error:
        line = _error_line(location, {"type": "value_error", "msg": f"Value error, {error}", "input": value})
        raise ValidationError.from_exception_data("scenario", [line]) from None


def _error_line(location: tuple[str | int, ...], error: dict[str, Any]) -> InitErrorDetails:
    context = {**error.get("ctx", {}), "said": error["msg"]}
    return InitErrorDetails(
        type=PydanticCustomError(error["type"], "{said}", context), loc=location, input=error["input"]
    )


def _value_matcher(value: object) -> object:
    """As `_matcher`, for output, numbers and files: none of them equals a mapping, so its keys are matcher words."""
    if isinstance(value, dict) and not set(value) & MATCHER_WORDS:
        unknown = ", ".join(sorted(map(str, value))) or "{}"
        raise ValueError(f"unknown matcher {unknown}; use {', '.join(sorted(MATCHER_WORDS))}")
    return _matcher(value)


Expected = Annotated[
    Matcher,
    BeforeValidator(_value_matcher),
    WithJsonSchema({"description": "a bare value (equals) or a mapping of matchers"}),
]
"""What a scenario may write wherever a value is checked."""


class RunExpect(_Part):
    exit: Expected | None = None
    """Exit code; 0 when nothing is said about it."""
    stdout: Expected | None = None
    """Text of standard output."""
    stderr: Expected | None = None
    """Text of standard error."""
    within: Seconds | None = None
    """Wall time limit of the command: a non-functional limit, judged apart from behaviour."""


class HttpExpect(_Part):
    status: Expected | None = None
    """Status code of the answer."""
    headers: dict[str, Expected] | None = None
    """Names compared without case."""
    body: Expected | None = None
    """Text of the answer."""
    json_: Annotated[JsonValue, Field(alias="json")] = None
    """The answer as JSON, as in a matcher."""
    within: Seconds | None = None
    """Longest wait for the answer, judged apart from behaviour."""

    @model_validator(mode="after")
    def _readable_json(self) -> Self:
        for path, each in under_paths(self.json_):
            _placed(("json", path), matcher_of, each)
        return self


class HttpRequest(_Part):
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] = "GET"
    """Verb of the request."""
    url: str
    """`${port}` stands for the free port, `${name}` for what an earlier step captured."""
    headers: dict[str, str] = {}
    """Sent beside those of the client."""
    json_: Annotated[JsonValue, Field(alias="json")] = None
    """Sent as JSON."""
    body: str | None = None
    """Sent as it is; not together with `json`."""

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if self.body is not None and "json_" in self.model_fields_set:
            raise ValueError("give json or body, not both")
        return self


class Condition(_Part):
    """Something to wait for: exactly one of http, file, run, and a bound."""

    http: str | None = None
    """URL that answers with a status below 500."""
    file: str | None = None
    """Path below the work directory that exists."""
    run: str | None = None
    """Shell command that exits 0."""
    within: Seconds
    """Longest wait; then the step has failed."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(each is not None for each in (self.http, self.file, self.run)) != 1:
            raise ValueError("wait for exactly one of http, file, run")
        return self


class Step(_Part):
    """One action and its checks; exactly one of run, http, file, wait."""

    run: str | None = None
    """Shell command, in the root of the artifact with its `bin/` first on the path."""
    http: HttpRequest | None = None
    """A request, usually to the service."""
    file: str | None = None
    """Path below the work directory; `expect` is about its text."""
    wait: Condition | Seconds | None = None
    """A condition to wait for, or a pause."""
    stdin: str | None = None
    """Standard input of a command."""
    timeout: Seconds | None = None
    """Longest time of the step; then it has failed."""
    expect: Annotated[RunExpect | HttpExpect | Expected | None, SkipValidation] = None
    """`RunExpect`, `HttpExpect` or, for a file, a matcher on its text; typed when the step is read."""
    capture: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], str] = {}
    """Variable name → JSONPath into the answer (http: the body; run: stdout; `$` alone: the whole text)."""

    @property
    def kind(self) -> Literal["run", "http", "file", "wait"]:
        if self.run is not None:
            return "run"
        if self.http is not None:
            return "http"
        if self.file is not None:
            return "file"
        return "wait"

    @model_validator(mode="before")
    @classmethod
    def _tui_comes_later(cls, value: object) -> object:
        if isinstance(value, dict) and "tui" in value:
            raise ValueError("tui steps are not supported yet; use run, http, file or wait")
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        kinds = [name for name in ("run", "http", "file", "wait") if getattr(self, name) is not None]
        if len(kinds) != 1:
            raise ValueError(
                f"a step has exactly one of run, http, file, wait; this one has {' and '.join(kinds) or 'none'}"
            )
        if self.stdin is not None and self.run is None:
            raise ValueError("stdin belongs to a run step")
        if self.expect is not None:
            if self.kind == "wait":
                raise ValueError("a wait step has no expect: what it waits for is its check")
            object.__setattr__(self, "expect", self._typed_expect())
        return self

    def _typed_expect(self) -> RunExpect | HttpExpect | Matcher:
        given: object = self.expect
        if self.kind == "run":
            return _placed(("expect",), RunExpect.model_validate, given)
        if self.kind == "http":
            return _placed(("expect",), HttpExpect.model_validate, given)
        return _placed(("expect",), Matcher.model_validate, _placed(("expect",), _value_matcher, given))

    @property
    def run_expect(self) -> RunExpect:
        return self.expect if isinstance(self.expect, RunExpect) else RunExpect()

    @property
    def http_expect(self) -> HttpExpect:
        return self.expect if isinstance(self.expect, HttpExpect) else HttpExpect()

    @property
    def file_expect(self) -> Matcher:
        return self.expect if isinstance(self.expect, Matcher) else Matcher(exists=True)


class Service(_Part):
    """A program started before the steps and stopped after them."""

    run: str
    """Shell command that stays in the foreground."""
    ready: Condition
    """What shows that it has started."""


class ScenarioKind(StrEnum):
    PRIMARY = "primary"
    ALTERNATE = "alternate"
    NEGATIVE = "negative"
    RECOVERY = "recovery"
    LIMIT = "limit"


class Layer(StrEnum):
    """A reserve scenario is reported, never blocks and never feeds anything back."""

    GATE = "gate"
    RESERVE = "reserve"


class OnBase(StrEnum):
    """What a scenario does on the untouched base; `pass` is behaviour to preserve."""

    FAIL = "fail"
    PASS = "pass"


class Scenario(_Part):
    """A plain sentence first, deterministic checks second, an optional judge last."""

    id: Annotated[str, Field(pattern=ID_PATTERN, max_length=100)]
    """Equals the file name without `.yaml`."""
    covers: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of rules of the spec."""
    kind: ScenarioKind = ScenarioKind.PRIMARY
    """What sort of case it is."""
    layer: Layer = Layer.GATE
    """`gate` decides; `reserve` is reported and never blocks."""
    base: OnBase = OnBase.FAIL
    """What it does on the untouched base; `pass` is behaviour to preserve."""
    given: Annotated[str, Field(min_length=1)]
    """The situation, in words."""
    when: Annotated[str, Field(min_length=1)]
    """What happens then, in words."""
    then: Annotated[str, Field(min_length=1)]
    """What can be seen from outside, in words."""
    files: dict[str, str] = {}
    """Relative path → text, placed in the work directory before the steps."""
    env: dict[str, str] = {}
    """Variables of its commands."""
    service: Service | None = None
    """A program that runs beside the steps."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """Carried out in order, each trial in a fresh copy of the artifact."""
    trials: Annotated[int, Field(ge=1, le=50, strict=True)] | None = None
    """Passes only if every trial passes; None takes `[gate] trials`."""
    judge: JsonValue = None
    """Rubric for a model judge. Refused while non-empty: there is no judge yet."""

    @model_validator(mode="after")
    def _judge_comes_later(self) -> Self:
        if self.judge:
            raise ValueError("judge: there is no model judge yet; remove the rubric or set it to null")
        return self


class LoadedScenario(BaseModel):
    """A valid scenario and where it came from."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    scenario: Scenario
    spec: SpecId
    path: Path
    hash: str
    """SHA-256 (hex) of the file's bytes."""
    places: dict[str, tuple[int, int]] = {}
    """Line and column, 1-based, of parts of the file, such as `covers[0]` and `steps[1].expect`."""
    waivers: tuple[Waiver, ...] = ()
    """`# allow Q05: reason`."""

    @property
    def id(self) -> ScenarioId:
        return ScenarioId(self.scenario.id)


class Suite(BaseModel):
    """All scenarios of one spec."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    spec: SpecId
    scenarios: tuple[LoadedScenario, ...]
    hash: str
    """SHA-256 (hex) over the sorted scenario hashes."""
