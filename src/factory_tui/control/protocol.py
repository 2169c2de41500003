"""The messages of the control socket: one JSON object a line, answered in order.

A client sends requests (`v`, `id`, `method`, `params`) and gets one answer each: `{"id", "result"}` or
`{"id", "error": {"what", "todo", "keys", "missing"}}`. `follow` is answered by a stream of `{"id", "event"}` that
lasts until either side closes; blank lines are heartbeats. `run`, `retry`, `answer`, `decide` and `read_back` need an
accepted `hello` on the same connection, so that nobody spends money under a configuration that they do not see.
"""

import hashlib
import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from factory_tui.model.admission import Admission
from factory_tui.model.failure import FailureClass
from factory_tui.model.views import EngineInfo, Holding

VERSION: Literal[1] = 1

REQUEST_LIMIT = 256 * 1024
"""Bytes of a request's line."""

ANSWER_LIMIT = 16 * 1024 * 1024
"""Bytes of an answer's or event's line that a client accepts."""

NOT_A_REQUEST = "not a request"
"""How the engine begins its words about a line that it does not know."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class _Request(_Message):
    v: Literal[1] = VERSION
    id: int = 0
    """Chosen by the client; comes back with the answer."""


Reason = Annotated[str, Field(min_length=1, max_length=1000)]
"""What the operator says about a decision."""


class HelloParams(_Message):
    settings: dict[str, str]
    """Key → digest of its value: see `fingerprint`."""


class RunParams(_Message):
    specs: tuple[str, ...] = ()
    """Empty: every Ready spec."""


class RunName(_Message):
    run: Annotated[str, Field(min_length=1, max_length=100)]


class AnswerParams(_Message):
    run: Annotated[str, Field(min_length=1, max_length=100)]
    answer: Reason
    """The operator's answer, in words."""
    question: Annotated[str, Field(max_length=1000)] = ""
    """What it answers, as the operator saw it; by now the run may ask something else. Empty: whatever it asks."""


class DecideParams(_Message):
    run: Annotated[str, Field(min_length=1, max_length=100)]
    meets: bool
    """The output meets the rubric."""
    reason: Reason
    scenario: Annotated[str, Field(max_length=200)] = ""
    """Empty: every one that is undecided."""


class EscapeParams(_Message):
    run: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Reason


class BurnParams(_Message):
    spec: Annotated[str, Field(min_length=1, max_length=64)]
    scenario: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Reason


class ClassifyParams(_Message):
    failure: Annotated[int, Field(ge=1)]
    """Number of the failure record."""
    failure_class: FailureClass
    reason: Annotated[str, Field(max_length=1000)] = ""


class AmendmentNumber(_Message):
    amendment: Annotated[int, Field(ge=1)]


class RejectParams(AmendmentNumber):
    reason: Reason


class SpecName(_Message):
    spec: Annotated[str, Field(min_length=1, max_length=64)]


class ReadBackParams(SpecName):
    fresh: bool = False
    """Ask the model although it has read this version before."""


class MutateParams(SpecName):
    run: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """Whose artifact is changed; None takes the last that shipped."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 30
    """Changes that are tried."""
    minutes: Annotated[float, Field(gt=0, le=600)] = 30.0
    """What is not tried by then stays untried."""


class FollowParams(_Message):
    after_seq: Annotated[int, Field(ge=0)] = 0
    run: str | None = None


class Nothing(_Message):
    pass


class Hello(_Request):
    method: Literal["hello"] = "hello"
    params: HelloParams


class Run(_Request):
    method: Literal["run"] = "run"
    params: RunParams


class Cancel(_Request):
    method: Literal["cancel"] = "cancel"
    params: RunName


class Retry(_Request):
    method: Literal["retry"] = "retry"
    params: RunName


class AnswerQuestion(_Request):
    """Write the answer into the spec and run it again."""

    method: Literal["answer"] = "answer"
    params: AnswerParams


class Decide(_Request):
    """The operator's word on rubrics that no judge could decide; the run is judged again with it."""

    method: Literal["decide"] = "decide"
    params: DecideParams


class Escape(_Request):
    """Mark a shipped run as wrong: revert it, file it, ask for a scenario."""

    method: Literal["escape"] = "escape"
    params: EscapeParams


class BurnScenario(_Request):
    """Say that agents know a scenario: it gates nothing until its behaviour is another. False: it was burned before."""

    method: Literal["burn"] = "burn"
    params: BurnParams


class Classify(_Request):
    method: Literal["classify"] = "classify"
    params: ClassifyParams


class Propose(_Request):
    """Look for recurring failures now."""

    method: Literal["propose"] = "propose"
    params: Nothing = Nothing()


