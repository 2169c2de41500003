"""L: words that different readers read differently."""

from factory_tui.specs.rules.rule import Family

FAMILY = Family("L", "Language", ())
