"""Findings as SARIF 2.1.0 (OASIS Standard, 27 March 2020): what code hosts and editors read."""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from factory_tui import __version__
from factory_tui.cli.findings import Told
from factory_tui.model.finding import Edit, Level
from factory_tui.model.foreign import clean
from factory_tui.scenarios.rulebook import all_rules
from factory_tui.specs import SpecUnreadable
from factory_tui.specs.rules import Family, Rule

_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(told: Sequence[Told], unreadable: Sequence[SpecUnreadable], workspace: Path) -> dict[str, object]:
    """One log with one run. A file that cannot be read is a notification of it, not a result.

    Args:
        told: the findings, with the files that they are about.
        unreadable: files that could not be judged.
        workspace: what relative paths start from.
    """
    rules = list(all_rules())
    index = {rule.id: number for number, (_, rule) in enumerate(rules)}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "factory-tui", "version": __version__, "rules": [_rule(*each) for each in rules]}
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not unreadable,
                        "toolExecutionNotifications": [_notification(each, workspace) for each in unreadable],
                    }
                ],
                "results": [_result(each, index) for each in told],
            }
        ],
    }


def _rule(family: Family, rule: Rule) -> dict[str, object]:
    why = f"{rule.why[:1].upper()}{rule.why[1:]}."
    requires = f"{rule.requires[:1].upper()}{rule.requires[1:]}." if rule.requires else why
    example = f"\n\nKept:\n\n{rule.example.good}\n\nBroken:\n\n{rule.example.bad}" if rule.example else ""
    return {
        "id": rule.id,
        "shortDescription": {"text": requires},
        "fullDescription": {"text": why},
        "help": {"text": f"{requires} {why}{example}"},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": {"tags": [family.title], "waivable": rule.waivable},
    }


def _result(told: Told, index: dict[str, int]) -> dict[str, object]:
    finding = told.finding
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.level],
        "message": {"text": clean(f"{finding.message}\n→ {finding.fix}")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _place(told.path),
                    "region": {"startLine": finding.line, "startColumn": finding.column},
                }
            }
        ],
    }
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    if finding.edit is not None:
        change = {"artifactLocation": _place(told.path), "replacements": [_replacement(finding.edit)]}
        result["fixes"] = [{"description": {"text": clean(finding.fix)}, "artifactChanges": [change]}]
    return result


def _replacement(edit: Edit) -> dict[str, object]:
    """SARIF's end is, as ours, the first position that stays."""
    return {
        "deletedRegion": {
            "startLine": edit.line,
            "startColumn": edit.column,
            "endLine": edit.end_line,
            "endColumn": edit.end_column,
        },
        "insertedContent": {"text": edit.text},
    }


def _notification(error: SpecUnreadable, workspace: Path) -> dict[str, object]:
    path = error.path.absolute()
    shown = str(path.relative_to(workspace)) if path.is_relative_to(workspace) else str(path)
    return {
        "level": "error",
        "message": {"text": clean(f"{error.what}\n→ {error.todo}")},
        "locations": [{"physicalLocation": {"artifactLocation": _place(shown)}}],
    }


def _place(path: str) -> dict[str, object]:
    """A path below the workspace stays relative, so that a log means the same on another machine."""
    return {"uri": Path(path).as_uri() if path.startswith("/") else quote(os.fsencode(path))}
