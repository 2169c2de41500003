"""Scenarios that are still to be completed: from an evaluation item of a spec, or from a `.feature` file."""

from factory_tui.scenarios.drafting.draft import Draft, text_of
from factory_tui.scenarios.drafting.item import UnknownItem, skeleton
from factory_tui.scenarios.drafting.place import DraftRefused, new_scenario, write_draft

__all__ = ["Draft", "DraftRefused", "UnknownItem", "new_scenario", "skeleton", "text_of", "write_draft"]
