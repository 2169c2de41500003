"""Specs of one answer, for the rules about language."""

from pathlib import Path

from factory_tui.model.finding import Finding, Level
from factory_tui.specs import RULES as ALL_RULES
from factory_tui.specs import parse
from factory_tui.specs.glossary import parse_glossary
from factory_tui.specs.rules import language as family
from factory_tui.specs.rules.rule import Subject
from factory_tui.specs.validate import in_order, waive
from specs.texts import TEMPLATES, front_text

ANSWERS = {
    "WHAT": "A command that closes the day of a shop.",
    "WHO": "The shopkeeper.",
    "INPUTS": "None, because the command has no input.",
    "OUTPUTS": "One line.",
    "RULES": "- R1 The command must close the day.",
    "EVALUATION": "- E1 (R1): given an open day, when it is closed, then one line is printed.",
    "CONSTRAINTS": "None, because it is small.",
}


def language(
    *others: str, glossary: str = "", ends: str = "\n", kind: str = "feature", **answers: str
) -> list[Finding]:
    """What the rules about language say of a spec with these answers.

    Args:
        others: ids of other specs of the workspace.
        glossary: text of the glossary.
        ends: line ends of the file.
        kind: of the spec.
        answers: question → text.
    """
    body = "\n".join(f"## {name}\n\n{answer}\n" for name, answer in {**ANSWERS, **answers}.items())
    text = (front_text(kind=kind) + body).replace("\n", ends)
    spec = parse(Path("specs/close-day.md"), text)
    known = {each.id: each for each in [spec, *(parse(Path(f"specs/{name}.md"), "") for name in others)]}
    subject = Subject(spec, known, templates=TEMPLATES, glossary=parse_glossary(glossary))
    found = [finding for rule in family.FAMILY.rules for finding in rule.check(subject)]
    for each in found:
        line = subject.lines[each.line - 1]
        assert line[each.column - 1 :].startswith(each.quote), f"{each.quote!r} is not at its place in {line!r}"
    return list(in_order(waive(spec, found, ALL_RULES)))


def levels(found: list[Finding]) -> dict[str, Level]:
    return {each.rule: each.level for each in found}


def places(found: list[Finding], text: str) -> list[str]:
    """What stands at the places of the findings, in a text that is one whole answer."""
    first = min((each.line for each in found), default=1) - 1
    lines = text.split("\n")
    offset = next(number for number, line in enumerate(lines) if found and found[0].quote in line)
    return [lines[each.line - 1 - first + offset][each.column - 1 :][: len(each.quote)] for each in found]
