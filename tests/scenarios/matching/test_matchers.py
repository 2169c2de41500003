import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.matcher import matcher_of
from factory_tui.scenarios.matching import regex
from factory_tui.scenarios.matching.matchers import Mismatch, ScenarioFault, check, check_json
from factory_tui.scenarios.matching.values import ABSENT, SHOWN, cut, lines_of, normalised, parse_json, same


def holds(matcher, observed, **options):
    return check(matcher_of(matcher), observed, "it", **options) == []


@pytest.mark.parametrize(
    ("matcher", "observed"),
    [
        ("abc", "abc"),
        ("abc", "abc\n"),
        ("abc\n", "abc"),
        ("a\nb", "a\r\nb\r\n"),
        ("", ""),
        ("", "\n"),
        (3, 3),
        (3, 3.0),
        ("3", 3),
        (3, "3\n"),
        (50.0, "50.00\n"),
        (True, "true\n"),
        (False, "False"),
        ({"equals": "x"}, "x"),
        ({"contains": "b"}, "abc"),
        ({"contains": ["a", "c"]}, "abc"),
        ({"contains": "a\nb\n"}, "x\r\na\r\nb"),
        ({"contains": "x"}, ["x", "y"]),
        ({"contains": "key"}, {"key": 1}),
        ({"contains": 42}, "42 lines\n"),
        ({"contains": 42}, 42),
        ({"contains": "4"}, 1.4),
        ({"contains": [7, "x", True]}, [7, "x", True]),
        ({"contains": "7"}, [6, 7]),
        ({"contains": 7}, ["6", "7"]),
        ({"matches": "^a.c$"}, "abc\n"),
        ({"matches": r"^\d+$"}, 42),
        ({"lines": 2}, "a\nb\n"),
        ({"lines": 0}, ""),
        ({"lines": 1}, "\n"),
        ({"lines": {"gt": 1, "lt": 3}}, "a\nb"),
        ({"lines": ["a", "b"]}, "a\r\nb\r\n"),
        ({"lines": [1, 2]}, "1\n2\n"),
        ({"lines": 3}, [1, 2, 3]),
        ({"lt": 5}, 4),
        ({"lt": 5, "gt": 3}, "4.2\n"),
        ({"gt": -1}, 0),
        ({"exists": True}, ""),
        ({"exists": False}, ABSENT),
        ({"not": "x"}, "y"),
        ({"not": {"contains": "x"}}, "y"),
        ({"not": {"exists": True}}, ABSENT),
        ({"any_of": [0, 3]}, 3),
        ({"any_of": ["x", {"contains": "b"}]}, "abc"),
        ({"json": {"$.a": 1}}, '{"a": 1, "b": 2}\n'),
        ({"json": {"a": [1, {"b": None}]}}, '{"a": [1.0, {"b": null}]}'),
        ({"json": [1, 2]}, "[1, 2]"),
        ({"json": None}, "null"),
        ({"contains": "a", "not": {"contains": "b"}}, "a"),
    ],
)
def test_holds(matcher, observed):
    assert holds(matcher, observed)


@pytest.mark.parametrize(
    ("matcher", "observed"),
    [
        ("abc", "abc\n\n"),
        ("abc", " abc"),
        ("abc", "ABC"),
        ("", " "),
        (3, "3 apples"),
        (3, ""),
        (1, True),
        (True, 1),
        (0, False),
        (0, ABSENT),
        (0, "0x0"),
        ("None", None),
        ({"equals": {"a": 1}}, '{"a": 1}'),
        ({"contains": "b"}, "a"),
        ({"contains": ["a", "z"]}, "abc"),
        ({"contains": ""}, ABSENT),
        ({"contains": "x"}, ["xx"]),
        ({"matches": "^b"}, "ab"),
        ({"matches": ""}, ABSENT),
        ({"lines": 2}, "a"),
        ({"lines": ["a", "b"]}, "a\nc"),
        ({"lines": ["a"]}, "a\nb"),
        ({"lines": 1}, 5),
        ({"lt": 5}, 5),
        ({"gt": 5}, 5),
        ({"lt": 5}, "fast"),
        ({"lt": 5}, "nan"),
        ({"gt": 0}, "inf"),
        ({"gt": 0}, True),
        ({"lt": 5}, ABSENT),
        ({"exists": True}, ABSENT),
        ({"exists": False}, ""),
        ({"not": "x"}, "x\n"),
        ({"not": {"matches": "x"}}, "axb"),
        ({"any_of": [0, 3]}, 1),
        ({"any_of": []}, 1),
        ({"json": {"$.a": 1}}, "not json"),
        ({"json": {"$.a": 1}}, '{"a": "1"}'),
        ({"json": {"$.a": True}}, '{"a": 1}'),
        ({"json": {"$.a": None}}, "{}"),
        ({"json": {"a": 1}}, '{"a": 1, "b": 2}'),
        ({"json": [1, 2]}, "[2, 1]"),
        ({"json": {"$.a": 1}}, ABSENT),
        ({"contains": "a", "not": {"contains": "b"}}, "ab"),
    ],
)
def test_does_not_hold(matcher, observed):
    assert not holds(matcher, observed)


