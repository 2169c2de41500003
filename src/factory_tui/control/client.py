"""A client of the engine: asks, and follows the event stream."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from factory_tui.config import Settings
from factory_tui.control.address import published_socket
from factory_tui.control.errors import ConfigurationDiffers, ControlError, NoEngine, Refused
from factory_tui.control.protocol import (
    ADMISSIONS,
    ANSWER_LIMIT,
    NOT_A_REQUEST,
    Accept,
    AdmitScenarios,
    AmendmentNumber,
    Answer,
    AnswerParams,
    AnswerQuestion,
    BurnParams,
    BurnScenario,
    Cancel,
    Classify,
    ClassifyParams,
    Decide,
    DecideParams,
    EngineStatus,
    Escape,
    EscapeAnswer,
    EscapeParams,
    Follow,
    FollowParams,
    Hello,
    HelloParams,
    Mutate,
    MutateParams,
    Pause,
    PlanReadBack,
    Propose,
    ReadBackParams,
    ReadBackSpec,
    Reject,
    RejectParams,
    Request,
    Resume,
    Retry,
    Run,
    RunAnswer,
    RunName,
    RunParams,
    SpecName,
    Status,
    Stop,
    StopMutation,
    encode,
    fingerprint,
)
from factory_tui.model.admission import Admission
from factory_tui.model.event import Event
from factory_tui.model.failure import FailureClass
from factory_tui.model.mutation import MutationReport
from factory_tui.model.readback import ReadBack, ReadBackPlan
from factory_tui.model.views import EngineInfo

ANSWER_SECONDS = 60.0
"""Longest wait for an answer; queueing a thousand specs takes some seconds."""

READ_BACK_SECONDS = 330.0
"""Longest wait for a read-back: the engine gives one up after five minutes."""

ADMISSION_SECONDS = 3660.0
"""Longest wait for an admission: the engine gives one up after an hour."""

MUTATION_SECONDS = 1800.0
"""How much longer than its minutes a mutation check is waited for: the unchanged artifact is judged first."""

_FIXED = ("seq", "ts", "type", "batch", "run", "attempt", "spec")

_TEXT: TypeAdapter[str] = TypeAdapter(str)
_YES: TypeAdapter[bool] = TypeAdapter(bool)
_BOOL: TypeAdapter[bool] = TypeAdapter(bool)
_NUMBERS: TypeAdapter[tuple[int, ...]] = TypeAdapter(tuple[int, ...])


class ControlClient:
    """One connection. Requests are answered one at a time, in order; `follow` uses a connection of its own."""

    def __init__(self, workspace: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._workspace = workspace
        self._reader, self._writer = reader, writer
        self._ids = itertools.count(1)
        self._turn = asyncio.Lock()

    @staticmethod
    @asynccontextmanager
    async def connect(workspace: Path, settings: Settings | None = None) -> "AsyncIterator[ControlClient]":
        """Connect to the engine of `workspace`, and say hello when `settings` are given.

        Raises:
            NoEngine: none answers.
            ConfigurationDiffers: it runs with other settings.
        """
        reader, writer = await _open(workspace)
        try:
            client = ControlClient(workspace, reader, writer)
            if settings is not None:
                await client.hello(settings)
            yield client
        finally:
            await _close(writer)

    async def hello(self, settings: Settings) -> EngineInfo:
        """Agree on the configuration; needed before `run` and `retry`.

        Raises:
            ConfigurationDiffers: the engine runs with another one.
        """
        params = HelloParams(settings=fingerprint(settings.model_dump_json()))
        return EngineInfo.model_validate(await self.call(Hello(id=next(self._ids), params=params)))

    async def run(self, specs: tuple[str, ...] | list[str] = ()) -> RunAnswer:
        """Queue specs; without names every Ready one."""
        request = Run(id=next(self._ids), params=_checked(RunParams, specs=tuple(specs)))
        return RunAnswer.model_validate(await self.call(request))

    async def cancel(self, run: str) -> None:
        await self.call(Cancel(id=next(self._ids), params=_checked(RunName, run=run)))

    async def retry(self, run: str) -> str:
        """The run that takes it up again: the same one when it was held, else a new one."""
        return _TEXT.validate_python(await self.call(Retry(id=next(self._ids), params=_checked(RunName, run=run))))

    async def answer(self, run: str, answer: str, question: str = "") -> str:
        """Write the answer to a run's question into its spec, if it still asks that; the run that takes it up."""
        params = _checked(AnswerParams, run=run, answer=answer, question=question)
        request = AnswerQuestion(id=next(self._ids), params=params)
        return _TEXT.validate_python(await self.call(request))

    async def decide(self, run: str, meets: bool, reason: str, scenario: str = "") -> str:
        """Say whether the output of a held run meets its rubrics; the run that is judged again."""
        params = _checked(DecideParams, run=run, meets=meets, reason=reason, scenario=scenario)
        return _TEXT.validate_python(await self.call(Decide(id=next(self._ids), params=params)))

    async def escape(self, run: str, reason: str) -> EscapeAnswer:
        """Mark a shipped run as an escaped defect."""
        request = Escape(id=next(self._ids), params=_checked(EscapeParams, run=run, reason=reason))
        return EscapeAnswer.model_validate(await self.call(request))

    async def burn(self, spec: str, scenario: str, reason: str) -> bool:
        """Say that agents know a scenario; False when it was burned before."""
        params = _checked(BurnParams, spec=spec, scenario=scenario, reason=reason)
        return _BOOL.validate_python(await self.call(BurnScenario(id=next(self._ids), params=params)))

    async def classify(self, failure: int, failure_class: FailureClass, reason: str = "") -> None:
        """Give a failure record another class."""
        params = _checked(ClassifyParams, failure=failure, failure_class=failure_class, reason=reason)
        await self.call(Classify(id=next(self._ids), params=params))

    async def propose(self) -> tuple[int, ...]:
        """Numbers of the amendments that recurring failures propose now; those proposed before are not repeated."""
        return _NUMBERS.validate_python(await self.call(Propose(id=next(self._ids))))

    async def accept(self, amendment: int) -> str:
        """The template version that has it, such as `feature@2`."""
        request = Accept(id=next(self._ids), params=_checked(AmendmentNumber, amendment=amendment))
        return _TEXT.validate_python(await self.call(request))

    async def reject(self, amendment: int, reason: str) -> None:
        params = _checked(RejectParams, amendment=amendment, reason=reason)
        await self.call(Reject(id=next(self._ids), params=params))

    async def plan_read_back(self, spec: str) -> ReadBackPlan:
        """What a read-back of a spec would mean now; no model is asked."""
        request = PlanReadBack(id=next(self._ids), params=_checked(SpecName, spec=spec))
        return ReadBackPlan.model_validate(await self.call(request))

    async def read_back(self, spec: str, *, fresh: bool = False) -> ReadBack:
        """A spec in a model's words: what was recorded for its version, unless `fresh`. Takes up to some minutes."""
        request = ReadBackSpec(id=next(self._ids), params=_checked(ReadBackParams, spec=spec, fresh=fresh))
        return ReadBack.model_validate(await self.call(request, within=READ_BACK_SECONDS))

    async def admit(self, spec: str) -> tuple[Admission, ...]:
        """Have the scenarios of a spec tried on its base and on a stub build, and recorded. Takes up to minutes."""
        request = AdmitScenarios(id=next(self._ids), params=_checked(SpecName, spec=spec))
        return ADMISSIONS.validate_python(await self.call(request, within=ADMISSION_SECONDS))

    async def mutate(
        self, spec: str, *, run: str | None = None, limit: int = 30, minutes: float = 30.0
    ) -> MutationReport:
        """Have small changes of what a spec shipped tried by its suite, and recorded. Takes minutes."""
        params = _checked(MutateParams, spec=spec, run=run, limit=limit, minutes=minutes)
        request = Mutate(id=next(self._ids), params=params)
        answer = await self.call(request, within=minutes * 60 + MUTATION_SECONDS)
        return MutationReport.model_validate(answer)

    async def stop_mutation(self, spec: str) -> bool:
        """End the mutation check of a spec; False when there is none."""
        request = StopMutation(id=next(self._ids), params=_checked(SpecName, spec=spec))
        return _YES.validate_python(await self.call(request))

    async def pause(self) -> None:
        await self.call(Pause(id=next(self._ids)))

    async def resume(self) -> None:
        await self.call(Resume(id=next(self._ids)))

    async def status(self) -> EngineStatus:
        return EngineStatus.model_validate(await self.call(Status(id=next(self._ids))))

    async def stop(self) -> None:
        """Ask the engine to end; it brings in the work of live runs first (see `start.wait_until_gone`)."""
        await self.call(Stop(id=next(self._ids)))

    async def call(self, request: Request, within: float = ANSWER_SECONDS) -> JsonValue:
        """Send one request and wait for its answer.

        Raises:
            Refused: the engine said no.
            NoEngine: it went away.
            ControlError: it answered something that this program does not understand.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(within):
                    await _send(self._writer, request)
                    answer = await _next_answer(self._reader)
            except TimeoutError:
                raise ControlError(
                    "the engine does not answer", "look at .factory/engine.log; `factory-tui engine status`"
                ) from None
            except OSError as error:
                raise _gone(str(error)) from None
        if answer is None:
            raise _gone("it closed the connection")
        if answer.error is not None:
            if answer.error.what.startswith(NOT_A_REQUEST):
                raise ControlError(
                    f"the running engine does not know `{request.method}` as it is asked: it is of another version",
                    "`factory-tui engine stop`, then again: the next engine is of this version",
                )
            raise _refusal(answer)
        return answer.result

    async def follow(self, after_seq: int = 0, run: str | None = None) -> AsyncIterator[Event]:
        """Events after `after_seq`, then as they happen, without a gap; ends when the engine ends.

        A consumer may be as slow as it likes: the engine drops a connection that does not read, and this takes the
        stream up again where it was.
        """
        seq = after_seq
        while True:
            try:
                reader, writer = await _open(self._workspace)
            except NoEngine:
                return
            try:
                with suppress(OSError):
                    params = FollowParams(after_seq=seq, run=run)
                    await _send(writer, Follow(id=next(self._ids), params=params))
                    while (answer := await _next_answer(reader)) is not None:
                        if answer.error is not None:
                            raise _refusal(answer)
                        if answer.event is not None:
                            event = as_event(answer.event)
                            seq = event.seq
                            yield event
            finally:
                await _close(writer)
            await asyncio.sleep(0.1)  # the engine ends, or is being replaced: do not spin


def as_event(line: dict[str, JsonValue]) -> Event:
    """An event from its public form. Unknown types pass; who shows them ignores them."""
    fixed = {name: line.get(name) for name in _FIXED}
    data = {name: value for name, value in line.items() if name not in _FIXED}
    try:
        return _AnyEvent.model_validate({**fixed, "data": data}).as_event()
    except ValidationError:
        raise ControlError("the engine sent an event that is none", "restart the engine: versions differ") from None


class _AnyEvent(BaseModel):
    """Checks the fixed fields without refusing a type from a newer engine."""

    seq: int
    ts: str
    type: str
    batch: str | None
    run: str | None
    attempt: int | None
    spec: str | None
    data: dict[str, JsonValue]

    def as_event(self) -> Event:
        from datetime import datetime

        return Event.model_construct(**{**self.model_dump(), "ts": datetime.fromisoformat(self.ts)})


async def _open(workspace: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    path = published_socket(workspace)
    if path is None:
        raise NoEngine("no engine runs on this workspace", "factory-tui engine start")
    try:
        return await asyncio.open_unix_connection(path, limit=ANSWER_LIMIT)
    except OSError as error:
        raise NoEngine(f"no engine answers at {path}: {error.strerror}", "factory-tui engine start") from None


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def _send(writer: asyncio.StreamWriter, request: Request) -> None:
    writer.write(encode(request.model_dump(mode="json")))
    await writer.drain()


async def _next_answer(reader: asyncio.StreamReader) -> Answer | None:
    """The next line that is not a heartbeat; None at the end."""
    try:
        while line := await reader.readline():
            if line.strip():
                return Answer.model_validate_json(line)
    except ValueError:  # not JSON, not an answer, or a line beyond the limit
        raise ControlError("the engine's answer is not understood", "restart the engine: versions differ") from None
    return None


_Params = TypeVar("_Params", bound=BaseModel)


def _checked(model: type[_Params], **given: object) -> _Params:
    """What is sent, when the engine takes it.

    Raises:
        Refused: something is empty, too long or no text.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0])
        said = first["msg"][:1].lower() + first["msg"][1:]
        raise Refused(f"{name}: {said}", "give another one") from None


def _refusal(answer: Answer) -> Refused:
    assert answer.error is not None
    if answer.error.keys:
        return ConfigurationDiffers(answer.error.what, answer.error.todo, answer.error.keys)
    return Refused(answer.error.what, answer.error.todo, answer.error.missing)


def _gone(why: str) -> NoEngine:
    return NoEngine(f"the engine went away: {why}", "look at .factory/engine.log, then `factory-tui engine start`")
