"""What a container may be: one pure function makes its options, one refuses anything dangerous in them."""

import re
from typing import Any

from factory_tui.sandbox.port import BASE, WORK, Labels, SandboxError, SandboxRequest

Options = dict[str, Any]
"""The body of the engine's `POST /containers/create`; stays inside this room."""

USER = 1000
"""Commands run as this user (`agent` in the image)."""
KEEPER = 65532
"""PID 1 and the untouched base belong to this user, so commands can neither end the sandbox nor change the base."""
HOME = "/home/agent"
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
TMP_MB = 256
SHM_MB = 64

LABEL = "factory."
_PINNED = re.compile(r"(sha256:[0-9a-f]{64}|[^@\s]+@sha256:[0-9a-f]{64})")

_HOST_CONFIG: dict[str, object] = {
    "NetworkMode": "none",
    "ReadonlyRootfs": True,
    "CapDrop": ["ALL"],
    "SecurityOpt": ["no-new-privileges:true"],
    "IpcMode": "private",
    "Init": True,
    "AutoRemove": True,
    "LogConfig": {"Type": "none"},
    "Ulimits": [{"Name": "core", "Soft": 0, "Hard": 0}],
}
"""Fixed for every container."""
_SIZED = ("Memory", "MemorySwap", "NanoCpus", "PidsLimit", "ShmSize")
_TOP = {"Image", "User", "Entrypoint", "Cmd", "Env", "WorkingDir", "Hostname", "Labels", "HostConfig", "Healthcheck"}
_TOP |= {"OpenStdin", "Tty"}


def container_options(request: SandboxRequest) -> Options:
    """The options of the container for `request`; checked by `assert_contained` before they leave."""
    options: Options = {
        "Image": request.image,
        "User": f"{KEEPER}:{KEEPER}",
        "Entrypoint": ["sleep"],
        "Cmd": [str(max(1, round(request.ttl_s)))],
        "Env": [f"PATH={PATH}", "LANG=C.UTF-8"],
        "WorkingDir": "/",
        "Hostname": "sandbox",
        "Labels": labels(request.labels),
        "Healthcheck": {"Test": ["NONE"]},
        "OpenStdin": False,
        "Tty": False,
        "HostConfig": {
            **_HOST_CONFIG,
            "Memory": request.memory_mb << 20,
            "MemorySwap": request.memory_mb << 20,
            "NanoCpus": round(request.cpus * 1e9),
            "PidsLimit": request.pids,
            "ShmSize": SHM_MB << 20,
            "Tmpfs": tmpfs(request.disk_mb),
        },
    }
    if request.runtime is not None:
        options["HostConfig"]["Runtime"] = request.runtime
    assert_contained(options)
    return options


def tmpfs(disk_mb: int) -> dict[str, str]:
    """Mount points and their options. They count as memory; `exec` because what is built is run."""
    mine = f"rw,exec,nosuid,nodev,uid={USER},gid={USER}"
    small = min(TMP_MB, disk_mb)
    return {
        WORK: f"{mine},mode=755,size={disk_mb}m",
        HOME: f"{mine},mode=755,size={small}m",
        "/tmp": f"rw,exec,nosuid,nodev,mode=1777,size={small}m",
        BASE: f"rw,exec,nosuid,nodev,uid={KEEPER},gid={KEEPER},mode=755,size={disk_mb}m",
    }


def labels(of: Labels) -> dict[str, str]:
    """The labels a sweep finds a container by."""
    return {
        f"{LABEL}workspace": of.workspace,
        f"{LABEL}run": of.run,
        f"{LABEL}attempt": str(of.attempt),
        f"{LABEL}role": of.role.value,
        f"{LABEL}expires": of.expires.isoformat(),
    }


def environment(request: SandboxRequest) -> dict[str, str]:
    """The environment commands start with."""
    return {
        "PATH": PATH,
        "HOME": HOME,
        "USER": "agent",
        "LOGNAME": "agent",
        "SHELL": "/bin/sh",
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "FACTORY_BASE": BASE,
        **request.env,
    }


def assert_contained(options: Options) -> None:
    """Refuse options that could reach beyond the container. An allow list: what is not known is refused.

    Raises:
        SandboxError: names what is not allowed; always a bug of this program, since no setting reaches these keys.
    """
    host: Options = options["HostConfig"]
    wrong = [f"option {key}" for key in options.keys() - _TOP]
    wrong += [f"host option {key}" for key in host.keys() - {*_HOST_CONFIG, *_SIZED, "Tmpfs", "Runtime"}]
    wrong += [f"{key} = {host.get(key)!r}" for key, value in _HOST_CONFIG.items() if host.get(key) != value]
    wrong += [f"{key} = {host.get(key)!r}" for key in _SIZED if not isinstance(host.get(key), int) or host[key] <= 0]
    if host.get("MemorySwap") != host.get("Memory"):
        wrong.append("swap beyond the memory limit")
    if set(host.get("Tmpfs", ())) != {WORK, HOME, "/tmp", BASE}:
        wrong.append("mounts other than the four in memory")
    if options["User"] != f"{KEEPER}:{KEEPER}":
        wrong.append(f"user {options['User']}")
    if not _PINNED.fullmatch(str(options["Image"])):
        wrong.append(f"image {options['Image']!r}, which is not pinned by id or digest")
    if wrong:
        raise SandboxError(f"refusing to create this container: {', '.join(sorted(wrong))}")
