"""The `bash_20250124` tool: a session that lasts, over a sandbox whose commands do not.

Every call is a fresh bash that first takes over what the last one left (directory, variables, functions, aliases,
options, umask), kept in a file in the sandbox's temporary directory, and writes it back when it ends, however it
ends. So a killed command costs what it changed and nothing else, and no shell has to be kept alive beside the
sandbox's journal of calls. What does not last: traps, and jobs as `%1` (their processes run on).

`bin/` of the work directory is on PATH behind the sandbox's own programs, so that what is built is found by its name,
as it is by scenarios, and nothing in the environment tells an evaluation from a build. The session's own few programs
are called by their full names, since a command may have changed PATH.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from factory_tui.agents.tool import OUTPUT_CAP, ToolOutcome, ToolRefused
from factory_tui.sandbox.port import Exec, Sandbox

TIMEOUT_S = 180.0
"""Longest time for one command."""

_STATE = ".factory-shell"

_SESSION = r"""
__factory_state=${TMPDIR:-/tmp}/$1; shift
__factory_command=$(/bin/cat; printf x); __factory_command=${__factory_command%x}
exec </dev/null 2>&1
__factory_keep() {
  { set +o >"$__factory_state.options"; set +xeu; } 2>/dev/null
  unset __factory_command
  { declare -p; declare -f; alias -p; shopt -p; umask -p; printf 'cd -- %q\n' "$PWD"; } \
    >"$__factory_state.new" 2>/dev/null && /bin/mv -f "$__factory_state.new" "$__factory_state" 2>/dev/null
}
if [ -r "$__factory_state" ]; then
  . "$__factory_state"
  . "$__factory_state.options"  # last, so that an errexit of the session cannot end its own restoration
fi >/dev/null 2>&1
trap __factory_keep EXIT
eval "$__factory_command"
"""


class BashInput(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    command: Annotated[str, Field(min_length=1)] | None = None
    restart: bool = False


@dataclass(slots=True)
class BashSession:
    sandbox: Sandbox

    async def run(self, given: BashInput, call_id: str, longest_s: float) -> ToolOutcome:
        """One command, or a restart. Raises `ToolRefused` when it is neither."""
        if given.restart:
            return await self._restart(call_id)
        if given.command is None:
            raise ToolRefused("bash: give either a command or restart: true")
        limit = min(TIMEOUT_S, longest_s)
        result = await self.sandbox.exec(
            Exec(
                argv=("/bin/bash", "-c", _SESSION, "bash", _STATE),
                call_id=call_id,
                stdin=given.command.encode("utf-8", errors="replace"),
                env={"PATH": f"{self.sandbox.path}:{self.sandbox.work}/bin", "PYTHONNOUSERSITE": "1"},
                timeout_s=limit,
                output_cap=OUTPUT_CAP,
            )
        )
        text = _text(result.stdout, result.truncated) + _text(result.stderr, cut=False)
        if result.timed_out:
            note = (
                f"[timed out after {limit:.0f} s; the command and everything it started were killed. The session "
                "goes on as it was before the command. Run long commands in the background with output to a file.]"
            )
            return ToolOutcome(_joined(text, note), ok=False, is_error=True)
        notes = [f"[exit code {result.exit_code}]"] if result.exit_code else []
        if result.oom:
            notes.append("[the memory limit of the sandbox killed a process]")
        return ToolOutcome(_joined(text, *notes) or "(no output)", ok=result.exit_code == 0)

    async def _restart(self, call_id: str) -> ToolOutcome:
        await self.sandbox.kill_all()
        await self.sandbox.exec(
            Exec(argv=("/bin/sh", "-c", 'rm -f "${TMPDIR:-/tmp}/$0"*', _STATE), call_id=call_id, timeout_s=10.0)
        )
        return ToolOutcome("The session has been restarted: every process was killed, directory and variables are new.")


def _text(raw: bytes, cut: bool) -> str:
    """Output as text; the sandbox keeps the first and the last half of the cap, and the seam is marked."""
    if not cut:
        return raw.decode("utf-8", errors="replace")
    half = len(raw) // 2
    head, tail = raw[:half].decode("utf-8", errors="replace"), raw[half:].decode("utf-8", errors="replace")
    return f"{head}\n[… output left out …]\n{tail}"


def _joined(text: str, *notes: str) -> str:
    parts = [text.rstrip("\n")] if text.strip("\n") else []
    return "\n".join([*parts, *notes])
