"""What other specs ask of every run on a target: standing orders, beside the run's own spec."""

from dataclasses import dataclass

from factory_tui.model.ids import SpecId
from factory_tui.model.spec import Guardrail, Spec


@dataclass(frozen=True, slots=True)
class StandingGuardrail:
    """A guardrail and the architectural spec that declares it."""

    spec: SpecId
    guardrail: Guardrail


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing orders on a target."""

    told: tuple[Spec, ...] = ()
    """Constraint specs whose answers every agent is given, by id."""
    binding: tuple[Spec, ...] = ()
    """Those of them whose scenarios every artifact is judged by."""
    guardrails: tuple[StandingGuardrail, ...] = ()
    """By spec, in the order of its front matter."""
