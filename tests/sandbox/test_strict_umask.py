"""The engine keeps its files to itself (umask 077); what commands are to see must still reach them."""

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import pytest

from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.sandbox.local import LocalHost
from factory_tui.sandbox.port import Exec, Labels, Role, SandboxRequest


@pytest.fixture
def strict_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("strict_umask")
async def test_sandboxes_made_at_once_by_a_strict_engine_see_base_and_python(tmp_path: Path) -> None:
    host = LocalHost()
    tmp_path.chmod(0o755)
    host.directory = tmp_path / "sandboxes"
    host.directory.mkdir()
    base = Artifact.of([ArtifactFile(PurePosixPath("deep/down/file"), b"seen")])
    expires = datetime.now(UTC) + timedelta(hours=1)

    async def one(number: int) -> tuple[bytes, bytes]:
        labels = Labels("strict", f"r{number}", 1, Role.EVALUATE, expires)
        sandbox = await host.create(SandboxRequest(labels=labels, image="local"))
        try:
            await sandbox.put_base(base)
            shown = await sandbox.exec(Exec(["cat", f"{sandbox.base}/deep/down/file"], "show"))
            python = await sandbox.exec(Exec(["python", "-c", "print(1 + 1)"], "python"))
            return shown.stdout, python.stdout
        finally:
            await sandbox.destroy()

    try:
        assert await asyncio.gather(*(one(number) for number in range(4))) == [(b"seen", b"2\n")] * 4
    finally:
        await host.close()
