"""What the control socket may ask of the engine."""

from typing import Protocol

from factory_tui.control.protocol import EscapeAnswer, RunAnswer
from factory_tui.model.admission import Admission
from factory_tui.model.failure import FailureClass
from factory_tui.model.mutation import MutationReport
from factory_tui.model.readback import ReadBack, ReadBackPlan
from factory_tui.model.views import EngineInfo

__all__ = ["CommandRefused", "EngineCommands", "EscapeAnswer", "RunAnswer"]


class CommandRefused(Exception):
    """The engine will not do what was asked.

    Args:
        what: why not.
        todo: what the operator does about it.
        missing: because something is missing (a key, a container engine, a price).
    """

    def __init__(self, what: str, todo: str, missing: bool = False) -> None:
        super().__init__(what)
        self.what, self.todo, self.missing = what, todo, missing


class EngineCommands(Protocol):
    """Every method may raise `CommandRefused`."""

    def info(self) -> EngineInfo: ...

    def settings_json(self) -> str:
        """The effective configuration, to be compared with a client's; it holds no secrets."""
        ...

    async def run(self, specs: tuple[str, ...]) -> RunAnswer:
        """Queue the named specs, or every Ready one."""
        ...

    async def cancel(self, run: str) -> None: ...

    async def retry(self, run: str) -> str:
        """The run that takes it up again: the same one when it was held, else a new one."""
        ...

    async def answer(self, run: str, answer: str, question: str) -> str:
        """Write the answer to a held run's question into its spec; the run that takes it up.

        Refused when the run asks something else than `question`, unless that is empty.
        """
        ...

    async def decide(self, run: str, meets: bool, reason: str, scenario: str) -> str:
        """Record the operator's word on rubrics that no judge could decide; the run that is judged again."""
        ...

    async def escape(self, run: str, reason: str) -> EscapeAnswer:
        """Mark a shipped run as wrong: revert it, file it, ask for a scenario."""
        ...

    async def burn(self, spec: str, scenario: str, reason: str) -> bool:
        """Record that agents know a scenario: it gates nothing from now on. False when it was burned before."""
        ...

    async def classify(self, failure: int, failure_class: FailureClass, reason: str) -> None:
        """The operator's class of a failure record."""
        ...

    async def propose(self) -> tuple[int, ...]:
        """Amendments that recurring failures propose now."""
        ...

    async def accept(self, amendment: int) -> str:
        """Write the next template version; its name."""
        ...

    async def reject(self, amendment: int, reason: str) -> None: ...

    async def read_back(self, spec: str, fresh: bool) -> ReadBack:
        """Have a model tell a spec in its own words; what was recorded for its version, unless `fresh`."""
        ...

    async def plan_read_back(self, spec: str) -> ReadBackPlan:
        """What that would mean now; no model is asked."""
        ...

    async def admit(self, spec: str) -> tuple[Admission, ...]:
        """Try the scenarios of a spec on the untouched base and on a stub build; what came of it is recorded."""
        ...

    async def mutate(self, spec: str, run: str | None, limit: int, minutes: float) -> MutationReport:
        """Change what a spec shipped in small ways and see whether its suite notices; recorded."""
        ...

    async def stop_mutation(self, spec: str) -> bool:
        """End the mutation check of a spec and keep what it found; False when there is none."""
        ...

    async def pause(self) -> None:
        """Start no further run; idempotent."""
        ...

    async def resume(self) -> None: ...

    def paused(self) -> bool: ...

    async def stop(self) -> None:
        """Begin to end; returns at once."""
        ...
