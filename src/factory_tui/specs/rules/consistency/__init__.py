"""X: what a spec says in two places has to agree, as far as that can be proven."""

from factory_tui.specs.rules.consistency import enums, examples, history, opposites, pairs, values
from factory_tui.specs.rules.rule import Family

FAMILY = Family(
    "X", "Consistency", (*values.RULES, *examples.RULES, *enums.RULES, *pairs.RULES, *opposites.RULES, *history.RULES)
)
