"""A bench for tests: write scenarios as YAML, artifacts as mappings, and judge them in a real sandbox."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from textwrap import dedent

import pytest
from ruamel.yaml import YAML

from factory_tui.config import Gate, SandboxSettings
from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.model.evaluation import Evaluation, ScenarioResult
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import LoadedScenario, Scenario, Suite
from factory_tui.model.spec import FrontMatter, Spec
from factory_tui.sandbox import open_host
from factory_tui.sandbox.port import Labels, Role, SandboxHost, SandboxRequest
from factory_tui.scenarios import Admission, EvaluationJob, admit, evaluate

LABEL = f"test-scenarios-{secrets.token_hex(4)}"
"""Of this process: a sweep must not take the sandboxes of another one that runs the same tests."""


def tree(files: dict[str, str]) -> Artifact:
    """Path → text; what starts with `#!` is executable."""
    return Artifact.of(
        ArtifactFile(PurePosixPath(path), dedent(text).encode(), executable=text.startswith("#!"))
        for path, text in files.items()
    )


def scenario(text: str, **more: object) -> Scenario:
    """A scenario from the YAML of what matters; the rest is filled in."""
    given = YAML(typ="safe").load(dedent(text))
    plain = {"id": "s", "covers": ["R1"], "given": "g", "when": "w", "then": "t"}
    return Scenario.model_validate({**plain, **given, **more})


def suite(*scenarios: Scenario) -> Suite:
    loaded = tuple(
        LoadedScenario(
            scenario=each,
            spec=SpecId("thing"),
            path=Path(f"{each.id}.yaml"),
            hash=hashlib.sha256(each.model_dump_json().encode()).hexdigest(),
        )
        for each in scenarios
    )
    return Suite(spec=SpecId("thing"), scenarios=loaded, hash="suite-hash")


def spec(*setup: tuple[str, ...]) -> Spec:
    front = FrontMatter(
        id="thing", title="A thing", kind="feature", category="crud", target="targets/thing", setup=setup
    )
    return Spec(id=SpecId("thing"), path=Path("thing.md"), text="", front=front, hash="spec-hash")


@dataclass
class Judge:
    """Judges artifacts on one host."""

    host: SandboxHost
    image: str

    def job(self, artifact: Artifact, *scenarios: Scenario, base: Artifact | None = None, setup=(), trials: int = 1):
        request = SandboxRequest(
            labels=Labels(LABEL, "rtest", 1, Role.EVALUATE, datetime.now(UTC) + timedelta(minutes=10)),
            image=self.image,
            memory_mb=512,
            disk_mb=64,
            pids=128,
            ttl_s=600,
        )
        return EvaluationJob(spec(*setup), suite(*scenarios), artifact, base, None, Gate(trials=trials), request)

    async def __call__(self, artifact: Artifact | dict[str, str], *scenarios: Scenario, **more) -> Evaluation:
        files = artifact if isinstance(artifact, Artifact) else tree(artifact)
        return await evaluate(self.job(files, *scenarios, **more), self.host)

    async def one(self, artifact: dict[str, str], text: str, **more) -> ScenarioResult:
        """Judge one scenario; its result."""
        evaluation = await self(artifact, scenario(text), **more)
        return evaluation.scenarios[0]

    async def admit(self, base: dict[str, str] | None, *scenarios: Scenario, known=None, **more) -> list[Admission]:
        job = self.job(tree({}), *scenarios, **more)
        job = replace(job, base=None if base is None else tree(base))
        return list(await admit(job, self.host, known or {}))


@pytest.fixture
async def judge() -> AsyncIterator[Judge]:
    """The embedded local sandbox: real processes, everywhere."""
    host = open_host(SandboxSettings(backend="local"))
    yield Judge(host, await host.resolve_image("local"))
    await host.close()


@pytest.fixture
async def docker_judge() -> AsyncIterator[Judge]:
    """Real containers; whatever a test leaves is a failure of that test."""
    settings = SandboxSettings(backend="docker")
    host = open_host(settings)
    yield Judge(host, await host.resolve_image(settings.image))
    left = await host.sweep(LABEL)
    await host.close()
    assert left == (), f"containers left behind: {left}"


@pytest.fixture(params=["local", pytest.param("docker", marks=pytest.mark.docker)])
def anywhere(request: pytest.FixtureRequest) -> Judge:
    """Both kinds of sandbox, one after the other."""
    judge: Judge = request.getfixturevalue("docker_judge" if request.param == "docker" else "judge")
    return judge
