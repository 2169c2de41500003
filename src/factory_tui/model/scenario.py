"""A scenario: one YAML file that describes a behaviour from outside. The suite of a spec is its holdout."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from factory_tui.model.artifact import EMPTY, Artifact
from factory_tui.model.ids import ScenarioId, SpecId
from factory_tui.model.matcher import FilePart
from factory_tui.model.spec import ID_PATTERN, Waiver
from factory_tui.model.step import Service, Step

MOMENT = r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?$"
"""Date and time of day, without a zone."""


class ScenarioKind(StrEnum):
    PRIMARY = "primary"
    ALTERNATE = "alternate"
    NEGATIVE = "negative"
    RECOVERY = "recovery"
    LIMIT = "limit"


class Layer(StrEnum):
    """A reserve scenario is reported, never blocks and never feeds anything back."""

    GATE = "gate"
    RESERVE = "reserve"


class OnBase(StrEnum):
    """What a scenario does on the untouched base; `pass` is behaviour to preserve."""

    FAIL = "fail"
    PASS = "pass"


class Clock(FilePart):
    """The date and time that the commands of a scenario see. What measures time goes on as it is."""

    at: Annotated[str, Field(pattern=MOMENT)]
    """Local time at the start, such as `2026-03-01 09:00`."""
    zone: str = "UTC"
    """Name of the time zone, such as `Europe/Berlin`."""
    frozen: Annotated[bool, Field(strict=True)] = False
    """The time stands still."""


class Judge(FilePart):
    """What a model looks for in what the steps showed. It may lower a result, never raise it."""

    rubric: Annotated[str, Field(min_length=1, max_length=10_000)]
    """What must hold, in words; each sentence can be answered with yes or no from the output alone."""
    votes: Annotated[int, Field(ge=1, le=9, strict=True)] | None = None
    """How often it is asked; None takes `[gate] judge_votes`."""


def _rubric(value: object) -> object:
    """Nothing at all is no rubric, however it is written."""
    return {"rubric": value} if value and isinstance(value, str) else value or None


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _begun(value: object) -> object:
    if value is None:
        raise ValueError(
            "steps is empty, so nothing is tried yet; write the steps: each does something and says what it expects"
        )
    return value


class Scenario(FilePart):
    """A plain sentence first, deterministic checks second, an optional judge last."""

    id: Annotated[str, Field(pattern=ID_PATTERN, max_length=100)]
    """Equals the file name without `.yaml`."""
    covers: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of rules of the spec."""
    kind: ScenarioKind = ScenarioKind.PRIMARY
    """What sort of case it is."""
    layer: Layer = Layer.GATE
    """`gate` decides; `reserve` is reported and never blocks."""
    base: OnBase = OnBase.FAIL
    """What it does on the untouched base; `pass` is behaviour to preserve."""
    given: Annotated[str, Field(min_length=1)]
    """The situation, in words."""
    when: Annotated[str, Field(min_length=1)]
    """What happens then, in words."""
    then: Annotated[str, Field(min_length=1)]
    """What can be seen from outside, in words."""
    files: dict[str, str] = Field({})
    """Relative path → text, placed in the work directory before the steps."""
    env: dict[str, str] = Field({})
    """Variables of its commands."""
    fixtures: Annotated[
        tuple[str, ...], BeforeValidator(_one_or_more, json_schema_input_type=tuple[str, ...] | str)
    ] = ()
    """Directories below `fixtures/` beside the scenario, copied into the work directory before `files`."""
    clock: Clock | None = None
    """What its commands take for the time; None is the real one."""
    seed: Annotated[int, Field(ge=0, le=2**32 - 1, strict=True)] | None = None
    """Its commands have it as SEED and PYTHONHASHSEED, so that chance repeats itself; None leaves both unset."""
    service: Service | None = None
    """A program that runs beside the steps."""
    services: tuple[Service, ...] = ()
    """Several of them, started in this order and stopped in the other; not together with `service`."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1), BeforeValidator(_begun)]
    """Carried out in order, each trial in a fresh copy of the artifact."""
    trials: Annotated[int, Field(ge=1, le=50, strict=True)] | None = None
    """Passes only if every trial passes; None takes `[gate] trials`."""
    judge: Annotated[Judge | None, BeforeValidator(_rubric, json_schema_input_type=Judge | str | None)] = None
    """A rubric for a model: a text, or a mapping with `rubric` and `votes`."""

    @property
    def beside(self) -> tuple[Service, ...]:
        """Every service, in the order in which they are started."""
        return self.services if self.service is None else (self.service,)

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Self:
        if self.service is not None and self.services:
            raise ValueError("give service or services, not both; move the service into services")
        return self


class LoadedScenario(BaseModel):
    """A valid scenario and where it came from."""

    model_config = ConfigDict(frozen=True, defer_build=True, arbitrary_types_allowed=True)

    scenario: Scenario
    spec: SpecId
    path: Path
    hash: str
    """SHA-256 (hex) of the file's bytes and of its fixtures."""
    fixtures: Artifact = EMPTY
    """Files of its fixture directories, by the path that they get in the work directory."""
    places: dict[str, tuple[int, int]] = {}
    """Line and column, 1-based, of parts of the file, such as `covers[0]` and `steps[1].expect`."""
    waivers: tuple[Waiver, ...] = ()
    """`# allow Q05: reason`."""

    @property
    def id(self) -> ScenarioId:
        return ScenarioId(self.scenario.id)


class Suite(BaseModel):
    """All scenarios of one spec."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    spec: SpecId
    scenarios: tuple[LoadedScenario, ...]
    hash: str
    """SHA-256 (hex) over the sorted scenario hashes."""
