"""What works on this machine and in this workspace, and what to do about the rest."""

from factory_tui.health.check import Check, Grade
from factory_tui.health.doctor import examine

__all__ = ["Check", "Grade", "examine"]
