"""Isolated places for commands. The door: `open_host` makes what `port` describes."""

from factory_tui.sandbox.host import open_host

__all__ = ["open_host"]
