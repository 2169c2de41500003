"""What a step expects, whatever its kind."""

import pytest

from factory_tui.model.step import Step
from factory_tui.scenarios.matching.expected import Of, matchers_of


@pytest.mark.parametrize(
    ("step", "all_of_it", "content"),
    [
        ({"run": "x"}, [], []),
        ({"run": "x", "expect": {"exit": 3, "stdout": "o", "stderr": "e"}}, [3, "o", "e"], ["o", "e"]),
        (
            {"http": {"url": "u"}, "expect": {"status": 201, "headers": {"A": "h"}, "json": {"$.a": 1}}},
            [201, "h", {"$.a": 1}],
            [{"$.a": 1}],
        ),
        ({"file": "f", "expect": "text"}, ["text"], ["text"]),
        ({"tui": {"run": "x", "do": [{"see": "a"}]}, "expect": {"screen": "b", "exit": 0}}, ["a", "b", 0], ["b"]),
        ({"db": {"file": "f", "query": "SELECT 1"}, "expect": {"rows": 2, "json": [1]}}, [2, [1]], [2, [1]]),
        ({"wait": 1}, [], []),
    ],
    ids=["nothing", "run", "http", "file", "tui", "db", "wait"],
)
def test_every_matcher_of_a_step_is_found(step: dict, all_of_it: list, content: list) -> None:
    read = Step.model_validate(step)

    def found(*only: Of) -> list:
        return [each.json_ if "json_" in each.model_fields_set else each.equals for each in matchers_of(read, *only)]

    assert found() == all_of_it
    assert found(Of.CONTENT) == content
