"""The page about `--json`: what each command prints, with the models of the code as tables."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel
from scripts.reference_parts import Schema, code, described, has_section, say, table, words

from factory_tui.control import EscapeAnswer
from factory_tui.control.protocol import EngineStatus
from factory_tui.model.amendment import AmendmentRecord, RecurringGroup
from factory_tui.model.binding import Difference
from factory_tui.model.estimate import Advice, Estimate
from factory_tui.model.evidence_views import Satisfaction
from factory_tui.model.failure import FailureRecord
from factory_tui.model.finding import Edit
from factory_tui.model.mutation import MutationReport
from factory_tui.model.question import AgentQuestion
from factory_tui.model.readback import ReadBack
from factory_tui.model.version import ItemChange, SpecVersion, VersionRun, VersionView
from factory_tui.model.views import BatchSummary, EngineInfo, FailureGroup, Holding, RunRow, RunView, SpecRow

_FINDING = (
    "`rule`, `level`, `section`, `line`, `column`, `quote`, `message`, `fix`; `edit`, an [Edit](#edit), when a change "
    "of the file ends it; `path` when in another file"
)

Shape = type[BaseModel] | Mapping[str, str]

SHAPES: dict[str, Shape] = {
    "answer": {"run": "the run that asks", "question": "[AgentQuestion](#agentquestion)"},
    "answer RUN ANSWER": {"run": "the run that takes it up", "answer": "what was written into the spec"},
    "decide": {
        "run": "the run that waits",
        "undecided": "list of `id`, `judgement` ([Judgement](#judgement)), `output` (list of "
        "[Observation](#observation): what the judges read)",
    },
    "decide RUN BALLOT": {"run": "the run that is judged again", "ballot": "`meets` or `misses`"},
    "doctor": {"ready": "true or false", "checks": "list of `name`, `grade`, `found`, `fix`"},
    "engine start": EngineInfo,
    "engine status": {
        "engine": "[EngineInfo](#engineinfo), or `null`",
        **dict.fromkeys(
            (name for name in EngineStatus.model_fields if name != "info"), "see [EngineStatus](#enginestatus)"
        ),
    },
    "escape": {"run": "the run", **dict.fromkeys(EscapeAnswer.model_fields, "see [EscapeAnswer](#escapeanswer)")},
    "evaluate": {
        "spec": "its id",
        "verdict": "`pass`, `fail`, `held`, `error`",
        "reason": "why it is not `pass`",
        "scenarios": "list of `id`, `result`, `layer`, `burned` (why, or empty), `covers`, `hash`, `trials` (`result`, "
        "`seconds`), `evidence` (`step`, `check`, `expected`, `observed`, `aspect`: `function`, or the quality that "
        "was missed), `measures` (list of [Measure](#measure), kept whether it held or not), `judgement` "
        "([Judgement](#judgement), or `null`)",
        "setup_failed": "why the artifact could not be set up, or `null`",
        "spec_hash": "version of the spec",
        "suite_hash": "version of its scenarios",
        "image": "that it was judged in",
        "hold": "what a held verdict waits for, or `null`",
        "base_commit": "of the target, or `null` with --artifact",
        "artifact_hash": "of what was judged",
        "twins": "twin → SHA-256 of its definition",
        "judge": "model that judged rubrics; empty without any",
        "run": "with --run: the run",
        "attempt": "with --run: which of its attempts",
        "recorded": "with --run: `verdict`, `reason` and the inputs on record, as in [Binding](#binding)",
        "same_verdict": "with --run: true when the verdict is the recorded one",
        "same_results": "with --run: true when also each scenario has the result on record",
        "differs": "with --run: list of [Difference](#difference): inputs that are not what they were",
        "results_differ": "with --run: scenarios with another result than on record",
    },
    "failures list": {"groups": "list of [FailureGroup](#failuregroup)"},
    "failures recurring": {"recurring": "list of [RecurringGroup](#recurringgroup), each with its `key`"},
    "failures show": FailureRecord,
    "image build": {
        "id": "of the image",
        "name": "that sandboxes use",
        "tag": "of its content",
        "reused": "true when it was there already",
        "seconds": "that it took",
    },
    "scenario admit": {
        "spec": "its id, with one SPEC",
        "admissions": "with one SPEC: list of `scenario`, `expected`, `observed` (on the base), `on_stub` (`null` when "
        "the base settled it), `admitted`, `reason`",
        "suites": "with several or `--all`: list of `spec` and `admissions`, or `error` (`what`, `todo`)",
        "recorded": "true when a running engine tried them, so that a run need not",
    },
    "scenario fetch": {
        "commit": "the newest of the repository",
        "directory": "its files, readable by you alone",
        "new": "true when the copy before was of another commit",
    },
    "scenario lint": {
        "specs": f"list of `spec` and `findings`: {_FINDING}",
        "orphans": "findings about scenarios whose spec there is not",
    },
    "scenario list": {
        "scenarios": "list of `spec`, `id`, `path`, `hash`, `covers`, `kind`, `layer`, `base`, `given`, `when`, "
        "`then`, `steps`, `trials`",
    },
    "scenario new": {"spec": "its id", "id": "of the scenario", "path": "of the file to be completed"},
    "scenario import": {
        "spec": "its id",
        "written": "paths of the files to be completed",
        "kept": "ids whose file exists and was left as it is",
        "left_out": "what of the file is in no scenario, in words",
    },
    "scenario show": {
        "spec": "its id",
        "scenarios": "list of `id`, `path`, `hash`, `covers`, `kind`, `layer`, `base`, `given`, `when`, `then`, "
        "`before`, `steps` (`action`, `checks`, in words), `rubric`, `trials`, `admission` (`admitted`, `observed`, "
        "`on_stub`, `reason`; `null` when this version was not tried), `burned` (why; else empty), "
        "`satisfaction` ([Satisfaction](#satisfaction)), `findings`",
    },
    "scenario mutate": {
        **dict.fromkeys(MutationReport.model_fields, "see [MutationReport](#mutationreport)"),
        "recorded": "true when a running engine tried them and kept the report",
        "missing": "`scenarios`: a sentence for each change that nothing noticed; `note`: what it may mean",
    },
    "show": RunView,
    "spec answer": {
        "spec": "its id",
        "path": "its file, relative to the workspace",
        "answer": "what was written into it",
        "status": "of the spec afterwards",
        "ready": "true when it has no errors",
    },
    "spec readback": ReadBack,
    "spec advice": {"advice": "list of [Advice](#advice)"},
    "spec diff": {
        "spec": "its id",
        "before": "`number` and `hash` of a version",
        "after": "the same; `number` is `null` for the file",
        "changes": "list of [ItemChange](#itemchange), in the order of the seven questions",
    },
    "spec history": {
        "spec": "its id",
        "file": "hash of what the file says now; `null` when it is gone",
        "versions": "list of [VersionView](#versionview), oldest first, each version without its `text`",
    },
    "spec draft, park, ready": {"specs": "as of `spec lint`, each with `changed` and `status`"},
    "spec lint": {
        "specs": f"list of `id`, `path`, `ready`, `findings`: {_FINDING}; "
        "`unreadable` with the reason when the file cannot be read",
    },
    "spec list": {"specs": "list of [SpecRow](#specrow), without `findings` and `unsaved`"},
    "spec list --order": {
        "order": "list of `step` (from 1; `null` for never), `spec`, `standing`, `waits_for` (ids), `why_never`"
    },
    "spec priority": {"specs": "list of `id`, `before`, `priority`, `refused` (why it stays; else empty)"},
    "spec show": {
        "id": "of the spec",
        "path": "its file, relative to the workspace",
        "hash": "its version",
        "ready": "true or false",
        "front": "its [front matter](spec.md), or `null` when it cannot be read",
        "sections": "list of `question`, `line`, `body`",
        "rules": "list of `id`, `text`, `line`, `evaluation` and `scenarios` (ids of those that cover it)",
        "findings": f"list of {_FINDING}",
    },
    "spec rules": {
        "rules": "list of `id`, `family`, `level`, `requires`, `why`, `waivable`, `decided` (where, if no file can "
        "tell; else empty) and `example`: `part`, `good`, `bad`, or `null`",
    },
    "spec rules RULE": {"id": "and the other fields of that one"},
    "spec import": {
        "id": "of the spec",
        "path": "its file, relative to the workspace",
        "from": "`spec-kit`, `openspec`, `ticket` or `github`: what it was read as",
        "left_out": "files beside it that say how it is built, not what",
    },
    "spec new": {"id": "of the spec", "path": "its file, relative to the workspace"},
    "status": {
        "engine": "[EngineInfo](#engineinfo), or `null`",
        "paused": "true while no run is started",
        "holding": "[Holding](#holding), or `null`",
        "batch": "[BatchSummary](#batchsummary) of the newest one, or `null`",
        "runs": "list of [RunRow](#runrow)",
    },
    "template accept": {"amendment": "its number", "template": "the version that has it"},
    "template history": {"feature": "versions", "architectural": "versions", "constraint": "versions"},
    "template propose": {"proposed": "numbers of the amendments that are new"},
    "template reject": {"amendment": "its number", "rejected": "the reason"},
    "template show": {"amendments": "list of [AmendmentRecord](#amendmentrecord)"},
    "template show KIND": {"kind": "of the template", "text": "of its file"},
    "template show NUMBER": {
        **dict.fromkeys(AmendmentRecord.model_fields, "see [AmendmentRecord](#amendmentrecord)"),
        "diff": "lines of the change of the template",
        "replayed": "`false`: not run over past specs yet",
    },
}
"""Command → the model that it prints, or its fields and what they hold."""

_MODELS: tuple[type[BaseModel], ...] = (
    Difference,
    MutationReport,
    RunRow,
    RunView,
    BatchSummary,
    Holding,
    EngineInfo,
    EngineStatus,
    SpecRow,
    VersionView,
    SpecVersion,
    VersionRun,
    ItemChange,
    Estimate,
    Advice,
    Edit,
    AgentQuestion,
    ReadBack,
    EscapeAnswer,
    FailureGroup,
    FailureRecord,
    RecurringGroup,
    AmendmentRecord,
    Satisfaction,
)


def json_output() -> Iterator[str]:
    """What commands print with `--json`."""
    yield from say(
        "One JSON document on one line, in ASCII. Money is whole micro-dollars, times are ISO 8601 in UTC, spans are",
        "seconds. Ignore fields that you do not know. `run` and `logs` print [events](events.md), one a line; `report`",
        "prints [the report](report.md); `status --watch` prints its document again whenever something changed.",
    )
    rows = []
    for command, shape in SHAPES.items():
        if isinstance(shape, Mapping):
            rows += [(code(command), f"{code(name)}: {holds}") for name, holds in shape.items()]
        else:
            rows.append((code(command), f"[{shape.__name__}](#{shape.__name__.lower()})"))
    yield from table(("command", "prints"), rows)
    for name, part, parts in _parts():
        yield from (f"## {name}", "")
        if "enum" in part:
            yield from say(", ".join(map(code, part["enum"])))
        else:
            told = [(code(key), _holds(field, parts)) for key, field in part["properties"].items()]
            yield from table(("field", "holds"), told)


def _parts() -> Iterator[tuple[str, Schema, Schema]]:
    """Name, schema and neighbours of every model and long choice that the page names, each once."""
    told: set[str] = set()
    for model in _MODELS:
        made = described(model)
        parts = made.get("$defs", {})
        for name, part in {model.__name__: made, **parts}.items():
            if has_section(part) and name not in told:
                told.add(name)
                yield name, part, parts


def _holds(field: Schema, parts: Schema) -> str:
    meaning = str(field.get("description", "")).replace("\n", " ")
    kind = words({key: value for key, value in field.items() if key != "description"}, parts)
    return f"{kind}. {meaning}" if meaning else kind