@pytest.mark.parametrize(
    ("expected", "holds_for"),
    [
        ({"$[*].id": [1, 2]}, True),
        ({"$[*].id": [2, 1]}, False),
        ({"$[*].kind": "x"}, True),
        ({"$[*].id": 1}, False),
        ({"$[*].id": {"gt": 0}}, True),
        ({"$[*].id": {"gt": 1}}, False),
        ({"$[*].kind": {"contains": "x"}}, True),
        ({"$[*].kind": {"contains": "y"}}, False),
        ({"$[*].kind": {"not": {"contains": "y"}}}, True),
        ({"$[*].kind": {"not": {"contains": "x"}}}, False),
        ({"$[*].id": {"not": 2}}, False),
        ({"$[*].id": {"not": {"lines": 3}}}, True),
        ({"$[*].id": {"lines": 2}}, True),
        ({"$[*].gone": {"exists": False}}, True),
        ({"$[*].gone": {"exists": True}}, False),
        ({"$[*].gone": {"not": 5}}, True),
        ({"$[*].gone": 5}, False),
        ({"$[*].gone": []}, True),
        ({"$[0].id": 1, "$[1].id": 2}, True),
        ({"$[0].id": 1, "$[1].id": 3}, False),
    ],
)
def test_paths_behind_a_star(expected, holds_for):
    document = [{"id": 1, "kind": "x"}, {"id": 2, "kind": "x"}]
    assert (check_json(expected, document) == []) is holds_for


def test_labels_name_what_was_checked_and_how():
    assert check(matcher_of(3), 1, "exit") == [Mismatch("exit", "3", "1")]
    assert check(matcher_of({"contains": "no"}), "yes", "stdout")[0].check == "stdout contains"
    assert check_json({"$.code": {"matches": "^a"}}, {"code": "b"})[0] == Mismatch("$.code matches", "^a", "b")
    assert check(matcher_of({"json": {"$.a": 1}}), '{"a": 2}', "stdout")[0].check == "stdout $.a"
    assert check(matcher_of({"json": {}}), "{", "stdout")[0].check == "stdout json"


def test_every_condition_that_does_not_hold_is_noted():
    mismatches = check(matcher_of({"contains": ["a", "b"], "lines": 3}), "c", "stdout")
    assert [each.check for each in mismatches] == ["stdout contains", "stdout contains", "stdout lines"]


def test_an_unreadable_path_is_the_scenarios_fault():
    with pytest.raises(ScenarioFault, match="character 2"):
        check(matcher_of({"json": {"$..a": 1}}), "{}", "stdout")


@pytest.mark.parametrize("wrap", [lambda each: each, lambda each: {"not": each}, lambda each: {"any_of": [each, "x"]}])
def test_an_undecided_search_never_holds(monkeypatch, wrap):
    monkeypatch.setattr(regex, "DEADLINE_S", 0.2)
    mismatches = check(matcher_of(wrap({"matches": "(a+)+$"})), "a" * 60 + "!", "stdout")
    assert [each.check for each in mismatches] == ["stdout matches"]


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "", "{", "[" * 200_000, "9" * 100_000, "\x00"])
def test_what_is_not_json_is_refused_and_does_not_break_the_engine(text):
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


def test_evidence_is_cut_from_both_ends_and_is_always_storable():
    text = "a" * SHOWN + "middle" + "z" * SHOWN
    shown = cut(text)
    assert shown.startswith("a")
    assert shown.endswith("z")
    assert len(shown) < SHOWN + 100
    assert cut("\ud800").encode("utf-8") == b"?"


@given(st.text(st.characters(exclude_characters="\r")))
def test_text_equals_itself_whatever_its_line_endings(text):
    assert same(text.replace("\n", "\r\n"), text)
    assert len(lines_of(text)) == (len(normalised(text).split("\n")) if text else 0)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_json_equality_never_mixes_types(one, other):
    def shape(value):
        if isinstance(value, list):
            return [shape(each) for each in value]
        if isinstance(value, dict):
            return {key: shape(each) for key, each in value.items()}
        return (type(value).__name__, value)

    plain_text = isinstance(one, str) and isinstance(other, str)
    expected = normalised(one) == normalised(other) if plain_text else shape(one) == shape(other)
    assert same(one, other, strict=True) == expected


@given(JSON)
def test_not_is_the_opposite_of_equals(value):
    observed = "x"
    assert holds({"not": {"equals": value}}, observed) != holds({"equals": value}, observed)
