"""The real source of the control room: a workspace on disk, its history, and the engine that may run on it."""

from factory_tui.tui.live.source import LiveSource

__all__ = ["LiveSource"]
