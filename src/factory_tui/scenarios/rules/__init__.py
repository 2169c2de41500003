"""Q: what a suite must be to prove that its spec was built."""

from factory_tui.scenarios.rules import admitted, asserted, enough, steady, traced
from factory_tui.specs.rules.rule import Family, Rule

SCENARIO_FAMILY = Family(
    "Q", "Scenarios", (*traced.RULES, *asserted.RULES, *steady.RULES, *admitted.RULES, *enough.RULES)
)

SCENARIO_RULES: dict[str, Rule] = {rule.id: rule for rule in SCENARIO_FAMILY.rules}
"""The rules about scenarios, by id."""
