"""A good spec, and the few ways in which tests break it."""

from pathlib import Path

from factory_tui.config import Settings
from factory_tui.model.finding import Finding
from factory_tui.model.spec import Kind
from factory_tui.specs import SpecLibrary, parse, validate
from factory_tui.specs.templates.template import packaged

FRONT = {
    "id": "close-day",
    "title": "Close the day",
    "kind": "feature",
    "category": "crud",
    "status": "draft",
    "template": "feature@1",
    "target": "targets/shop",
    "base": "main",
    "priority": "2",
    "depends_on": "[]",
    "budget_usd": "2.00",
    "deadline_minutes": "60",
    "twins": "[]",
    "setup": "[]",
}

EDGE_CASES = (
    "### Edge cases\n\n- Empty: a day without sales is closed\n- Boundary: 1970 and 2100 are valid\n- Duplicate: R2\n"
    "- Malformed: exit code 2\n- Dependency down: there is no dependency"
)

NEEDS = (
    "- Performance: at most 2 seconds.\n- Cost: at most 2.00 USD for a run.\n"
    "- Security: the command reads no network.\n- Compatibility: Python 3.11."
)

SECTIONS = {
    "WHAT": "A command that closes the day of a shop.",
    "WHO": "The shopkeeper, who wants to go home with correct books.",
    "INPUTS": (
        "| name | type | bounds | invalid |\n|---|---|---|---|\n"
        "| DAY | date | 1970 to 2100 inclusive | `x`: exit code 2 |"
    ),
    "OUTPUTS": "One line on standard output.\n\n```console\n$ close 2026-01-01\nclosed\n```\n\nFailure: exit code 2.",
    "RULES": (
        "- R1 If DAY is open, then the command must close it.\n- R2 The command must never close a day twice.\n\n"
        f"{EDGE_CASES}"
    ),
    "EVALUATION": (
        "- E1 (R1): given an open day, when it is closed, then `closed` is printed.\n"
        "- E2 (R2): given a closed day, when it is closed, then the exit code is 2."
    ),
    "CONSTRAINTS": f"{NEEDS}\n\n### Out of scope\n\nUndo.",
}

TEMPLATES = {kind: packaged(kind) for kind in Kind}


def front_text(**changes: str | None) -> str:
    """Front matter with keys changed, added or (None) removed."""
    keys = {**FRONT, **changes}
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in keys.items() if value is not None) + "---\n"


def spec_text(front: str | None = None, **sections: str | None) -> str:
    """A good spec with sections changed or (None) left out."""
    answers = {**SECTIONS, **sections}
    body = "\n".join(f"## {name}\n\n{answer}\n" for name, answer in answers.items() if answer is not None)
    return (front_text() if front is None else front) + body


def findings(text: str, *others: str, name: str = "close-day", settings: Settings | None = None) -> tuple[Finding, ...]:
    """What the validator says about a spec beside others, whose ids are in their front matter."""
    spec = parse(Path(f"specs/{name}.md"), text)
    parsed = [parse(Path(f"specs/{other.split('id: ')[1].split()[0]}.md"), other) for other in others]
    library = SpecLibrary({each.id: each for each in [spec, *parsed]}, templates=TEMPLATES)
    return validate(spec, library, settings=settings)


def only(found: tuple[Finding, ...]) -> Finding:
    assert len(found) == 1, found
    return found[0]
