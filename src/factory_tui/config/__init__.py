"""`factory.toml`: what can be set, and how it is read and overridden."""

from factory_tui.config.reading import FILE_NAME, load, parse
from factory_tui.config.settings import (
    ConfigError,
    FeedbackSettings,
    Gate,
    Limits,
    Model,
    Profile,
    Route,
    SandboxSettings,
    Settings,
)

__all__ = [
    "FILE_NAME",
    "ConfigError",
    "FeedbackSettings",
    "Gate",
    "Limits",
    "Model",
    "Profile",
    "Route",
    "SandboxSettings",
    "Settings",
    "load",
    "parse",
]
