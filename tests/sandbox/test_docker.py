"""The contract of containers, and what is particular to them."""

import asyncio
import contextlib
import io
import sys
import tarfile
from collections.abc import AsyncIterator, Iterator

import docker
import docker.errors
import pytest

from factory_tui.sandbox.docker import DockerHost
from factory_tui.sandbox.port import Sandbox, SandboxError, SandboxHost, SandboxLost, SandboxRequest, SandboxUnavailable
from tests.sandbox.contract import Make, SandboxContract
from tests.sandbox.making import labels, request, shell


@pytest.mark.docker
class TestDocker(SandboxContract):
    @pytest.fixture
    async def host(self) -> AsyncIterator[SandboxHost]:
        host = DockerHost(patience_s=5)
        yield host
        await host.close()

    @pytest.mark.parametrize("name", ["KILL", "STOP"])
    async def test_a_killed_or_stopped_runner_is_a_lost_sandbox(self, name: str) -> None:
        host = DockerHost(patience_s=1.5)
        sandbox = await host.create(await request(host))
        with pytest.raises(SandboxLost):
            await shell(sandbox, f"kill -{name} $PPID; sleep 600")
        await host.close()

    async def test_commands_cannot_end_the_sandbox(self, sandbox: Sandbox) -> None:
        everyone = "kill -KILL 1; for p in /proc/[0-9]*; do [ -O $p ] || kill -KILL ${p#/proc/}; done"
        ended = await shell(sandbox, f"{everyone} 2>&1")
        assert b"permitted" in ended.stdout + ended.stderr
        assert (await shell(sandbox, "true")).exit_code == 0

    async def test_the_container_carries_its_labels_and_nothing_of_the_host(self, make: Make) -> None:
        sandbox = await make("labelled", pids=33, runtime="runc")
        with client() as engine:
            found = engine.inspect_container(sandbox.id)
        carried = found["Config"]["Labels"]
        assert carried["factory.workspace"] == "labelled"
        assert carried["factory.run"] == "run-1"
        assert carried["factory.attempt"] == "1"
        assert carried["factory.role"] == "build"
        assert carried["factory.expires"].endswith("+00:00")
        assert found["Mounts"] == []
        assert found["HostConfig"]["Binds"] is None
        assert found["HostConfig"]["PidsLimit"] == 33
        assert list(found["NetworkSettings"]["Networks"]) == ["none"]
        assert found["NetworkSettings"]["Networks"]["none"]["IPAddress"] == ""

    async def test_the_image_has_what_agents_and_scenarios_need(self, sandbox: Sandbox) -> None:
        for program in ("python", "python3", "python3 -m pytest", "git", "sqlite3", "curl"):
            assert (await shell(sandbox, f"{program} --version")).exit_code == 0, program
        assert (await shell(sandbox, "id -u; id -un; pwd")).stdout == b"1000\nagent\n/work\n"

    async def test_what_a_killed_engine_leaves_is_swept(self, host: SandboxHost) -> None:
        workspace = labels().workspace
        script = f"""
import asyncio, os, signal
from factory_tui.sandbox.docker import DockerHost
from tests.sandbox.making import request, shell
async def main():
    host = DockerHost()
    await host.create(await request(host, {workspace!r}))
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", script)
        assert await child.wait() == -9
        assert len(await host.sweep(workspace)) == 1
        assert await host.sweep(workspace) == ()

    async def test_a_cancelled_creation_leaves_nothing(self, host: SandboxHost) -> None:
        wanted = await request(host)
        for pause in (0.0, 0.02, 0.1, 0.2):
            creating = asyncio.create_task(host.create(wanted))
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(creating, pause)
        await host.sweep(wanted.labels.workspace)
        with client() as engine:
            chosen = {"label": f"factory.workspace={wanted.labels.workspace}"}
            assert engine.containers(all=True, filters=chosen) == []

    async def test_an_image_without_the_programs_is_refused_and_leaves_nothing(self, host: SandboxHost) -> None:
        wanted = await request(host)
        with empty_image() as image, client() as engine:
            with pytest.raises(SandboxError):
                await host.create(SandboxRequest(wanted.labels, image))
            assert engine.containers(all=True, filters={"ancestor": image}) == []

    async def test_a_missing_image_is_named_with_the_command_that_makes_it(self, host: SandboxHost) -> None:
        with pytest.raises(SandboxUnavailable, match=r"no image no-such-image:1\n.*image build"):
            await host.resolve_image("no-such-image:1")
        wanted = SandboxRequest(labels(), "sha256:" + "0" * 64)
        with pytest.raises(SandboxUnavailable, match="image"):
            await host.create(wanted)

    async def test_the_host_tells_which_engine_it_is(self, host: SandboxHost) -> None:
        assert (await host.check()).startswith("Docker Engine ")


@pytest.mark.parametrize("address", ["unix:///no/such/socket", "tcp://127.0.0.1:1"])
async def test_without_an_engine_the_operator_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)
    host = DockerHost()
    for attempt in (host.check(), host.resolve_image("any"), host.sweep("any")):
        with pytest.raises(SandboxUnavailable, match=rf"no container engine at {address}.*\n.*"):
            await attempt
    await host.close()


@contextlib.contextmanager
def client() -> Iterator[docker.APIClient]:
    made = docker.APIClient(version="auto")
    try:
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def empty_image() -> Iterator[str]:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("nothing"))
    with client() as engine:
        engine.import_image_from_data(archive.getvalue(), repository="factory-test-empty", tag="latest")
        try:
            yield str(engine.inspect_image("factory-test-empty")["Id"])
        finally:
            engine.remove_image("factory-test-empty", force=True)
