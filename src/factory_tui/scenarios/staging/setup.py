"""The set-up commands of a spec and its constraints, run once on the artifact before its scenarios."""

import asyncio
import shlex
from collections.abc import Sequence

from factory_tui.model.artifact import Artifact
from factory_tui.sandbox.port import CollectRefused, Exec, Sandbox, SandboxError, SandboxLost
from factory_tui.scenarios.staging.bench import Bench
from factory_tui.scenarios.steps.situation import printed

SETUP_SECONDS = 300.0
"""Timeout of one set-up command."""


class SetupFailed(Exception):
    """The artifact cannot be set up. First line: which command and how it ended; then what it printed."""


async def set_up(commands: Sequence[tuple[str, ...]], artifact: Artifact, bench: Bench) -> Artifact:
    """The tree after these commands, which every trial starts from; the artifact itself without commands.

    Raises:
        SetupFailed: a command failed, left too much behind, or took the sandbox with it.
        SandboxError: the sandbox host failed.
    """
    if not commands:
        return artifact
    try:
        sandbox = await bench.laid(artifact)
    except OSError as error:
        raise SetupFailed(f"the artifact does not fit into the sandbox: {error}") from error
    try:
        async with asyncio.timeout(SETUP_SECONDS * (len(commands) + 1)):
            for argv in commands:
                await _run(argv, sandbox, bench)
            await sandbox.kill_all()
            return await sandbox.collect()
    except CollectRefused as refused:
        raise SetupFailed(f"what set-up left cannot be collected: {refused}") from refused
    except (SandboxLost, TimeoutError) as lost:
        await bench.discard()
        why_not = await bench.why_not_creatable()
        if why_not is not None:
            raise SandboxError(why_not) from lost
        raise SetupFailed(f"the sandbox was lost during set-up: {lost or 'no answer in time'}") from lost
    except OSError as error:
        raise SetupFailed(f"the sandbox could not carry out set-up: {error}") from error


async def _run(argv: tuple[str, ...], sandbox: Sandbox, bench: Bench) -> None:
    result = await sandbox.exec(
        Exec(argv=argv, call_id=bench.call_id(), env=bench.environment(sandbox), timeout_s=SETUP_SECONDS)
    )
    if result.timed_out:
        raise SetupFailed(f"`{shlex.join(argv)}` still ran after {SETUP_SECONDS:g} s\n{printed(result)}".strip())
    if result.exit_code != 0:
        raise SetupFailed(f"`{shlex.join(argv)}` ended with exit code {result.exit_code}\n{printed(result)}".strip())
