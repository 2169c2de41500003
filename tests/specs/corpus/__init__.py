"""Seeded defects: clean specs, single changes that each break one rule, and well written requirements of other schools.

`clean/*.md` are whole specs, `scenarios/` holds the suites of some of them, `glossary.md` is what they all share.
`mutations/*.yaml` and `unseen.yaml` are lists of changes, `foreign/*.md` are specs whose items were written in other
manners. All of it was written from the published rules alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from factory_tui.config import Settings
from factory_tui.model.finding import Finding
from factory_tui.model.glossary import Glossary
from factory_tui.model.ids import SpecId
from factory_tui.model.spec import Kind, Spec
from factory_tui.model.version import Earlier
from factory_tui.scenarios import readiness
from factory_tui.scenarios.reading.load import read_scenario, suite_of
from factory_tui.specs import SpecLibrary, parse, validate
from factory_tui.specs.glossary import parse_glossary
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.templates.template import packaged

HERE = Path(__file__).parent
SPEC = "spec"
"""Where an edit happens when no file of the suite is named."""


@dataclass(frozen=True, slots=True)
class Case:
    """A spec with its suite, as texts."""

    id: str
    spec: str
    scenarios: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """File name → text; empty: the spec is judged without its scenarios."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one text. `anchor` stands there exactly once."""

    file: str
    """`spec`, or the name of a scenario's file."""
    anchor: str
    """What is replaced; empty: `text` is a whole new file."""
    text: str


@dataclass(frozen=True, slots=True)
class Mutation:
    """A clean spec with one rule broken."""

    name: str
    rule: str
    spec: str
    edits: tuple[Edit, ...]
    section: str | None = None
    """Where the finding has to be: a question, or `front matter`; None: anywhere."""
    at: str = ""
    """Text of the line that the finding has to be on; empty: any line."""
    level: str | None = None
    """What the finding has to be at least, where the published rules say so."""
    collateral: frozenset[str] = frozenset()
    """Rules that the same change cannot help to break."""

    def applied(self) -> Case:
        """The broken spec with its suite."""
        clean = clean_cases()[self.spec]
        texts = {SPEC: clean.spec, **clean.scenarios}
        for edit in self.edits:
            if not edit.anchor:
                texts[edit.file] = edit.text
                continue
            found = texts[edit.file].count(edit.anchor)
            assert found == 1, f"{self.name}: {edit.anchor!r} is there {found} times"
            texts[edit.file] = texts[edit.file].replace(edit.anchor, edit.text)
        return Case(self.spec, texts.pop(SPEC), MappingProxyType({name: text for name, text in texts.items() if text}))


@cache
def clean_cases() -> Mapping[str, Case]:
    """The clean specs by id."""
    return MappingProxyType({path.stem: _case(path) for path in sorted((HERE / "clean").glob("*.md"))})


@cache
def foreign_cases() -> tuple[Case, ...]:
    """Specs whose items were written in the manners of other schools."""
    return tuple(_case(path) for path in sorted((HERE / "foreign").glob("*.md")))


@cache
def mutations() -> tuple[Mutation, ...]:
    """Every change, by the file and the order in which they are written down."""
    return tuple(each for path in sorted((HERE / "mutations").glob("*.yaml")) for each in _mutations_in(path))


@cache
def unseen_mutations() -> tuple[Mutation, ...]:
    """Those that no rule was mended by."""
    return _mutations_in(HERE / "unseen.yaml")


@cache
def clean_findings(name: str) -> tuple[Finding, ...]:
    """What is found in a clean spec and its suite."""
    return findings_on(clean_cases()[name])


def findings_on(case: Case) -> tuple[Finding, ...]:
    """Everything that decides whether a case is Ready; the clean spec of its id counts as the version before it."""
    spec = parse(Path("specs") / f"{case.id}.md", case.spec)
    library = _library(spec)
    if not case.scenarios:
        return validate(spec, library, settings=Settings())
    folder = Path("scenarios") / case.id
    read = (read_scenario(folder / name, text.encode(), SpecId(case.id)) for name, text in case.scenarios.items())
    suite, broken = suite_of(case.id, read)
    return readiness(spec, library, suite, broken, Settings())


def line_of(case: Case, finding: Finding) -> str:
    """The line that a finding is on."""
    text = case.spec if finding.path is None else case.scenarios[Path(finding.path).name]
    lines = split_lines(text)
    return lines[finding.line - 1] if finding.line <= len(lines) else ""


@cache
def _clean_specs() -> Mapping[str, Spec]:
    return {name: parse(Path("specs") / f"{name}.md", case.spec) for name, case in clean_cases().items()}


@cache
def _glossary() -> Glossary:
    return parse_glossary((HERE / "glossary.md").read_text(encoding="utf-8"))


def _library(spec: Spec) -> SpecLibrary:
    before = _clean_specs().get(spec.id)
    rules = {item.id: item.text for item in before.rules} if before else {}
    earlier = {spec.id: (Earlier(before.hash, MappingProxyType(rules)),)} if before else {}
    return SpecLibrary(
        specs=MappingProxyType({SpecId(name): each for name, each in {**_clean_specs(), spec.id: spec}.items()}),
        templates=MappingProxyType({kind: packaged(kind) for kind in Kind}),
        glossary=_glossary(),
        earlier=MappingProxyType(earlier),
    )


def _case(path: Path) -> Case:
    suite = HERE / "scenarios" / path.stem
    scenarios = {each.name: _text(each) for each in sorted(suite.glob("*.yaml"))}
    return Case(path.stem, _text(path), MappingProxyType(scenarios))


def _text(path: Path) -> str:
    """With the line ends that the file has."""
    return path.read_bytes().decode("utf-8")


def _mutations_in(path: Path) -> tuple[Mutation, ...]:
    return tuple(_mutation(each) for each in yaml.safe_load(path.read_text(encoding="utf-8")))


def _mutation(written: dict[str, Any]) -> Mutation:
    """One entry of a list: `edits`, or the single edit beside the other keys."""
    edits = written.pop("edits", None) or [{key: written.pop(key) for key in _EDIT if key in written}]
    return Mutation(
        edits=tuple(_edit(each) for each in edits),
        collateral=frozenset(written.pop("collateral", ())),
        **written,
    )


_EDIT = ("file", "replace", "with", "remove", "after", "before", "insert", "write")


def _edit(written: Mapping[str, str]) -> Edit:
    file = written.get("file", SPEC)
    match written:
        case {"replace": anchor, "with": text}:
            return Edit(file, anchor, text)
        case {"remove": anchor}:
            return Edit(file, anchor, "")
        case {"after": anchor, "insert": text}:
            return Edit(file, anchor, f"{anchor}{text}")
        case {"before": anchor, "insert": text}:
            return Edit(file, anchor, f"{text}{anchor}")
        case {"write": text}:
            return Edit(file, "", text)
    raise ValueError(f"not an edit: {dict(written)}")
