"""The control room: a Textual app that shows a workspace and gives commands to its engine. `run_app` opens it."""

from pathlib import Path

from factory_tui.config import Settings

__all__ = ["run_app"]


def run_app(
    workspace: Path,
    settings: Settings,
    read_only: bool = False,
    start_batch: bool = False,
    preparing: Path | None = None,
) -> int:
    """Open the control room in this terminal and stay until the operator leaves it; the exit code.

    Args:
        workspace: absolute path.
        settings: effective configuration of the workspace.
        read_only: show, but send no command and start no engine.
        start_batch: queue every Ready spec as soon as the engine is up.
        preparing: a file whose last line is shown as a banner until the file disappears; only then is the engine
            asked for and the batch queued.
    """
    from factory_tui.tui.opening import open_room

    return open_room(workspace, settings, read_only=read_only, start_batch=start_batch, preparing=preparing)
