"""Whatever Markdown somebody writes, with any suite and glossary beside it: it is judged, and twice the same."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from factory_tui.config import Settings
from factory_tui.model.finding import Finding
from factory_tui.model.ids import SpecId
from factory_tui.model.spec import Spec
from factory_tui.model.version import Earlier
from factory_tui.scenarios import readiness
from factory_tui.scenarios.reading.load import read_scenario, suite_of
from factory_tui.specs import SpecLibrary, parse
from factory_tui.specs.glossary import parse_glossary
from factory_tui.specs.reading.lines import split_lines
from specs.texts import TEMPLATES, front_text

VOCABULARY = """must must never shall should may if then when while where unless and or and/or such as etc. it this be
    printed by faster than quickly several few retry timeout latency rate size 5 seconds 1 to 5 inclusive 200 MB 1.50
    ms % R1 R2 R99 E1 (R1) (R1, R2) (R1–R3) `--x` `^[a-z]+$` `^(a+)+$` `{` "quoted" “quoted” HTTP KVZ Night Runner USD
    one of `a`, `b` none, because exit code 2 standard error given TBD <name> … like the old tool http://x.y/z reading
    measurement Р1 柚子 é ¹ ½ −3 1e9 2026-01-01 00:00 null true [1, {"a": 1}] \\ | * _ ~ # > - + : ; ! ? JSON"""
WORDS = st.sampled_from(VOCABULARY.split())
LINE = st.lists(WORDS | st.text(max_size=6), max_size=14).map(" ".join)
MARK = st.sampled_from(
    [
        *("", "- ", "  - ", "1. ", "- [ ] ", "> ", "    ", "### ", "## ", "| ", "- R1 ", "- **R2** ", "| R3 | "),
        *("- E1 (R1): ", "- Performance: ", "- Empty: ", "<!-- allow L01: why -->", "<!-- ", "```", "```json", "~~~"),
        *("|---|---|", "---", "\t"),
    ]
)
BLOCK = st.lists(st.tuples(MARK, LINE).map("".join), max_size=12).map("\n".join)
ANSWERS = st.tuples(*(BLOCK,) * 7)
SCENARIO = st.builds(
    "id: a\ncovers: [R1, {rule}]\ngiven: {text}\nwhen: x\nthen: y\nsteps:\n  - run: {run}\n".format,
    rule=st.sampled_from(["R1", "R2", "R99", "x"]),
    text=st.text(max_size=20).map(repr),
    run=st.sampled_from(["close", "sleep 9", "date +%F", "'curl http://x.y'", "while :; do :; done", '"$((1/0))"']),
)
NAMES = ("WHAT", "WHO", "INPUTS", "OUTPUTS", "RULES", "EVALUATION", "CONSTRAINTS")


def judged(text: str, scenario: str, glossary: str, before: Spec) -> tuple[Finding, ...]:
    spec = parse(Path("specs/close-day.md"), text)
    earlier = Earlier(before.hash, {item.id: item.text for item in before.rules})
    library = SpecLibrary(
        {spec.id: spec}, templates=TEMPLATES, glossary=parse_glossary(glossary), earlier={spec.id: (earlier,)}
    )
    read = read_scenario(Path("scenarios/close-day/a.yaml"), scenario.encode(errors="replace"), SpecId("close-day"))
    suite, broken = suite_of("close-day", [read])
    return readiness(spec, library, suite, broken, Settings())


@settings(max_examples=150, deadline=None)
@given(ANSWERS, ANSWERS, SCENARIO, st.lists(WORDS, min_size=1, max_size=6))
def test_any_markdown_is_judged_and_twice_the_same(
    answers: tuple[str, ...], earlier: tuple[str, ...], scenario: str, terms: list[str]
) -> None:
    text, old = (
        front_text() + "\n".join(f"## {name}\n\n{body}\n" for name, body in zip(NAMES, bodies, strict=True))
        for bodies in (answers, earlier)
    )
    glossary = "\n".join(f"- **{term}** (not: {term}s, {terms[0]}x): a meaning." for term in terms)
    before = parse(Path("specs/close-day.md"), old)
    found = judged(text, scenario, glossary, before)
    assert found == judged(text, scenario, glossary, before)
    lines = split_lines(text)
    for each in found:
        if each.path is None:
            assert 1 <= each.line <= len(lines)
            assert 1 <= each.column <= len(lines[each.line - 1]) + 1
            if each.edit is not None:
                start, end = (each.edit.line, each.edit.column), (each.edit.end_line, each.edit.end_column)
                assert (1, 1) <= start <= end
                assert each.edit.end_line <= len(lines) + 1
                if each.edit.end_line <= len(lines):
                    assert each.edit.end_column <= len(lines[each.edit.end_line - 1]) + 1
        assert each.message
        assert each.fix
