"""C: what a spec must say before anybody can build it and prove that it was built."""

from factory_tui.specs.rules.completeness import head, placeholders, questions, traceability
from factory_tui.specs.rules.rule import Family

FAMILY = Family(
    "C",
    "Completeness and traceability",
    (*questions.RULES, *placeholders.RULES, *traceability.RULES, *head.RULES),
)
