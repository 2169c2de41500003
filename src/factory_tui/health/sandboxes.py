"""The container engine, its image, and the local sandbox. Only what the configuration asks for is needed."""

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

from factory_tui.config import SandboxSettings, Settings
from factory_tui.health.check import Check, Grade
from factory_tui.sandbox import open_host
from factory_tui.sandbox.engine import ContainerEngine
from factory_tui.sandbox.port import Capabilities, SandboxError

_MEANING = {
    "network_isolated": "no network isolation",
    "holdout_isolated": "the holdout is not hidden",
    "limits_memory": "no memory limit",
    "limits_pids": "no process limit",
    "limits_disk": "no disk limit",
    "separate_user": "no user of its own",
    "read_only_root": "the system is writable",
    "survives_engine": "left-overs of a killed engine stay",
}


async def examine(settings: Settings, *, demo_only: bool) -> AsyncIterator[Check]:
    """The checks of both kinds of sandbox.

    Args:
        demo_only: there is no workspace, so no kind is needed.
    """
    chosen = settings.sandbox.backend
    missing = Grade.FAIL if chosen == "docker" and not demo_only else Grade.WARN
    async for check in _docker(settings.sandbox, missing):
        yield check
    missing = Grade.FAIL if chosen == "local" else Grade.WARN
    yield await _local(settings, missing, chosen == "local")


async def _docker(settings: SandboxSettings, missing: Grade) -> AsyncIterator[Check]:
    host = open_host(settings.model_copy(update={"backend": "docker"}))
    try:
        yield Check("container engine", Grade.OK, await host.check())
        engine = ContainerEngine()
        try:
            for check in _isolation(await engine.call(lambda client: client.info()), settings.runtime):
                yield check
        finally:
            await engine.close()
        yield Check("image", Grade.OK, f"{settings.image}, {await host.resolve_image(settings.image)}")
    except SandboxError as error:
        what, _, todo = str(error).partition("\n")
        name = "image" if "image" in what else "container engine"
        yield Check(name, missing, what, todo)
    finally:
        await host.close()


def _isolation(info: dict[str, Any], runtime: str | None) -> list[Check]:
    """What the engine says about itself: kernel-level isolation is the engine's, so only it can tell."""
    options = [str(each) for each in info.get("SecurityOptions") or []]
    names = {each.removeprefix("name=").partition(",")[0] for each in options}
    runtimes = sorted(info.get("Runtimes") or {})
    checks = []
    if runtime is not None and runtime not in runtimes:
        fix = f"install it in the engine, or remove sandbox.runtime; known: {', '.join(runtimes)}"
        checks.append(Check("runtime", Grade.FAIL, f"{runtime}: unknown to the engine", fix))
    else:
        checks.append(Check("runtime", Grade.OK, runtime or str(info.get("DefaultRuntime", "unknown"))))
    if "seccomp" in names:
        checks.append(Check("seccomp", Grade.OK, next(each for each in options if "seccomp" in each)))
    else:
        checks.append(Check("seccomp", Grade.WARN, "off", "use an engine and a kernel with seccomp"))
    if names & {"userns", "rootless"}:
        checks.append(Check("user namespaces", Grade.OK, ", ".join(sorted(names & {"userns", "rootless"}))))
    else:
        fix = "optional: rootless mode or userns-remap puts one more wall around agents"
        checks.append(Check("user namespaces", Grade.WARN, "containers use the host's user ids", fix))
    return checks


async def _local(settings: Settings, missing: Grade, chosen: bool) -> Check:
    host = open_host(settings.sandbox.model_copy(update={"backend": "local"}))
    try:
        found = await host.check()
        gaps = _gaps(host.capabilities())
        if not gaps:
            return Check("local sandbox", Grade.OK, found)
        live = chosen and host.capabilities().unsafe and not settings.model.is_twin
        if live and not settings.sandbox.allow_unsafe_local:
            fix = "use a container engine; a live model is refused here unless sandbox.allow_unsafe_local = true"
            return Check("local sandbox", Grade.FAIL, f"{found}; {gaps}", fix)
        return Check("local sandbox", Grade.WARN, f"{found}; {gaps}", "fine for the demo; use containers for real work")
    except SandboxError as error:
        what, _, todo = str(error).partition("\n")
        return Check("local sandbox", missing, what, todo)
    finally:
        await host.close()


def _gaps(capabilities: Capabilities) -> str:
    names = [field.name for field in dataclasses.fields(capabilities) if not getattr(capabilities, field.name)]
    return ", ".join(_MEANING[name] for name in names if name in _MEANING)
