"""Gherkin → scenarios to be completed. Cucumber's own parser reads the file: 70 languages, outlines, backgrounds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from gherkin.parser_types import Feature, GherkinDocument, RuleEnvelope, ScenarioEnvelope
from gherkin.pickles.compiler import Compiler, GherkinDocumentWithURI, Pickle, PickleStep

from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.scenario import Layer, ScenarioKind
from factory_tui.regular_file import read_regular
from factory_tui.scenarios.drafting.draft import Draft, numbered, slug
from factory_tui.scenarios.reading.load import MAX_BYTES, MAX_SCENARIOS
from factory_tui.specs.errors import SpecFileError

_RULE = re.compile(r"\bR\d{1,4}[a-z]?\b")
_PARTS = {"Context": "given", "Action": "when", "Outcome": "then"}
"""Type of a step in Gherkin → part of the sentence; And, But and * belong to the one before."""

_AND = "; "
"""Between steps of one part: no word, because the file may be in any language."""

_EXAMPLES = (
    "  - run: COMMAND",
    "    timeout: 5s",
    "    expect: {exit: 0, stdout: {contains: TEXT}}",
    "  - file: NAME",
    "    expect: {contains: TEXT}",
)


class FeatureRefused(SpecFileError):
    """The file is no feature that can be read; the message has the line."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a `.feature` file gives."""

    name: str
    """Of the feature."""
    drafts: tuple[Draft, ...]
    left_out: tuple[str, ...]
    """What of the file is in no draft, each in a few words."""


def read_feature(path: Path) -> Imported:
    """The scenarios of a `.feature` file, an outline's one for each row of its examples. Raises `FeatureRefused`."""
    return imported(path, _text(path))


def imported(path: Path, text: str) -> Imported:
    """As `read_feature`, of a text."""
    document = _parsed(path, text)
    feature = document.get("feature")
    if not feature:
        raise FeatureRefused(
            path, "there is no feature in it", "it starts with `Feature: …`, in any language of Gherkin"
        )
    with_uri = cast(GherkinDocumentWithURI, {**document, "uri": path.name})
    pickles = Compiler().compile(with_uri)
    if len(pickles) > MAX_SCENARIOS:
        raise FeatureRefused(path, f"it has more than {MAX_SCENARIOS:,} scenarios", "split it, or shorten its examples")
    rules = _rules(feature)
    told = [each for each in pickles if each["steps"]]
    names = numbered(slug(each["name"]) or f"scenario-{each['location']['line']}" for each in told)
    drafts = tuple(_draft(path, each, name, rules) for each, name in zip(told, names, strict=True))
    left_out = tuple(_left_out(feature, document, pickles))
    return Imported(clean_line(feature["name"]), drafts, left_out)


