"""The script of one spec: what the model says, turn by turn, and what goes wrong on the way."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from factory_tui.model.spec import Question
from factory_tui.regular_file import read_regular

READ_BACK = "read_back"
"""Tool that a request for a read-back forces."""

VOTE = "vote"
"""Tool that a request for a vote forces."""

_FILE_CAP = 8 * 1024 * 1024


class ScriptError(Exception):
    """A script file cannot be used. The message names the file, the line and the field."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tokens(_Part):
    """Usage that the twin reports for a turn."""

    input: Annotated[int, Field(ge=0)] = 2000
    """New tokens of the request."""
    output: Annotated[int, Field(ge=0)] = 400
    """Tokens of the answer."""
    cache_write: Annotated[int, Field(ge=0)] = 0
    """Tokens put into the cache."""
    cache_read: Annotated[int, Field(ge=0)] = 0
    """Tokens taken from the cache."""


class View(_Part):
    path: str
    """File or directory."""
    view_range: tuple[int, int] | None = None
    """First and last line."""


class Write(_Part):
    path: str
    """File; made when missing."""
    content: str
    """Its text."""


class Edit(_Part):
    path: str
    """File."""
    old: str
    """Text that occurs once."""
    new: str
    """What stands there afterwards."""


class Raw(_Part):
    """Any tool by name, for calls that are wrong on purpose."""

    name: str
    """Name of the tool."""
    input: JsonValue = Field(default_factory=dict)
    """Anything."""
    id: str | None = None
    """Instead of a fresh id, to say the same one twice."""


