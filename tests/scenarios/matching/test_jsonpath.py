import pytest

from factory_tui.scenarios.matching.jsonpath import STAR, BadPath, parse_path

DOCUMENT = {"items": [{"id": 1, "a b": "x"}, {"id": 2}], "o'k": None, "flag": False}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", [DOCUMENT]),
        ("$.flag", [False]),
        ("$.items[0].id", [1]),
        ("$.items[-1].id", [2]),
        ("$.items[*].id", [1, 2]),
        ("$.items.*.id", [1, 2]),
        ("$.items[0]['a b']", ["x"]),
        ('$["flag"]', [False]),
        (r"$['o\'k']", [None]),
        ("$.items[2]", []),
        ("$.items[-3]", []),
        ("$.items.id", []),
        ("$.flag[0]", []),
        ("$.nothing.deeper", []),
        ("$.flag.*", []),
    ],
)
def test_a_path_leads_to_its_values(path, found):
    assert parse_path(path).find(DOCUMENT) == found


def test_a_star_makes_a_path_plural():
    assert parse_path("$.items[*].id").is_plural
    assert not parse_path("$.items[0].id").is_plural
    assert parse_path("$[*]").parts == (STAR,)


def test_a_text_index_does_not_index_a_text():
    assert parse_path("$.items[0].id[0]").find({"items": [{"id": "abc"}]}) == []


@pytest.mark.parametrize(
    "path", ["", "items", "$items", "$.", "$..a", "$[", "$[a]", "$[1:2]", "$['a]", "$[?(@.x)]", "$.a b"]
)
def test_what_is_not_of_the_subset_is_refused_with_the_place(path):
    with pytest.raises(BadPath, match=r"\$"):
        parse_path(path)
