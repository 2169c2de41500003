"""Which sandbox host the configuration asks for."""

from collections.abc import Sequence
from pathlib import Path

from factory_tui.config import SandboxSettings
from factory_tui.sandbox.port import Progress, SandboxHost


def open_host(settings: SandboxSettings, progress: Progress | None = None, hide: Sequence[Path] = ()) -> SandboxHost:
    """The host for `settings.backend`. Contacts nobody yet: `check` does.

    Args:
        progress: told what takes long.
        hide: directories (workspace, holdout) that a local sandbox must not show even below a system directory.
    """
    if settings.backend == "docker":
        from factory_tui.sandbox.docker import DockerHost

        return DockerHost()
    from factory_tui.sandbox.local import LocalHost

    if progress is not None:
        progress("trying what isolation this machine allows")
    return LocalHost(hide)
