"""What the scenarios room shows and does: which evidence there is, and how far it can be trusted."""

from pathlib import Path
from typing import Protocol

from factory_tui.model.admission import Admission
from factory_tui.model.evidence_views import Seen, SuiteRow
from factory_tui.model.mutation import MutationReport


class Proving(Protocol):
    """Suites as they are now, and what can be done to trust them more."""

    async def suites(self) -> tuple[SuiteRow, ...]:
        """Of every spec, those that need the operator first."""
        ...

    def scenario_file(self, spec: str, scenario: str) -> Path:
        """Where a scenario is written, to open it in an editor."""
        ...

    async def evaluations(self, spec: str, scenario: str) -> tuple[Seen, ...]:
        """What a scenario showed, newest first; at most the last 50 evaluations."""
        ...

    async def admit(self, spec: str) -> tuple[Admission, ...]:
        """Have the engine try the suite on the untouched base and on a stub build; takes seconds to minutes."""
        ...

    async def check_mutants(self, spec: str) -> MutationReport:
        """Have the engine change what shipped last in small ways; takes minutes."""
        ...

    async def burn(self, spec: str, scenario: str, reason: str) -> None:
        """Say that the text of a scenario is known to agents."""
        ...

    async def new_scenario(self, spec: str, item: str) -> Path:
        """Write the skeleton of a scenario for an evaluation item (`E2`); the file, to be completed in an editor."""
        ...
