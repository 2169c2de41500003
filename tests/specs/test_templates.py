"""Templates edited by hand: every kind of nonsense is named with its line and what to write instead."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.finding import Level
from factory_tui.model.spec import Kind, Question
from factory_tui.specs import TemplateError, guidance, is_ready, load_specs, load_template, validate
from factory_tui.specs.templates.template import packaged, packaged_text, parse_template
from specs.texts import front_text, only, spec_text

PATH = Path("feature.md")
TEXT = packaged_text(Kind.FEATURE)


def error(text: str) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        parse_template(Kind.FEATURE, text, PATH)
    assert caught.value.todo
    return caught.value


def with_head(*lines: str) -> str:
    """The packaged template with further lines in its front matter (the first of them is line 8 of the file)."""
    return TEXT.replace("\n---\n## WHAT", "".join(f"\n{line}" for line in lines) + "\n---\n## WHAT")


@pytest.mark.parametrize(
    ("text", "what", "todo"),
    [
        ("", "it has no front matter", "start it with --- and `template: feature@1` and ---"),
        ("---\n[\n---\n", "line 2: it is not valid YAML", "mend the line"),
        ("---\n- a\n---\n", "line 2: its front matter holds no keys", "write `template: feature@1`"),
        (
            "---\ntemplate: feature@1\nzzzz: b\n---\n",
            "line 3: there is no key zzzz",
            "known keys: template, subsections, columns, asks",
        ),
        ("---\nsubsections: {}\n---\n", "template is missing", "add a line `template: …`"),
        ("---\ntemplate: constraint@1\n---\n", "line 2: its front matter names no version of feature", "feature@1"),
        ("---\ntemplate: feature@0\n---\n", "line 2: its front matter names no version", "write `template: feature@1`"),
        ("---\ntemplate: 3\n---\n", "line 2: template is not text: 3", "write text"),
        ("---\ntemplate: feature@1\ntemplate: feature@2\n---\n", "line 3: the key template is given twice", "keep one"),
        (with_head("ask: []"), "line 8: there is no key ask", "write asks"),
        (with_head("asks: yes please"), "line 8: asks is not a list", "write a list: [one, two]"),
        (with_head("asks:", "  - {section: RULE, subsection: x}"), "line 9: asks[0].section cannot be", "write RULES"),
        (with_head("asks:", "  - {section: RULES}"), "line 9: asks[0].subsection is missing", "add a line"),
        (with_head("asks:", "  - {section: RULES, subsection: ''}"), "line 9: asks[0].subsection is empty", "write"),
        (with_head("asks:", "  - {section: RULES, subsection: x, word: y}"), "line 9: there is no key", "write words"),
        (with_head("asks:", "  - {section: RULES, subsection: x, words: y}"), "asks[0].words is not a list", "[one,"),
        (
            with_head("asks:", "  - {section: RULES, subsection: x, since: 0}"),
            "line 9: asks[0].since is out",
            "equal to 1",
        ),
        (
            with_head("asks:", "  - {section: RULES, subsection: x, since: 4}"),
            "since version 4, but is version 1",
            "@4",
        ),
        (
            with_head("asks:", f"  - {{section: RULES, subsection: x, words: [{', '.join(['a'] * 51)}]}}"),
            "asks[0].words is too long",
            "at most 50",
        ),
        (with_head("asks:", *["  - {section: RULES, subsection: x}"] * 201), "asks is too long", "at most 200"),
        ("---\ntemplate: feature@10000\n---\n", "line 2: its front matter names no version", "feature@1"),
        (TEXT.replace("RULES: [", "RULE: ["), "line 4: subsections: RULE is not one of the seven", "write RULES"),
        (TEXT.replace("[Edge cases]", "Edge cases"), "line 4: subsections.RULES is not a list", "write a list"),
        (TEXT.replace("  INPUTS: [", "  INS: ["), "line 7: columns: INS is not one of the seven questions", "write"),
        (TEXT.replace("## WHO", "## Who"), "## Who is not one of the seven questions", "### sub-section"),
        (TEXT.replace("## WHO", "## WHAT"), "line 12: ## WHAT stands there twice", "keep one of the two"),
        (TEXT.replace("## WHO", "## CONSTRAINTS"), "## INPUTS is out of order", "the order is WHAT WHO INPUTS"),
    ],
)
def test_nonsense_is_named_with_its_line_and_a_remedy(text: str, what: str, todo: str) -> None:
    found = error(text)
    assert what in found.what
    assert todo in found.todo


@given(st.integers(0, len(TEXT)), st.integers(0, 80), st.text(max_size=20))
def test_any_edit_gives_a_template_or_says_what_is_wrong(at: int, removed: int, put: str) -> None:
    with suppress(TemplateError):
        parse_template(Kind.FEATURE, TEXT[:at] + put + TEXT[at + removed :], PATH)


def own(workspace: Path, data: bytes, kind: Kind = Kind.FEATURE) -> Path:
    path = workspace / "specs" / "_templates" / f"{kind}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"---\n[\n---\n", "line 2: it is not valid YAML"),
        (b"\xff\xfe", "it is not UTF-8"),
        (b"x" * 200_001, "it is larger than 200,000 bytes"),
        (b"", "it has no front matter"),
    ],
)
def test_a_broken_template_is_a_finding_on_each_spec_of_its_kind(tmp_path: Path, data: bytes, what: str) -> None:
    own(tmp_path, data)
    (tmp_path / "specs" / "close-day.md").write_text(spec_text(front_text(template="feature@7")), encoding="utf-8")
    other = front_text(id="other", kind="constraint", template="constraint@1")
    (tmp_path / "specs" / "other.md").write_text(spec_text(other), encoding="utf-8")
    library = load_specs(tmp_path)

    found = only(tuple(each for each in validate(library.specs["close-day"], library)))
    assert (found.rule, found.level, found.section, found.line) == ("T02", Level.WARNING, "front matter", 7)
    assert found.message.startswith(f"the template cannot be used: feature.md: {what}")
    assert found.message.endswith("so feature@1 of the program is used")
    assert found.fix.startswith("in specs/_templates/feature.md: ")
    assert "T02" not in {each.rule for each in validate(library.specs["other"], library)}


def test_a_template_that_is_no_file_is_a_finding_too(tmp_path: Path) -> None:
    (tmp_path / "specs" / "_templates" / "feature.md").mkdir(parents=True)
    (tmp_path / "specs" / "close-day.md").write_text(spec_text(), encoding="utf-8")
    library = load_specs(tmp_path)
    assert "not a regular file" in only(validate(library.specs["close-day"], library)).message


def test_a_template_without_asks_or_with_a_mark_at_its_start_is_read(tmp_path: Path) -> None:
    own(tmp_path, b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    template = load_template(tmp_path, Kind.FEATURE)
    assert (template.name, template.asks) == ("feature@1", ())
    assert template.places[Question.RULES, "edge cases"][-2].startswith("- Dependency down")


def test_what_a_template_asks_is_read_with_words_in_small_letters() -> None:
    text = with_head("asks:", "  - {section: RULES, subsection: Edge cases, label: Torn, words: [Torn, HALF-way]}")
    (ask,) = parse_template(Kind.FEATURE, text, PATH).asks
    assert (ask.label, ask.words, ask.since, ask.amendment) == ("Torn", ("torn", "half-way"), 1, None)


@pytest.mark.parametrize("kind", Kind)
def test_guidance_is_one_paragraph_for_each_question(tmp_path: Path, kind: Kind) -> None:
    said = guidance(tmp_path, kind)
    assert list(said) == list(Question)
    assert all(text and "\n" not in text and "<!--" not in text for text in said.values())


def test_guidance_is_the_workspaces_own_and_the_packaged_one_where_that_is_broken(tmp_path: Path) -> None:
    own(tmp_path, TEXT.replace("Who uses it, in which", "Our own\n words, in which").encode())
    assert guidance(tmp_path, Kind.FEATURE)[Question.WHO].startswith("Our own words, in which situation")
    assert "Edge cases: Answer each with a rule" in guidance(tmp_path, Kind.FEATURE)[Question.RULES]
    own(tmp_path, b"\xff")
    assert guidance(tmp_path, Kind.FEATURE)[Question.WHO].startswith("Who uses it")


def test_the_packaged_templates_ask_what_they_show() -> None:
    for kind in Kind:
        template = packaged(kind)
        for question, titles in template.subsections.items():
            assert all((question, title.casefold()) in template.places for title in titles)


def test_ready_never_depends_on_a_template(tmp_path: Path) -> None:
    own(tmp_path, b"nonsense")
    (tmp_path / "specs" / "close-day.md").write_text(spec_text(), encoding="utf-8")
    library = load_specs(tmp_path)
    assert is_ready(validate(library.specs["close-day"], library))
