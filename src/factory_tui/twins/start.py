"""Starts the Messages API twin as a process of its own and ends it with the caller."""

import asyncio
import contextlib
import json
import os
import sys
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

_START_TIMEOUT_S = 30.0
_STOP_TIMEOUT_S = 5.0
_KEPT_VARIABLES = ("PATH", "PYTHONPATH", "PYTHONHOME", "LANG", "LC_ALL", "TMPDIR", "HOME", "VIRTUAL_ENV")
"""The twin gets these and nothing else, so that no secret of ours is in its environment."""


class TwinError(Exception):
    """The twin cannot be started. The message says why and what to do."""


@contextlib.asynccontextmanager
async def start_messages_twin(
    scripts_dir: Path, record: Path | None = None, prices: Path | None = None
) -> AsyncIterator[str]:
    """Base URL of a fresh twin that answers from `scripts_dir`; it ends when the block does.

    Every request it gets is appended to `record`, one JSON object a line. It serves every model that has a price, those
    in the `prices.toml` of the workspace `prices` included.

    Raises:
        TwinError: the directory is missing, or the process did not come up.
    """
    _check(scripts_dir)
    argv = [sys.executable, "-m", "factory_tui.twins.messages", "--scripts", str(scripts_dir)]
    if prices is not None:
        argv += ["--prices", str(prices)]
    if record is not None:
        argv += ["--record", str(record)]
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
        start_new_session=True,  # Ctrl-C in a terminal is for us: we may still have calls to settle
    )
    complaints: deque[str] = deque(maxlen=20)
    listening = asyncio.create_task(_pass_on(process, complaints))
    try:
        port = await _port(process, listening, complaints)
        yield f"http://127.0.0.1:{port}"
    finally:
        await asyncio.shield(_stop(process))
        await asyncio.gather(listening, return_exceptions=True)


def _check(scripts_dir: Path) -> None:
    if not scripts_dir.is_dir():
        raise TwinError(f"{scripts_dir}: no such directory\nthe twin needs one script per spec there, <spec-id>.yaml")


async def _port(process: asyncio.subprocess.Process, listening: "asyncio.Task[None]", complaints: deque[str]) -> int:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_START_TIMEOUT_S):
            line = await process.stdout.readline()
        return int(json.loads(line)["port"])
    except TimeoutError:
        raise TwinError(
            f"the twin did not start within {_START_TIMEOUT_S:.0f} s\ntry again on a calmer machine"
        ) from None
    except (ValueError, KeyError, TypeError):
        await process.wait()
        await listening
        said = "\n".join(complaints) or "it said nothing"
        raise TwinError(f"the twin ended with status {process.returncode} before it could serve\n{said}") from None


async def _pass_on(process: asyncio.subprocess.Process, complaints: deque[str]) -> None:
    """What the twin complains about (a broken script) belongs in our own log."""
    assert process.stderr is not None
    async for raw in process.stderr:
        line = raw.decode("utf-8", errors="replace").rstrip("\n")
        complaints.append(line)
        print(line, file=sys.stderr)


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Closing its stdin is the agreed sign to end; a twin that does not listen is killed."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(_STOP_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
