"""JUnit XML: red exactly when the verdict is no pass, shaped as CI systems read it, well-formed whatever is in it."""

import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from factory_tui.model.binding import Binding
from factory_tui.model.evaluation import Evidence, Result, ScenarioResult, Trial
from factory_tui.model.judgement import Judgement, Outcome
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import Layer
from factory_tui.report.junit import JudgedSpec, render_junit
from factory_tui.scenarios import decide

CASE = {
    "testsuites": ({"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"properties", "testcase"}),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "testcase": (
        {"classname", "name", "time"},
        {"skipped", "error", "failure", "rerunFailure", "system-out"},
    ),
    "skipped": ({"message"}, set()),
    "error": ({"type", "message"}, set()),
    "failure": ({"type", "message"}, set()),
    "rerunFailure": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}
"""Element → its attributes and what may be in it, as `junit-10.xsd` of Jenkins' xunit plugin has it."""


def trial(result: Result, observed: str = "o") -> Trial:
    evidence = () if result is Result.PASS else (Evidence(step=1, check="exit", expected="0", observed=observed),)
    return Trial(result=result, seconds=0.25, evidence=evidence)


def scenario(name: str, *trials: Trial, result: Result | None = None, **more: object) -> ScenarioResult:
    told = {"id": name, "covers": ("R1",), "sentence": "Given a · when b · then c", **more}
    return ScenarioResult.model_validate({**told, "result": result or trials[0].result, "trials": trials})


def judged(*scenarios: ScenarioResult, **more: object) -> JudgedSpec:
    ruling = decide(scenarios)
    told = {"spec": "bank", "verdict": ruling.verdict, "reason": ruling.reason, "scenarios": scenarios}
    told |= {"binding": Binding(spec_hash="s1", twins={"anthropic": "t1"}), "constraints": {"names": "c1"}, "more": {}}
    return JudgedSpec(**{**told, **more})  # type: ignore[arg-type]


def read(spec: JudgedSpec) -> ET.Element:
    root = ET.fromstring(render_junit(spec).encode())
    check_shape(root)
    return root


def check_shape(element: ET.Element) -> None:
    attributes, children = CASE[element.tag]
    assert set(element.attrib) == attributes
    assert {child.tag for child in element} <= children
    if element.tag in ("testsuite", "testsuites"):
        cases = list(element.iter("testcase"))
        for name, tag in (("failures", "failure"), ("errors", "error")):
            assert int(element.get(name, "-1")) == sum(case.find(tag) is not None for case in cases)
        assert int(element.get("tests", "-1")) == len(cases)
    if element.tag == "testcase":
        assert sum(child.tag in ("skipped", "error", "failure") for child in element) <= 1
    for child in element:
        check_shape(child)


def is_red(root: ET.Element) -> bool:
    return root.find(".//failure") is not None or root.find(".//error") is not None


def test_a_pass_is_green_and_bound():
    root = read(judged(scenario("opens", trial(Result.PASS))))
    assert not is_red(root)
    facts = {each.get("name"): each.get("value") for each in root.iter("property")}
    assert facts == {"verdict": "pass", "spec_hash": "s1", "twins.anthropic": "t1", "constraints.names": "c1"}
    (case,) = root.iter("testcase")
    assert (case.get("classname"), case.get("name"), case.get("time")) == ("bank", "opens", "0.250")


def test_a_failure_has_its_evidence():
    root = read(judged(scenario("opens", trial(Result.FAIL, "no door\nat all"))))
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("message") == "step 1, exit: expected 0, observed no door at all"
    assert failure.text == "step 1, exit\nexpected: 0\nobserved: no door\nat all"
    assert root.findtext(".//system-out") == "Given a · when b · then c"


def test_trials_that_disagree_are_a_failure_with_reruns():
    trials = trial(Result.PASS), trial(Result.FAIL, "one"), trial(Result.FAIL, "two")
    root = read(judged(scenario("opens", *trials, result=Result.FLAKY)))
    failure, again = root.find(".//failure"), root.find(".//rerunFailure")
    assert failure is not None
    assert again is not None
    assert failure.get("type") == "flaky"
    assert "1 of 3 trials passed" in (failure.get("message") or "")
    assert "two" in (again.text or "")


def test_a_step_before_the_first_is_called_so_in_the_message_too():
    early = Trial(
        result=Result.FAIL, seconds=0.1, evidence=(Evidence(step=0, check="ready", expected="e", observed="o"),)
    )
    failure = read(judged(scenario("opens", early))).find(".//failure")
    assert failure is not None
    assert failure.get("message") == "before the steps, ready: expected e, observed o"


def test_what_judges_could_not_decide_says_why():
    judgement = Judgement(
        rubric="r", outcome=Outcome.INCONCLUSIVE, reason="no judgement is recorded", votes=(), quorum=3, model="m"
    )
    asked = scenario("friendly", trial(Result.PASS), result=Result.INCONCLUSIVE, judgement=judgement)
    error = read(judged(asked)).find(".//error")
    assert error is not None
    assert error.get("message") == "no judgement is recorded"


def test_what_decides_nothing_is_skipped_and_says_what_it_showed():
    passes = scenario("opens", trial(Result.PASS))
    reserve = scenario("later", trial(Result.FAIL), layer=Layer.RESERVE)
    burned = scenario("known", trial(Result.PASS), burned="an agent read it")
    root = read(judged(passes, reserve, burned))
    assert not is_red(root)
    assert [each.get("message") for each in root.iter("skipped")] == [
        "reserve, decides nothing; result: fail",
        "burned: an agent read it; result: pass",
    ]


def test_scenarios_of_a_constraint_are_a_suite_of_their_own():
    root = read(judged(scenario("opens", trial(Result.PASS)), scenario("names/no-name", trial(Result.FAIL))))
    assert [(each.get("name"), each.get("failures")) for each in root.iter("testsuite")] == [
        ("bank", "0"),
        ("names", "1"),
    ]
    case = root.find(".//testsuite[@name='names']/testcase")
    assert case is not None
    assert (case.get("classname"), case.get("name")) == ("names", "no-name")


def test_a_verdict_that_no_scenario_explains_is_a_case():
    root = read(judged(verdict=Verdict.FAIL, reason="set-up failed: `make` ended with exit code 2"))
    (case,) = root.iter("testcase")
    assert case.get("name") == "verdict"
    assert case.find("failure") is not None
    assert read(judged(verdict=None, reason="")).find(".//error") is not None


ANY = st.text(max_size=60) | st.text(alphabet="\x00\x1b\x9b\ufffe\uffff\ud800\u202e<&]\r\n", max_size=30)


@given(
    st.lists(st.tuples(st.sampled_from(Result), st.sampled_from(Layer), ANY, ANY, ANY, st.booleans()), max_size=5),
    ANY,
)
@settings(max_examples=200, deadline=None)
def test_hostile_output_is_well_formed_and_red_only_with_the_verdict(found, word):
    scenarios = [
        scenario(
            f"s{number}",
            Trial(
                result=result,
                seconds=0.1,
                evidence=()
                if result is Result.PASS
                else (Evidence(step=0, check=check, expected=expected, observed=observed),),
            ),
            layer=layer,
            sentence=observed,
            burned=word if burned else "",
        )
        for number, (result, layer, check, expected, observed, burned) in enumerate(found)
    ]
    spec = judged(*scenarios, spec=word, binding=Binding(spec_hash=word, twins={word: word}), more={"run": word})
    root = read(spec)
    assert is_red(root) == (spec.verdict is not Verdict.PASS)
