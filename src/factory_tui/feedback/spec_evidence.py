"""What speaks for a fault of the scenario or of the spec: findings about what a scenario covers, and two attempts."""

import json
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple

from factory_tui.feedback.facts import AttemptFacts
from factory_tui.feedback.place import item_of, lines_of, qualifier_of_evidence, section_of
from factory_tui.feedback.themes import is_about
from factory_tui.feedback.wording import one_line
from factory_tui.model.evaluation import Evidence, Result, ScenarioResult
from factory_tui.model.failure import FailureClass, Qualifier
from factory_tui.model.finding import Finding, Level
from factory_tui.model.scenario import OnBase, ScenarioKind
from factory_tui.model.spec import Question, Spec

_SAYS_NOTHING = frozenset({"C04", "C09", "C13", "C14", "C15"})
"""Completeness rules about ids, links, scope and the head: none of them means that a behaviour is absent."""

_OF_A_SECTION = {
    Question.RULES: frozenset({"C01", "C02", "C07", "C08"}),
    Question.INPUTS: frozenset({"C01", "C02", "C05"}),
    Question.OUTPUTS: frozenset({"C01", "C02", "C06"}),
    Question.CONSTRAINTS: frozenset({"C02", "C11", "C12"}),
}
"""Rules whose finding about a section as a whole says that behaviour is absent from it."""

_CANNOT_ALL_HOLD = frozenset({"X01", "X02", "X05"})
"""Contradictions. What is said twice (X04) can hold, and what is not said (X03) is a gap."""

_UNRELIABLE = frozenset({"L13", "L14"})
"""Language rules that are right in 20 to 30 of 100 cases: too few to blame a spec."""

_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]+")
_VARIABLE = re.compile(r"(?<!\w)\$?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?!\w)")
_TICKED = re.compile(r"`([A-Za-z][A-Za-z_-]+)`")
_CRASH = re.compile(
    r"Traceback \(most recent|Segmentation fault|core dumped|panic:|^(?:12[4-9]|1[3-9]\d)\n|^(?:12[4-9]|1[3-9]\d)$"
    r"|^50[0234]\b|timed out|killed by|command not found|[Nn]ot found$"
)
_CHANGES_BY_ITSELF = re.compile(
    r"/tmp/\S+|(?:127\.0\.0\.1|localhost):\d+|\b[0-9a-f]{8,}\b|0x\w+"
    r"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*|\b\d+\.\d+ ?m?s\b"
)
_NOT_EQUALITY = re.compile(
    r"(?:^| )(?:contains|matches|exists|lines|not|lt|gt|any_of|json|size|within|timeout|answer)$|^service|^capture "
)
"""Checks whose evidence shows more than the value that was compared, or none."""


class Doubt(NamedTuple):
    """Why a failure is not the agent's, or not alone."""

    failure_class: FailureClass
    why: str
    """The first half of a sentence; what was observed follows."""
    section: Question | None = None
    qualifier: Qualifier | None = None
    quotes: tuple[str, ...] = ()


def doubt(facts: AttemptFacts, result: ScenarioResult) -> Doubt | None:
    """The first of SCENARIO-WRONG, SPEC-CONFLICT, SPEC-GAP and SPEC-AMBIGUOUS that the facts show."""
    rules = (_scenario_wrong, _conflict, _gap, _ambiguous)
    return next((found for rule in rules if (found := rule(facts, result)) is not None), None)


def has_finding(facts: AttemptFacts, rule: str) -> bool:
    """Whether the validator says anything about the text of this rule, waived or not."""
    return any(not each.rule.startswith("Q") for each in _touching(facts, (rule,)))


# The scenario


def _scenario_wrong(facts: AttemptFacts, result: ScenarioResult) -> Doubt | None:
    for each in facts.findings:
        is_its = each.rule == "Q04" and each.level is not Level.INFO and _may_be_about(each, facts, result)
        if is_its and each.quote and any(_asserts(evidence, each.quote) for evidence in result.evidence):
            why = f"The scenario asserts {one_line(each.quote)}, which the spec does not state"
            return Doubt(FailureClass.SCENARIO_WRONG, why, quotes=(each.quote,))
    return None


def _may_be_about(finding: Finding, facts: AttemptFacts, result: ScenarioResult) -> bool:
    """A file may have another name than its scenario: one that no scenario is called by is about any of them."""
    if finding.path is None:
        return False
    name = PurePath(finding.path).stem
    others = {each.id for each in facts.evaluation.scenarios} if facts.evaluation else set()
    return name == result.id or name not in others


def _asserts(evidence: Evidence, literal: str) -> bool:
    """Whether the check that failed is the one with this literal, as a code, as text or inside of JSON."""
    if literal.isdecimal():
        return evidence.check in ("exit", "status") and evidence.expected.strip() == literal
    forms = {literal, json.dumps(literal, ensure_ascii=False)[1:-1]}
    return any(form in evidence.expected or form in evidence.check for form in forms)


# The spec


def _conflict(facts: AttemptFacts, result: ScenarioResult) -> Doubt | None:
    """A contradiction is found at the second of two places; its message names the rule at the first one."""
    touching = list(_touching(facts, result.covers))
    for each in _about_spec(facts):
        is_proven = each.rule in _CANNOT_ALL_HOLD and each.level is not Level.WARNING
        if is_proven and (each in touching or _names_one(each.message, result.covers)):
            why = f"What it covers contradicts itself ({each.rule}, line {each.line})"
            return Doubt(FailureClass.SPEC_CONFLICT, why, _question(each), quotes=_quoted(each))
    return None


