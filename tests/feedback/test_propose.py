"""What recurring failures would have a template ask, and when nothing follows from them."""

from datetime import UTC, datetime

import pytest

from factory_tui.feedback import label_of, propose
from factory_tui.feedback.themes import theme_in, themes
from factory_tui.model.amendment import Amendment, AmendmentKind, RecurringGroup
from factory_tui.model.failure import FailureClass, Qualifier
from factory_tui.model.spec import Kind, Question
from factory_tui.specs import amended
from factory_tui.specs.templates.template import holds_stem, packaged, packaged_text

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


def group(
    theme: str = "interrupted",
    kind: FailureClass = FailureClass.INCOMPLETE,
    section: Question | None = Question.RULES,
    specs: tuple[str, ...] = ("close-month", "price-update"),
) -> RecurringGroup:
    return RecurringGroup(
        failure_class=kind,
        section=section,
        qualifier=Qualifier.MISSING,
        theme=theme,
        records=(1, 2, 3),
        specs=specs,
        first=NOW,
        last=NOW,
        cause="Right in part.",
    )


def proposed(of: RecurringGroup, kind: Kind = Kind.FEATURE) -> Amendment | None:
    return propose(of, (), packaged(kind), ())


@pytest.mark.parametrize("kind", Kind)
def test_a_theme_becomes_a_row_of_the_edge_cases(kind: Kind):
    amendment = proposed(group(), kind)
    assert amendment is not None
    assert (amendment.kind, amendment.template) == (AmendmentKind.EDGE_CASE, kind)
    assert (amendment.ask.section, amendment.ask.subsection) == (Question.RULES, "Edge cases")
    assert amendment.line == (
        "- Interrupted half-way: <what is kept, and what the next run does: rule id, or why it cannot happen>"
    )
    assert amendment.why == (
        "3 failures of class INCOMPLETE about: interrupted half-way, in close-month, price-update."
    )
    assert amendment.ask.since == 2


@pytest.mark.parametrize("theme", ["empty", "boundary", "duplicate", "malformed", "dependency"])
def test_what_the_template_asks_already_is_not_proposed(theme: str):
    assert [proposed(group(theme), kind) for kind in Kind] == [None] * len(Kind)


@pytest.mark.parametrize(
    "kind",
    [
        FailureClass.UNCLEAR,
        FailureClass.STUCK,
        FailureClass.BUDGET,
        FailureClass.NO_DELIVERY,
        FailureClass.ENVIRONMENT,
        FailureClass.EVAL_BROKEN,
        FailureClass.SCENARIO_WRONG,
        FailureClass.SPEC_CONFLICT,
    ],
)
def test_a_class_that_no_question_prevents_proposes_nothing(kind: FailureClass):
    assert proposed(group(kind=kind)) is None


def test_without_a_theme_the_class_and_the_section_may_say_what_to_ask():
    amendment = proposed(group("", FailureClass.LIMIT_MISSED, Question.CONSTRAINTS))
    assert amendment is not None
    assert (amendment.kind, amendment.ask.subsection, amendment.ask.label) == (
        AmendmentKind.QUESTION,
        "Worst case",
        "",
    )
    assert amendment.line.startswith("<!-- ")
    assert proposed(group("", FailureClass.INCOMPLETE, Question.RULES)) is None
    assert proposed(group("", FailureClass.INCOMPLETE, None)) is None
    assert proposed(group("no such theme")) is None


def test_many_specs_are_counted_not_listed():
    amendment = proposed(group(specs=("a", "b", "c", "d", "e")))
    assert amendment is not None
    assert amendment.why.endswith("in a, b, c and 2 more.")


EVERY_GROUP = [group(each.id) for each in themes().themes] + [
    group("", each.failure_class, each.section) for each in themes().questions
]


@pytest.mark.parametrize("of", EVERY_GROUP, ids=lambda of: of.key)
@pytest.mark.parametrize("kind", Kind)
def test_every_amendment_can_be_accepted_by_the_packaged_templates(of: RecurringGroup, kind: Kind):
    amendment = proposed(of, kind)
    if amendment is None:
        assert of.key.rpartition("/")[2] in ("empty", "boundary", "duplicate", "malformed", "dependency")
        return
    text = amended(packaged_text(kind), kind, amendment, 1)
    assert amendment.line in text.splitlines()
    assert len(amendment.line) < 200


@pytest.mark.parametrize("theme", themes().themes, ids=lambda theme: theme.id)
def test_a_theme_finds_its_own_label_and_its_label_answers_it(theme):
    assert theme_in(theme.label) == theme.id
    assert holds_stem(f"- {theme.label}: R1", theme.answers)
    assert label_of(theme.id) == theme.label


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("when a run is interrupted half-way, for the disk takes no more", "interrupted"),
        ("when two people book the same room at the same moment", "concurrent"),
        ("Given a book of 0 bytes", "empty"),
        ("when a name with an umlaut is given", "text"),
        ("on the day on which clocks go forward", "time"),
        ("the file may not be read: permission is missing", "permission"),
        ("when the request is sent twice", "repeat"),
        ("when a name is given twice", "duplicate"),
        ("a list of a million rows", "large"),
        ("the sum is rounded half up", "rounding"),
        ("a path with a blank", "names"),
        ("the disk is full", "space"),
        ("A ladder, a hammer and a saw", ""),
        ("the trace of a grace period", ""),
    ],
)
def test_themes_are_told_by_word_stems(text: str, theme: str):
    assert theme_in(text) == theme


def test_hostile_text_of_any_length_has_a_theme_or_none():
    assert theme_in("\x00 [bold]" * 100_000) == ""
    assert theme_in("İ" * 5000 + "empty") == ""
