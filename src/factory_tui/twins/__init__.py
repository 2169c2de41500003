"""Twins: behavioural clones of services. The Messages API twin answers from scripts, without key or network."""

from factory_tui.twins.start import TwinError, start_messages_twin
from factory_tui.twins.versions import twin_versions

__all__ = ["TwinError", "start_messages_twin", "twin_versions"]
