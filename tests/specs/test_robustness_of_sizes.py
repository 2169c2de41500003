"""Large files full of the worst text for each rule: they are judged in time linear in their size.

Nothing is timed, and a fifth of the largest file that is read is enough: what needs time in the square of a line's
length or of the number of items does not end here within the patience of anybody who runs the tests.
"""

from pathlib import Path

import pytest

from factory_tui.config import Settings
from factory_tui.model.glossary import Glossary
from factory_tui.model.ids import SpecId
from factory_tui.scenarios import readiness
from factory_tui.scenarios.reading.load import suite_of
from factory_tui.specs import SpecLibrary, parse
from factory_tui.specs.glossary import parse_glossary
from factory_tui.specs.library import MAX_BYTES
from specs.texts import TEMPLATES, front_text, spec_text

SIZE = MAX_BYTES // 5
GLOSSARY: Glossary = parse_glossary("- **reading** (not: measurement): a level.\n" * 3)

ON_ONE_LINE = {
    "letters": "a",
    "blanks": " ",
    "bars": "|",
    "stars": "*",
    "backticks": "`` ` ",
    "quotes": '"',
    "brackets": "[](",
    "angles": "<a ",
    "digits": "1",
    "ranges": "1 to 2 ",
    "units": "5 seconds ",
    "conjunctions": "and or unless ",
    "obligations": "must never change it or ",
    "comparisons": "faster and more ",
    "conditions": "if then when given ",
    "acronyms": "ABC Night Runner ",
    "references": "(R1) R99 http://a.b/c ",
    "patterns": "`^(a+)+$` ",
    "choices": "one of `a`, `b`, ",
    "look-alikes": "Р1 ",
    "vague words": "several etc. such as quickly ",
    "measures": "timeout retry latency ",
    "ellipses": "… ... ",
    "comments": "<!-- allow L01: x -->",
}
ON_MANY_LINES = {
    "items": "- R{n} The command must print the line {n} of the book.\n",
    "nested items": "- R{n} a\n  - b {n}\n",
    "equal items": "- R1 The command must close it.\n",
    "forbidden items": "- R{n} The command must never close it.\n",
    "rows": "| `x{n}` | int | 1 to 5 inclusive | `0`: R1 |\n",
    "headings": "### h{n}\n\n- a\n",
    "equal questions": "## RULES\n",
    "equal questions with items": "## EVALUATION\n- E{n} (R1): a\n",
    "underlined headings": "a\n---\n",
    "fences": "```json\n[{n}]\n```\n\n",
    "cases": "- Empty: R{n}.\n",
    "evaluation items": "- E{n} (R{n}): given a, when b, then `{n}` is printed.\n",
    "waivers": "<!-- allow L01: x -->\n",
    "tables": "| a |\n|---|\n| {n} |\n\n",
}
PLACES = ("INPUTS", "OUTPUTS", "RULES", "EVALUATION", "CONSTRAINTS")


def is_judged(text: str) -> bool:
    spec = parse(Path("specs/close-day.md"), text)
    suite, broken = suite_of("close-day", [])
    library = SpecLibrary({SpecId("close-day"): spec}, templates=TEMPLATES, glossary=GLOSSARY)
    return bool(readiness(spec, library, suite, broken, Settings()))


def lines(unit: str, size: int) -> str:
    made = (unit.replace("{n}", str(number)) for number in range(size // len(unit)))
    return "".join(made)[:size]


@pytest.mark.parametrize("name", ON_ONE_LINE)
def test_a_very_long_line(name: str) -> None:
    unit = ON_ONE_LINE[name]
    part = unit * (SIZE // len(PLACES) // len(unit))
    assert is_judged(spec_text(**dict.fromkeys(PLACES, f"- R1 {part}")))


@pytest.mark.parametrize("name", ON_MANY_LINES)
def test_very_many_lines(name: str) -> None:
    assert is_judged(spec_text(RULES=lines(ON_MANY_LINES[name], SIZE)))


@pytest.mark.parametrize("name", ["items", "rows", "fences", "cases", "evaluation items", "tables"])
def test_very_many_lines_in_every_section(name: str) -> None:
    part = lines(ON_MANY_LINES[name], SIZE // len(PLACES))
    assert is_judged(spec_text(**dict.fromkeys(PLACES, part)))


@pytest.mark.parametrize("unit", ["k{n}: v\n", "- [", "&a{n} ", "{{a: ", "depends_on: [a]\n"])
def test_a_very_long_head(unit: str) -> None:
    assert is_judged(front_text().replace("kind:", f"{lines(unit, SIZE)}\nkind:", 1) + spec_text())
