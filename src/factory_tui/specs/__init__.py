"""Specs: text → `Spec`, the validator, and the few changes that the factory makes to spec files."""

from factory_tui.specs.diff import differences
from factory_tui.specs.errors import EditRefused, SpecChangedOutside, SpecUnreadable, TemplateError
from factory_tui.specs.library import SpecLibrary, is_spec_path, load_specs, read_spec, read_text, spec_paths, specs_dir
from factory_tui.specs.parse import parse
from factory_tui.specs.templates.amending import amended
from factory_tui.specs.templates.changes import amendment_diff, template_problems
from factory_tui.specs.templates.guidance import guidance
from factory_tui.specs.templates.history import TemplateVersion, accept_amendment, template_history, version_with
from factory_tui.specs.templates.template import Template, load_template, packaged_text, template_path, template_text
from factory_tui.specs.validate import RULES, in_order, is_ready, validate
from factory_tui.specs.writing.answers import write_answer
from factory_tui.specs.writing.head import redrafted, set_priority, set_status
from factory_tui.specs.writing.new import new_spec
from factory_tui.specs.writing.save import save_spec

__all__ = [
    "RULES",
    "EditRefused",
    "SpecChangedOutside",
    "SpecLibrary",
    "SpecUnreadable",
    "Template",
    "TemplateError",
    "TemplateVersion",
    "accept_amendment",
    "amended",
    "amendment_diff",
    "differences",
    "guidance",
    "in_order",
    "is_ready",
    "is_spec_path",
    "load_specs",
    "load_template",
    "new_spec",
    "packaged_text",
    "parse",
    "read_spec",
    "read_text",
    "redrafted",
    "save_spec",
    "set_priority",
    "set_status",
    "spec_paths",
    "specs_dir",
    "template_history",
    "template_path",
    "template_problems",
    "template_text",
    "validate",
    "version_with",
    "write_answer",
]
