"""A verdict as JUnit XML, for the CI systems that read nothing else. Pure; hostile output goes in, well-formed XML out.

The dialect is that of Jenkins' xunit plugin (`junit-10.xsd`), which Maven Surefire writes and GitLab, Jenkins, GitHub
actions, Azure and CircleCI read: `testsuites/testsuite/testcase` with `failure`, `error`, `skipped`, `rerunFailure`,
`system-out`, and `properties` of a suite. There is no other standard: https://github.com/jenkinsci/xunit-plugin.

What it looks like there follows the gate: something is red exactly when the verdict is no pass.
- A scenario that failed is a `failure`; one whose trials disagreed is one of type `flaky`, with a `rerunFailure`
  for every further trial that did not pass.
- One that the harness could not judge, or the judges could not decide, is an `error`.
- Reserve and burned scenarios decide nothing, so they are `skipped`, with what they showed in the message: a red test
  under a green verdict would be mended by weakening the reserve.
- A verdict that no scenario explains (a failed set-up, no sandbox, nothing to prove) is a test case named `verdict`.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from factory_tui.model.binding import Binding
from factory_tui.model.evaluation import Evidence, Result, ScenarioResult, Trial
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import Layer

_LONGEST = 20_000
"""Characters of evidence of one test case."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, escaped or not: https://www.w3.org/TR/xml/#charsets"""

_RED = frozenset({"failure", "error"})


@dataclass(frozen=True, slots=True)
class JudgedSpec:
    """What was judged, as it goes into the file."""

    spec: str
    verdict: Verdict | None
    """None when the run has none yet."""
    reason: str
    scenarios: Sequence[ScenarioResult]
    binding: Binding
    constraints: Mapping[str, str]
    """Constraint that bound it → its version."""
    more: Mapping[str, str]
    """Other facts, such as the run."""


def render_junit(judged: JudgedSpec) -> str:
    """One XML document: a suite for the spec, and one for each constraint that had scenarios in it."""
    root = ET.Element("testsuites", name=_line(judged.spec))
    suites = [_suite(judged, name, results) for name, results in _by_spec(judged).items()]
    own = suites[0]
    if judged.verdict is not Verdict.PASS and not any(_is_red(case) for suite in suites for case in suite):
        own.append(_verdict(judged))
    for suite in suites:
        _count(suite)
        root.append(suite)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.set("time", _seconds(sum(float(suite.get("time", "0")) for suite in suites)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _by_spec(judged: JudgedSpec) -> dict[str, list[ScenarioResult]]:
    """Scenarios of a constraint carry its name before a slash."""
    found: dict[str, list[ScenarioResult]] = {judged.spec: []}
    for each in judged.scenarios:
        owner, slash, _ = each.id.rpartition("/")
        found.setdefault(owner if slash else judged.spec, []).append(each)
    return found


def _suite(judged: JudgedSpec, name: str, results: Sequence[ScenarioResult]) -> ET.Element:
    suite = ET.Element("testsuite", name=_line(name))
    properties = ET.SubElement(suite, "properties")
    facts = {"verdict": judged.verdict.value if judged.verdict else "", "reason": judged.reason, **judged.more}
    facts |= judged.binding.inputs() if name == judged.spec else {"spec_hash": judged.constraints.get(name, "")}
    facts |= {f"constraints.{each}": version for each, version in judged.constraints.items() if name == judged.spec}
    for key, value in facts.items():
        if value:
            ET.SubElement(properties, "property", name=_line(key), value=_line(value))
    suite.extend(_case(name, each) for each in results)
    return suite


def _case(spec: str, result: ScenarioResult) -> ET.Element:
    name = result.id.rpartition("/")[2]
    time = _seconds(sum(trial.seconds for trial in result.trials))
    case = ET.Element("testcase", classname=_line(spec), name=_line(name), time=time)
    if not result.gates:
        why = "reserve, decides nothing" if result.layer is Layer.RESERVE else f"burned: {result.burned}"
        ET.SubElement(case, "skipped", message=_line(f"{why}; result: {result.result.value}"))
        _out(case, [] if result.result is Result.PASS else [result.sentence, *_lines(result.evidence)])
    elif result.result is not Result.PASS:
        for each in _outcome(result):
            case.append(each)
        _out(case, [result.sentence])
    return case


def _outcome(result: ScenarioResult) -> Iterator[ET.Element]:
    trials = [each for each in result.trials if each.result is not Result.PASS] or [
        Trial(result=result.result, seconds=0.0, evidence=result.evidence)
    ]
    kind = "error" if result.result in (Result.ERROR, Result.INCONCLUSIVE) else "failure"
    passed = sum(each.result is Result.PASS for each in result.trials)
    said = f"{passed} of {len(result.trials)} trials passed; " if result.result is Result.FLAKY else ""
    judged = result.judgement.reason if result.judgement else ""
    why = f"{said}{_short(trials[0].evidence) or judged or result.result.value}"
    yield _finding(kind, result.result.value, why, trials[0])
    for each in trials[1:]:
        yield _finding("rerunFailure", each.result.value, _short(each.evidence) or each.result.value, each)


def _finding(tag: str, kind: str, message: str, trial: Trial) -> ET.Element:
    found = ET.Element(tag, type=kind, message=_line(message))
    found.text = _text("\n".join(_lines(trial.evidence)))
    return found


def _verdict(judged: JudgedSpec) -> ET.Element:
    case = ET.Element("testcase", classname=_line(judged.spec), name="verdict", time="0.000")
    verdict = judged.verdict.value if judged.verdict else "none"
    tag = "failure" if judged.verdict is Verdict.FAIL else "error"
    found = ET.SubElement(case, tag, type=verdict, message=_line(judged.reason or f"the verdict is {verdict}"))
    found.text = _text(judged.reason)
    return case


def _lines(evidence: Sequence[Evidence]) -> Iterator[str]:
    for each in evidence:
        yield _place(each)
        yield f"expected: {each.expected}"
        yield f"observed: {each.observed}"


def _short(evidence: Sequence[Evidence]) -> str:
    first = next(iter(evidence), None)
    return f"{_place(first)}: expected {first.expected}, observed {first.observed}" if first else ""


def _place(each: Evidence) -> str:
    return f"{f'step {each.step}' if each.step else 'before the steps'}, {each.check}"


def _out(case: ET.Element, lines: Sequence[str]) -> None:
    if any(lines):
        ET.SubElement(case, "system-out").text = _text("\n".join(lines))


def _count(suite: ET.Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", _seconds(sum(float(case.get("time", "0")) for case in cases)))


def _is_red(element: ET.Element) -> bool:
    return any(child.tag in _RED for child in element)


def _seconds(value: float) -> str:
    return f"{max(value, 0.0):.3f}"


def _line(text: str) -> str:
    return _NOT_XML.sub("\ufffd", clean_line(text))


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", clean(text, limit=_LONGEST))
