"""Evaluation and admission without an engine: one command, its own sandbox, nothing recorded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from factory_tui.agents import RecordedJudge
from factory_tui.config import Settings
from factory_tui.delivery import open_target
from factory_tui.engine.plant import TTL_MARGIN, workspace_hash
from factory_tui.model.admission import Admission
from factory_tui.model.artifact import EMPTY
from factory_tui.model.evaluation import Evaluation
from factory_tui.model.finding import Level
from factory_tui.model.ids import new_run_id
from factory_tui.model.judgement import Judgement, JudgementKey
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import FrontMatter, Spec
from factory_tui.model.standing import Standing
from factory_tui.sandbox import open_host
from factory_tui.sandbox.port import Labels, Role, SandboxHost, SandboxRequest
from factory_tui.scenarios import (
    EvaluationJob,
    Judge,
    OnResult,
    StandingUnreadable,
    admit,
    behaviour_hash,
    evaluate,
    joined,
    load_suite,
    read_directory,
    scenarios_dir,
    standing_orders,
)
from factory_tui.specs import load_specs, read_spec, specs_dir
from factory_tui.store.reader import Reader
from factory_tui.twins import twin_versions

ALONE = "-alone"
"""Added to the workspace's label, so that a running engine's sweep leaves these sandboxes to their command."""


class Unusable(Exception):
    """A spec or scenario file that cannot be used as it is.

    Args:
        what: what is wrong, with file and line.
        todo: what to do about it.
    """

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


async def evaluate_directory(
    workspace: Path,
    settings: Settings,
    spec_id: str,
    directory: Path,
    base: Path | None = None,
    on_result: OnResult | None = None,
) -> Evaluation:
    """Judge a directory against the suite of a spec, as a run would judge an artifact.

    Args:
        workspace: holds the spec; the scenarios are where its configuration says.
        settings: of the workspace.
        spec_id: the spec.
        directory: read as it is now; never changed, no command runs in it.
        base: directory of the untouched base, shown to commands; None shows none.
        on_result: told each scenario's result as it lands.

    Raises:
        Unusable, SpecUnreadable: a spec or scenario file.
        DirectoryUnreadable: `directory` or `base`.
        SandboxUnavailable: no sandbox can be created here.
        StoreError: the history, which says which constraints hold, cannot be read.
    """
    spec, _, own = read_spec_and_suite(workspace, settings, spec_id)
    standing = standing_now(workspace, settings, spec)
    suite = joined_suite(workspace, settings, own, standing)
    artifact = read_directory(directory)
    untouched = read_directory(base) if base is not None else None
    async with host_alone(workspace, settings) as host:
        request = await request_alone(workspace, settings, host, Role.EVALUATE)
        job = EvaluationJob(
            spec=spec,
            suite=suite,
            artifact=artifact,
            base=untouched,
            base_commit=None,
            gate=settings.gate,
            request=request,
            constraints=standing.binding,
            burned=burned_now(workspace, suite),
            twins=twin_versions(workspace, settings, spec_id),
        )
        return await evaluate(job, host, on_result, judge_alone(workspace, settings))


async def admit_suite(workspace: Path, settings: Settings, spec_id: str) -> list[Admission]:
    """What every scenario of a spec does on the untouched base of its target, in the order of the suite.

    Raises:
        Unusable, SpecUnreadable: a spec or scenario file.
        TargetError: the target cannot be read.
        SandboxUnavailable: no sandbox can be created here.
    """
    spec, front, suite = read_spec_and_suite(workspace, settings, spec_id)
    async with host_alone(workspace, settings) as host:
        request = await request_alone(workspace, settings, host, Role.PROOF)
        target = await open_target(workspace, front.target, front.base, holdout=scenarios_dir(workspace, settings))
        base = await target.base_tree()
        job = EvaluationJob(spec, suite, EMPTY, base.files, base.commit, settings.gate, request)
        return list(await admit(job, host, {}))


def read_spec_and_suite(workspace: Path, settings: Settings, spec_id: str) -> tuple[Spec, FrontMatter, Suite]:
    """The spec and its suite; a suite with a broken file is refused, because what it would have proven is unknown."""
    spec = read_spec(specs_dir(workspace) / f"{spec_id}.md")
    if spec.front is None:
        raise Unusable(f"{spec.path}: the front matter cannot be read", f"factory-tui spec lint {spec_id}")
    return spec, spec.front, suite_now(workspace, settings, spec_id)


def burned_now(workspace: Path, suite: Suite) -> dict[str, str]:
    """Scenario id → why it gates nothing any more. Raises `StoreError` when the history cannot be read."""
    with Reader(workspace / "runs.db") as reader:
        burns = reader.burns()
    behaviours = {each.id: behaviour_hash(each) for each in suite.scenarios} if burns else {}
    return {name: burns[digest].why for name, digest in behaviours.items() if digest in burns}


def suite_now(workspace: Path, settings: Settings, spec_id: str) -> Suite:
    """The scenarios of a spec as they are. Raises `Unusable` for a broken file."""
    suite, findings = load_suite(scenarios_dir(workspace, settings), spec_id)
    broken = next((each for each in findings if each.level is Level.ERROR), None)
    if broken is not None:
        raise Unusable(f"{broken.path}:{broken.line}: {broken.message}", broken.fix)
    return suite


def standing_now(workspace: Path, settings: Settings, spec: Spec) -> Standing:
    """As a run would find them. Raises `StoreError` when the history cannot be read: it says what has shipped."""
    with Reader(workspace / "runs.db") as reader:
        shipped = reader.shipped_texts()
    return standing_orders(spec, load_specs(workspace), shipped, workspace, settings)


def joined_suite(workspace: Path, settings: Settings, suite: Suite, standing: Standing) -> Suite:
    try:
        return joined(suite, standing, scenarios_dir(workspace, settings))
    except StandingUnreadable as broken:
        raise Unusable(str(broken), broken.finding.fix) from None


def judge_alone(workspace: Path, settings: Settings) -> Judge:
    """Says of a rubric what was said before about the same output: a command without a ledger pays for nothing."""

    async def recorded(key: JudgementKey) -> Judgement | None:
        with Reader(workspace / "runs.db") as reader:
            return reader.judgement(key)

    return RecordedJudge(settings.gate, settings.profiles[settings.gate.judge_profile].model, recorded)


@asynccontextmanager
async def host_alone(workspace: Path, settings: Settings) -> AsyncIterator[SandboxHost]:
    host = open_host(settings.sandbox, hide=(workspace, scenarios_dir(workspace, settings)))
    try:
        await host.check()
        yield host
    finally:
        await host.close()


async def request_alone(workspace: Path, settings: Settings, host: SandboxHost, role: Role) -> SandboxRequest:
    now = datetime.now(UTC)
    life = timedelta(minutes=settings.limits.run_minutes) + TTL_MARGIN
    labels = Labels(workspace_hash(workspace) + ALONE, new_run_id(now), 0, role, expires=now + life)
    image = await host.resolve_image(settings.sandbox.image)
    return SandboxRequest.within(settings.sandbox, labels, image, life)
