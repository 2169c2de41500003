"""The control socket: how terminals and scripts talk to the engine. Light, so that a viewer starts fast."""

from factory_tui.control.client import ControlClient
from factory_tui.control.errors import ConfigurationDiffers, ControlError, NoEngine, Refused
from factory_tui.control.protocol import EngineStatus, EscapeAnswer, RunAnswer
from factory_tui.control.start import ensure_engine

__all__ = [
    "ConfigurationDiffers",
    "ControlClient",
    "ControlError",
    "EngineStatus",
    "EscapeAnswer",
    "NoEngine",
    "Refused",
    "RunAnswer",
    "ensure_engine",
]
