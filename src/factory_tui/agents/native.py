"""The native agent: our own loop over the Messages API, with tools that run in a sandbox.

Everything the model says is foreign: it is data to store and to answer, never an instruction to the factory.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from pydantic import JsonValue

from factory_tui.agents import guardrails
from factory_tui.agents.gateway import ModelGateway
from factory_tui.agents.history import History, marked, tool_result, words_of
from factory_tui.agents.hold import Deadline
from factory_tui.agents.port import BuildJob, BuildWatch
from factory_tui.agents.prompt import CONTINUE, NOT_RUN, system_prompt, task_prompt
from factory_tui.agents.question import parse_question
from factory_tui.agents.stuck import Step, why_stuck
from factory_tui.agents.tool import clipped
from factory_tui.agents.toolbox import TOOLS, Toolbox, summary
from factory_tui.agents.wire import Block, Counted, ModelAnswer, ModelCallFailed, ModelRequest, ToolCall
from factory_tui.ledger import Book, UnknownModel
from factory_tui.model.build import BuildEnd, BuildReport, ToolUse
from factory_tui.model.holdout import Route
from factory_tui.model.money import NOTHING, MicroUsd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.standing import StandingGuardrail
from factory_tui.model.usage import Usage
from factory_tui.sandbox.port import Sandbox

CONTINUATIONS = 3
"""Answers in a row that may be cut off before we give up on them."""
CALLS = 100
"""Tools of one answer that are run: more than any task needs at once, and too few to fill the window or the log."""
TOO_MANY = f"Not run: only the first {CALLS} tool calls of an answer are run. Call it again if you still need it."
_FILL = 0.9
"""Share of the window at which old tool results are dropped, since the next answer must fit too."""
_BYTES_PER_TOKEN = 3
"""For guessing how full the window is; money never rests on it."""
_REPORTED = 2000
"""Characters of an observation kept in the report and the log."""


GUARDRAIL = "guardrail"
"""Name under which the log has the check of a guardrail."""
_SUMMARY = 200


class NativeAgent:
    """Drives a model turn by turn. One instance may run many builds at the same time."""

    def __init__(self, gateway: ModelGateway, book: Book, now: Callable[[], datetime] | None = None) -> None:
        self._gateway, self._book = gateway, book
        self._now = now or (lambda: datetime.now(UTC))

    async def build(self, job: BuildJob, sandbox: Sandbox, watch: BuildWatch) -> BuildReport:
        """See `agents.port.Agent`."""
        deadline = self._gateway.hold.deadline(job.deadline)
        return await _Build(self._gateway, self._book, self._now, job, sandbox, watch, deadline).run()


class _Ended(Exception):
    """The loop is over."""

    def __init__(self, end: BuildEnd, detail: str) -> None:
        super().__init__(detail)
        self.end, self.detail = end, detail


@dataclass(slots=True)
class _Build:
    gateway: ModelGateway
    book: Book
    now: Callable[[], datetime]
    job: BuildJob
    sandbox: Sandbox
    watch: BuildWatch
    deadline: Deadline
    history: History = field(default_factory=History)
    heard: int = 0
    """Messages that the model knows."""
    counted: Counted | None = None
    turn: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: MicroUsd = NOTHING
    lost: MicroUsd = NOTHING
    """Part of the cost: presumed for answers that never came."""
    final_text: str = ""
    question: AgentQuestion | None = None
    tools: list[ToolUse] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    call_ids: set[str] = field(default_factory=set)
    sent_back: int = 0
    """How often a guardrail was not kept."""
    unkept: str = ""
    """Guardrails that were not kept in the end, for the operator."""

    async def run(self) -> BuildReport:
        try:
            await self._loop()
        except _Ended as ended:
            return self._report(ended.end, ended.detail)
        except UnknownModel as unknown:
            return self._report(BuildEnd.PROVIDER_HOLD, str(unknown).splitlines()[0])
        except ModelCallFailed as failure:
            self.cost = MicroUsd(self.cost + failure.lost)
            return self._report(failure.end, str(failure))
        raise AssertionError("the loop ends by saying why")

    async def _loop(self) -> None:
        toolbox = Toolbox.of(self.sandbox)
        system = system_prompt(self.job, self.sandbox.work)
        self.history.say(task_prompt(self.job))
        cut_off = 0
        while True:
            self._check_limits()
            self._make_room(system)
            self.turn += 1
            answer = await self._ask(system)
            await self.watch.turn_finished(self.turn, answer.text, answer.usage, answer.cost)
            self.history.hear(answer.content)
            self._check_ids(answer.calls)
            match answer.stop:
                case "end_turn" | "tool_use" if answer.calls:
                    cut_off = 0
                    self.history.answer(await self._use_all(toolbox, answer.calls))
                case "end_turn" if (question := parse_question(answer.text)) is not None:
                    self.question = question
                    raise _Ended(BuildEnd.QUESTION, f"the agent asks: {question.text}")
                case "end_turn" if (lesson := await self._lesson()) is not None:
                    self.history.answer([], lesson)
                case "end_turn":
                    raise _Ended(BuildEnd.DONE, f"the agent says that it is done{self.unkept}")
                case "max_tokens" | "pause_turn" | "tool_use" if cut_off < CONTINUATIONS:
                    cut_off += 1
                    self.history.answer(
                        [tool_result(call.id, NOT_RUN, is_error=True) for call in answer.calls], CONTINUE
                    )
                case "max_tokens" | "pause_turn" | "tool_use":
                    raise _Ended(BuildEnd.STUCK, f"{cut_off + 1} answers in a row were cut off at the longest length")
                case "refusal":
                    raise _Ended(BuildEnd.REFUSED, "the model declined to go on")
                case "model_context_window_exceeded":
                    raise _Ended(BuildEnd.TURNS, _FULL)
                case unknown:
                    raise _Ended(BuildEnd.PROVIDER, f"the model stopped for a reason we do not know: {unknown[:60]!r}")

    async def _ask(self, system: tuple[Block, ...]) -> ModelAnswer:
        await self._say_what_it_is_told(system)
        profile = self.job.profile
        answer = await self.gateway.ask(
            ModelRequest(
                model=profile.model,
                max_tokens=min(profile.max_tokens, self.gateway.prices.of(profile.model).max_output_tokens),
                system=system,
                tools=(*TOOLS[:-1], marked(TOOLS[-1])),
                messages=self.history.to_send(),
                spec=str(self.job.spec.id),
                attempt=self.job.attempt,
                deadline=self.deadline.moved(),
                latest=self.deadline.latest,
                effort=profile.effort,
                counted=self.counted,
                lost=self.lost,
            ),
            self.book,
        )
        self.counted = answer.counted
        self.usage += answer.usage
        self.lost = MicroUsd(self.lost + answer.lost)
        self.cost = MicroUsd(self.cost + answer.cost + answer.lost)
        self.final_text = answer.text
        await self.watch.said(words_of({"content": cast(JsonValue, list(answer.content))}))
        return answer

    async def _say_what_it_is_told(self, system: tuple[Block, ...]) -> None:
        """What the next request has and the one before had not: compaction only takes away."""
        if not self.heard:
            await self.watch.told(Route.PROMPT, words_of({"content": cast(JsonValue, list(system))}))
        for position, message in enumerate(self.history.messages[self.heard :], start=self.heard):
            if message["role"] == "user":
                await self.watch.told(Route.TOOL if position else Route.PROMPT, words_of(message))
        self.heard = len(self.history.messages)

    async def _use_all(self, toolbox: Toolbox, calls: tuple[ToolCall, ...]) -> list[Block]:
        """Run the tools of one answer, in order. The limits hold between them too: one answer may hold thousands."""
        results = []
        for position, call in enumerate(calls[:CALLS], start=1):
            self._check_deadline()
            results.append(await self._use(toolbox, position, call))
            self._check_movement()
        return results + [tool_result(call.id, TOO_MANY, is_error=True) for call in calls[CALLS:]]

    async def _use(self, toolbox: Toolbox, position: int, call: ToolCall) -> Block:
        """Run one tool. The id under which it runs is ours; the model's is only repeated to the model."""
        call_id = f"{self.job.run}.{self.job.attempt}.{self.turn}.{position}"
        said, name = summary(call), call.name[:100]
        await self.watch.tool_started(self.turn, call_id, name, said)
        started = time.monotonic()
        outcome = await toolbox.use(call, call_id, self._time_left())
        seconds = time.monotonic() - started
        observation = clipped(outcome.text, _REPORTED)
        await self.watch.tool_finished(self.turn, call_id, name, outcome.ok, seconds, observation)
        self.tools.append(ToolUse(self.turn, name, said, observation, outcome.ok))
        self.steps.append(Step.of(call, outcome.text))
        return tool_result(call.id, outcome.text, is_error=outcome.is_error)

    async def _lesson(self) -> str | None:
        """What a guardrail that the finished work does not keep teaches; None when the work counts as done.

        A lesson is of use only while there is a turn and time to act on it: without, the work goes on to its judges.
        """
        broken = []
        for position, each in enumerate(self.job.guardrails, start=1):
            if not self._is_late and (found := await self._check_guardrail(position, each)) is not None:
                broken.append(found)
        self.unkept = ""
        if not broken:
            return None
        if self.sent_back == guardrails.ROUNDS or self.turn >= self.job.max_turns or self._is_late:
            named = ", ".join(f"`{each.command}` of {each.guardrail.spec}" for each in broken)
            self.unkept = f", without keeping the guardrail {named}; lessons given: {self.sent_back}"
            return None
        self.sent_back += 1
        return guardrails.lesson(broken)

    async def _check_guardrail(self, position: int, standing: StandingGuardrail) -> guardrails.Broken | None:
        """Logged like a tool, because it takes the run's time."""
        call_id = f"{self.job.run}.{self.job.attempt}.{self.turn}.guardrail.{position}"
        said = f"{standing.spec}: {guardrails.command_of(standing)}"[:_SUMMARY]
        await self.watch.tool_started(self.turn, call_id, GUARDRAIL, said)
        started = time.monotonic()
        broken = await guardrails.check(standing, self.sandbox, call_id, self._time_left())
        kept, observed = broken is None, clipped(broken.seen, _REPORTED) if broken else "kept"
        await self.watch.tool_finished(self.turn, call_id, GUARDRAIL, kept, time.monotonic() - started, observed)
        return broken

    def _time_left(self) -> float:
        return max(1.0, (self.deadline.moved() - self.now()).total_seconds())

    @property
    def _is_late(self) -> bool:
        return self.now() >= self.deadline.moved()

    def _check_deadline(self) -> None:
        if self._is_late:
            raise _Ended(BuildEnd.DEADLINE, "its time was over before it was done")

    def _check_limits(self) -> None:
        self._check_deadline()
        if self.turn >= self.job.max_turns:
            raise _Ended(BuildEnd.TURNS, f"the agent was not done after {self.turn} turns, the most allowed")

    def _check_ids(self, calls: tuple[ToolCall, ...]) -> None:
        """A repeated id would let one result stand for another call, so nothing of such an answer is run."""
        for call in calls:
            if not call.id or call.id in self.call_ids:
                raise _Ended(BuildEnd.PROVIDER, "the model used an id for two tool calls")
            self.call_ids.add(call.id)

    def _check_movement(self) -> None:
        why = why_stuck(self.steps)
        if why is not None:
            raise _Ended(BuildEnd.STUCK, why)

    def _make_room(self, system: tuple[Block, ...]) -> None:
        """Drop old tool results when the window fills; end when nothing is left to drop."""
        price = self.gateway.prices.of(self.job.profile.model)
        room = int(price.context_tokens * _FILL) - min(self.job.profile.max_tokens, price.max_output_tokens)
        if self._filled(system) <= room:
            return
        if self.history.compact():
            self.counted = None
        if self._filled(system) > room:
            raise _Ended(BuildEnd.TURNS, _FULL)

    def _filled(self, system: tuple[Block, ...]) -> int:
        """Tokens of the next request, as far as can be told."""
        size = sum(len(str(each).encode("utf-8", errors="replace")) for each in (*system, *self.history.messages))
        if self.counted is None:
            return size // _BYTES_PER_TOKEN
        return self.counted.tokens + max(0, size - self.counted.request_bytes) // _BYTES_PER_TOKEN

    def _report(self, end: BuildEnd, detail: str) -> BuildReport:
        tools = tuple(self.tools)
        return BuildReport(end, detail, self.turn, self.usage, self.cost, self.final_text, tools, self.question)


_FULL = "the conversation filled the model's context window"
