"""The agent port: someone who changes the files of a sandbox until the spec is met, as far as they can tell."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from factory_tui.config import Profile
from factory_tui.model.build import BuildReport
from factory_tui.model.evaluation import Feedback
from factory_tui.model.holdout import Route
from factory_tui.model.money import MicroUsd
from factory_tui.model.spec import Spec
from factory_tui.model.standing import StandingGuardrail
from factory_tui.model.usage import Usage
from factory_tui.sandbox.port import Sandbox


@dataclass(frozen=True, slots=True)
class ContextFile:
    """A document of the context library (`context/*.md`)."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class BuildJob:
    """Everything an agent is given. There is no field for scenarios, and there must never be one."""

    spec: Spec
    run: str
    attempt: int
    profile: Profile
    context: tuple[ContextFile, ...]
    constraints: tuple[Spec, ...]
    """Constraint specs that apply to the same target."""
    feedback: Feedback | None
    deadline: datetime
    """Aware UTC."""
    max_turns: int
    guardrails: tuple[StandingGuardrail, ...] = ()
    """Commands that the work has to pass before it counts as done, with what they teach."""
    instructions: str = ""
    """Text of the profile's `system` file (`agents.read_instructions`)."""


class BuildWatch(Protocol):
    """Told what an agent does, as it happens; each call is committed before the agent goes on."""

    async def told(self, route: Route, text: str) -> None:
        """What the agent is about to get. Every text for it passes here before it is sent: there is no other way."""
        ...

    async def said(self, text: str) -> None:
        """All that the agent said: its words and what it gives to tools."""
        ...

    async def turn_finished(self, turn: int, text: str, usage: Usage, cost: MicroUsd) -> None: ...

    async def tool_started(self, turn: int, call_id: str, name: str, summary: str) -> None: ...

    async def tool_finished(
        self, turn: int, call_id: str, name: str, ok: bool, seconds: float, output: str
    ) -> None: ...


class Agent(Protocol):
    async def build(self, job: BuildJob, sandbox: Sandbox, watch: BuildWatch) -> BuildReport:
        """Work on the files of `sandbox` until done or stopped.

        Raises:
            SandboxLost: the sandbox is gone.
            asyncio.CancelledError: the operator cancelled; nothing is left running in the sandbox's channel.
        """
        ...
