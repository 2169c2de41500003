"""What a scenario may say, and how it is understood."""

import pytest
from pydantic import ValidationError

from factory_tui.model.matcher import Matcher, matcher_of
from factory_tui.model.scenario import Scenario
from factory_tui.model.step import Condition, HttpExpect, RunExpect, Step

STEP = {"run": "true"}


def scenario(**changes: object) -> Scenario:
    keys = {"id": "x", "covers": ["R1"], "given": "a", "when": "b", "then": "c", "steps": [STEP]}
    return Scenario.model_validate({**keys, **changes})


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("5s", 5), ("2m", 120), ("1.5s", 1.5), (3, 3), ("7", 7), (" 2 s ", 2)]
)
def test_durations_are_seconds(text: object, seconds: float) -> None:
    assert Step.model_validate({"run": "x", "timeout": text}).timeout == seconds


@pytest.mark.parametrize("text", ["", "5h", "-1s", "0s", "2h", "61m", "1e3s", True, None, [], "5 parsecs", "nan"])
def test_what_is_no_bounded_duration_is_refused(text: object) -> None:
    with pytest.raises(ValidationError):
        Condition.model_validate({"file": "x", "within": text})


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ({"run": "x"}, "run"),
        ({"http": {"url": "http://x"}}, "http"),
        ({"file": "x"}, "file"),
        ({"wait": "1s"}, "wait"),
        ({"wait": {"run": "x", "within": "1s"}}, "wait"),
    ],
)
def test_a_step_is_of_one_kind(written: dict[str, object], kind: str) -> None:
    assert Step.model_validate(written).kind == kind


def test_expectations_have_the_type_of_their_step() -> None:
    assert isinstance(Step.model_validate({"run": "x", "expect": {"exit": 1}}).expect, RunExpect)
    assert isinstance(Step.model_validate({"http": {"url": "u"}, "expect": {"status": 1}}).expect, HttpExpect)
    assert isinstance(Step.model_validate({"file": "x", "expect": "text"}).expect, Matcher)


def test_without_expectation_a_command_exits_with_0_and_a_file_exists() -> None:
    assert Step.model_validate({"run": "x"}).run_expect == RunExpect()
    assert Step.model_validate({"file": "x"}).file_expect == Matcher(exists=True)


@pytest.mark.parametrize("bare", ["text", 3, True, None, ["a"], {"a": 1}])
def test_a_bare_value_means_equals(bare: object) -> None:
    matcher = matcher_of(bare)
    assert matcher.equals == bare
    assert matcher.model_fields_set == {"equals"}


def test_matcher_words_are_conditions() -> None:
    matcher = matcher_of({"contains": ["a", "b"], "not": {"matches": "c"}, "json": {"$.a": {"gt": 1}}})
    assert matcher.contains == ("a", "b")
    assert matcher.model_fields_set == {"contains", "not_", "json_"}


@pytest.mark.parametrize(
    ("written", "location"),
    [
        ({"stdout": {"matches": "("}}, ("expect", "stdout")),
        ({"stdout": {"not": {"matches": "("}}}, ("expect", "stdout", "not")),
        ({"stdout": {"any_of": ["x", {"matches": "("}]}}, ("expect", "stdout", "any_of", 1)),
        ({"stdout": {"json": {"$.a": {"matches": "("}}}}, ("expect", "stdout", "json", "$.a")),
        ({"stdout": {"lines": {"gt": 1, "foo": 2}}}, ("expect", "stdout", "lines")),
        ({"stdout": {"contain": "x"}}, ("expect", "stdout")),
        ({"stdout": {}}, ("expect", "stdout")),
        ({"stdot": "x"}, ("expect", "stdot")),
    ],
)
def test_an_error_deep_in_an_expectation_knows_its_place(
    written: dict[str, object], location: tuple[object, ...]
) -> None:
    with pytest.raises(ValidationError) as caught:
        scenario(steps=[STEP, {"run": "x", "expect": written}])
    assert [each["loc"] for each in caught.value.errors()] == [("steps", 1, *location)]


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": []},
        {"covers": []},
        {"trials": 0},
        {"trials": True},
        {"judge": {"rubric": ""}},
        {"judge": {"rubric": "nice?", "votes": 0}},
        {"id": "X"},
        {"steps": [{}]},
        {"steps": [{"run": "x", "file": "y"}]},
        {"steps": [{"tui": "x"}]},
        {"steps": [{"wait": "1s", "expect": 1}]},
        {"steps": [{"file": "x", "stdin": "y"}]},
        {"steps": [{"run": "x", "capture": {"A": "$"}}]},
        {"service": {"run": "x"}},
        {"service": {"run": "x", "ready": {"http": "u", "file": "f", "within": 1}}},
        {"unknown": 1},
    ],
)
def test_a_scenario_that_could_not_be_carried_out_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        scenario(**changes)


@pytest.mark.parametrize("nothing", [None, "", {}, []])
def test_an_empty_judge_is_no_judge_as_it_always_was(nothing: object) -> None:
    assert scenario(judge=nothing).judge is None


@pytest.mark.parametrize(
    ("key", "short", "long"),
    [("judge", "nice?", {"rubric": "nice?"}), ("fixtures", "shop", ["shop"])],
)
def test_a_short_form_means_the_long_one_and_stands_in_the_schema(key: str, short: str, long: object) -> None:
    assert scenario(**{key: short}) == scenario(**{key: long})
    assert {"type": "string"} in Scenario.model_json_schema()["properties"][key]["anyOf"]


def test_the_schema_bounds_numbers_as_the_reading_does() -> None:
    parts = Scenario.model_json_schema()["$defs"]["Quality"]["properties"]
    seconds, size = (parts[name]["anyOf"][0] for name in ("p95", "memory"))
    assert seconds == {"type": "number", "exclusiveMinimum": 0, "maximum": 3600}
    assert size == {"type": "integer", "minimum": 0, "maximum": 2**40}