def _gap(facts: AttemptFacts, result: ScenarioResult) -> Doubt | None:
    found = _incomplete_text(facts, result) or _unanswered_ask(facts, result)
    if found is not None:
        why = f"The spec leaves it open ({found.rule}, line {found.line}: {one_line(found.message)})"
        return Doubt(FailureClass.SPEC_GAP, why, _question(found), Qualifier.MISSING, _quoted(found))
    absent = next(_absent_terms(facts.spec, result), None)
    if absent is None:
        return None
    why = f"The spec says nothing about {absent}, on which the scenario depends"
    return Doubt(FailureClass.SPEC_GAP, why, section_of(facts.spec, result), Qualifier.MISSING, (absent,))


def _incomplete_text(facts: AttemptFacts, result: ScenarioResult) -> Finding | None:
    """A completeness finding about the rule itself; for a case beyond the usual one, also about its whole section."""
    touching = (each for each in _touching(facts, result.covers) if each.rule.startswith("C") or each.rule == "X03")
    found = next((each for each in touching if each.rule not in _SAYS_NOTHING), None)
    if found is not None or result.kind is ScenarioKind.PRIMARY or result.base is OnBase.PASS:
        return found
    section = section_of(facts.spec, result)
    return next(
        (
            each
            for each in _about_spec(facts)
            if each.section == section and each.rule in _OF_A_SECTION.get(section, ()) and each.quote.startswith("##")
        ),
        None,
    )


def _unanswered_ask(facts: AttemptFacts, result: ScenarioResult) -> Finding | None:
    """A question of the template that the spec does not answer, and that is about what the scenario does."""
    condition, _, _ = result.sentence.partition(" · then ")
    said = f"{result.id.replace('-', ' ')} {condition}"
    asked = (each for each in _about_spec(facts) if each.rule == "T01")
    return next((each for each in asked if is_about(said, each.message.rpartition(": ")[2])), None)


def _absent_terms(spec: Spec, result: ScenarioResult) -> Iterator[str]:
    """Options, variables of the environment and terms in code of the scenario's condition that the spec never names."""
    condition = result.sentence.partition(" · then ")[0]
    text = spec.text.casefold()
    for pattern in (_OPTION, _VARIABLE, _TICKED):
        for match in pattern.finditer(condition):
            term = match[match.lastindex or 0]
            if not term.startswith("FACTORY_") and term.casefold() not in text:
                yield term


def _ambiguous(facts: AttemptFacts, result: ScenarioResult) -> Doubt | None:
    for each in _touching(facts, result.covers):
        if each.rule.startswith("L") and each.rule not in _UNRELIABLE:
            why = f"What it covers can be read in two ways ({each.rule}, line {each.line})"
            return Doubt(FailureClass.SPEC_AMBIGUOUS, why, _question(each), quotes=_quoted(each))
    before = _read_otherwise_before(facts, result)
    if before is None:
        return None
    why = f"Two attempts read it differently, the one before with {one_line(before.observed)}"
    return Doubt(FailureClass.SPEC_AMBIGUOUS, why, quotes=(before.observed,))


def _read_otherwise_before(facts: AttemptFacts, result: ScenarioResult) -> Evidence | None:
    """What the attempt before answered at the same check, where both answered with one value, and not the same.

    Behaviour of the base, crashes and values that differ in every run are no readings of a spec; nor is an answer of
    several parts, of which the second attempt may have got one more right.
    """
    if facts.earlier is None or result.result is not Result.FAIL or result.base is OnBase.PASS:
        return None
    earlier = next((each for each in facts.earlier.scenarios if each.id == result.id), None)
    if earlier is None or earlier.result is not Result.FAIL or not (earlier.evidence and result.evidence):
        return None
    before, now = earlier.evidence[0], result.evidence[0]
    if (before.step, before.check, before.expected) != (now.step, now.check, now.expected) or now.step == 0:
        return None
    both = _answer(before), _answer(now)
    return before if None not in both and both[0] != both[1] else None


def _answer(evidence: Evidence) -> str | None:
    """The one value that the artifact answered, without what differs in every run; None for anything else, such as a
    measure, which is no reading of a spec."""
    if evidence.is_quality:
        return None
    observed = evidence.observed.strip()
    if evidence.check in ("exit", "status"):
        value, _, _ = observed.partition("\n")
    else:
        value = observed
    is_one = all("\n" not in text and text[:1] not in ("[", "{") for text in (value, evidence.expected.strip()))
    if not is_one or _NOT_EQUALITY.search(evidence.check) or _CRASH.search(observed):
        return None
    return _CHANGES_BY_ITSELF.sub("", value) if qualifier_of_evidence(evidence) is Qualifier.WRONG else None


# Findings and what they are about


def _about_spec(facts: AttemptFacts) -> Iterator[Finding]:
    return (each for each in facts.findings if each.path is None)


def _touching(facts: AttemptFacts, rules: tuple[str, ...]) -> Iterator[Finding]:
    """Findings on the lines of these rules, of an evaluation item that covers one, or of a line that names one."""
    spec = facts.spec
    items = [item for rule in rules if (item := item_of(spec, rule)) is not None]
    items += [item for item in spec.evaluation if set(item.covers) & set(rules)]
    lines = {line for item in items for line in lines_of(spec, item)}
    text = spec.text.split("\n")
    for each in _about_spec(facts):
        named = text[each.line - 1] if 0 < each.line <= len(text) else ""
        if each.line in lines or _names_one(named, rules):
            yield each


def _names_one(text: str, rules: tuple[str, ...]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(rule)}(?!\w)", text) for rule in rules)


def _question(finding: Finding) -> Question | None:
    return Question(finding.section) if finding.section and finding.section in Question.__members__ else None


def _quoted(finding: Finding) -> tuple[str, ...]:
    return (finding.quote,) if finding.quote else ()
