"""Which constraint specs and guardrails hold for a run on a target, and what joins its suite."""

from pathlib import Path
from types import MappingProxyType

import pytest

from factory_tui.config import Settings
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import OnBase
from factory_tui.model.spec import Spec
from factory_tui.model.standing import Standing
from factory_tui.scenarios import StandingUnreadable, joined, load_suite, standing_orders
from factory_tui.specs import SpecLibrary, load_specs, parse

HEAD = """\
---
id: {id}
title: {id}
kind: {kind}
category: infrastructure
status: {status}
template: {kind}@1
target: {target}
base: {base}
{more}---
## RULES

- R1 The log must hold no name.
- R2 The log must never grow beyond 10 MB.
"""

SCENARIO = """\
id: {id}
covers: [{covers}]
base: {base}
given: a
when: b
then: c
steps:
  - run: "true"
"""

GUARD = "guardrails:\n- run: [sh, -c, 'true']\n  message: Keep the layers.\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "scenarios").mkdir()
    return tmp_path


def put(workspace: Path, spec: str, kind: str, status: str = "ready", more: str = "", **changes: str) -> Spec:
    keys = {"target": "targets/shop", "base": "main", **changes}
    text = HEAD.format(id=spec, kind=kind, status=status, more=more, **keys)
    path = workspace / "specs" / f"{spec}.md"
    path.write_text(text)
    return parse(path, text)


def put_scenario(workspace: Path, spec: str, name: str, covers: str = "R1", base: str = "fail") -> None:
    folder = workspace / "scenarios" / spec
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(SCENARIO.format(id=name, covers=covers, base=base))


def orders(workspace: Path, spec: Spec, **shipped: str) -> Standing:
    named = {SpecId(key.replace("_", "-")): text for key, text in shipped.items()}
    return standing_orders(spec, load_specs(workspace), named, workspace, Settings())


