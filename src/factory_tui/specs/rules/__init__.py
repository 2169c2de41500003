"""The rules of the validator: pure functions over a parsed spec, one file for each family."""

from factory_tui.specs.rules.rule import Rule, Subject

__all__ = ["Rule", "Subject"]