class Tool(_Part):
    """One tool call: exactly one of the forms."""

    bash: str | None = None
    """Shell command."""
    restart: Literal[True] | None = None
    """Start the shell anew."""
    view: View | None = None
    """Look at a file; a path alone is enough."""
    write: Write | None = None
    """Write a file."""
    edit: Edit | None = None
    """Replace a text in a file."""
    raw: Raw | None = None
    """Any tool by name."""

    @field_validator("view", mode="before")
    @classmethod
    def _a_path_is_enough(cls, given: object) -> object:
        return {"path": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("a tool is exactly one of bash, restart, view, write, edit, raw")
        return self

    def call(self) -> tuple[str, JsonValue]:
        """Name and input of the tool call, as the model would make it."""
        editor = "str_replace_based_edit_tool"
        if self.view is not None:
            shown: dict[str, JsonValue] = {"command": "view", "path": self.view.path}
            if self.view.view_range is not None:
                shown["view_range"] = list(self.view.view_range)
            return editor, shown
        if self.write is not None:
            return editor, {"command": "create", "path": self.write.path, "file_text": self.write.content}
        if self.edit is not None:
            edit = self.edit
            return editor, {"command": "str_replace", "path": edit.path, "old_str": edit.old, "new_str": edit.new}
        if self.raw is not None:
            return self.raw.name, self.raw.input
        if self.restart:
            return "bash", {"restart": True}
        return "bash", {"command": self.bash}


Stop = Literal[
    "end_turn", "tool_use", "max_tokens", "stop_sequence", "pause_turn", "refusal", "model_context_window_exceeded"
]


class Turn(_Part):
    text: str = ""
    """What the model says."""
    tools: tuple[Tool, ...] = ()
    """What it does; without any the turn ends the attempt."""
    usage: Tokens | None = None
    """Tokens that differ from those of the script."""
    delay_ms: Annotated[int, Field(ge=0, le=3_600_000)] | None = None
    """Pause before the answer."""
    stop: Stop | None = None
    """Why the turn stops; None is `tool_use` with tools and `end_turn` without."""


class Remark(_Part):
    """A question of a read-back."""

    question: str
    """On one line."""
    section: Question
    """The section whose answer should say it."""
    quote: str
    """Words of the spec, exactly; a remark without them is dropped."""
    answers: Annotated[tuple[str, ...], Field(min_length=2, max_length=5)]
    """Two to five proposed answers."""
    impact: Annotated[int, Field(ge=1, le=5)] = 3
    """What a wrong guess would cost; 5 is most."""
    uncertainty: Annotated[int, Field(ge=1, le=5)] = 3
    """How open it is; 5 is most."""


class ReadBackScript(_Part):
    """What the model says when the spec is read back."""

    summary: str
    """The feature in its words."""
    questions: tuple[Remark, ...] = ()
    """What it would have to guess."""
    usage: Tokens | None = None
    """Tokens that differ from those of the script."""
    delay_ms: Annotated[int, Field(ge=0, le=3_600_000)] | None = None
    """Pause before the answer."""

    def turn(self) -> Turn:
        """The one turn: the form that the request forces, filled in."""
        filled = self.model_dump(mode="json", include={"summary", "questions"})
        return Turn(tools=(Tool(raw=Raw(name=READ_BACK, input=filled)),), usage=self.usage, delay_ms=self.delay_ms)


class QuoteScript(_Part):
    """Words that a judge quotes."""

    text: Annotated[int, Field(ge=1)]
    """Number of the text, in the order of the steps: exit, stdout and stderr of a command, status and body of an
    answer, screen and exit of a program at a terminal, rows of a query, a file."""
    words: str
    """Verbatim, or not."""


class VoteScript(_Part):
    """One vote of a judge."""

    ballot: Literal["meets", "misses", "cannot tell"]
    """What it says."""
    reason: str = ""
    """Why."""
    quotes: tuple[QuoteScript, ...] = ()
    """What it rests on; a vote without a quote that stands in the output is not counted."""
    usage: Tokens | None = None
    """Tokens that differ from those of the script."""
    delay_ms: Annotated[int, Field(ge=0, le=3_600_000)] | None = None
    """Pause before the answer."""

    def turn(self) -> Turn:
        """The one turn: the form that the request forces, filled in."""
        filled = self.model_dump(mode="json", include={"ballot", "reason", "quotes"})
        return Turn(tools=(Tool(raw=Raw(name=VOTE, input=filled)),), usage=self.usage, delay_ms=self.delay_ms)


class FaultKind(StrEnum):
    OVERLOADED = "overloaded"
    RATE_LIMIT = "rate_limit"
    SPEND_LIMIT = "spend_limit"
    SERVER_ERROR = "server_error"
    RESET = "reset"
    TRUNCATE = "truncate"
    HANG = "hang"
    REDIRECT = "redirect"
    ANSWER = "answer"


_ASKS_TO_WAIT = (FaultKind.RATE_LIMIT, FaultKind.SPEND_LIMIT, FaultKind.OVERLOADED, FaultKind.SERVER_ERROR)


class Fault(_Part):
    """What happens instead of a turn, the first few times that it is asked for."""

    turn: Annotated[int, Field(ge=1)]
    """Turn of an attempt, from 1."""
    kind: FaultKind
    """`answer` is no failure of the service: the model says `text` and `tools` instead of what the turn has."""
    times: Annotated[int, Field(ge=1)] = 1
    """How many requests for that turn of an attempt meet it before one is answered as scripted."""
    retry_after: Annotated[float, Field(ge=0)] | None = None
    """Seconds, in the header by which a service asks to wait."""
    text: str | None = None
    """What the model says instead, for `answer`."""
    tools: tuple[Tool, ...] | None = None
    """What it does instead, for `answer`."""
    unless: Annotated[str, Field(min_length=1)] | None = None
    """Not when the request holds this text, such as the answer to a question: a new engine counts from none again."""

    @model_validator(mode="after")
    def _only_what_the_kind_knows(self) -> Self:
        given = [name for name in ("text", "tools") if getattr(self, name) is not None]
        if self.kind is FaultKind.ANSWER and not given:
            raise ValueError("an answer needs text, tools or both")
        if self.kind is not FaultKind.ANSWER and given:
            raise ValueError(f"{given[0]} goes with kind: answer only")
        if self.retry_after is not None and self.kind not in _ASKS_TO_WAIT:
            raise ValueError(f"retry_after goes with kind: {', '.join(_ASKS_TO_WAIT)}")
        return self

    @property
    def instead(self) -> Turn:
        """The turn of an `answer`."""
        return Turn(text=self.text or "", tools=self.tools or ())


class Script(_Part):
    attempts: Annotated[tuple[tuple[Turn, ...], ...], Field(min_length=1)]
    """Turns of each attempt; the last one repeats."""
    usage: Tokens = Tokens()
    """Tokens of a turn that names none."""
    delay_ms: Annotated[int, Field(ge=0, le=3_600_000)] = 0
    """Pause before each answer."""
    faults: tuple[Fault, ...] = ()
    """What goes wrong on the way."""
    readback: ReadBackScript | None = None
    """What the model says when the spec is read back; without it the read-back says that there is none."""

    judge: dict[str, Annotated[tuple[VoteScript, ...], Field(min_length=1)]] = {}
    """Scenario → votes of its judge, the last one repeats; without it a judge comes to no decision."""

    def vote(self, scenario: str, number: int) -> Turn:
        """Vote `number`, from 1, on a scenario."""
        votes = self.judge.get(scenario)
        if votes is None:
            return Turn(text=f"There is no vote on {scenario} in the script.")
        return votes[min(number, len(votes)) - 1].turn()

    def turn(self, attempt: int, number: int) -> Turn:
        """Turn `number` of `attempt`, both from 1; past the end a plain closing word."""
        turns = self.attempts[min(attempt, len(self.attempts)) - 1]
        if number > len(turns):
            return Turn(text="I have nothing to add.")
        return turns[number - 1]

    def tokens(self, turn: Turn) -> Tokens:
        """Usage of `turn`: what it states itself, else what the script states."""
        own = turn.usage.model_dump(exclude_unset=True) if turn.usage is not None else {}
        return self.usage.model_copy(update=own)

    def pause_s(self, turn: Turn) -> float:
        """Seconds before the answer."""
        return (self.delay_ms if turn.delay_ms is None else turn.delay_ms) / 1000


def load_script(path: Path) -> Script:
    """The script in `path`.

    Raises:
        FileNotFoundError: there is none.
        ScriptError: it cannot be read, is not YAML, or a field is missing, unknown or wrong.
    """
    try:
        raw = read_regular(path, _FILE_CAP)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ScriptError(f"{path}: cannot be read: {error.strerror}") from None
    if len(raw) > _FILE_CAP:
        raise ScriptError(f"{path}: larger than {_FILE_CAP // 1024 // 1024} MiB")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ScriptError(f"{path}: not UTF-8 at byte {error.start}") from None
    tree = _yaml(text, path)
    try:
        return Script.model_validate(_plain(tree))
    except ValidationError as error:
        raise ScriptError("\n".join(_complaint(path, tree, each) for each in error.errors(include_url=False))) from None


def _yaml(text: str, path: Path) -> Any:
    try:
        return YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        raise ScriptError(f"{where}: not valid YAML: {error.problem or error.context}") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise ScriptError(f"{path}: not valid YAML: {type(error).__name__}") from None


def _plain(node: Any) -> Any:
    """Without the marks of the YAML reader, so that JSON made of it is plain."""
    if isinstance(node, dict):
        return {str(name): _plain(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return str(node)


def _complaint(path: Path, tree: Any, error: Any) -> str:
    location = error["loc"]
    field = ".".join(str(part) for part in location) or "the file"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{path}:{_line(tree, location)}: {field}: {message}"


def _line(tree: Any, location: tuple[int | str, ...]) -> int:
    """1-based line of the innermost node on the way to `location` that the file has."""
    line = 1
    node = tree
    for part in location:
        marks = getattr(node, "lc", None)
        try:
            if isinstance(node, dict) and part in node:
                line = marks.key(part)[0] + 1 if marks is not None else line
            elif isinstance(node, list) and isinstance(part, int) and part < len(node):
                line = marks.item(part)[0] + 1 if marks is not None else line
            else:
                break
        except (KeyError, TypeError, AttributeError):
            break
        node = node[part]
    return line
