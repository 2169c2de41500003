"""The demonstration: a fresh copy of the bundled workspace, set up for this machine.

What is decided here is written into the copy's `factory.toml`, so that later commands there find the same engine.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from factory_tui.bundled import copy_workspace
from factory_tui.config import FILE_NAME, SandboxSettings
from factory_tui.model.foreign import clean_line
from factory_tui.sandbox import open_host
from factory_tui.sandbox.port import SandboxError

ATTEMPTS = 2
"""One bundled spec ships at its second attempt, after redacted feedback."""

IDLE_EXIT_MINUTES = 60
"""Ends an engine whose demonstration was killed before it could stop it."""

_PROGRAMS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_BUILD_ENDS_S = 90.0
"""An interrupted image build removes its half-made file system, some 20,000 files."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Where the demonstration's agents will work."""

    backend: str
    build_image: bool = False
    """The image is missing and can be made here."""
    missing: str = ""
    """Why it is not containers, and what would give them."""


def without_a_live_model(environ: MutableMapping[str, str]) -> None:
    """Remove what would point the demonstration at a model that costs money."""
    for name in [name for name in environ if name.upper().startswith("FACTORY_MODEL__")]:
        del environ[name]


def make_workspace(directory: Path) -> None:
    """A fresh bundled workspace in `directory`, which is missing or empty.

    Raises:
        OSError: it is occupied or cannot be written.
        NothingBundled: the installation is incomplete.
    """
    copy_workspace(directory)
    (directory / ".factory").mkdir(mode=0o700)


def configure(workspace: Path, choice: Choice) -> None:
    """Write the demonstration's settings; everything else in the file keeps its bytes."""
    path = workspace / FILE_NAME
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    values: dict[str, dict[str, object]] = {
        "factory": {"name": "demo", "idle_exit_minutes": IDLE_EXIT_MINUTES},
        "model": {"base_url": "twin"},
        "limits": {"attempts": ATTEMPTS},
        "sandbox": {"backend": choice.backend},
    }
    for section, keys in values.items():
        table = document.setdefault(section, tomlkit.table())
        for key, value in keys.items():
            table[key] = value
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


async def choose(settings: SandboxSettings, environ: MutableMapping[str, str]) -> Choice:
    """Containers when an engine answers and its image is there or can be made; else the local sandbox."""
    if environ.get("FACTORY_SANDBOX__BACKEND") == "local":
        return Choice("local", missing="FACTORY_SANDBOX__BACKEND=local")
    host = open_host(settings.model_copy(update={"backend": "docker"}))
    try:
        await host.check()
    except SandboxError as error:
        return Choice("local", missing=_one_line(error))
    else:
        try:
            await host.resolve_image(settings.image)
            return Choice("docker")
        except SandboxError as error:
            if _can_bootstrap():
                return Choice("docker", build_image=True)
            return Choice("local", missing=_one_line(error))
    finally:
        await host.close()


def _can_bootstrap() -> bool:
    return os.geteuid() == 0 and shutil.which("debootstrap", path=_PROGRAMS) is not None


def _one_line(error: SandboxError) -> str:
    return clean_line(str(error).replace("\n", " → "))


@contextmanager
def image_being_built(workspace: Path, tell: Callable[[str], None]) -> Iterator["ImageBuild"]:
    """Build the image in a process of its own, which is interrupted when the block is left before it is done."""
    process = subprocess.Popen(
        [sys.executable, "-m", "factory_tui", "-C", str(workspace), "image", "build", "--bootstrap"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    build = ImageBuild(workspace, process, tell)
    build.start()
    try:
        yield build
    finally:
        build.end()


class ImageBuild:
    """A build under way. Its lines go to `tell`; a failed one makes the workspace use the local sandbox."""

    def __init__(self, workspace: Path, process: "subprocess.Popen[bytes]", tell: Callable[[str], None]) -> None:
        self._workspace, self._process, self._tell = workspace, process, tell
        self._reader = threading.Thread(target=self._follow, name="image build", daemon=True)
        self._stopping = False
        self.preparing = workspace / ".factory" / "preparing"
        """Holds the progress as long as the build lasts: see `tui.run_app`."""
        self.failure = ""
        """The last line of a build that failed."""

    def start(self) -> None:
        self.preparing.write_text("building the sandbox image\n", encoding="utf-8")
        self._reader.start()

    def wait(self) -> None:
        """Until the image is there, or the build has failed."""
        self._reader.join()

    def end(self) -> None:
        """Interrupt it if it still runs."""
        self._stopping = True
        if self._process.poll() is None:
            self._tell("stopping the build and removing what is half made")
            os.killpg(self._process.pid, signal.SIGINT)
            self._reader.join(_BUILD_ENDS_S)
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._reader.join()

    def _follow(self) -> None:
        assert self._process.stdout is not None
        line = ""
        with self._process.stdout as output, self.preparing.open("a", encoding="utf-8") as file:
            for raw in output:
                line = clean_line(raw.decode("utf-8", "replace"))
                file.write(f"sandbox image: {line}\n")
                file.flush()
                self._tell(line)
        if self._process.wait() != 0 and not self._stopping:
            self.failure = line or "it ended without a word"
            configure(self._workspace, Choice("local", missing=self.failure))
        # Last: whoever waits for the file reads the configuration next.
        self.preparing.unlink(missing_ok=True)
