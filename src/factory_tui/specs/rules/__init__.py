"""The rules of the validator: pure functions over a parsed spec, in families."""

from factory_tui.specs.rules import completeness, consistency, language, template
from factory_tui.specs.rules.rule import Example, Family, Rule, Subject

FAMILIES = (completeness.FAMILY, language.FAMILY, consistency.FAMILY, template.FAMILY)
"""Those about the spec itself; those about scenarios are in `factory_tui.scenarios`."""

__all__ = ["FAMILIES", "Example", "Family", "Rule", "Subject"]
