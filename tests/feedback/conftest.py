"""Facts of an attempt, written down in a few words."""

from pathlib import Path, PurePosixPath
from textwrap import dedent

from factory_tui.feedback import AttemptFacts
from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.model.build import BuildEnd, BuildReport, ToolUse
from factory_tui.model.evaluation import Evaluation, Evidence, Result, ScenarioResult, Trial
from factory_tui.model.ids import SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import Layer, OnBase
from factory_tui.model.spec import Item, Question, Section, Spec
from factory_tui.model.usage import Usage

EXIT = Evidence(step=1, check="exit", expected="0", observed="1")
LATE = Evidence(step=2, check="within", expected="2 s", observed="3.10 s")


def tree(files: dict[str, str]) -> Artifact:
    return Artifact.of(ArtifactFile(PurePosixPath(path), dedent(text).encode()) for path, text in files.items())


def spec(*rules: str) -> Spec:
    items = tuple(Item(id=each, text=f"{each} text", line=1) for each in rules)
    section = Section(question=Question.RULES, line=1, body="", items=items)
    return Spec(id=SpecId("thing"), path=Path("thing.md"), text="", front=None, sections=(section,), hash="h")


def bash(command: str, observation: str = "", ok: bool = True, turn: int = 1) -> ToolUse:
    return ToolUse(turn=turn, name="bash", summary=command, observation=observation, ok=ok)


def report(end: BuildEnd = BuildEnd.DONE, final: str = "Done.", tools: tuple[ToolUse, ...] = (), detail: str = "why"):
    return BuildReport(end, detail, len(tools) + 1, Usage(), MicroUsd(0), final, tools)


def scenario(
    name: str,
    result: Result,
    *covers: str,
    base: OnBase = OnBase.FAIL,
    layer: Layer = Layer.GATE,
    evidence: tuple[Evidence, ...] = (EXIT,),
) -> ScenarioResult:
    seen = () if result is Result.PASS else evidence
    outcomes = [Result.PASS, Result.FAIL] if result is Result.FLAKY else [result]
    trials = tuple(Trial(result=each, seconds=0, evidence=() if each is Result.PASS else seen) for each in outcomes)
    return ScenarioResult(id=name, covers=covers or ("R1",), base=base, layer=layer, result=result, trials=trials)


def evaluation(*scenarios: ScenarioResult, verdict: Verdict = Verdict.FAIL, **more) -> Evaluation:
    return Evaluation(
        spec="thing", verdict=verdict, scenarios=scenarios, spec_hash="h", suite_hash="s", image="i", **more
    )


def facts(
    *scenarios: ScenarioResult,
    base: dict[str, str] | None = None,
    artifact: dict[str, str] | None = None,
    build: BuildReport | None = None,
    **more,
) -> AttemptFacts:
    """An attempt whose agent said it was done and which changed something, unless told otherwise."""
    before = tree(base or {"README": "x"})
    after = tree({**(base or {"README": "x"}), "app.py": "pass"} if artifact is None else artifact)
    given = {"evaluation": evaluation(*scenarios) if scenarios else None, **more}
    return AttemptFacts(spec=spec("R1", "R2"), report=build or report(), base=before, artifact=after, **given)
