"""Standing orders: which constraint specs and guardrails hold for a run on a target, and the suite that they add to.

A constraint is told to every agent from the moment it is Ready, and judges every artifact as soon as the base keeps it:
once a version of it has shipped, or when all its scenarios say that the base passes them. What has shipped is what
holds: while the file is changed into the next version, the last one goes on.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from factory_tui.config import Settings
from factory_tui.model.finding import Finding, Level
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import Layer, LoadedScenario, OnBase, Suite
from factory_tui.model.spec import FrontMatter, Kind, Spec, Status
from factory_tui.model.standing import Standing, StandingGuardrail
from factory_tui.scenarios.readiness import readiness
from factory_tui.scenarios.reading.load import load_suite, scenarios_dir
from factory_tui.scenarios.repository import repository
from factory_tui.specs import SpecLibrary, is_ready, parse


class StandingUnreadable(Exception):
    """A scenario of a binding constraint cannot be read, so nobody knows what it would have proven.

    Args:
        finding: the first error, with its file.
        spec: id of the constraint.
    """

    def __init__(self, finding: Finding, spec: SpecId) -> None:
        super().__init__(f"{finding.path}:{finding.line}: {finding.message}")
        self.finding, self.spec = finding, spec


def standing_orders(
    spec: Spec, library: SpecLibrary, shipped: Mapping[SpecId, str], workspace: Path, settings: Settings
) -> Standing:
    """What other specs ask of a run of `spec`, and its own guardrails.

    Args:
        spec: the spec of the run.
        library: the workspace's specs as they are now.
        shipped: text of the last version that shipped, by spec.
        workspace: where relative targets start; the holdout is where its settings say.
        settings: of the workspace.
    """
    directory = scenarios_dir(workspace, settings)
    told, binding, guardrails = list[Spec](), list[Spec](), list(_declared(spec))
    for version, has_shipped in _in_force(spec, library, shipped, workspace):
        front = version.front
        assert front is not None
        binds = has_shipped or _base_keeps(version, library, directory, settings)
        if front.kind is Kind.CONSTRAINT:
            told.append(version)
            if binds:
                binding.append(version)
        elif binds:
            guardrails += _declared(version)
    return Standing(tuple(told), tuple(binding), tuple(guardrails))


def joined(suite: Suite, standing: Standing, directory: Path) -> Suite:
    """The suite with the scenarios of every binding constraint, as behaviour to preserve; its hash covers them.

    Their ids and the rules that they cover carry the constraint's name: `visitor-names/log-has-no-name` covers
    `visitor-names:R2`.

    Raises:
        StandingUnreadable: a constraint's scenario is broken.
    """
    added = [each for constraint in standing.binding for each in _scenarios_of(constraint, directory)]
    if not added:
        return suite
    scenarios = (*suite.scenarios, *added)
    return suite.model_copy(update={"scenarios": scenarios, "hash": _hash(scenarios)})


def hash_of_part(suite: Suite, spec: SpecId) -> str:
    """Hash of what one spec brings into a suite."""
    return _hash(each for each in suite.scenarios if each.spec == spec)


def _hash(scenarios: Iterable[LoadedScenario]) -> str:
    return hashlib.sha256("\n".join(sorted(each.hash for each in scenarios)).encode()).hexdigest()


def _in_force(
    spec: Spec, library: SpecLibrary, shipped: Mapping[SpecId, str], workspace: Path
) -> Iterator[tuple[Spec, bool]]:
    """Other constraint and architectural specs on the same ground, each as it holds, and whether it has shipped."""
    ground = _ground(spec.front, workspace)
    for now in (*library.specs.values(), *_unreadable(library, shipped)):
        if now.id == spec.id or (now.front is not None and now.front.status is Status.PARKED):
            continue
        text = shipped.get(now.id)
        version = now if text is None or text == now.text else parse(now.path, text)
        front = version.front
        if front is None or front.kind is Kind.FEATURE or _ground(front, workspace) != ground:
            continue
        if text is not None or front.status is Status.READY:
            yield version, text is not None


def _unreadable(library: SpecLibrary, shipped: Mapping[SpecId, str]) -> Iterator[Spec]:
    """Shipped specs whose file cannot be read now: a slip in an editor must not end what holds."""
    for error in library.unreadable:
        text = shipped.get(SpecId(error.path.name.removesuffix(".md")))
        if text is not None:
            yield parse(error.path, text)


def _ground(front: FrontMatter | None, workspace: Path) -> tuple[str, str] | None:
    """Repository and branch, whatever way they are written in."""
    return None if front is None else (repository(front.target, workspace), front.base)


def _base_keeps(version: Spec, library: SpecLibrary, directory: Path, settings: Settings) -> bool:
    """A spec that only preserves: it says itself that the base passes whatever could fail."""
    suite, broken = load_suite(directory, version.id)
    gate = [each.scenario for each in suite.scenarios if each.scenario.layer is Layer.GATE]
    preserves = bool(gate) and all(each.base is OnBase.PASS for each in gate)
    return preserves and is_ready(readiness(version, library, suite, broken, settings))


def _declared(spec: Spec) -> Iterator[StandingGuardrail]:
    if spec.front is not None and spec.front.kind is Kind.ARCHITECTURAL:
        yield from (StandingGuardrail(spec.id, each) for each in spec.front.guardrails)


def _scenarios_of(constraint: Spec, directory: Path) -> Iterator[LoadedScenario]:
    """Those about rules that this version has: what covers others was written for one that has not shipped."""
    suite, findings = load_suite(directory, constraint.id)
    broken = next((each for each in findings if each.level is Level.ERROR), None)
    if broken is not None:
        raise StandingUnreadable(broken, constraint.id)
    rules = {item.id for item in constraint.rules}
    for each in suite.scenarios:
        if set(each.scenario.covers) <= rules:
            yield _as_preserved(each, constraint.id)


def _as_preserved(loaded: LoadedScenario, constraint: SpecId) -> LoadedScenario:
    """Under another hash: what is proven of it as part of its own suite says nothing about it here."""
    named = {
        "id": f"{constraint}/{loaded.id}",
        "covers": tuple(f"{constraint}:{rule}" for rule in loaded.scenario.covers),
        "base": OnBase.PASS,
    }
    digest = hashlib.sha256(f"constraint\n{loaded.hash}".encode()).hexdigest()
    return loaded.model_copy(update={"scenario": loaded.scenario.model_copy(update=named), "hash": digest})
