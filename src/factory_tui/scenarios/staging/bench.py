"""The bench an artifact is judged on: one fresh sandbox, replaced when the artifact breaks it."""

import asyncio
import time
from contextlib import suppress
from itertools import count

from factory_tui.model.artifact import Artifact
from factory_tui.sandbox.port import Sandbox, SandboxError, SandboxHost, SandboxLost, SandboxRequest

CREATE_TRIES = 2
"""A sandbox that is lost before the artifact ran in it says nothing about the artifact: once more, then give up."""

PATIENCE_S = 60.0
"""For killing processes and filling the work directory; a sandbox that needs longer counts as lost."""


class Bench:
    """Holds the sandbox of one evaluation; use as an async context manager."""

    def __init__(
        self, host: SandboxHost, request: SandboxRequest, base: Artifact | None, *, own_first: bool = True
    ) -> None:
        self.own_first = own_first
        """Whether the artifact's `bin/` comes before the sandbox's own programs on PATH, or after them."""
        self._host = host
        self._request = request
        self._base = base
        self._sandbox: Sandbox | None = None
        self._calls = count(1)
        self._refused = False
        self.opening_s = 0.0
        """What the newest sandbox took until it could be used."""

    async def __aenter__(self) -> "Bench":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.discard()

    async def laid(self, tree: Artifact) -> Sandbox:
        """A sandbox in which nothing runs and whose work directory holds `tree` and nothing else.

        Raises:
            SandboxError: none can be created, or it is lost again before anything ran in it.
            OSError: the tree does not fit into it.
        """
        for last in (*[False] * (CREATE_TRIES - 1), True):
            sandbox = await self._current()
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await sandbox.kill_all()
                    await sandbox.put(tree, clear=True)
            except TimeoutError:
                await self.discard()
                if last:
                    raise SandboxLost(f"the sandbox took no files for {PATIENCE_S:g} s") from None
            except SandboxLost:
                await self.discard()
                if last:
                    raise
            else:
                return sandbox
        raise AssertionError("unreachable")

    async def why_not_creatable(self) -> str | None:
        """None when a sandbox can be created now; else why not. Tells a lost sandbox from a lost host."""
        try:
            await self._current()
        except SandboxError as error:
            return str(error)
        return None

    def take_refusal(self) -> bool:
        """Whether the host refused a sandbox since this was asked last."""
        refused, self._refused = self._refused, False
        return refused

    async def discard(self) -> None:
        """Remove the sandbox; the next use makes a new one. What a dead host cannot remove is left to its sweep."""
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            with suppress(SandboxError):
                await sandbox.destroy()

    async def quiet(self) -> None:
        """Kill whatever still runs; a sandbox that does not obey is removed."""
        if self._sandbox is not None:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await self._sandbox.kill_all()
            except (SandboxError, OSError):
                await self.discard()

    def call_id(self) -> str:
        return f"eval-{next(self._calls)}"

    def environment(self, sandbox: Sandbox) -> dict[str, str]:
        """What every command sees: the artifact's `bin/` on PATH, and where the base lies when there is one.

        What an earlier command left in the home directory is not loaded by every Python that judges.
        """
        own = f"{sandbox.work}/bin"
        path = f"{own}:{sandbox.path}" if self.own_first else f"{sandbox.path}:{own}"
        shown = {"PATH": path, "LANG": "C.UTF-8", "PYTHONNOUSERSITE": "1"}
        if self._base is not None:
            shown["FACTORY_BASE"] = sandbox.base
        return shown

    async def _current(self) -> Sandbox:
        if self._sandbox is None:
            started = time.monotonic()
            try:
                sandbox = await self._host.create(self._request)
            except SandboxError:
                self._refused = True
                raise
            self._sandbox = sandbox
            if self._base is not None:
                try:
                    await sandbox.put_base(self._base)
                except SandboxError:
                    await self.discard()
                    raise
            self.opening_s = time.monotonic() - started
        return self._sandbox
