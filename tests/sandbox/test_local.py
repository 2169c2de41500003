"""The contract of the local sandbox in every isolation that this machine allows."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from factory_tui.sandbox import local, machine
from factory_tui.sandbox.local import LocalHost
from factory_tui.sandbox.machine import Isolation, Machine
from factory_tui.sandbox.port import SandboxHost, SandboxLost, SandboxUnavailable
from tests.sandbox.contract import SandboxContract
from tests.sandbox.making import labels, request, shell, tree


def allowed(isolation: Isolation) -> bool:
    if isolation is Isolation.ROOT and os.geteuid() != 0:
        return False
    return isolation is Isolation.NONE or not machine.attempt(isolation)


class LocalContract(SandboxContract):
    isolation: Isolation

    @pytest.fixture
    async def host(self) -> AsyncIterator[SandboxHost]:
        if not allowed(self.isolation):
            pytest.skip(f"this machine does not allow {self.isolation.value}")
        host = LocalHost(isolation=self.isolation, patience_s=5)
        yield host
        await host.close()


class TestNamespacesAsRoot(LocalContract):
    isolation = Isolation.ROOT


class TestUserNamespaces(LocalContract):
    isolation = Isolation.USER


class TestPlainProcesses(LocalContract):
    isolation = Isolation.NONE


@pytest.fixture
async def host() -> AsyncIterator[LocalHost]:
    host = LocalHost(patience_s=1)
    yield host
    await host.close()


@pytest.fixture
async def plain() -> AsyncIterator[LocalHost]:
    host = LocalHost(isolation=Isolation.NONE, patience_s=1)
    yield host
    await host.close()


async def test_without_namespaces_the_host_says_what_is_missing() -> None:
    given = Machine(Isolation.NONE, "unshare is missing: install util-linux").capabilities()
    assert given.unsafe
    assert not given.network_isolated


async def test_commands_cannot_kill_or_stop_the_runner_in_a_process_namespace(host: LocalHost) -> None:
    if not host.capabilities().fixed_paths:
        pytest.skip("this machine allows no namespaces")
    sandbox = await host.create(await request(host))
    await shell(sandbox, "kill -KILL $PPID; kill -STOP $PPID; kill -KILL -1", timeout_s=20)
    assert (await shell(sandbox, "echo still here")).stdout == b"still here\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_killed_or_stopped_runner_is_a_lost_sandbox(plain: LocalHost, number: signal.Signals) -> None:
    sandbox = await plain.create(await request(plain))
    with pytest.raises(SandboxLost):
        await shell(sandbox, f"kill -{number.name[3:]} $PPID; sleep 600")
    await sandbox.destroy()
    assert not list(plain.directory.glob(f"{sandbox.id}*"))


async def test_writing_to_a_stopped_runner_ends(plain: LocalHost) -> None:
    sandbox = await plain.create(await request(plain))
    stopping = asyncio.create_task(shell(sandbox, "kill -STOP $PPID; sleep 600"))

    async def write_on() -> None:
        while True:
            await sandbox.put(tree({"large": bytes(8 << 20)}))

    with pytest.raises(SandboxLost):
        await write_on()
    with pytest.raises(SandboxLost):
        await stopping
    await sandbox.destroy()


async def test_nothing_outlives_a_killed_engine_in_namespaces(host: LocalHost) -> None:
    if not host.capabilities().fixed_paths:
        pytest.skip("this machine allows no namespaces")
    workspace = labels().workspace
    script = f"""
import asyncio, os, signal
from factory_tui.sandbox.local import LocalHost
from tests.sandbox.making import request, shell
async def main():
    host = LocalHost()
    sandbox = await host.create(await request(host, {workspace!r}))
    await shell(sandbox, "setsid sleep 600 > /dev/null 2>&1 &")
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", script)
    assert await child.wait() == -signal.SIGKILL
    (home,) = host.directory.glob(f"{workspace}.*")
    owner = Path("/proc") / (home / "owner").read_text().split()[0]
    async with asyncio.timeout(30):
        while owner.exists():
            await asyncio.to_thread(sys.intern, "yield")
    assert await host.sweep(workspace) == (home.name,)
    assert not home.exists()


async def test_a_hidden_directory_below_a_system_directory_is_empty_inside() -> None:
    host = LocalHost(hide=[Path("/usr/share")])
    if not host.capabilities().fixed_paths:
        pytest.skip("this machine allows no namespaces")
    sandbox = await host.create(await request(host))
    assert (await shell(sandbox, "ls -A /usr/share")).stdout == b""
    await host.close()


async def test_what_a_killed_engine_leaves_is_swept(plain: LocalHost) -> None:
    workspace = labels().workspace
    script = f"""
import asyncio, os, signal
from factory_tui.sandbox.local import Isolation, LocalHost
from tests.sandbox.making import request, shell
async def main():
    host = LocalHost(isolation=Isolation.NONE)
    sandbox = await host.create(await request(host, {workspace!r}))
    done = await shell(sandbox, "kill -STOP $PPID & setsid sleep 600 > /dev/null 2>&1 & echo $!")
asyncio.run(main())
"""
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", script, start_new_session=True)
    async with asyncio.timeout(30):
        while not (homes := list(plain.directory.glob(f"{workspace}.*"))) or not local.marked(homes[0].name):
            await asyncio.to_thread(sys.intern, "yield")
    child.kill()
    await child.wait()
    assert await plain.sweep(workspace) == (homes[0].name,)
    assert not homes[0].exists()
    async with asyncio.timeout(30):
        while local.marked(homes[0].name):
            await asyncio.to_thread(sys.intern, "yield")


async def test_a_private_directory_that_others_can_enter_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    entered = tmp_path / f"factory-sandboxes-{os.geteuid()}"
    entered.mkdir()
    entered.chmod(0o755)
    with pytest.raises(SandboxUnavailable, match="not a private directory"):
        LocalHost(isolation=Isolation.NONE)


async def test_the_tools_hold_python_and_what_the_engine_has_of_pytest(host: LocalHost) -> None:
    sandbox = await host.create(await request(host))
    await sandbox.put(tree({"test_it.py": b"def test_it(): assert 1 + 1 == 2\n"}))
    done = await shell(sandbox, "python -m pytest -q -p no:cacheprovider && pytest -q && python --version")
    assert b"1 passed" in done.stdout
    assert done.exit_code == 0


async def test_an_ordinary_user_gets_a_sandbox(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to become someone else")
    python = Path("/usr/bin/python3")
    if (
        not python.exists()
        or subprocess.run(
            [python, "-c", "import pydantic_core, sys; sys.exit(sys.version_info[:2] < (3, 11))"],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            check=False,
        ).returncode
    ):
        pytest.skip("needs a Python that every user can run")
    program = Path(local.__file__)
    if not all(each.stat().st_mode & 0o005 == 0o005 for each in program.parents):
        pytest.skip("the program lies where other users cannot read it")
    script = """
import asyncio
from factory_tui.sandbox.local import LocalHost
from tests.sandbox.making import request, shell
async def main():
    host = LocalHost()
    sandbox = await host.create(await request(host))
    print((await shell(sandbox, "echo inside; id -u")).stdout.decode())
    await host.close()
asyncio.run(main())
"""
    environment = {
        "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path]),
        "TMPDIR": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == 0 and parent != Path("/") and parent.name.startswith("pytest-"):
            parent.chmod(0o755)
    done = subprocess.run(
        [python, "-c", script],
        env=environment,
        user=61999,
        group=61999,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.startswith("inside\n")
    assert done.stdout.split()[1] != "0"
