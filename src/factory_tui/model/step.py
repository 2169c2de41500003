"""Steps: what a scenario does to an artifact and what it expects to see."""

from collections.abc import Callable
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, JsonValue, SkipValidation, model_validator

from factory_tui.model.matcher import (
    Expected,
    FilePart,
    Matcher,
    Seconds,
    Size,
    matcher_of,
    placed,
    under_paths,
    value_matcher,
)

TERMINAL_SIZE = r"^[1-9]\d{0,2}x[1-9]\d{0,2}$"
"""Columns x rows."""

VARIABLE = r"^[a-z][a-z0-9_]*$"
"""Name of what a step captures."""


class RunExpect(FilePart):
    exit: Expected | None = None
    """Exit code; 0 when nothing is said about it."""
    stdout: Expected | None = None
    """Text of standard output."""
    stderr: Expected | None = None
    """Text of standard error."""
    within: Seconds | None = None
    """Wall time limit of the command: a non-functional limit, judged apart from behaviour."""


class HttpExpect(FilePart):
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
            placed(("json", path), matcher_of, each)
        return self


class HttpRequest(FilePart):
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] = "GET"
    """Verb of the request."""
    url: str
    """`${port}` stands for a free port, `${port2}` to `${port9}` for others, `${name}` for what a step captured."""
    headers: dict[str, str] = Field({})
    """Sent beside those of the client."""
    json_: Annotated[JsonValue, Field(alias="json")] = None
    """Sent as JSON."""
    body: str | None = None
    """Sent as it is; not together with `json`."""

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if self.body is not None and "json_" in self.model_fields_set:
            raise ValueError("give json or body, not both; remove one of them")
        return self


class TuiAction(FilePart):
    """One thing a user does at a terminal, or waits to see; exactly one of press, type, see, resize."""

    press: str | tuple[str, ...] | None = None
    """A key, or several in order: `enter`, `down`, `ctrl+c`, `f1`, `x`."""
    type: str | None = None
    """Text, typed as it is."""
    see: Expected | None = None
    """What the text of the screen must come to match, within the bound."""
    resize: Annotated[str, Field(pattern=TERMINAL_SIZE)] | None = None
    """Columns and rows from now on."""
    within: Seconds = 5.0
    """Longest wait for `see`."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(each is not None for each in (self.press, self.type, self.see, self.resize)) != 1:
            raise ValueError("an action has exactly one of press, type, see, resize; give each an entry of its own")
        if self.see is None and "within" in self.model_fields_set:
            raise ValueError("within belongs to see: keys are sent at once; remove it, or wait with see")
        return self


class TuiSession(FilePart):
    """A program in a terminal of its own, and what a user does with it."""

    run: str
    """Shell command; it is killed at the end of the step when it still runs."""
    size: Annotated[str, Field(pattern=TERMINAL_SIZE)] = "80x24"
    """Columns and rows."""
    do: tuple[TuiAction, ...] = ()
    """In order; the first that does not hold ends the step."""


class TuiExpect(FilePart):
    """What holds after the actions."""

    screen: Expected | None = None
    """Text of the screen, lines without trailing blanks; it is waited for until the step's timeout."""
    exit: Expected | None = None
    """Exit code; asking for it waits until the program has ended."""
    within: Seconds | None = None
    """Longest time of the whole session, judged apart from behaviour."""


class DbQuery(FilePart):
    """One question to an SQLite file. Nothing can be changed by it."""

    file: str
    """Path below the work directory."""
    query: str
    """One SELECT; `:name` takes the value of a variable."""


class DbExpect(FilePart):
    """What the query must give."""

    value: Expected | None = None
    """The only column of the only row."""
    rows: Expected | None = None
    """Number of rows, or the list of rows, each a list of values."""
    json_: Annotated[JsonValue, Field(alias="json")] = None
    """The rows as a list of mappings from column to value, as in a matcher."""
    within: Seconds | None = None
    """Longest time of the query, judged apart from behaviour."""

    @model_validator(mode="after")
    def _readable_json(self) -> Self:
        for path, each in under_paths(self.json_):
            placed(("json", path), matcher_of, each)
        return self


class Quality(FilePart):
    """How a command behaves beside what it does; each part is measured and reported apart from functional results."""

    p95: Seconds | None = None
    """Speed: 95 % of `times` further calls take at most this long."""
    times: Annotated[int, Field(ge=2, le=200, strict=True)] = 20
    """Calls that `p95` is taken of."""
    memory: Size | None = None
    """Largest resident memory of one process of the command."""
    output: Size | None = None
    """Largest size of what it prints, both streams together."""
    no_traceback: bool | None = None
    """Errors are told in words: no traceback or stack trace in what it prints, no end by a signal."""
    idempotent: bool | None = None
    """Carried out once more it ends the same way, prints the same and changes no file."""
    help: tuple[str, ...] | None = None
    """A help text: exit code 0, printed to standard output, with each of these words in it."""
    check: str | None = None
    """A check of the operator's own (a linter, an audit), by the name it is reported under: exit code 0."""

    @model_validator(mode="after")
    def _refuse_nothing(self) -> Self:
        if not self.model_fields_set - {"times"}:
            raise ValueError(
                f"quality needs at least one of {', '.join(sorted(set(type(self).model_fields) - {'times'}))}"
            )
        return self


