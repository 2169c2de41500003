"""Where in the spec a failed scenario points: the rule, the question that should have answered it, and how it missed.

All of it follows from evidence and the spec's text alone; decision 0021 says in which order.
"""

import re

from factory_tui.model.evaluation import Aspect, Evidence, Result, ScenarioResult
from factory_tui.model.failure import Qualifier
from factory_tui.model.scenario import OnBase, ScenarioKind
from factory_tui.model.spec import Item, Question, Section, Spec

_NOTHING = frozenset({"", "nothing there", "no such file", "null", "[]", "{}", '""'})
"""What evidence shows where there is nothing."""

_NOT_RUNNABLE = frozenset({"126", "127"})
_WORDS = re.compile(r"\w+")
_STREAMS = {"stdout", "stderr"}


def item_of(spec: Spec, rule: str) -> Item | None:
    """The rule with this id."""
    return next((each for each in spec.rules if each.id == rule), None)


def lines_of(spec: Spec, item: Item) -> range:
    """1-based lines of an item, those that it is wrapped to included."""
    lines = spec.visible.split("\n") if spec.visible else []
    last, said = item.line, 0
    wanted = len("".join(item.text.split()))
    while last <= len(lines):
        said += len("".join(lines[last - 1].split()))
        if said >= wanted or last == len(lines) or not lines[last].strip():
            break
        last += 1
    return range(item.line, last + 1)


def quote_of(spec: Spec, item: Item) -> str:
    """The item as the file has it, without the space around it."""
    lines = spec.text.split("\n")
    quoted = "\n".join(lines[line - 1].strip() for line in lines_of(spec, item) if line <= len(lines)).strip()
    return quoted or f"{item.id} {item.text}"


def only_limits(result: ScenarioResult) -> bool:
    """Every trial that did not pass missed a limit and nothing else."""
    failed = [trial for trial in result.trials if trial.result is not Result.PASS]
    return bool(failed) and all(
        trial.result is Result.FAIL and trial.evidence and all(each.is_limit for each in trial.evidence)
        for trial in failed
    )


def section_of(spec: Spec, result: ScenarioResult) -> Question:
    """The question whose answer the failure is about.

    A missed limit points to CONSTRAINTS, evidence about a channel or a form to OUTPUTS, a negative scenario about an
    invalid case of an input to INPUTS; another missed quality to the question that asks for it; the rest to RULES.
    """
    if only_limits(result):
        return Question.CONSTRAINTS
    if result.evidence and all(each.is_quality for each in result.evidence):
        aspects = (each.aspect for each in result.evidence if not each.is_limit)
        return next((_ASKED_BY.get(aspect, Question.RULES) for aspect in aspects), Question.CONSTRAINTS)
    if result.base is OnBase.FAIL and result.evidence:
        if _is_about_form(result.evidence):
            return Question.OUTPUTS
        if result.kind is ScenarioKind.NEGATIVE and _is_about_input(spec, result):
            return Question.INPUTS
    return Question.RULES


_ASKED_BY = {
    Aspect.ERRORS: Question.OUTPUTS,
    Aspect.HELP: Question.OUTPUTS,
    Aspect.CHECK: Question.CONSTRAINTS,
}
"""What a user reads is an output; a check of the operator's own is a constraint; idempotence is a rule."""


def _is_about_form(evidence: tuple[Evidence, ...]) -> bool:
    """The right words in another form or on another channel, text that is not JSON, a header, a file that is absent."""
    first = evidence[0]
    if first.check.startswith("header "):
        return True
    if first.check.endswith("json") and first.expected.startswith("JSON ("):
        return True
    if first.check.endswith(" exists") and first.expected == "something there":
        return True
    return _same_words(first) or _on_the_other_channel(evidence)


def _same_words(evidence: Evidence) -> bool:
    """The same words and numbers: only case, blanks or punctuation differ."""
    if evidence.check.endswith((" not", " lt", " gt", " matches", " lines", "exit", "status", "any_of")):
        return False
    wanted, got = (_WORDS.findall(text.casefold()) for text in (evidence.expected, evidence.observed))
    if evidence.check.endswith(" contains"):
        return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(got)} "
    return bool(wanted) and wanted == got


def _on_the_other_channel(evidence: tuple[Evidence, ...]) -> bool:
    """In one step, a stream lacks what the other one has."""
    return any(
        one.step == other.step
        and {one.check.split(" ")[0], other.check.split(" ")[0]} == _STREAMS
        and bool(one.expected.strip())
        and one.expected.strip() in other.observed
        and one.expected.strip() not in one.observed
        for one in evidence
        for other in evidence
    )


def _is_about_input(spec: Spec, result: ScenarioResult) -> bool:
    """INPUTS names a rule that the scenario covers, or such a rule names an input."""
    inputs = spec.section(Question.INPUTS)
    if inputs is None:
        return False
    names = _input_names(inputs)
    for rule in result.covers:
        if re.search(rf"(?<!\w){re.escape(rule)}(?!\w)", inputs.body):
            return True
        item = item_of(spec, rule)
        if item is not None and any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", item.text) for name in names):
            return True
    return False


def _input_names(inputs: Section) -> tuple[str, ...]:
    """First cells of the rows of a table, and first words of list items, that stand in code or capital letters."""
    found: list[str] = []
    for line in inputs.body.split("\n"):
        cell = re.match(r"\s*(?:\|\s*([^|]+?)\s*\||[-*+]\s+(\S+))", line)
        words = (cell[1] or cell[2] or "") if cell else ""
        found += re.findall(r"`([^`]{1,60})`", words) or re.findall(r"(?<!\w)[A-Z][A-Z0-9_]+(?!\w)", words)
    return tuple(dict.fromkeys(found))


def qualifier_of(result: ScenarioResult) -> Qualifier | None:
    """How what was observed differs from what was expected; None without evidence."""
    first = next(iter(result.evidence), None)
    return qualifier_of_evidence(first) if first else None


def qualifier_of_evidence(first: Evidence) -> Qualifier:
    """How one observed value differs from the expected one."""
    expected, observed = first.expected.strip(), first.observed.strip()
    code, wanted = observed.split("\n")[0].strip(), expected.split("\n")[0].strip()
    if first.check == "exit":
        return Qualifier.MISSING if code in _NOT_RUNNABLE or (code == "0" and wanted != "0") else Qualifier.WRONG
    if first.check == "status":
        return Qualifier.MISSING if _accepted(wanted, code) or code in ("404", "501") else Qualifier.WRONG
    if first.check.endswith(" exists"):
        return Qualifier.MISSING if expected == "something there" else Qualifier.EXTRA
    if first.check.endswith(" not") or (expected in _NOTHING and observed not in _NOTHING):
        return Qualifier.EXTRA
    if observed in _NOTHING or first.check in ("service", "answer", "timeout") or first.check.startswith("capture "):
        return Qualifier.MISSING
    return Qualifier.WRONG


def _accepted(wanted: str, code: str) -> bool:
    """An answer of success where a refusal was expected."""
    return wanted[:1] == "4" and code[:1] == "2"
