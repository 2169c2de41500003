"""`scenario show`: a scenario as its operator reads it, and how far it can be trusted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import click

from factory_tui.cli.chosen import Workspace, find_spec, judge, open_workspace
from factory_tui.cli.findings import shown_path, tell_unread
from factory_tui.cli.output import CommandFailed, as_json, print_json, print_lines
from factory_tui.model.admission import Admission
from factory_tui.model.evidence_views import Satisfaction
from factory_tui.model.finding import Finding
from factory_tui.model.foreign import clean_line
from factory_tui.model.holdout import Burn
from factory_tui.model.scenario import LoadedScenario, OnBase
from factory_tui.model.spec import Spec
from factory_tui.report.phrases import satisfied
from factory_tui.report.satisfaction import of_version, satisfaction
from factory_tui.scenarios import behaviour_hash, load_suite, scenarios_dir
from factory_tui.scenarios.in_words import action, checks, preparations
from factory_tui.specs.reading.schema_errors import nearest
from factory_tui.store import StoreError
from factory_tui.store.evidence_rows import EvidenceHistory


@dataclass(frozen=True, slots=True)
class _Shown:
    """A scenario and what is known of it."""

    loaded: LoadedScenario
    path: str
    findings: tuple[Finding, ...]
    admission: Admission | None
    burn: Burn | None
    satisfaction: Satisfaction


@click.command("show")
@click.argument("name", metavar="SPEC")
@click.argument("scenario", metavar="[SCENARIO]", required=False)
@as_json
@click.pass_context
def show(context: click.Context, name: str, scenario: str | None, as_json: bool) -> None:
    """What a scenario does and checks, in words; whether it was admitted, and how often it was satisfied.

    Without SCENARIO every one of SPEC.
    """
    workspace = open_workspace(context)
    spec = find_spec(workspace, name)
    shown = _known(workspace, spec, scenario)
    if as_json:
        print_json({"spec": spec.id, "scenarios": [_as_json(each) for each in shown]})
        return
    if scenario is None:
        suite, findings = load_suite(scenarios_dir(workspace.path, workspace.settings), spec.id)
        tell_unread(spec.id, suite, findings, workspace.path)
    texts = {each.id: each.text for each in spec.rules}
    for number, each in enumerate(shown):
        print_lines(["", *_lines(each, texts)] if number else _lines(each, texts))


def _known(workspace: Workspace, spec: Spec, wanted: str | None) -> list[_Shown]:
    judged = judge(workspace, spec)
    suite = judged.suite.scenarios
    if wanted is not None:
        suite = tuple(each for each in suite if each.id == wanted)
    if not suite:
        _refuse(workspace, spec, wanted, [each.id for each in judged.suite.scenarios], judged.findings)
    try:
        with EvidenceHistory(workspace.path / "runs.db") as history:
            tallies = [each for each in history.tallies() if each.spec == spec.id]
            admissions, burns = history.admissions(), history.burns()
    except StoreError as error:
        raise CommandFailed(error.what, error.todo) from None
    return [
        _Shown(
            loaded=each,
            path=shown_path(each.path, workspace.path),
            findings=tuple(found for found in judged.findings if found.path == str(each.path)),
            admission=admissions.get((spec.id, each.hash)),
            burn=burns.get(behaviour_hash(each)),
            satisfaction=satisfaction(of_version(tallies, each.id, each.hash), each.scenario.trials),
        )
        for each in suite
    ]


def _refuse(
    workspace: Workspace, spec: Spec, wanted: str | None, known: list[str], findings: tuple[Finding, ...]
) -> NoReturn:
    """There is nothing to show: no such scenario, or its file cannot be read."""
    broken = next((each for each in findings if each.path and each.path.endswith((f"/{wanted}.yaml", ".yml"))), None)
    if wanted is not None and broken is not None and broken.path is not None:
        where = f"{shown_path(broken.path, workspace.path)}:{broken.line}"
        raise CommandFailed(f"{where}: {broken.message}", broken.fix)
    if wanted is None:
        raise CommandFailed(f"{spec.id} has no scenario", f"write one: factory-tui scenario new {spec.id} E1")
    best = nearest(wanted, known)
    todo = f"did you mean {best}?" if best else f"factory-tui scenario list {spec.id} names them"
    raise CommandFailed(f"{spec.id} has no scenario {clean_line(wanted)}", todo)


def _lines(shown: _Shown, rules: dict[str, str]) -> Iterator[str]:
    said = shown.loaded.scenario
    on_base = "fails" if said.base is OnBase.FAIL else "passes"
    yield f"{said.id}  ({said.kind}, {said.layer}, {on_base} on the untouched base)"
    for word, text in (("given", said.given), ("when", said.when), ("then", said.then)):
        yield f"  {word:<6} {clean_line(text, limit=2000)}"
    for each in said.covers:
        yield f"  {each:<6} {clean_line(rules.get(each, 'the spec has no such rule'), limit=300)}"
    yield ""
    for each in preparations(said):
        yield f"  before {clean_line(each, limit=1000)}"
    for number, step in enumerate(said.steps, start=1):
        yield f"  {number:>2}. {clean_line(action(step), limit=1000)}"
        yield from (f"        {clean_line(check, limit=1000)}" for check in checks(step))
    if said.judge is not None:
        yield f"  judge  {clean_line(said.judge.rubric, limit=2000)}"
    if said.trials is not None:
        yield f"  trials {said.trials}, and each must pass"
    yield ""
    yield f"  admitted   {_admitted(shown.admission)}"
    yield f"  satisfied  {_satisfied(shown.satisfaction)}"
    if shown.burn is not None:
        yield f"  burned     {clean_line(shown.burn.why)}: it gates nothing any more"
    for found in shown.findings:
        yield f"  {found.level:<10} {found.rule} line {found.line}: {clean_line(found.message)}"
        yield f"  {'→':<10} {clean_line(found.fix)}"
    yield f"  file       {shown.path}"


def _admitted(admission: Admission | None) -> str:
    if admission is None:
        return "not tried in this version"
    stub = f", {admission.on_stub} on a stub" if admission.on_stub is not None else ""
    seen = f"{admission.observed} on the untouched base{stub}"
    return f"yes: {seen}" if admission.admitted else f"no: {seen}; {admission.reason}"


def _admission(admission: Admission | None) -> dict[str, object] | None:
    if admission is None:
        return None
    return {
        "admitted": admission.admitted,
        "observed": admission.observed.value,
        "on_stub": admission.on_stub.value if admission.on_stub is not None else None,
        "reason": admission.reason,
    }


def _satisfied(known: Satisfaction) -> str:
    if known.share is None:
        return "never tried in this version"
    trials = f"{known.trials} trial{'' if known.trials == 1 else 's'}"
    return f"{satisfied(known)} of {trials} on {known.evaluations} artifact{'' if known.evaluations == 1 else 's'}"


def _as_json(shown: _Shown) -> dict[str, object]:
    said = shown.loaded.scenario
    return {
        "id": said.id,
        "path": shown.path,
        "hash": shown.loaded.hash,
        "covers": list(said.covers),
        "kind": said.kind.value,
        "layer": said.layer.value,
        "base": said.base.value,
        "given": said.given,
        "when": said.when,
        "then": said.then,
        "before": list(preparations(said)),
        "steps": [{"action": action(each), "checks": list(checks(each))} for each in said.steps],
        "rubric": said.judge.rubric if said.judge is not None else None,
        "trials": said.trials,
        "admission": _admission(shown.admission),
        "burned": shown.burn.why if shown.burn is not None else "",
        "satisfaction": shown.satisfaction.model_dump(mode="json"),
        "findings": [each.model_dump(mode="json") for each in shown.findings],
    }