class Condition(FilePart):
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
            raise ValueError("wait for exactly one of http, file, run; give each a step of its own")
        return self


StepKind = Literal["run", "http", "file", "wait", "tui", "db"]

STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)

_KINDS = "run, http, file, wait, tui, db"

AnyExpect = RunExpect | HttpExpect | TuiExpect | DbExpect | Matcher


class Step(FilePart):
    """One action and its checks; exactly one of run, http, file, wait, tui, db."""

    run: str | None = None
    """Shell command, in the root of the artifact with its `bin/` on the path."""
    http: HttpRequest | None = None
    """A request, usually to the service."""
    file: str | None = None
    """Path below the work directory; `expect` is about its text."""
    wait: Condition | Seconds | None = None
    """A condition to wait for, or a pause."""
    tui: TuiSession | None = None
    """A program in a terminal: keys are sent, the screen is looked at."""
    db: DbQuery | None = None
    """A query on an SQLite file."""
    stdin: str | None = None
    """Standard input of a command."""
    timeout: Seconds | None = None
    """Longest time of the step; then it has failed."""
    expect: Annotated[RunExpect | HttpExpect | TuiExpect | DbExpect | Expected | None, SkipValidation] = None
    """By kind of step; for a file a matcher on its text. Typed when the step is read."""
    quality: Quality | None = None
    """Beside what a command does: how fast, how large, how it fails."""
    capture: dict[Annotated[str, Field(pattern=VARIABLE)], str] = Field({})
    """Variable name → JSONPath into the answer (http: the body; run: stdout; tui: the screen; db: the rows; `$` alone:
    the whole text)."""

    @property
    def kind(self) -> StepKind:
        return next(kind for kind in STEP_KINDS if getattr(self, kind) is not None)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        kinds = [name for name in STEP_KINDS if getattr(self, name) is not None]
        if len(kinds) != 1:
            this = f"this one has {' and '.join(kinds) or 'none'}"
            raise ValueError(
                f"a step has exactly one of {_KINDS}, {this}; {'give each a step' if kinds else 'add one'}"
            )
        for name in ("stdin", "quality"):
            if getattr(self, name) is not None and self.run is None:
                raise ValueError(f"{name} belongs to a run step; remove it here")
        if self.expect is not None:
            if self.kind == "wait":
                raise ValueError("a wait step has no expect: what it waits for is its check; remove expect")
            object.__setattr__(self, "expect", self._typed_expect())
        return self

    def _typed_expect(self) -> AnyExpect:
        given: object = self.expect
        read = _EXPECTS.get(self.kind)
        if read is not None:
            return placed(("expect",), read, given)
        return placed(("expect",), Matcher.model_validate, placed(("expect",), value_matcher, given))

    @property
    def command(self) -> str | None:
        """Shell text that the step runs, at a terminal or without one."""
        return self.tui.run if self.tui is not None else self.run

    @property
    def run_expect(self) -> RunExpect:
        return self.expect if isinstance(self.expect, RunExpect) else RunExpect()

    @property
    def http_expect(self) -> HttpExpect:
        return self.expect if isinstance(self.expect, HttpExpect) else HttpExpect()

    @property
    def tui_expect(self) -> TuiExpect:
        return self.expect if isinstance(self.expect, TuiExpect) else TuiExpect()

    @property
    def db_expect(self) -> DbExpect:
        return self.expect if isinstance(self.expect, DbExpect) else DbExpect()

    @property
    def file_expect(self) -> Matcher:
        return self.expect if isinstance(self.expect, Matcher) else Matcher(exists=True)


_EXPECTS: dict[StepKind, Callable[[object], AnyExpect]] = {
    "run": RunExpect.model_validate,
    "http": HttpExpect.model_validate,
    "tui": TuiExpect.model_validate,
    "db": DbExpect.model_validate,
}
"""What `expect` is for each kind of step; for any other a matcher."""


class Service(FilePart):
    """A program started before the steps and stopped after them."""

    run: str
    """Shell command that stays in the foreground."""
    ready: Condition
    """What shows that it has started."""
    shared: Annotated[bool, Field(strict=True)] = False
    """Scenarios of the suite would disturb each other by it: those that share one never run at the same time."""
