"""One client's conversation: a line becomes a request, a request becomes a command, and its outcome an answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import assert_never

from pydantic import BaseModel, JsonValue, ValidationError

from factory_tui.control.protocol import (
    ADMISSIONS,
    NOT_A_REQUEST,
    REQUEST,
    Accept,
    AdmitScenarios,
    AnswerQuestion,
    BurnScenario,
    Cancel,
    Classify,
    Command,
    Decide,
    EngineStatus,
    Escape,
    Follow,
    Hello,
    HelloParams,
    Mutate,
    Pause,
    PlanReadBack,
    Problem,
    Propose,
    ReadBackSpec,
    Reject,
    Resume,
    Retry,
    Run,
    Status,
    Stop,
    StopMutation,
    differing,
    encode,
    fingerprint,
)
from factory_tui.engine.commands import CommandRefused, EngineCommands
from factory_tui.store import Store, StoreError

SLOW_SECONDS = 20.0
"""A client that does not read is dropped after this."""

log = logging.getLogger(__name__)


class Session:
    """One client's conversation."""

    def __init__(
        self, commands: EngineCommands, store: Store, follow: Callable[[Follow, asyncio.StreamWriter], Awaitable[None]]
    ) -> None:
        self._commands = commands
        self._store = store
        self._follow = follow
        self._greeted = False

    async def answer(self, line: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer one line; False when the conversation is over."""
        try:
            request = REQUEST.validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(str(each) for each in first["loc"]) or "the line"
            await refuse(writer, None, f"{NOT_A_REQUEST}: {where}: {first['msg']}", "see the protocol's description")
            return True
        if isinstance(request, Follow):
            await self._follow(request, writer)
            return False
        try:
            result = await self._carry_out(request)
        except CommandRefused as refused:
            problem = Problem(what=refused.what, todo=refused.todo, missing=refused.missing)
            await _send_problem(writer, request.id, problem)
        except _Differs as differs:
            problem = Problem(
                what=f"the running engine has another configuration; these keys differ: {', '.join(differs.keys)}",
                todo="`factory-tui engine stop`, then run again; or undo the change",
                keys=differs.keys,
            )
            await _send_problem(writer, request.id, problem)
        except StoreError as error:
            await refuse(writer, request.id, error.what, error.todo)
        except Exception as error:
            log.exception("the command %s failed", request.method)
            what = f"{request.method} failed inside the engine: {type(error).__name__}: {error}"
            await refuse(writer, request.id, what, "the whole story is in .factory/engine.log")
        else:
            writer.write(encode({"id": request.id, "result": result}))
            await drain(writer)
        return True

    async def _carry_out(self, request: Command) -> JsonValue:
        """The result of a command, None where there is nothing to say."""
        if isinstance(request, Run | Retry | AnswerQuestion | Decide | ReadBackSpec) and not self._greeted:
            raise CommandRefused("the client has not said which configuration it expects", "send `hello` first")
        engine = self._commands
        match request:
            case Hello(params=given):
                return self._greet(given)
            case Status():
                return _json(await self._status())
            case Stop():
                await engine.stop()
            case Run(params=given):
                return _json(await engine.run(given.specs))
            case Cancel(params=given):
                await engine.cancel(given.run)
            case Retry(params=given):
                return await engine.retry(given.run)
            case AnswerQuestion(params=given):
                return await engine.answer(given.run, given.answer, given.question)
            case Decide(params=given):
                return await engine.decide(given.run, given.meets, given.reason, given.scenario)
            case Escape(params=given):
                return _json(await engine.escape(given.run, given.reason))
            case ReadBackSpec(params=given):
                return _json(await engine.read_back(given.spec, given.fresh))
            case PlanReadBack(params=given):
                return _json(await engine.plan_read_back(given.spec))
            case AdmitScenarios(params=given):
                tried: JsonValue = ADMISSIONS.dump_python(await engine.admit(given.spec), mode="json")
                return tried
            case Mutate(params=given):
                return _json(await engine.mutate(given.spec, given.run, given.limit, given.minutes))
            case StopMutation(params=given):
                return await engine.stop_mutation(given.spec)
            case Pause():
                await engine.pause()
            case Resume():
                await engine.resume()
            case BurnScenario(params=given):
                return await engine.burn(given.spec, given.scenario, given.reason)
            case Classify(params=given):
                await engine.classify(given.failure, given.failure_class, given.reason)
            case Propose():
                return list(await engine.propose())
            case Accept(params=given):
                return await engine.accept(given.amendment)
            case Reject(params=given):
                await engine.reject(given.amendment, given.reason)
            case _:
                assert_never(request)
        return None

    def _greet(self, given: HelloParams) -> JsonValue:
        keys = differing(fingerprint(self._commands.settings_json()), given.settings)
        if keys:
            raise _Differs(keys)
        self._greeted = True
        return _json(self._commands.info())

    async def _status(self) -> EngineStatus:
        return EngineStatus(
            info=self._commands.info(),
            running=tuple(each.run for each in await self._store.live_runs()),
            queued=len(await self._store.queued_runs()),
            held=len(await self._store.held_runs()),
            paused=self._commands.paused(),
            holding=await self._store.holding(),
        )


class _Differs(Exception):
    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys


async def refuse(writer: asyncio.StreamWriter, request: int | None, what: str, todo: str) -> None:
    """Tell the client why not. Raises `TimeoutError` when it does not read."""
    await _send_problem(writer, request, Problem(what=what, todo=todo))


async def _send_problem(writer: asyncio.StreamWriter, request: int | None, problem: Problem) -> None:
    writer.write(encode({"id": request, "error": problem.model_dump(mode="json")}))
    await drain(writer)


async def drain(writer: asyncio.StreamWriter) -> None:
    """Wait until the client has read enough. Raises `TimeoutError` when it does not."""
    async with asyncio.timeout(SLOW_SECONDS):
        await writer.drain()


def _json(model: BaseModel) -> JsonValue:
    value: JsonValue = model.model_dump(mode="json")
    return value
