"""The trace matrix: rules × evaluation × scenarios."""

import hashlib
from pathlib import Path

from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import Layer, LoadedScenario, Scenario, Suite
from factory_tui.scenarios import trace_rows
from factory_tui.specs import parse

TEXT = """\
## RULES

- R1 One \x1b[2Jmust hold.
- R2 Two must hold.
- R2 Twice.
- E9 No rule.
- R3 Three must hold.

## EVALUATION

- E1 (R1, R2): given a day, when closed, then both hold.
- E2 (R1): given a night, when closed, then it holds.
"""


def proof(name: str, *covers: str, layer: Layer = Layer.GATE) -> LoadedScenario:
    steps = [{"run": "true", "expect": {"exit": 0}}]
    made = Scenario.model_validate(
        {"id": name, "covers": covers, "layer": layer, "given": "g", "when": "w", "then": "t", "steps": steps}
    )
    digest = hashlib.sha256(name.encode()).hexdigest()
    return LoadedScenario(scenario=made, spec=SpecId("close-day"), path=Path(f"{name}.yaml"), hash=digest)


def test_each_rule_has_its_evaluation_and_its_scenarios() -> None:
    spec = parse(Path("close-day.md"), TEXT)
    suite = Suite(
        spec=spec.id,
        scenarios=(proof("open", "R1", "R1"), proof("twice", "R1", "R7"), proof("late", "R2", layer=Layer.RESERVE)),
        hash="0",
    )
    rows = trace_rows(spec, suite)
    assert [(each.rule, each.line) for each in rows] == [("R1", 3), ("R2", 4), ("R2", 5), ("R3", 7)]
    assert [(each.evaluation, each.scenarios, each.reserve) for each in rows] == [
        (("E1", "E2"), ("open", "twice"), ()),
        (("E1",), (), ("late",)),
        (("E1",), (), ("late",)),
        ((), (), ()),
    ]
    assert rows[0].text == "One must hold."


def test_a_spec_without_rules_has_no_rows() -> None:
    spec = parse(Path("close-day.md"), "## RULES\n\nNone yet.\n")
    assert trace_rows(spec, Suite(spec=spec.id, scenarios=(), hash="0")) == ()
