"""What every workstream of an engine works with."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from factory_tui.agents import LONGEST_HOLD, Agent, ProviderHold, VoteRecords
from factory_tui.config import Settings
from factory_tui.ledger import Book
from factory_tui.model.spec import FrontMatter
from factory_tui.sandbox.port import Labels, Role, SandboxHost, SandboxRequest
from factory_tui.scenarios import Judge, Spare
from factory_tui.store import Store

TTL_MARGIN = timedelta(minutes=30)
"""A sandbox outlives its run's deadline by this much before it ends itself."""


@dataclass(frozen=True)
class Plant:
    """The engine's means: one per engine, shared by its workstreams."""

    workspace: Path
    settings: Settings
    store: Store
    host: SandboxHost
    make_agent: Callable[[Book], Agent]
    make_judge: Callable[[VoteRecords, int], Judge]
    """Of rubrics, for what was judged before and an attempt of the run that pays."""
    now: Callable[[], datetime]
    """Aware UTC."""
    hold: ProviderHold
    """All workstreams wait in it while the provider refuses calls."""
    spare: Spare = field(default_factory=lambda: Spare(os.cpu_count() or 1))
    """Sandboxes beyond the first of each suite, shared by all workstreams: as many as there are processors."""

    def sandbox_request(
        self, run: str, attempt: int, role: Role, image: str, front: FrontMatter | None
    ) -> SandboxRequest:
        """What to ask the sandbox host for, with the limits of `[sandbox]`."""
        minutes = self.settings.run_minutes(front) if front else self.settings.limits.run_minutes
        life = timedelta(minutes=minutes) + TTL_MARGIN
        if role is Role.BUILD:
            life += LONGEST_HOLD  # time in a hold does not count, and the sandbox has to outlive it
        labels = Labels(workspace_hash(self.workspace), run, attempt, role, expires=self.now() + life)
        return SandboxRequest.within(self.settings.sandbox, labels, image, life)


def workspace_hash(workspace: Path) -> str:
    """Short name of a workspace for labels: 16 hex digits of the SHA-256 of its absolute path."""
    return hashlib.sha256(str(workspace.resolve()).encode()).hexdigest()[:16]
