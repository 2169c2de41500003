"""Admission: each scenario tried on the untouched base and on a stub, before it may prove anything."""

from factory_tui.scenarios.admission.proof import admit

__all__ = ["admit"]
