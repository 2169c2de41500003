"""The page about the rules of the validator: each with its reason, its examples and what it says about the bad one."""

from collections.abc import Iterator

from scripts.reference_parts import code, say, table

from factory_tui.model.spec import Question
from factory_tui.scenarios.rulebook import RULEBOOK, found_in_the_broken_one
from factory_tui.specs.rules import Example, Family, Rule
from factory_tui.specs.rules.examples import SCENARIO, SPEC


def rules() -> Iterator[str]:
    """The rules of the validator."""
    yield from say(
        "A spec can be Ready when none of these finds an error; a warning and an info never stand in the way.",
        "`factory-tui spec lint` says what they find, `factory-tui spec rules C09` shows one of them. A waiver,",
        "`<!-- allow C02: reason -->` on the line or above it, turns a finding of a rule that can be waived into a",
        "remark. In a scenario's file a comment does the same: `# allow Q05: reason`. Code, quoted text and comments",
        "are not judged by rules about language.",
    )
    yield from say(
        "A level is the highest one that a rule's findings have. The examples stand in the spec",
        f"{code(SPEC)} that `factory-tui init` writes: as the answer to the question that is named, as lines of its",
        f"front matter, as a scenario {code(f'{SCENARIO}.yaml')} beside its own. Every example is a test.",
    )
    for family in RULEBOOK:
        if family.rules:
            yield from _family(family)


def _family(family: Family) -> Iterator[str]:
    ordered = sorted(family.rules, key=lambda each: each.id)
    yield from (f"## {family.title}", "")
    rows = [
        (f"[{each.id}](#{each.id.lower()})", each.level.value, "yes" if each.waivable else "no", _told(each.requires))
        for each in ordered
    ]
    yield from table(("rule", "level", "waivable", "requires"), rows)
    for rule in ordered:
        yield from (f"### {rule.id}", "")
        decided = f" Decided {rule.decided}." if rule.decided else ""
        yield from say(f"{_told(rule.requires)} Because {rule.why}.{decided}")
        if rule.example is not None:
            yield from _examples(rule, rule.example)


def _told(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _examples(rule: Rule, example: Example) -> Iterator[str]:
    language = "markdown" if isinstance(example.part, Question) or example.part == "spec" else "yaml"
    for title, text in ((f"Kept ({example.part}):", example.good), ("Broken:", example.bad)):
        fence = "`" * max(3, _longest_ticks(text) + 1)
        yield from (title, "", f"{fence}{language}", text.strip("\n"), fence, "")
    found = found_in_the_broken_one(rule)
    if found is not None:
        yield from say(f"It says: {_one_line(found.message)}")
        yield from say(f"→ {_one_line(found.fix)}")


def _longest_ticks(text: str) -> int:
    return max((len(line) - len(line.lstrip("`")) for line in text.split("\n")), default=0)


def _one_line(text: str) -> str:
    """As a page shows it: what looks like HTML is text here."""
    return " ".join(text.split()).replace("<", "&lt;")
