"""Sandboxes as containers of a Docker Engine. Nothing of the host is mounted; files travel through the runner."""

import asyncio
import contextlib
import re
import secrets
from typing import Any

import docker
import docker.errors

from factory_tui.model.artifact import Artifact
from factory_tui.sandbox.channel import Channel
from factory_tui.sandbox.collect import Caps
from factory_tui.sandbox.container import (
    HOME,
    KEEPER,
    LABEL,
    PATH,
    USER,
    container_options,
    environment,
)
from factory_tui.sandbox.engine import ContainerEngine, address, explain
from factory_tui.sandbox.loader import ARGUMENTS, runner_parcel
from factory_tui.sandbox.port import (
    BASE,
    WORK,
    Capabilities,
    Sandbox,
    SandboxLost,
    SandboxRequest,
    SandboxUnavailable,
)
from factory_tui.sandbox.session import RunnerSandbox, put_files

CONFLICT = 409
SCRATCH = ["/tmp", HOME, "/dev/shm", "/dev/mqueue"]
"""What commands can write besides the work directory; emptied with it."""

CAPABILITIES = Capabilities(
    network_isolated=True,
    holdout_isolated=True,
    limits_memory=True,
    limits_pids=True,
    limits_disk=True,
    separate_user=True,
    read_only_root=True,
    fixed_paths=True,
    survives_engine=True,
)


def runner_config(request: SandboxRequest, user: int) -> dict[str, Any]:
    """For the commands' user; or for the keeper, whose runner only writes the base and must not end PID 1."""
    mine = user == USER
    return {
        "work": WORK if mine else BASE,
        "scratch": SCRATCH if mine else [],
        "kill": "user" if mine else "none",
        "env": environment(request),
        "ttl": request.ttl_s,
    }


class DockerHost:
    """Makes containers.

    Args:
        patience_s: how long a runner may be silent before its sandbox counts as lost.
    """

    def __init__(self, caps: Caps | None = None, patience_s: float = 30.0) -> None:
        self._engine = ContainerEngine()
        self._caps = caps or Caps()
        self._patience_s = patience_s
        self._open: dict[str, DockerSandbox] = {}

    @property
    def name(self) -> str:
        return "docker"

    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def check(self) -> str:
        version = await self._engine.call(lambda client: client.version())
        runtime = await self._engine.call(lambda client: client.info())
        return (
            f"Docker Engine {version['Version']}, API {version['ApiVersion']}, {runtime['Driver']}, "
            f"runtime {runtime['DefaultRuntime']}, {address()}"
        )

    async def resolve_image(self, name: str) -> str:
        try:
            image = await self._engine.call(lambda client: client.inspect_image(name))
        except docker.errors.NotFound:
            raise SandboxUnavailable(
                f"there is no image {name}\n"
                "make it with `factory-tui image build --bootstrap`, or name another under [sandbox] in factory.toml"
            ) from None
        if (image.get("Config") or {}).get("Volumes"):
            raise SandboxUnavailable(
                f"image {name} declares volumes, whose size nothing limits\nuse one without VOLUME"
            )
        digests = image.get("RepoDigests") or []
        return str(digests[0] if digests else image["Id"])

    async def create(self, request: SandboxRequest) -> Sandbox:
        options = container_options(request)
        container = await self._start(options, _name(request))
        try:
            channel = await self._channel(container, request, USER)
        except BaseException:
            await self._remove(container)
            raise
        sandbox = DockerSandbox(self, container, channel, request, self._caps)
        self._open[container] = sandbox
        return sandbox

    async def sweep(self, workspace: str, keep: frozenset[str] = frozenset()) -> tuple[str, ...]:
        chosen = {"label": f"{LABEL}workspace={workspace}"}
        found = await self._engine.call(lambda client: client.containers(all=True, quiet=True, filters=chosen))
        gone = tuple(each["Id"] for each in found if each["Id"] not in keep)
        for container in gone:
            await self.remove(container)
        return gone

    async def close(self) -> None:
        for container in list(self._open):
            await self.remove(container)
        await self._engine.close()

    async def remove(self, container: str) -> None:
        """Close what this process has open on a container, and remove it if it is still there."""
        sandbox = self._open.get(container)
        if sandbox is not None:
            await sandbox.close_channel()
        await self._remove(container)
        self._open.pop(container, None)

    def holds(self, container: str) -> bool:
        """False once it was removed."""
        return container in self._open

    async def put_base(self, container: str, request: SandboxRequest, files: Artifact) -> None:
        """Write the base as the keeper: commands can read it, not change it."""
        channel = await self._channel(container, request, KEEPER)
        try:
            await channel.call("clear")
            await put_files(channel, files)
        finally:
            await channel.close()

    async def _start(self, options: dict[str, object], name: str) -> str:
        """Create and start; nothing is left when that is cancelled or fails half-way."""

        def start(client: docker.APIClient) -> str:
            made = str(client.create_container_from_config(options, name)["Id"])
            try:
                client.start(made)
            except BaseException:
                discard(client, made)
                raise
            return made

        starting = asyncio.ensure_future(self._engine.call(start))
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await self._remove(await starting)
            raise
        except docker.errors.NotFound as error:
            raise SandboxUnavailable(f"{explain(error)}\nbuild the image again, or start a new run") from None

    async def _channel(self, container: str, request: SandboxRequest, user: int) -> Channel:
        transport = await self._engine.open(container, ["python3", *ARGUMENTS], user)
        channel = Channel(transport, self._patience_s)
        try:
            await transport.write(runner_parcel(runner_config(request, user)))
            await channel.call("hello")
        except SandboxLost as error:
            await channel.close()
            if "executable file not found" in str(error):
                raise SandboxUnavailable(
                    f"image {request.image} has no python3\nuse an image made by `factory-tui image build`"
                ) from None
            raise
        except BaseException:
            await channel.close()
            raise
        return channel

    async def _remove(self, container: str) -> None:
        removing = self._engine.call(lambda client: discard(client, container))
        with contextlib.suppress(SandboxUnavailable):
            await asyncio.shield(asyncio.ensure_future(removing))


class DockerSandbox(RunnerSandbox):
    """One running container with one open channel."""

    def __init__(self, host: DockerHost, container: str, channel: Channel, request: SandboxRequest, caps: Caps) -> None:
        super().__init__(channel, WORK, BASE, PATH, caps)
        self._host, self._container, self._request = host, container, request

    @property
    def id(self) -> str:
        return self._container

    async def put_base(self, files: Artifact) -> None:
        await self._host.put_base(self._container, self._request, files)

    async def destroy(self) -> None:
        if self._host.holds(self._container):
            await self._host.remove(self._container)

    async def close_channel(self) -> None:
        await self._channel.close()


def discard(client: docker.APIClient, container: str) -> None:
    """Remove a container; returns when it is gone, also when the engine was already removing it."""
    with contextlib.suppress(docker.errors.NotFound):
        try:
            client.remove_container(container, force=True, v=True)
        except docker.errors.APIError as error:
            if error.status_code != CONFLICT:
                raise
            client.wait(container, condition="removed")


def _name(request: SandboxRequest) -> str:
    """A name an operator recognises; uniqueness comes from its end."""
    run = re.sub(r"[^A-Za-z0-9_.-]", "-", request.labels.run)[:40] or "run"
    return f"factory-{run}-{request.labels.role.value}-{secrets.token_hex(4)}"
