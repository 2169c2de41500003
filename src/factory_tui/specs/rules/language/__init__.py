"""L: words that different readers read differently."""

from factory_tui.specs.rules.language import loopholes, numbers, obligation, reading, references, terms, vague
from factory_tui.specs.rules.rule import Family

FAMILY = Family(
    "L",
    "Language",
    (
        *vague.RULES,
        *loopholes.RULES,
        *obligation.RULES,
        *numbers.RULES,
        *terms.RULES,
        *references.RULES,
        *reading.RULES,
    ),
)
