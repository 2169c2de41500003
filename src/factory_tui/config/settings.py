"""What can be set in a workspace. Nothing is read here: what judges takes settings that were read elsewhere."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from factory_tui.model.money import MOST_USD, MicroUsd, from_usd
from factory_tui.model.spec import A_YEAR_OF_MINUTES, Category, FrontMatter, Kind

Dollars = Annotated[float, Field(gt=0, le=MOST_USD)]


class ConfigError(Exception):
    """The configuration cannot be used. The message names the file, the key and the fix."""


def parse_size_mb(text: str) -> int:
    """`512m` or `2g` to megabytes.

    Raises:
        ValueError: not a size.
    """
    number, unit = text[:-1], text[-1:].lower()
    factor = {"m": 1, "g": 1024}.get(unit)
    if factor is None or not number.isdigit() or int(number) == 0:
        raise ValueError(f"{text!r} is not a size; write 512m or 2g")
    return int(number) * factor


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Factory(_Section):
    name: str = "factory"
    """Shown in the title of the control room."""
    scenarios: str = "scenarios"
    """Directory of the holdout, relative to the workspace, which may lie outside it (`../holdout`); or a git repository
    of its own (`ssh://host/holdout.git#main`), of which `scenario fetch` and every batch bring the newest commit."""
    parallel: Annotated[int, Field(ge=1, le=256)] = 4
    """Workstreams at the same time."""
    idle_exit_minutes: Annotated[float, Field(ge=0, le=A_YEAR_OF_MINUTES)] = 0
    """The engine ends after this long with nothing to do; 0 never."""


class Model(_Section):
    base_url: str = "https://api.anthropic.com"
    """The Messages API, or `twin`: replay `twins/anthropic`, no key, no network."""
    api_key_env: str | None = "ANTHROPIC_API_KEY"
    """Name of the environment variable that holds the key."""
    api_key_file: str | None = None
    """File that holds the key and nothing else; wins over the variable."""
    api_key_command: tuple[str, ...] | None = None
    """Command that prints the key (a keyring); wins over file and variable."""
    timeout_s: Annotated[float, Field(gt=0, le=86_400)] = 600
    """Longest wait for one answer."""

    @property
    def is_twin(self) -> bool:
        return self.base_url == "twin"


class Profile(_Section):
    """An agent: a model and how to run it."""

    model: str = "claude-sonnet-4-6"
    """Model id. One without a known price is refused: see prices.toml."""
    max_tokens: Annotated[int, Field(ge=256)] = 16_000
    """Longest answer of one turn, in tokens."""
    max_turns: Annotated[int, Field(ge=1)] = 60
    """Turns of one attempt, then it is stopped."""
    effort: Literal["low", "medium", "high"] | None = None
    """How much work the model puts into an answer; without it the model decides."""
    system: str | None = None
    """File (relative to the workspace) whose text is added to the system prompt."""
    agent: Literal["native"] = "native"
    """The program that turns answers into commands."""


class Route(_Section):
    """The first route whose conditions all hold gives the profile."""

    kind: Kind | None = None
    """Only specs of this kind."""
    category: Category | None = None
    """Only specs of this category."""
    priority: int | None = None
    """Only specs of this priority."""
    profile: str
    """Name of the profile that they get."""

    def applies(self, front: FrontMatter) -> bool:
        return (
            self.kind in (None, front.kind)
            and self.category in (None, front.category)
            and self.priority in (None, front.priority)
        )


class Limits(_Section):
    call_usd: Dollars | None = None
    """Dear calls are refused before they are sent. The lowest of all caps wins; an unset one is the next outer one."""
    run_usd: Dollars | None = None
    """Cap of one run, with all its attempts."""
    batch_usd: Dollars | None = None
    """Cap of one batch. A live model needs this one or the next."""
    day_usd: Dollars | None = None
    """Cap of one day, UTC."""
    run_minutes: Annotated[float, Field(gt=0, le=A_YEAR_OF_MINUTES)] = 60
    """Longest time of one run."""
    attempts: Annotated[int, Field(ge=1, le=10)] = 1
    """Builds within a run; from the second on the agent gets redacted feedback."""
    infrastructure_retries: Annotated[int, Field(ge=0, le=10)] = 2
    """Free repeats when the environment failed, not the agent."""

    @property
    def has_outer_cap(self) -> bool:
        return self.batch_usd is not None or self.day_usd is not None


class SandboxSettings(_Section):
    backend: Literal["docker", "local"] = "docker"
    """`docker` for real work; `local` isolates less and is meant for the twin."""
    image: str = "factory-sandbox:latest"
    """Name of the image; pinned to its digest or id when a run starts."""
    memory: str = "2g"
    """Of one sandbox, its files included."""
    cpus: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 2.0
    """Processors of one sandbox."""
    pids: Annotated[int, Field(ge=16)] = 256
    """Processes and threads of one sandbox."""
    disk: str = "1g"
    """Size of the work directory."""
    runtime: str | None = None
    """OCI runtime such as `runsc` or `kata`; without it the engine's own."""
    allow_unsafe_local: bool = False
    """Let a live model run commands in the local sandbox although it isolates less than a container."""

    @model_validator(mode="after")
    def _sizes(self) -> Self:
        parse_size_mb(self.memory)
        parse_size_mb(self.disk)
        return self

    @property
    def memory_mb(self) -> int:
        return parse_size_mb(self.memory)

    @property
    def disk_mb(self) -> int:
        return parse_size_mb(self.disk)