def _text(path: Path) -> str:
    try:
        data = read_regular(path, MAX_BYTES)
    except OSError as error:
        raise FeatureRefused(path, f"it cannot be read: {error.strerror}", "check the name and permissions") from None
    if len(data) > MAX_BYTES:
        raise FeatureRefused(path, f"it is larger than {MAX_BYTES:,} bytes", "split it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FeatureRefused(path, f"line {line}: it is not UTF-8", "save it as UTF-8") from None


def _parsed(path: Path, text: str) -> GherkinDocument:
    try:
        return Parser().parse(text)
    except CompositeParserException as error:
        raise _refused(path, error.errors) from None
    except ParserException as error:
        raise _refused(path, [error]) from None
    except RecursionError:
        raise FeatureRefused(path, "it is nested too deeply", "split it") from None


def _refused(path: Path, errors: Sequence[Exception]) -> FeatureRefused:
    first = errors[0]
    line = first.location["line"] if isinstance(first, ParserException) else 1
    said = clean_line(re.sub(r"^\(\d+:\d+\): ", "", str(first)), limit=200)
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return FeatureRefused(path, f"line {line}: {said}{more}", "mend that line: it is not Gherkin")


def _rules(feature: Feature) -> Mapping[str, str]:
    """Id of a scenario in the tree → the name of the Gherkin rule that it stands under."""
    rules = [each["rule"] for each in cast(Sequence[RuleEnvelope], feature["children"]) if "rule" in each]
    return {
        child["scenario"]["id"]: rule["name"]
        for rule in rules
        for child in cast(Sequence[ScenarioEnvelope], rule["children"])
        if "scenario" in child
    }


def _draft(path: Path, pickle: Pickle, name: str, rules: Mapping[str, str]) -> Draft:
    tags = [each["name"].lstrip("@") for each in pickle["tags"]]
    said = " ".join([*tags, next((rules[each] for each in pickle["astNodeIds"] if each in rules), "")])
    parts = {part: _AND.join(_sentences(pickle, part)) for part in _PARTS.values()}
    kinds = [ScenarioKind(each.lower()) for each in tags if each.lower() in list(ScenarioKind)]
    return Draft(
        id=name,
        origin=f"{clean_line(path.name)}, line {pickle['location']['line']}: {clean_line(pickle['name'])}",
        given=parts["given"],
        when=parts["when"],
        then=parts["then"],
        covers=tuple(dict.fromkeys(_RULE.findall(said))),
        kind=kinds[0] if kinds else ScenarioKind.PRIMARY,
        layer=Layer.RESERVE if "reserve" in (each.lower() for each in tags) else Layer.GATE,
        examples=_EXAMPLES,
        notes=tuple(line for step in pickle["steps"] for line in _argument(step)),
    )


def _sentences(pickle: Pickle, part: str) -> Iterator[str]:
    """The steps of one part. Those before any keyword with a meaning (`*`) are the situation."""
    return (
        clean_line(step["text"], limit=2000)
        for step in pickle["steps"]
        if _PARTS.get(step.get("type", ""), "given") == part
    )


def _argument(step: PickleStep) -> Iterator[str]:
    """A doc string or a table of a step, below the words that it belongs to."""
    argument = cast(Mapping[str, object], step.get("argument") or {})
    if not argument:
        return
    yield f"{clean_line(step['text'], limit=2000)}"
    if text := cast(Mapping[str, object], argument.get("docString") or {}).get("content"):
        yield from (f"  {clean(line, limit=2000)}" for line in str(text).split("\n"))
    table = cast(Mapping[str, list[Mapping[str, list[Mapping[str, str]]]]], argument.get("dataTable") or {})
    for row in table.get("rows", ()):
        yield f"  | {' | '.join(clean_line(cell['value'], limit=500) for cell in row['cells'])} |"


def _left_out(feature: Feature, document: GherkinDocument, pickles: Sequence[Pickle]) -> Iterator[str]:
    """Descriptions, comments, tags that mean nothing here, and scenarios without steps."""
    described = sum(bool(each.strip()) for each in _descriptions(feature))
    if described:
        yield f"{described} description{'s' if described > 1 else ''}"
    comments = [each for each in document.get("comments", ()) if "language:" not in each["text"]]
    if comments:
        yield f"{len(comments)} comment{'s' if len(comments) > 1 else ''}"
    known = {*ScenarioKind, *Layer}
    tags = dict.fromkeys(
        each["name"]
        for pickle in pickles
        for each in pickle["tags"]
        if each["name"].lstrip("@").lower() not in known and not _RULE.search(each["name"])
    )
    if tags:
        yield f"tags {' '.join(map(clean_line, tags))}"
    for each in pickles:
        if not each["steps"]:
            yield f"line {each['location']['line']}: {clean_line(each['name'])}, which has no steps"


def _descriptions(part: Mapping[str, object]) -> Iterator[str]:
    """Of a part of the tree and everything below it."""
    yield str(part.get("description") or "")
    for child in cast(Sequence[Mapping[str, Mapping[str, object]]], part.get("children") or ()):
        for below in child.values():
            yield from _descriptions(below)
    for examples in cast(Sequence[Mapping[str, object]], part.get("examples") or ()):
        yield from _descriptions(examples)
