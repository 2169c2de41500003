"""Specs: text → `Spec`, the validator, and the few changes that the factory makes to spec files."""

from factory_tui.specs.edit import new_spec, set_status
from factory_tui.specs.errors import EditRefused, SpecUnreadable, TemplateError
from factory_tui.specs.library import SpecLibrary, load_specs, read_spec, spec_paths, specs_dir
from factory_tui.specs.parse import parse
from factory_tui.specs.template import load_template
from factory_tui.specs.validate import RULES, in_order, is_ready, validate

__all__ = [
    "RULES",
    "EditRefused",
    "SpecLibrary",
    "SpecUnreadable",
    "TemplateError",
    "in_order",
    "is_ready",
    "load_specs",
    "load_template",
    "new_spec",
    "parse",
    "read_spec",
    "set_status",
    "spec_paths",
    "specs_dir",
    "validate",
]
