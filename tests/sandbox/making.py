"""Short ways to say what the sandbox tests say often."""

import itertools
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.sandbox.port import Exec, ExecResult, Labels, Role, Sandbox, SandboxHost, SandboxRequest

_calls = itertools.count(1)


def call_id() -> str:
    return f"call-{next(_calls)}"


def labels(workspace: str | None = None, role: Role = Role.BUILD) -> Labels:
    expires = datetime.now(UTC) + timedelta(hours=1)
    return Labels(workspace or f"test-{secrets.token_hex(6)}", "run-1", 1, role, expires)


async def request(host: SandboxHost, workspace: str | None = None, **settings: object) -> SandboxRequest:
    image = await host.resolve_image("factory-sandbox:latest")
    return SandboxRequest(labels(workspace), image, **{"disk_mb": 64, "memory_mb": 512, **settings})  # type: ignore[arg-type]


def command(text: str, **more: object) -> Exec:
    return Exec(["/bin/sh", "-c", text], **{"call_id": call_id(), **more})  # type: ignore[arg-type]


async def shell(sandbox: Sandbox, text: str, **more: object) -> ExecResult:
    return await sandbox.exec(command(text, **more))


async def python(sandbox: Sandbox, source: str, **more: object) -> ExecResult:
    return await sandbox.exec(Exec(["python3", "-c", source], **{"call_id": call_id(), **more}))  # type: ignore[arg-type]


def tree(files: Mapping[str, bytes], executable: tuple[str, ...] = ()) -> Artifact:
    return Artifact.of(ArtifactFile(PurePosixPath(name), body, name in executable) for name, body in files.items())


def contents(artifact: Artifact) -> dict[str, bytes]:
    return {str(file.path): file.content for file in artifact}
