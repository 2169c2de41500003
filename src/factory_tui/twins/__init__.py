"""Twins: behavioural clones of services. The Messages API twin answers from scripts, without key or network."""

from factory_tui.twins.start import TwinError, start_messages_twin

__all__ = ["TwinError", "start_messages_twin"]
