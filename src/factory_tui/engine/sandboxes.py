"""A sandbox host that writes down every container it makes, so that none is ever forgotten."""

import asyncio
from typing import Protocol

from factory_tui.sandbox.port import Capabilities, Sandbox, SandboxHost, SandboxRequest


class ContainerBook(Protocol):
    """Where containers are written down; the store."""

    async def record_container(self, container: str, run: str, attempt: int, role: str) -> None: ...

    async def container_gone(self, container: str, *, reaped: bool = False) -> None: ...


class RecordingHost:
    """Wraps a host: creation and removal become rows. A crash in between is found by label, not by row."""

    def __init__(self, host: SandboxHost, book: ContainerBook) -> None:
        self._host, self._book = host, book

    @property
    def name(self) -> str:
        return self._host.name

    def capabilities(self) -> Capabilities:
        return self._host.capabilities()

    async def check(self) -> str:
        return await self._host.check()

    async def resolve_image(self, name: str) -> str:
        return await self._host.resolve_image(name)

    async def create(self, request: SandboxRequest) -> Sandbox:
        recorded = _Recorded(await self._host.create(request), self._book)
        labels = request.labels
        try:
            await self._book.record_container(recorded.id, labels.run, labels.attempt, labels.role.value)
        except BaseException:  # nobody has it yet who would remove it
            await recorded.destroy()
            raise
        return recorded

    async def sweep(self, workspace: str, keep: frozenset[str] = frozenset()) -> tuple[str, ...]:
        removed = await self._host.sweep(workspace, keep)
        for container in removed:
            await self._book.container_gone(container, reaped=True)
        return removed

    async def close(self) -> None:
        await self._host.close()


class _Recorded:
    """Forwards everything to the sandbox; only `destroy` is written down."""

    def __init__(self, sandbox: Sandbox, book: ContainerBook) -> None:
        self._sandbox, self._book = sandbox, book
        self._gone = False
        self.id, self.work, self.base = sandbox.id, sandbox.work, sandbox.base
        self.path = sandbox.path
        self.put, self.put_base = sandbox.put, sandbox.put_base
        self.exec, self.start, self.http = sandbox.exec, sandbox.start, sandbox.http
        self.terminal, self.query = sandbox.terminal, sandbox.query
        self.free_port, self.read, self.write = sandbox.free_port, sandbox.read, sandbox.write
        self.kill_all, self.collect = sandbox.kill_all, sandbox.collect

    async def destroy(self) -> None:
        """To its end, also when the task is cancelled meanwhile: half removed, it would be left over."""
        removing = asyncio.create_task(self._destroy())
        try:
            await asyncio.shield(removing)
        except asyncio.CancelledError:
            await asyncio.wait((removing,))
            raise

    async def _destroy(self) -> None:
        await self._sandbox.destroy()
        if not self._gone:
            self._gone = True
            await self._book.container_gone(self.id)