def test_a_constraint_that_shipped_is_told_and_judged(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    constraint = put(workspace, "no-names", "constraint")
    standing = orders(workspace, feature, no_names=constraint.text)
    assert [each.id for each in standing.told] == [each.id for each in standing.binding] == ["no-names"]


def test_a_constraint_that_has_not_shipped_is_told_only(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    put(workspace, "no-names", "constraint")
    put_scenario(workspace, "no-names", "log", base="fail")
    standing = orders(workspace, feature)
    assert [each.id for each in standing.told] == ["no-names"]
    assert standing.binding == ()


@pytest.mark.parametrize(("status", "told"), [("draft", 0), ("parked", 0), ("ready", 1)])
def test_a_constraint_that_never_shipped_holds_only_while_it_is_ready(workspace: Path, status: str, told: int) -> None:
    feature = put(workspace, "close", "feature")
    put(workspace, "no-names", "constraint", status)
    assert len(orders(workspace, feature).told) == told


def test_what_has_shipped_holds_while_the_next_version_is_written(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    shipped = put(workspace, "no-names", "constraint").text
    put(workspace, "no-names", "constraint", "draft", target="targets/elsewhere")
    standing = orders(workspace, feature, no_names=shipped)
    assert [each.text for each in standing.binding] == [shipped]


def test_parking_a_constraint_ends_it(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    shipped = put(workspace, "no-names", "constraint").text
    put(workspace, "no-names", "constraint", "parked")
    assert orders(workspace, feature, no_names=shipped) == Standing()


def test_a_spec_that_cannot_be_read_any_more_holds_as_it_shipped(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    shipped = put(workspace, "no-names", "constraint").text
    (workspace / "specs" / "no-names.md").write_text("---\nbroken: [\n---\n")
    assert len(orders(workspace, feature, no_names=shipped).binding) == 1


def test_a_file_that_is_no_text_any_more_holds_as_it_shipped(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    shipped = put(workspace, "no-names", "constraint").text
    (workspace / "specs" / "no-names.md").write_bytes(b"\xff\xfe\0")
    assert [each.text for each in orders(workspace, feature, no_names=shipped).binding] == [shipped]


@pytest.mark.parametrize("changes", [{"target": "targets/other"}, {"base": "release"}])
def test_other_ground_is_left_alone(workspace: Path, changes: dict[str, str]) -> None:
    feature = put(workspace, "close", "feature")
    text = put(workspace, "no-names", "constraint", **changes).text
    assert orders(workspace, feature, no_names=text) == Standing()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("./targets/shop/", "targets/shop"),
        ("targets/../targets/shop", "targets/shop"),
        ("targets/link", "targets/shop"),
        ("{workspace}/targets/shop", "targets/shop"),
        ("file://{workspace}/targets/sh%6Fp", "targets/shop"),
        ("https://Example.org/a/b.git", "https://example.org/a/b"),
        ("https://me@example.org/a//b/", "https://example.org/a/b"),
        ("git@example.org:a/b.git", "ssh://git@example.org/a/b.git"),
    ],
)
def test_no_way_to_write_a_target_escapes_a_constraint(workspace: Path, one: str, other: str) -> None:
    (workspace / "targets" / "shop").mkdir(parents=True)
    (workspace / "targets" / "link").symlink_to("shop")
    for here, there in ((one, other), (other, one)):
        feature = put(workspace, "close", "feature", target=here.format(workspace=workspace))
        text = put(workspace, "no-names", "constraint", target=there.format(workspace=workspace)).text
        assert orders(workspace, feature, no_names=text).binding


@pytest.mark.parametrize(
    "target", ["targets/shop2", "https://example.org/targets/shop", '"targets/shop\\0"', '"http://[/x"', "~", "a:b"]
)
def test_another_target_is_another_ground(workspace: Path, target: str) -> None:
    feature = put(workspace, "close", "feature", target=target)
    text = put(workspace, "no-names", "constraint").text
    assert orders(workspace, feature, no_names=text) == Standing()


def test_a_feature_that_shipped_is_no_standing_order(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    text = put(workspace, "open", "feature").text
    assert orders(workspace, feature, open=text) == Standing()


def test_a_constraint_does_not_bind_itself(workspace: Path) -> None:
    constraint = put(workspace, "no-names", "constraint")
    assert orders(workspace, constraint, no_names=constraint.text) == Standing()


def test_guardrails_hold_for_their_own_run_and_once_shipped_for_later_ones(workspace: Path) -> None:
    architecture = put(workspace, "layers", "architectural", more=GUARD)
    feature = put(workspace, "close", "feature")
    assert [each.spec for each in orders(workspace, architecture).guardrails] == ["layers"]
    assert orders(workspace, feature).guardrails == ()
    later = orders(workspace, feature, layers=architecture.text)
    assert [each.guardrail.message for each in later.guardrails] == ["Keep the layers."]
    assert later.told == ()


def suite_of(workspace: Path, spec: Spec, **shipped: str) -> "list[tuple[str, tuple[str, ...], OnBase]]":
    suite, _ = load_suite(workspace / "scenarios", spec.id)
    both = joined(suite, orders(workspace, spec, **shipped), workspace / "scenarios")
    return [(each.id, each.scenario.covers, each.scenario.base) for each in both.scenarios]


def test_scenarios_of_a_constraint_join_as_behaviour_to_preserve(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    text = put(workspace, "no-names", "constraint").text
    put_scenario(workspace, "close", "log")
    put_scenario(workspace, "no-names", "log", covers="R1, R2")
    assert suite_of(workspace, feature, no_names=text) == [
        ("log", ("R1",), OnBase.FAIL),
        ("no-names/log", ("no-names:R1", "no-names:R2"), OnBase.PASS),
    ]


def test_a_scenario_of_a_version_that_has_not_shipped_does_not_join(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    text = put(workspace, "no-names", "constraint").text
    put_scenario(workspace, "close", "log")
    put_scenario(workspace, "no-names", "new", covers="R9")
    assert [name for name, *_ in suite_of(workspace, feature, no_names=text)] == ["log"]


def test_a_suite_without_constraints_keeps_its_hash(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    put_scenario(workspace, "close", "log")
    suite, _ = load_suite(workspace / "scenarios", feature.id)
    assert joined(suite, Standing(), workspace / "scenarios") is suite


def test_what_joins_is_part_of_the_hash_and_admitted_anew(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    text = put(workspace, "no-names", "constraint").text
    put_scenario(workspace, "close", "log")
    put_scenario(workspace, "no-names", "log", covers="R2")
    own, _ = load_suite(workspace / "scenarios", feature.id)
    theirs, _ = load_suite(workspace / "scenarios", "no-names")
    both = joined(own, orders(workspace, feature, no_names=text), workspace / "scenarios")
    assert both.hash not in (own.hash, theirs.hash)
    assert theirs.scenarios[0].hash not in {each.hash for each in both.scenarios}


def test_a_broken_scenario_of_a_constraint_is_told_with_its_file(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    text = put(workspace, "no-names", "constraint").text
    put_scenario(workspace, "close", "log")
    folder = workspace / "scenarios" / "no-names"
    folder.mkdir()
    (folder / "bad.yaml").write_text("id: bad\ncovers: [R1\n")
    suite, _ = load_suite(workspace / "scenarios", feature.id)
    with pytest.raises(StandingUnreadable, match=r"bad\.yaml"):
        joined(suite, orders(workspace, feature, no_names=text), workspace / "scenarios")


def test_a_library_that_was_made_by_hand_works_as_well(workspace: Path) -> None:
    feature = put(workspace, "close", "feature")
    library = SpecLibrary(MappingProxyType({feature.id: feature}))
    assert standing_orders(feature, library, {}, workspace, Settings()) == Standing()
