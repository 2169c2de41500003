"""The sandbox image: a small Debian with what agents and scenarios need, made from packages or from a registry."""

import hashlib
import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import docker.errors

from factory_tui.sandbox.apt import Mirror, binary_keyring, machine_mirror
from factory_tui.sandbox.container import HOME, USER
from factory_tui.sandbox.engine import connect, explain
from factory_tui.sandbox.port import BASE, WORK, Progress, SandboxError, SandboxUnavailable

PACKAGES = (
    "ca-certificates", "curl", "datefudge", "git", "procps", "python-is-python3", "python3", "python3-pytest",
    "sqlite3", "tzdata",
)  # fmt: skip
SHRINK = ("var/cache/apt", "var/lib/apt/lists", "var/log", "usr/share/doc", "usr/share/man", "usr/share/locale")
"""Emptied after the packages are installed."""
CHANGES = ["ENV LANG=C.UTF-8", f"WORKDIR {WORK}", 'CMD ["/bin/sh"]']
PROGRAMS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DOCKERFILE = f"""\
FROM python:3.12-slim-bookworm
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates curl datefudge git procps sqlite3 tzdata \\
 && pip install --no-cache-dir "pytest>=8,<9" \\
 && rm -rf /var/lib/apt/lists/* \\
 && useradd --create-home --uid {USER} --shell /bin/bash agent \\
 && mkdir -p {WORK} {BASE}
ENV LANG=C.UTF-8
WORKDIR {WORK}
"""


@dataclass(frozen=True, slots=True)
class Built:
    """An image that is there now."""

    id: str
    tag: str
    """Names the recipe by its content."""
    reused: bool


def build(name: str, bootstrap: bool, progress: Progress) -> str:
    """Make the image `name`, or reuse the one of the same recipe; its id. Blocks for a minute or more.

    Raises:
        SandboxUnavailable: no container engine, no right, or a program is missing; with what to do.
        SandboxError: the build failed; with the last lines of what it printed.
    """
    return make(name, bootstrap, progress).id


def make(name: str, bootstrap: bool, progress: Progress) -> Built:
    """As `build`, telling also the tag and whether it was there."""
    client = connect()
    try:
        repository = name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
        mirror = machine_mirror() if bootstrap else None
        tag = f"{repository}:{recipe_hash(mirror)}"
        known = _id(client, tag)
        if known:
            progress(f"{tag} is there already")
        elif mirror is not None:
            _bootstrap(client, tag, mirror, progress)
        else:
            _from_registry(client, tag, progress)
        client.tag(tag, repository, name.removeprefix(repository).lstrip(":") or "latest")
        built = Built(_id(client, tag), tag, reused=bool(known))
        progress(f"{name} is {built.id}")
        return built
    except docker.errors.APIError as error:
        raise SandboxError(f"container engine: {explain(error)}") from None
    finally:
        client.close()


def recipe_hash(mirror: Mirror | None) -> str:
    """Twelve hex digits that change with what goes into the image, not with where it is fetched from."""
    recipe = DOCKERFILE if mirror is None else repr((mirror.suite, PACKAGES, SHRINK, CHANGES, USER, HOME, "1"))
    return hashlib.sha256(recipe.encode()).hexdigest()[:12]


def _id(client: docker.APIClient, tag: str) -> str:
    try:
        return str(client.inspect_image(tag)["Id"])
    except docker.errors.NotFound:
        return ""


def _bootstrap(client: docker.APIClient, tag: str, mirror: Mirror, progress: Progress) -> None:
    """debootstrap into a directory, then stream that into the engine."""
    if os.geteuid() != 0:
        raise SandboxUnavailable(
            "image build --bootstrap makes a root file system, which needs root\n"
            "run it with sudo, or leave out --bootstrap to build from a registry"
        )
    if shutil.which("debootstrap", path=PROGRAMS) is None:
        raise SandboxUnavailable("debootstrap is missing\ninstall it: apt-get install debootstrap")
    directory = Path(tempfile.mkdtemp(prefix="factory-image-", dir=_roomy_directory()))
    root = directory / "root"
    try:
        progress(f"fetching {mirror.suite} from {mirror.uri or 'the default mirror'}")
        _run(debootstrap_argv(mirror, root, directory), mirror, progress)
        progress("adding the user and leaving out documentation")
        _run(["chroot", str(root), "useradd", "-m", "-u", str(USER), "-s", "/bin/bash", "agent"], mirror, progress)
        for place in SHRINK:
            _empty(root / place)
        for path in (WORK, BASE):
            (root / path.lstrip("/")).mkdir()
        progress("importing")
        _import(client, tag, root)
    finally:
        _remove(directory)


