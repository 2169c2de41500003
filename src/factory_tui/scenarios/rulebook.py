"""Every rule of the validator, those about scenarios included, and what the examples of one bring."""

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from factory_tui.config import Settings
from factory_tui.model.finding import Finding
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import Kind, Spec
from factory_tui.model.version import Earlier
from factory_tui.scenarios.readiness import readiness
from factory_tui.scenarios.reading.load import read_scenario, suite_of
from factory_tui.scenarios.rules import SCENARIO_FAMILY
from factory_tui.specs import SpecLibrary, TemplateError, parse
from factory_tui.specs.glossary import parse_glossary
from factory_tui.specs.rules import FAMILIES as SPEC_FAMILIES
from factory_tui.specs.rules import Example, Family, Rule
from factory_tui.specs.rules.examples import SPEC, ExampleFiles, placed, untouched
from factory_tui.specs.templates.template import packaged, parse_template

RULEBOOK: tuple[Family, ...] = (*SPEC_FAMILIES, SCENARIO_FAMILY)


def all_rules() -> Iterator[tuple[Family, Rule]]:
    """Every rule with its family, by id within each."""
    for family in RULEBOOK:
        for rule in sorted(family.rules, key=lambda each: each.id):
            yield family, rule


def example_findings(example: Example, text: str) -> tuple[Finding, ...]:
    """What is found in the example workspace when `text`, one of the two texts of `example`, stands in it."""
    return judged(placed(example, text, untouched()))


def found_in_the_broken_one(rule: Rule) -> Finding | None:
    """The finding that a rule's bad example is there for; None without an example."""
    if rule.example is None:
        return None
    found = (each for each in example_findings(rule.example, rule.example.bad) if each.rule == rule.id)
    return next((each for each in found if each.level is rule.level), None)


def judged(files: ExampleFiles) -> tuple[Finding, ...]:
    """Everything that decides whether the spec of an example workspace is Ready."""
    spec = _spec(files)
    suite, broken = _suite(files)
    return readiness(spec, _library(spec, files), suite, broken, Settings())


def _spec(files: ExampleFiles) -> Spec:
    return parse(Path("specs") / f"{SPEC}.md", files.spec)


def _suite(files: ExampleFiles) -> tuple[Suite, tuple[Finding, ...]]:
    folder = Path("scenarios") / SPEC
    read = (read_scenario(folder / name, text.encode(), SpecId(SPEC)) for name, text in files.scenarios.items())
    return suite_of(SPEC, read)


def _library(spec: Spec, files: ExampleFiles) -> SpecLibrary:
    """The spec alone in its workspace; what `init` writes counts as the version before it."""
    templates, broken = {kind: packaged(kind) for kind in Kind}, {}
    try:
        templates[Kind.FEATURE] = parse_template(Kind.FEATURE, files.template, Path("feature.md"))
    except TemplateError as error:
        broken[Kind.FEATURE] = error
    first = _spec(untouched())
    earlier = Earlier(first.hash, MappingProxyType({item.id: item.text for item in first.rules}))
    return SpecLibrary(
        specs=MappingProxyType({spec.id: spec}),
        templates=MappingProxyType(templates),
        broken_templates=MappingProxyType(broken),
        glossary=parse_glossary(files.glossary),
        earlier=MappingProxyType({spec.id: (earlier,)}),
    )
