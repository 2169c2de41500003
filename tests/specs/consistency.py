"""What the rules about consistency say of a few answers, alone."""

from pathlib import Path

from factory_tui.model.finding import Finding
from factory_tui.model.scenario import Suite
from factory_tui.model.version import Earlier
from factory_tui.specs import parse
from factory_tui.specs.glossary import parse_glossary
from factory_tui.specs.rules.consistency import FAMILY
from factory_tui.specs.rules.rule import Subject

HEAD = """---
id: thing
title: A thing
kind: feature
category: feature
status: draft
template: feature@1
target: targets/thing
"""
ROWS = "| name | type | bounds | invalid case | example |\n|---|---|---|---|---|\n"


def consistency(
    *,
    glossary: str = "",
    suite: Suite | None = None,
    earlier: tuple[Earlier, ...] = (),
    budget: str = "",
    **answers: str,
) -> list[Finding]:
    """Findings of the family about a spec of these answers, in order of the rules."""
    text = f"{HEAD}budget_usd: {budget}\n---\n" if budget else ""
    text += "".join(f"## {question}\n\n{answer}\n\n" for question, answer in answers.items())
    subject = Subject(
        parse(Path("specs/thing.md"), text), glossary=parse_glossary(glossary), suite=suite, earlier=earlier
    )
    found = [finding for rule in FAMILY.rules for finding in rule.check(subject)]
    for each in found:
        if each.path is None:
            assert each.quote in subject.lines[each.line - 1], f"{each.quote} is not on line {each.line}"
            assert each.column <= len(subject.lines[each.line - 1]) + 1
    return found


def told(**answers: str) -> list[tuple[str, str]]:
    """Rule and quote of each finding."""
    return [(each.rule, each.quote) for each in consistency(**answers)]
