"""What a verdict is bound to. The same inputs give the same verdict; another verdict names the input that changed."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from factory_tui.model.evaluation import Evaluation, ScenarioResult
from factory_tui.model.ids import RunId, SpecId


class Difference(BaseModel):
    """An input that is not what it was."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    what: str
    """Name of the input, such as `suite_hash` or `twins.anthropic`."""
    recorded: str
    """Empty when there was none."""
    now: str
    """Empty when there is none any more."""


class Binding(BaseModel):
    """The inputs of one verdict. An empty text or None is an input that there was not, or that nobody recorded."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    spec_hash: str = ""
    suite_hash: str = ""
    base_commit: str | None = None
    artifact_hash: str | None = None
    image: str = ""
    twins: dict[str, str] = {}
    """Twin → SHA-256 (hex) of its definition."""
    judge: str = ""
    """Model that judged rubrics."""

    @classmethod
    def of(cls, evaluation: Evaluation) -> "Binding":
        return cls(
            spec_hash=evaluation.spec_hash,
            suite_hash=evaluation.suite_hash,
            base_commit=evaluation.base_commit,
            artifact_hash=evaluation.artifact_hash,
            image=evaluation.image,
            twins=evaluation.twins,
            judge=evaluation.judge,
        )

    def inputs(self) -> dict[str, str]:
        """Name → value of every input there was; twins one by one."""
        plain = self.model_dump(exclude={"twins"})
        twins = {f"twins.{name}": value for name, value in sorted(self.twins.items())}
        return {name: str(value) for name, value in {**plain, **twins}.items() if value}

    def differences(self, now: "Binding") -> tuple[Difference, ...]:
        """Inputs that differ between this record and `now`, in the order in which they are declared."""
        before, after = self.inputs(), now.inputs()
        names = dict.fromkeys((*before, *after))
        return tuple(
            Difference(what=name, recorded=before.get(name, ""), now=after.get(name, ""))
            for name in names
            if before.get(name, "") != after.get(name, "")
        )


@dataclass(frozen=True, slots=True)
class BoundAttempt:
    """A judged attempt as it was recorded."""

    attempt: int
    verdict: str | None
    binding: Binding
    reason: str = ""
    scenarios: tuple[ScenarioResult, ...] = ()


@dataclass(frozen=True, slots=True)
class BoundConstraint:
    """A constraint spec that bound a run."""

    spec: SpecId
    hash: str
    text: str | None
    """Of that version; None when it was never recorded as Ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRun:
    """A run with everything that is needed to judge its artifact again. As recorded, not cleaned: it is parsed."""

    run: RunId
    spec: SpecId
    spec_text: str
    target: str
    base: str
    base_commit: str | None
    commit: str | None
    """Of the last artifact, on the holding branch."""
    branch: str | None
    artifact_hash: str | None
    attempts: tuple[BoundAttempt, ...] = ()
    """Those that were judged."""
    constraints: tuple[BoundConstraint, ...] = ()
    """Those that bound the run."""
