"""Who waits for whom: broken, missing and circular dependencies are shown, and ten thousand specs are no matter."""

import time

from factory_tui.model.run import RunState
from factory_tui.model.spec import Category, Kind, Status
from factory_tui.model.views import SpecRow
from factory_tui.report.dependencies import MOST_BRANCHES, Dependencies, Place, Standing


def spec(name: str, *depends_on: str, status: Status | None = Status.READY, **more: object) -> SpecRow:
    usual: dict[str, object] = {
        "id": name, "title": name, "status": status, "kind": Kind.FEATURE, "category": Category.CRUD, "errors": 0,
        "warnings": 0, "findings": (), "scenarios": 1, "rules": 1, "covered_rules": 1, "depends_on": depends_on,
    }  # fmt: skip
    return SpecRow.model_validate({**usual, **more})


def drawn(rows: list[SpecRow], name: str) -> tuple[list[str], list[str]]:
    tree = Dependencies(rows).tree(name)
    return tuple([f"{'-' * each.depth}{each.spec} {each.standing}{' cycle' * each.cycle}{' above' * each.shown_above}"
                  for each in branches] for branches in (tree.waits_for, tree.wanted_by))  # type: ignore  # fmt: skip


def turns(places: tuple[Place, ...]) -> list[tuple[int | None, str, str]]:
    return [(each.step, each.spec, each.why_never) for each in places]


def test_a_tree_shows_both_directions_with_where_everything_stands() -> None:
    rows = [
        spec("store", last_state=RunState.SHIPPED),
        spec("api", "store", "auth"),
        spec("auth", status=Status.DRAFT),
        spec("client", "api"),
        spec("docs", "client", status=None),
    ]
    waits, wanted = drawn(rows, "api")
    assert waits == ["-store shipped", "-auth draft"]
    assert wanted == ["-client ready", "--docs broken"]


def test_what_a_shipped_spec_once_waited_for_is_no_matter() -> None:
    rows = [spec("top", "middle"), spec("middle", "base", last_state=RunState.SHIPPED), spec("base")]
    assert drawn(rows, "top")[0] == ["-middle shipped"]
    assert drawn(rows, "middle")[0] == ["-base ready"]


def test_what_is_missing_and_what_goes_in_a_circle_is_said() -> None:
    rows = [spec("a", "b", "ghost"), spec("b", "c"), spec("c", "a")]
    waits, _ = drawn(rows, "a")
    assert waits == ["-b ready", "--c ready", "---a ready cycle", "-ghost missing"]
    assert drawn([spec("self", "self")], "self")[0] == ["-self ready cycle"]


def test_a_branch_that_is_reached_twice_is_drawn_once() -> None:
    rows = [spec("top", "left", "right"), spec("left", "base"), spec("right", "left"), spec("base")]
    assert drawn(rows, "top")[0] == ["-left ready", "--base ready", "-right ready", "--left ready above"]


def test_standing_is_that_of_the_last_run_unless_the_operator_took_the_spec_back() -> None:
    found = Dependencies(
        [
            spec("wrong", last_state=RunState.SHIPPED, escaped="sums are off"),
            spec("busy", last_state=RunState.BUILDING),
            spec("failed", last_state=RunState.FAILED),
            spec("again", status=Status.DRAFT, last_state=RunState.FAILED),
            spec("cancelled", last_state=RunState.CANCELLED),
            spec("parked", status=Status.PARKED, last_state=RunState.SHIPPED),
        ]
    )
    wanted = {"wrong": "escaped", "busy": "at work", "failed": "failed", "again": "draft", "cancelled": "ready"}
    assert {name: found.standing(name) for name in wanted} == wanted
    assert found.standing("parked") is Standing.SHIPPED


def test_a_spec_waits_for_what_has_not_shipped_for_good() -> None:
    found = Dependencies(
        [
            spec("top", "good", "wrong", "none"),
            spec("good", last_state=RunState.SHIPPED),
            spec("wrong", last_state=RunState.SHIPPED, escaped="x"),
        ]
    )
    assert found.awaited("top") == ("wrong", "none")


def test_the_order_builds_in_steps_the_urgent_ones_first() -> None:
    rows = [spec("c", "b"), spec("b", "a"), spec("a"), spec("z", priority=0), spec("old", last_state=RunState.SHIPPED)]
    assert turns(Dependencies(rows).order()) == [(1, "z", ""), (1, "a", ""), (2, "b", ""), (3, "c", "")]


def test_what_can_never_be_built_is_told_with_its_reason() -> None:
    rows = [
        spec("ok"),
        spec("x", "y"),
        spec("y", "x"),
        spec("after", "y"),
        spec("lost", "ghost"),
        spec("kept", status=Status.PARKED),
        spec("waits", "kept"),
    ]
    assert turns(Dependencies(rows).order()) == [
        (1, "ok", ""),
        (None, "after", "behind y"),
        (None, "kept", "parked"),
        (None, "lost", "there is no spec ghost"),
        (None, "waits", "behind kept"),
        (None, "x", "caught in a circle of dependencies"),
        (None, "y", "caught in a circle of dependencies"),
    ]


def test_ten_thousand_specs_in_one_chain_are_looked_at_quickly() -> None:
    rows = [spec("s00000"), *(spec(f"s{number:05}", f"s{number - 1:05}") for number in range(1, 10_000))]
    began = time.process_time()
    found = Dependencies(rows)
    tree = found.tree("s05000")
    places = found.order()
    assert time.process_time() - began < 2.0
    assert len(tree.waits_for) == len(tree.wanted_by) == MOST_BRANCHES
    assert (tree.more_waits, tree.more_wanted) == (True, True)
    assert places[-1].step == 10_000
