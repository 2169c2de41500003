import json

import pytest

from factory_tui.model.matcher import matcher_of
from factory_tui.scenarios.matching.captures import (
    LONGEST,
    UnusableCapture,
    captured,
    environment,
    filled,
    filled_expectation,
    filled_json,
    filled_matcher,
)
from factory_tui.scenarios.matching.matchers import ScenarioFault, check, check_json


def test_references_are_replaced_once():
    assert filled("/x/${code}/${port}", {"code": "${port}", "port": 80}) == "/x/${port}/80"


def test_names_that_cannot_be_captures_are_left_alone():
    assert filled("${HOME} $code $${", {"code": "c"}) == "${HOME} $code $${"


def test_an_unknown_name_is_the_scenarios_fault_and_says_what_to_do():
    with pytest.raises(ScenarioFault, match=r"no earlier step captures code.*capture: \{code"):
        filled("${code}", {"port": 80})


def test_a_reference_alone_keeps_the_type_in_json():
    assert filled_json({"id": "${id}", "url": "/${id}", "all": ["${id}"]}, {"id": 7}) == {
        "id": 7,
        "url": "/7",
        "all": [7],
    }


@pytest.mark.parametrize(("value", "observed"), [(7, 7), (7, "7"), ("7", 7), ("7", "7"), ("a", "a"), ("4.5", 4.5)])
def test_a_captured_number_is_found_again_as_text_and_as_number(value, observed):
    expected = filled_expectation({"$.id": "${id}"}, {"id": value})
    assert check_json(expected, {"id": observed}) == []
    assert check_json(expected, {"id": "other"}) != []


def test_a_captured_pattern_matches_only_itself():
    matcher = filled_matcher(matcher_of({"matches": "^${code}$"}), {"code": ".*"})
    assert check(matcher, ".*", "it") == []
    assert check(matcher, "anything", "it") != []


def test_a_captured_value_cannot_widen_a_path():
    assert check_json(filled_expectation({"$.${id}.n": 1}, {"id": "a-1"}), {"a-1": {"n": 1}}) == []
    with pytest.raises(UnusableCapture):
        filled_expectation({"$.${id}": 1}, {"id": "*"})


def test_references_reach_every_matcher():
    written = {"contains": ["${a}"], "lines": ["${a}"], "not": {"contains": "${b}"}, "any_of": [{"contains": "${a}"}]}
    matcher = filled_matcher(matcher_of(written), {"a": "yes", "b": "no"})
    assert check(matcher, "yes\n", "it") == []
    assert len(check(matcher, "no\n", "it")) == 4


def test_the_whole_answer_or_a_place_in_it_is_captured():
    values, missing = captured({"all": "$", "id": "$.items[-1].id"}, '{"items": [{"id": 3}]}\n', complete=True)
    assert values == {"all": '{"items": [{"id": 3}]}', "id": 3}
    assert missing == []


@pytest.mark.parametrize("text", ["not json", "{}", ""])
def test_what_the_answer_lacks_is_a_mismatch(text):
    values, missing = captured({"id": "$.id"}, text, complete=True)
    assert values == {}
    assert [each.check for each in missing] == ["capture id"]


def test_nothing_is_captured_from_a_cut_answer():
    assert captured({"all": "$"}, "text", complete=False)[0] == {}


def test_a_value_too_long_for_an_environment_is_refused():
    values, missing = captured({"all": "$"}, "x" * (LONGEST + 1), complete=True)
    assert values == {}
    assert missing[0].check == "capture all"


def test_an_unreadable_path_is_the_scenarios_fault():
    with pytest.raises(ScenarioFault):
        captured({"id": "id"}, "{}", complete=True)


def test_the_environment_holds_text_without_nul_and_surrogates():
    assert environment({"a": "x\0y", "b": [1, "z"], "c": "\ud800", "port": 80}) == {
        "a": "xy",
        "b": '[1, "z"]',
        "c": "?",
        "port": "80",
    }


def test_a_captured_id_is_found_in_a_list_whether_it_is_a_number_or_text_there():
    for captured_id, listed in ((7, [6, 7]), ("7", [6, 7]), (7, ["6", "7"])):
        matcher = filled_matcher(matcher_of({"json": {"$[*].id": {"contains": "${id}"}}}), {"id": captured_id})
        assert check(matcher, json.dumps([{"id": each} for each in listed]), "stdout") == []
        assert check(matcher, '[{"id": 77}]', "stdout") != []
