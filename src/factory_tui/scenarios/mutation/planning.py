"""The plan of a mutation check, made in a process of its own: what an agent wrote can take a parser down or hold it up.

The documentation of `ast` says so itself: a deep enough text crashes the interpreter. Here it crashes a child, which is
killed when it takes too long, and the engine and its other runs go on.
"""

import asyncio
import os
import sys
from contextlib import suppress

from pydantic import BaseModel, ConfigDict, ValidationError

from factory_tui.model.artifact import EMPTY, Artifact
from factory_tui.scenarios.mutation.plan import Change, Plan
from factory_tui.scenarios.mutation.sources import Source, sources

SECONDS = 60.0
"""For reading the sources and choosing the changes; some thousand lines take less than one."""


class PlanFailed(Exception):
    """The sources could not be read as programs. First line: what; second line: what to do."""


class Order(BaseModel):
    """What the child is given, on its standard input."""

    model_config = ConfigDict(frozen=True)

    sources: tuple[Source, ...]
    limit: int


class Chosen(BaseModel):
    """What it answers, on its standard output."""

    model_config = ConfigDict(frozen=True)

    changes: tuple[Change, ...]
    candidates: int


async def plan_apart(artifact: Artifact, base: Artifact | None, limit: int) -> Plan:
    """As `plan.plan`, in a child.

    Raises:
        PlanFailed: the child did not answer in time, or ended.
    """
    order = Order(sources=tuple(sources(artifact, base or EMPTY)), limit=limit)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "factory_tui.scenarios.mutation"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "HOME") if name in os.environ},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(SECONDS):
            answer, _ = await child.communicate(order.model_dump_json().encode())
        chosen = Chosen.model_validate_json(answer)
    except TimeoutError:
        raise PlanFailed(f"the sources of the artifact were not read within {SECONDS:g} s\n{_TODO}") from None
    except ValidationError:
        raise PlanFailed(f"the sources of the artifact cannot be read as programs\n{_TODO}") from None
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    return Plan(chosen.changes, chosen.candidates)


_TODO = "run the spec again, and name another run with --run"