class Gate(_Section):
    trials: Annotated[int, Field(ge=1, le=50)] = 1
    """Trials of a scenario that names none."""
    required: Literal["all"] = "all"
    """Every gate scenario must pass."""
    judge_votes: Annotated[int, Field(ge=1)] = 3
    """Votes of the model that judges a scenario's rubric."""
    judge_quorum: Annotated[int, Field(ge=1)] | None = None
    """Votes that must say the same for a decision: more than half, at most as many as there are; unset: all."""
    judge_profile: str = "default"
    """Profile whose model judges."""
    parallel: Annotated[int, Field(ge=1, le=16)] = 2
    """Sandboxes over which the scenarios of one suite are spread; those that measure time run alone."""

    @model_validator(mode="after")
    def _quorum_decides(self) -> Self:
        quorum, votes = self.judge_quorum, self.judge_votes
        if quorum is not None and not votes / 2 < quorum <= votes:
            raise ValueError(f"judge_quorum: must be more than half of judge_votes ({votes}) and at most all of them")
        return self


class FeedbackSettings(_Section):
    min_failures: Annotated[int, Field(ge=1)] = 3
    """A failure recurs from this many records …"""
    min_specs: Annotated[int, Field(ge=1)] = 2
    """… in this many specs …"""
    window_days: Annotated[int, Field(ge=1, le=36_500)] = 30
    """… within this time."""
    flag_failed: Annotated[float, Field(ge=0, le=1)] = 0.6
    """An amendment must flag at least this share of the specs that failed for its reason …"""
    flag_passed: Annotated[float, Field(ge=0, le=1)] = 0.1
    """… and at most this share of those that shipped at once."""


class Delivery(_Section):
    branch: str = "factory/{spec}/{run}"
    """Branch that holds the artifact; `{spec}` and `{run}` are filled in, and `{run}` is required."""
    on_pass: Literal["merge", "branch", "patch"] = "merge"
    """`merge` advances the target's base; `branch` leaves the holding branch; `patch` leaves the target as it is and
    writes a patch for `git am` to `.factory/artifacts/`."""
    staging: tuple[str, ...] | None = None
    """Command run after shipping. Refused while set: staging comes later."""

    @model_validator(mode="after")
    def _refuse_what_is_missing(self) -> Self:
        if self.staging:
            raise ValueError("staging: there is no staging command yet; remove the key")
        if "{run}" not in self.branch:
            raise ValueError("branch: needs {run}, so that two runs never share a branch")
        return self


class Notify(_Section):
    bell: bool = True
    """Ring the terminal when a run needs the operator."""
    osc9: bool = False
    """Desktop notification, where the terminal has them."""
    command: tuple[str, ...] | None = None
    """Receives the event as JSON on stdin. Refused while set: notification commands come later."""

    @model_validator(mode="after")
    def _refuse_what_is_missing(self) -> Self:
        if self.command:
            raise ValueError("command: there are no notification commands yet; remove the key")
        return self


class Settings(_Section):
    """The effective configuration of a workspace."""

    factory: Factory = Factory()
    model: Model = Model()
    profiles: dict[str, Profile] = {"default": Profile()}
    routing: tuple[Route, ...] = ()
    limits: Limits = Limits()
    sandbox: SandboxSettings = SandboxSettings()
    gate: Gate = Gate()
    feedback: FeedbackSettings = FeedbackSettings()
    delivery: Delivery = Delivery()
    notify: Notify = Notify()

    @model_validator(mode="after")
    def _profiles_exist(self) -> Self:
        if "default" not in self.profiles:
            raise ValueError("profiles: a profile named default is needed")
        for route in self.routing:
            if route.profile not in self.profiles:
                raise ValueError(f"routing: there is no profile named {route.profile}")
        if self.gate.judge_profile not in self.profiles:
            known = ", ".join(sorted(self.profiles))
            raise ValueError(f"gate.judge_profile: there is no profile named {self.gate.judge_profile}; known: {known}")
        return self

    def profile_name(self, front: FrontMatter) -> str:
        """`agent` of the spec beats `[routing]`; without either, `default`.

        Raises:
            ConfigError: the spec names a profile that does not exist.
        """
        if front.agent is not None:
            if front.agent not in self.profiles:
                known = ", ".join(sorted(self.profiles))
                raise ConfigError(f"{front.id}: there is no profile named {front.agent}; known: {known}")
            return front.agent
        return next((route.profile for route in self.routing if route.applies(front)), "default")

    def run_cap(self, front: FrontMatter) -> MicroUsd | None:
        """The lower of the spec's budget and `limits.run_usd`."""
        caps = [cap for cap in (front.budget_usd, self.limits.run_usd) if cap is not None]
        return from_usd(min(caps)) if caps else None

    def run_minutes(self, front: FrontMatter) -> float:
        """The lower of the spec's deadline and `limits.run_minutes`."""
        return min(front.deadline_minutes or self.limits.run_minutes, self.limits.run_minutes)
