"""One client's conversation: a line becomes a request, a request becomes a command, and its outcome an answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from pydantic import BaseModel, JsonValue, ValidationError

from factory_tui.control.protocol import (
    REQUEST,
    Accept,
    AnswerQuestion,
    Cancel,
    Classify,
    EngineStatus,
    Escape,
    Follow,
    Hello,
    Pause,
    Problem,
    Propose,
    Reject,
    Request,
    Resume,
    Retry,
    Run,
    Stop,
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
            await refuse(writer, None, f"not a request: {where}: {first['msg']}", "see the protocol's description")
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

    async def _carry_out(self, request: Request) -> JsonValue:
        if isinstance(request, Hello):
            keys = differing(fingerprint(self._commands.settings_json()), request.params.settings)
            if keys:
                raise _Differs(keys)
            self._greeted = True
            return _json(self._commands.info())
        if isinstance(request, Stop):
            await self._commands.stop()
            return None
        if isinstance(request, Cancel):
            await self._commands.cancel(request.params.run)
            return None
        if isinstance(request, Run | Retry | AnswerQuestion) and not self._greeted:
            raise CommandRefused("the client has not said which configuration it expects", "send `hello` first")
        if isinstance(request, Run):
            return _json(await self._commands.run(request.params.specs))
        if isinstance(request, Retry):
            return await self._commands.retry(request.params.run)
        if isinstance(request, AnswerQuestion):
            return await self._commands.answer(request.params.run, request.params.answer)
        if isinstance(request, Escape):
            return _json(await self._commands.escape(request.params.run, request.params.reason))
        if isinstance(request, Classify | Propose | Accept | Reject):
            return await self._learn(request)
        if isinstance(request, Pause):
            await self._commands.pause()
            return None
        if isinstance(request, Resume):
            await self._commands.resume()
            return None
        return _json(await self._status())

    async def _learn(self, request: Classify | Propose | Accept | Reject) -> JsonValue:
        """What the operator says about failures and amendments."""
        if isinstance(request, Classify):
            await self._commands.classify(request.params.failure, request.params.failure_class, request.params.reason)
            return None
        if isinstance(request, Propose):
            return list(await self._commands.propose())
        if isinstance(request, Accept):
            return await self._commands.accept(request.params.amendment)
        await self._commands.reject(request.params.amendment, request.params.reason)
        return None

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
