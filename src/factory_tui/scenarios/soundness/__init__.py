"""What keeps a scenario from being carried out as it is written, told before it is run."""

from factory_tui.scenarios.soundness.faults import Fault, faults_of

__all__ = ["Fault", "faults_of"]