def debootstrap_argv(mirror: Mirror, root: Path, directory: Path) -> list[str]:
    """The command line; `directory` takes a converted keyring."""
    argv = ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}"]
    argv.append(f"--components={','.join(mirror.components)}")
    if mirror.trusted:
        argv.append("--no-check-gpg")
    elif mirror.keyring is not None:
        argv.append(f"--keyring={binary_keyring(mirror.keyring, directory)}")
    return [*argv, mirror.suite, str(root), *([mirror.uri] if mirror.uri else [])]


def _run(argv: list[str], mirror: Mirror, progress: Progress) -> None:
    """Run to the end, telling its lines; the last ones are in the error."""
    inherited = {key: value for key, value in os.environ.items() if key.lower().endswith("_proxy")}
    environment = {**inherited, **(mirror.proxies or {}), "PATH": PROGRAMS, "LC_ALL": "C.UTF-8", "HOME": "/root"}
    environment["DEBIAN_FRONTEND"] = "noninteractive"
    lines: list[str] = []
    with subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    ) as process:
        assert process.stdout is not None
        for raw in process.stdout:
            line = raw.decode(errors="replace").strip()
            if line:
                progress(line)
                lines = [*lines[-7:], line]
    if process.returncode:
        raise SandboxError(f"{argv[0]} ended with {process.returncode}: " + " / ".join(lines))


def _import(client: docker.APIClient, tag: str, root: Path) -> None:
    repository, _, version = tag.rpartition(":")
    archive = subprocess.Popen(["tar", "--numeric-owner", "-C", str(root), "-c", "."], stdout=subprocess.PIPE)
    try:
        assert archive.stdout is not None
        client.import_image_from_data(archive.stdout, repository=repository, tag=version, changes=CHANGES)
    finally:
        if archive.stdout is not None:
            archive.stdout.close()
        code = archive.wait()
    if code:
        raise SandboxError(f"tar ended with {code} while the image was imported")


def _from_registry(client: docker.APIClient, tag: str, progress: Progress) -> None:
    progress("building from a registry")
    lines: Iterable[dict[str, Any]] = client.build(
        fileobj=io.BytesIO(DOCKERFILE.encode()), tag=tag, rm=True, forcerm=True, decode=True
    )
    for line in lines:
        if "error" in line:
            raise SandboxError(
                f"the image cannot be built: {str(line['error']).strip()}\n"
                "without a registry, use `factory-tui image build --bootstrap` (as root, on Debian or Ubuntu)"
            )
        text = str(line.get("stream") or line.get("status") or "").strip()
        if text:
            progress(text)


def _roomy_directory() -> str:
    """Where device nodes can be made: debootstrap refuses a file system mounted nodev or noexec."""
    for path in (os.environ.get("TMPDIR"), "/var/tmp", tempfile.gettempdir()):
        if path and os.path.isdir(path) and not os.statvfs(path).f_flag & (os.ST_NODEV | os.ST_NOEXEC):
            return path
    return tempfile.gettempdir()


def _empty(directory: Path) -> None:
    for entry in directory.iterdir() if directory.is_dir() else ():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _remove(directory: Path) -> None:
    """Delete it, after unmounting what an interrupted debootstrap left mounted in it (the host's /proc)."""
    mounted = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for place in reversed(mounted):
        if place.startswith(f"{directory}/"):
            subprocess.run(["umount", "--lazy", place], check=True)
    shutil.rmtree(directory, ignore_errors=True)