class Accept(_Request):
    method: Literal["accept"] = "accept"
    params: AmendmentNumber


class Reject(_Request):
    method: Literal["reject"] = "reject"
    params: RejectParams


class ReadBackSpec(_Request):
    """Have a model tell a spec in its own words; answered when it has. It goes on when the client goes away."""

    method: Literal["read_back"] = "read_back"
    params: ReadBackParams


class PlanReadBack(_Request):
    """What a read-back would mean now: the model, the most it may cost, whether this version was read before."""

    method: Literal["plan_read_back"] = "plan_read_back"
    params: SpecName


class AdmitScenarios(_Request):
    """Try the scenarios of a spec on its untouched base and on a stub build; answered when that is done and recorded.

    It goes on when the client goes away.
    """

    method: Literal["admit"] = "admit"
    params: SpecName


class Mutate(_Request):
    """Change what a spec shipped in small ways and see whether its suite notices; answered when that is recorded.

    It goes on when the client goes away.
    """

    method: Literal["mutate"] = "mutate"
    params: MutateParams


class StopMutation(_Request):
    """End the mutation check of a spec; what it found so far is recorded. Answered with whether there was one."""

    method: Literal["stop_mutation"] = "stop_mutation"
    params: SpecName


class Pause(_Request):
    """Start no further run."""

    method: Literal["pause"] = "pause"
    params: Nothing = Nothing()


class Resume(_Request):
    method: Literal["resume"] = "resume"
    params: Nothing = Nothing()


class Stop(_Request):
    method: Literal["stop"] = "stop"
    params: Nothing = Nothing()


class Status(_Request):
    method: Literal["status"] = "status"
    params: Nothing = Nothing()


class Follow(_Request):
    method: Literal["follow"] = "follow"
    params: FollowParams = FollowParams()


Command = (
    Hello
    | Run
    | Cancel
    | Retry
    | AnswerQuestion
    | Decide
    | Escape
    | BurnScenario
    | Classify
    | Propose
    | Accept
    | Reject
    | ReadBackSpec
    | PlanReadBack
    | Mutate
    | StopMutation
    | AdmitScenarios
    | Pause
    | Resume
    | Stop
    | Status
)
"""What is answered once."""

Request = Command | Follow

REQUEST: TypeAdapter[Request] = TypeAdapter(
    Annotated[Request, Field(discriminator="method")], config=ConfigDict(defer_build=True)
)


ADMISSIONS: TypeAdapter[tuple[Admission, ...]] = TypeAdapter(tuple[Admission, ...], config=ConfigDict(defer_build=True))
"""What `admit` is answered with."""


class Problem(_Message):
    """Why a request was not carried out."""

    what: str
    todo: str
    keys: tuple[str, ...] = ()
    """Keys of the configuration that differ, when that is the reason."""
    missing: bool = False
    """Something that the engine needs is missing: a key, a container engine, a price."""


class RunAnswer(_Message):
    """What became of a request to run specs."""

    batch: str | None
    """None when nothing was queued."""
    runs: tuple[str, ...]
    refused: tuple[tuple[str, str], ...] = ()
    """Spec and why it was not queued."""


class EscapeAnswer(_Message):
    """What became of an escaped defect."""

    failure: int
    """Number of the failure record."""
    reverted: str | None
    """Commit that takes the work back; None when it could not be taken back."""
    why_not: str = ""


class EngineStatus(_Message):
    """What the engine is doing now."""

    info: EngineInfo
    running: tuple[str, ...]
    """Runs that a workstream is at work on."""
    queued: int
    held: int = 0
    paused: bool = False
    """Runs go on; none is started."""
    holding: Holding | None = None
    """Set while the provider refuses calls."""


class Answer(BaseModel):
    """A line from the engine. Exactly one of result, error, event is set."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    id: int | None = None
    result: JsonValue = None
    error: Problem | None = None
    event: dict[str, JsonValue] | None = None


def encode(value: JsonValue) -> bytes:
    """One line. All but ASCII is escaped, so that a line can be shown on a terminal as it is."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def fingerprint(settings_json: str) -> dict[str, str]:
    """Settings as `section.key` → digest of the value, so that two sides can compare without showing values."""
    flat: dict[str, str] = {}
    _flatten("", json.loads(settings_json), flat)
    return flat


def differing(mine: dict[str, str], theirs: dict[str, str]) -> tuple[str, ...]:
    """Keys whose digests differ or that only one side has."""
    return tuple(sorted(key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)))


def _flatten(prefix: str, value: JsonValue, flat: dict[str, str]) -> None:
    if isinstance(value, dict) and value:
        for key, each in value.items():
            _flatten(f"{prefix}.{key}" if prefix else key, each, flat)
    else:
        flat[prefix] = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
