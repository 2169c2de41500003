"""The suites of a workspace as their files are: read again only where one of them changed."""

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from factory_tui.config import Settings
from factory_tui.model.evidence_views import EvaluationItem, ScenarioRow, SuiteRow
from factory_tui.model.foreign import clean_line
from factory_tui.model.scenario import LoadedScenario, Suite
from factory_tui.model.spec import Spec
from factory_tui.model.views import SpecRow
from factory_tui.tui.live.kept import Kept, Signature, digest, keep_kept, recall_kept, signature

PLACE = Path(".factory") / "suites.json"


class Written(BaseModel):
    """A suite without its history, and the files that say so."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    files: Signature
    row: SuiteRow
    """Without findings: those come with the triage."""
    behaviours: dict[str, str]
    """Scenario → hash of what it does and expects, by which burns are known."""


class _KeptSuites(Kept):
    suites: list[Written]


class LiveSuites:
    """What the files say; kept from one start to the next. Used by one thread at a time."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._read: dict[str, Written] = {}
        self._of_program = ""

    def of(self, settings: Settings, rows: tuple[SpecRow, ...]) -> list[Written]:
        """The suite of each spec of the triage list, in its order."""
        from factory_tui.scenarios import scenarios_dir

        directory = scenarios_dir(self._workspace, settings)
        self._recall(digest(frozenset(), settings))
        before, self._read = self._read, {row.id: self._of(row, directory) for row in rows}
        if self._read != before:
            kept = _KeptSuites(of=self._of_program, suites=list(self._read.values()))
            keep_kept(self._workspace / PLACE, kept)
        return list(self._read.values())

    def _recall(self, of: str) -> None:
        """What was read by this program with these settings counts, until its files change."""
        if of == self._of_program:
            return
        kept = recall_kept(self._workspace / PLACE, _KeptSuites, of)
        self._read = {each.row.spec: each for each in kept.suites} if kept is not None else {}
        self._of_program = of

    def _of(self, row: SpecRow, directory: Path) -> Written:
        """The version of the spec names its text; the folder of its scenarios is compared file by file."""
        files = signature((directory / row.id,)) | {(row.version, 0, 0), (row.title, 0, 0)}
        known = self._read.get(row.id)
        return known if known is not None and known.files == files else self._written(row, directory, files)

    def _written(self, row: SpecRow, directory: Path, files: Signature) -> Written:
        from factory_tui.scenarios import load_suite
        from factory_tui.scenarios.behaviour import behaviour_hash
        from factory_tui.specs import SpecUnreadable, read_spec

        suite, _ = load_suite(directory, row.id)
        try:
            spec = read_spec(self._workspace / "specs" / f"{row.id}.md")
        except SpecUnreadable:
            spec = None
        behaviours = {str(each.id): behaviour_hash(each) for each in suite.scenarios}
        return Written(files=files, row=_suite_row(row, spec, suite, self._workspace), behaviours=behaviours)


def _suite_row(row: SpecRow, spec: Spec | None, suite: Suite, workspace: Path) -> SuiteRow:
    rules = {item.id: clean_line(item.text) for item in spec.rules if item.id.startswith("R")} if spec else {}
    items = [item for item in spec.evaluation if item.id.startswith("E")] if spec else []
    return SuiteRow(
        spec=row.id,
        title=row.title,
        hash=suite.hash,
        rules=tuple((clean_line(rule), text) for rule, text in rules.items()),
        items=tuple(EvaluationItem(id=each.id, covers=each.covers, text=_sentence(each.text)) for each in items),
        scenarios=tuple(_scenario_row(each, workspace) for each in suite.scenarios),
    )


def _sentence(text: str) -> str:
    """Of an evaluation item, without the rules in front: they are told beside it."""
    return clean_line(_COVERS.sub("", text))


_COVERS = re.compile(r"^\s*\([^()]*\)\s*:?\s*")


def _scenario_row(loaded: LoadedScenario, workspace: Path) -> ScenarioRow:
    said = loaded.scenario
    path = loaded.path
    inside = path.is_relative_to(workspace.absolute())
    return ScenarioRow(
        spec=clean_line(loaded.spec),
        id=clean_line(said.id),
        path=clean_line(str(path.relative_to(workspace.absolute()) if inside else path)),
        hash=loaded.hash,
        covers=tuple(map(clean_line, said.covers)),
        kind=said.kind,
        layer=said.layer,
        base=said.base,
        sentence=clean_line(f"Given {said.given} · when {said.when} · then {said.then}", limit=2000),
    )
