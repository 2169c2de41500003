"""The program that encloses a local runner; `unshare` starts it as PID 1 of new namespaces.

It becomes the runner when it is done: a root of its own made of the system's directories (read-only) and of file
systems in memory, a loopback interface, no privileges. As PID 1 the runner cannot be killed or stopped by the
commands: the kernel drops their signals to it.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
from typing import Any

from factory_tui.sandbox.inside.runner import main as run

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC = 1, 2, 4, 8, 32, 4096, 16384
MS_NOATIME, MS_NODIRATIME, MS_PRIVATE, MS_RELATIME = 1024, 2048, 1 << 18, 1 << 21
ST_RELATIME = 4096
"""The one flag of statvfs whose number differs from mount's."""
MNT_DETACH = 2
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
CAPABILITY_VERSION = 0x20080522
LAST_CAPABILITY = 63
SIOCSIFFLAGS, IFF_UP_RUNNING = 0x8914, 0x41

SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix")
SETTINGS = (
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "ssl", "pki", "ca-certificates", "localtime",
    "timezone", "mime.types", "os-release", "debian_version", "inputrc", "bash.bashrc", "profile",
    "python3", "python3.11", "python3.12", "python3.13",
)  # fmt: skip
"""Of /etc: what programs need to run and what holds no secret."""
STREAMS = (("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2"))
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")

libc = ctypes.CDLL(None, use_errno=True)


def must(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    must(
        libc.mount(source.encode(), target.encode(), kind.encode() or None, ctypes.c_ulong(flags), data.encode()),
        f"mount {target}",
    )


def memory(target: str, data: str, flags: int = MS_NOSUID | MS_NODEV) -> None:
    os.makedirs(target, exist_ok=True)
    mount("none", target, "tmpfs", flags, data)


def show(source: str, target: str) -> None:
    """Make a file or directory of the host visible, read-only. Flags that the host set must be set again."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    mount(source, target, flags=MS_BIND | MS_REC)
    present = os.statvfs(source).f_flag
    kept = present & (MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME)
    kept |= MS_RELATIME if present & ST_RELATIME else 0
    mount("none", target, flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | kept)


def build_root(config: dict[str, Any]) -> None:
    """Everything the commands will see, below `config["root"]`."""
    root: str = config["root"]
    owner = f"uid={config['owner']},gid={config['owner']}"
    mount("none", "/", flags=MS_REC | MS_PRIVATE)
    memory(root, "mode=755,size=4m")
    for name in SYSTEM:
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), f"{root}/{name}")
        elif os.path.isdir(f"/{name}"):
            show(f"/{name}", f"{root}/{name}")
    for path in config["hide"]:
        if os.path.isdir(root + path):
            memory(root + path, "mode=755,size=64k")
    for source, target in config["show"]:
        show(source, root + target)
    for name in SETTINGS:
        if os.path.exists(f"/etc/{name}"):
            show(os.path.realpath(f"/etc/{name}"), f"{root}/etc/{name}")
    for name, text in config["files"].items():
        with open(f"{root}/etc/{name}", "w") as file:
            file.write(text)
    build_devices(root)
    for path, mode, size_mb in config["memory"]:
        memory(root + path, f"mode={mode},size={size_mb}m,{owner}")
    os.makedirs(f"{root}/proc")
    mount("proc", f"{root}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)


def build_devices(root: str) -> None:
    os.makedirs(f"{root}/dev/pts")
    for name in DEVICES:
        os.close(os.open(f"{root}/dev/{name}", os.O_CREAT | os.O_WRONLY, 0o666))
        mount(f"/dev/{name}", f"{root}/dev/{name}", flags=MS_BIND)
    mount("devpts", f"{root}/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
    for name, target in (("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), *STREAMS):
        os.symlink(target, f"{root}/dev/{name}")


def enter_root(root: str) -> None:
    """Make it the root, and the host's files unreachable."""
    os.makedirs(f"{root}/.host")
    must(libc.pivot_root(root.encode(), f"{root}/.host".encode()), "pivot_root")
    os.chdir("/")
    must(libc.umount2(b"/.host", MNT_DETACH), "umount")
    os.rmdir("/.host")
    mount("none", "/", flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)


def raise_loopback() -> None:
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP_RUNNING))


def drop_privileges(uid: int, in_user_namespace: bool) -> None:
    if in_user_namespace:
        # A second user namespace, since the first knows only its root: commands shall not look like root.
        must(libc.unshare(CLONE_NEWUSER), "unshare")
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} 0 1"), ("gid_map", f"{uid} 0 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
        drop_bounding_set()
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
        must(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    else:
        drop_bounding_set()
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    must(libc.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0), "prctl")  # a change of user has cleared what unshare had set


def drop_bounding_set() -> None:
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def main(config: dict[str, Any]) -> None:
    os.umask(0o022)  # the engine's own is stricter, and the commands' user must get to what is made here
    build_root(config)
    enter_root(config["root"])
    socket.sethostname("sandbox")
    raise_loopback()
    drop_privileges(config["uid"], config["in_user_namespace"])
    run(config["runner"])
