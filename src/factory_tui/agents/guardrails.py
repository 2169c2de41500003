"""Guardrails: commands of architectural specs, run when an agent calls its work done; what they teach goes back to it.

They teach, they do not judge: an agent may change the programs that they run. What must hold for sure is a scenario.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from factory_tui.agents.tool import clipped
from factory_tui.model.standing import StandingGuardrail
from factory_tui.sandbox.port import Exec, ExecResult, Sandbox

ROUNDS = 3
"""How often an agent is sent back; then its work counts as done, and what is not kept is said to the operator."""

SECONDS = 60.0
"""Timeout of one command."""

OUTPUT = 4_000
"""Characters of a command's output that go to the agent."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A guardrail that the work does not keep."""

    guardrail: StandingGuardrail
    seen: str
    """How the command ended and what it printed. Foreign: a sandbox produced it."""

    @property
    def command(self) -> str:
        return command_of(self.guardrail)


def command_of(standing: StandingGuardrail) -> str:
    """The command as a shell would take it."""
    return shlex.join(standing.guardrail.run)


async def check(standing: StandingGuardrail, sandbox: Sandbox, call_id: str, longest_s: float) -> Broken | None:
    """Run one guardrail in the work directory; None when it is kept. Raises `SandboxLost`."""
    limit = min(SECONDS, longest_s)
    result = await sandbox.exec(
        Exec(argv=standing.guardrail.run, call_id=call_id, timeout_s=limit, output_cap=2 * OUTPUT)
    )
    if result.exit_code == 0 and not result.timed_out:
        return None
    return Broken(standing, _seen(result, limit))


def _seen(result: ExecResult, limit: float) -> str:
    ended = f"still ran after {limit:.0f} s and was killed" if result.timed_out else f"exit code {result.exit_code}"
    printed = (result.stdout + b"\n" + result.stderr).decode("utf-8", errors="replace").strip()
    return f"[{ended}]\n{clipped(printed, OUTPUT)}".rstrip()


def lesson(broken: Sequence[Broken]) -> str:
    """What the agent is told."""
    parts = ["You call your work done, but it does not keep these guardrails of the architecture:"]
    parts += [
        f"## `{each.command}` (from {each.guardrail.spec})\n\n{each.guardrail.guardrail.message}\n\n"
        f"What the command said:\n\n{each.seen}"
        for each in broken
    ]
    parts.append("Mend the work, not the guardrail; then say again that you are done.")
    return "\n\n".join(parts)
