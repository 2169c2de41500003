"""What a quality is judged on, and what comes of it."""

from dataclasses import dataclass

from factory_tui.model.evaluation import Aspect, Measure
from factory_tui.scenarios.matching.matchers import Mismatch


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a step's command, as the sandbox saw it end."""

    exit_code: int
    stdout: str
    stderr: str
    seconds: float
    printed: int
    """Bytes of both streams, those that were not kept included."""
    peak: int
    """Bytes of its largest process."""
    floor: int
    """Bytes below which `peak` cannot be told."""
    cut: bool = False
    """More was printed than was kept."""
    timed_out: bool = False

    @property
    def output(self) -> str:
        """What it printed, errors first, as evidence shows it."""
        parts = (("stderr", self.stderr.strip()), ("stdout", self.stdout.strip()))
        return "\n".join(f"{name}: {text[-800:]}" for name, text in parts if text)


@dataclass(frozen=True, slots=True)
class Reading:
    """One quality of one step: what was measured, and what to note where it was missed."""

    aspect: Aspect
    name: str
    value: float | None = None
    limit: float | None = None
    missed: Mismatch | None = None

    def measure(self, step: int) -> Measure:
        """As the record of a trial keeps it."""
        return Measure(
            step=step,
            aspect=self.aspect,
            name=self.name,
            holds=self.missed is None,
            value=self.value,
            limit=self.limit,
        )
