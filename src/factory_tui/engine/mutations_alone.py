"""A mutation check without an engine: one command, its own sandboxes, nothing recorded."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from factory_tui.config import Settings
from factory_tui.engine.mutations import Wish, find_run, lasting
from factory_tui.engine.recorded import what_is_left
from factory_tui.engine.standalone import (
    burned_now,
    host_alone,
    joined_suite,
    read_spec_and_suite,
    request_alone,
    standing_now,
)
from factory_tui.model.mutation import MutationReport
from factory_tui.sandbox.port import Role
from factory_tui.scenarios import EvaluationJob
from factory_tui.scenarios.mutation import MutationOrder, check_mutants
from factory_tui.scenarios.mutation.check import OnFate


async def mutate_alone(
    workspace: Path, settings: Settings, wish: Wish, on_fate: OnFate | None = None, stop: asyncio.Event | None = None
) -> MutationReport:
    """Try small changes of what a spec shipped.

    Args:
        workspace: whose history has the run.
        settings: of the workspace.
        wish: the spec, the run, how many and how long.
        on_fate: told each fate as it lands.
        stop: set when the operator has seen enough.

    Raises:
        CheckRefused, NotRecorded: there is nothing that could be checked.
        Unusable, SpecUnreadable: a spec or scenario file.
        TargetError: the target cannot be read.
        SandboxUnavailable: no sandbox can be created here.
        StoreError: the history cannot be read.
    """
    spec, _, own = read_spec_and_suite(workspace, settings, wish.spec)
    bound = find_run(workspace / "runs.db", wish)
    standing = standing_now(workspace, settings, spec)
    suite = joined_suite(workspace, settings, own, standing)
    left = await what_is_left(workspace, settings, bound)
    async with host_alone(workspace, settings) as host:
        request = await request_alone(workspace, settings, host, Role.PROOF)
        job = EvaluationJob(
            spec=spec,
            suite=suite,
            artifact=left.artifact,
            base=left.base,
            base_commit=left.base_commit,
            gate=settings.gate,
            request=lasting(request, wish.minutes, datetime.now(UTC)),
            constraints=standing.binding,
            burned=burned_now(workspace, suite),
        )
        order = MutationOrder(job, bound.run, wish.limit, wish.minutes, stop or asyncio.Event())
        return await check_mutants(order, host, lambda: datetime.now(UTC), on_fate)
