"""A container engine that is only reached over TCP: the contract holds there as on the machine itself.

Encrypted connections are not supported: `ssh -L` or a tunnel brings a remote engine's socket to a local address.
"""

from collections.abc import AsyncIterator, Iterator

import pytest

from factory_tui.sandbox import docker as room
from factory_tui.sandbox.docker import DockerHost
from factory_tui.sandbox.port import SandboxHost, SandboxUnavailable
from tests.sandbox.contract import SandboxContract
from tests.sandbox.making import request
from tests.sandbox.relay import relayed


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with relayed() as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        yield address


@pytest.mark.docker
class TestRemoteEngine(SandboxContract):
    @pytest.fixture
    async def host(self, address: str) -> AsyncIterator[SandboxHost]:
        host = DockerHost(patience_s=5)
        assert address in await host.check()
        yield host
        await host.close()

    async def test_nothing_of_this_machine_is_mounted(self, host: SandboxHost) -> None:
        options = room.container_options(await request(host))
        assert not {"Binds", "Mounts", "PortBindings", "VolumesFrom"} & options["HostConfig"].keys()
        assert options["HostConfig"]["NetworkMode"] == "none"


@pytest.mark.parametrize(
    ("address", "verify"), [("tcp://127.0.0.1:2376", "1"), ("https://127.0.0.1:2376", ""), ("ssh://me@elsewhere", "")]
)
async def test_an_encrypted_engine_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, address: str, verify: str
) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)
    monkeypatch.setenv("DOCKER_TLS_VERIFY", verify)
    host = DockerHost()
    with pytest.raises(SandboxUnavailable, match=r"encrypted connections .* not supported\nforward its socket"):
        await host.check()
    await host.close()
