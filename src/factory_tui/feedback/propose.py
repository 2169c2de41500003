"""A recurring group → one amendment of a template: a row of the edge cases or a required question."""

from collections.abc import Sequence

from factory_tui.feedback.themes import Theme, Wanted, themes
from factory_tui.model.amendment import Amendment, AmendmentKind, Ask, RecurringGroup
from factory_tui.model.failure import NOT_THE_SPEC, FailureClass, FailureRecord
from factory_tui.model.spec import Question, Spec
from factory_tui.specs.templates.template import Template

EDGE_CASES = "Edge cases"

_NOT_WORDS = NOT_THE_SPEC | {
    FailureClass.BUDGET,
    FailureClass.STUCK,
    FailureClass.NO_DELIVERY,
    FailureClass.SPEC_CONFLICT,
    FailureClass.UNCLEAR,
}
"""Classes that a further question of the template would not have prevented."""


def propose(
    group: RecurringGroup, records: Sequence[FailureRecord], template: Template, specs: Sequence[Spec]
) -> Amendment | None:
    """The one thing that the template should ask, so that the next spec says what these did not.

    Args:
        group: failures that recur.
        records: those of the group.
        template: the version that would be amended.
        specs: those behind the group, as they are now.

    Returns:
        None when the evidence does not lead to one question, or the template asks it already.
    """
    if group.failure_class in _NOT_WORDS:
        return None
    theme = themes().named(group.theme)
    amendment = _edge_case(group, theme, template) if theme is not None else _question(group, template)
    if amendment is None or template.asks_already(amendment.ask):
        return None
    return amendment


def _edge_case(group: RecurringGroup, theme: Theme, template: Template) -> Amendment:
    ask = Ask(section=Question.RULES, subsection=EDGE_CASES, label=theme.label, words=theme.answers)
    return Amendment(
        kind=AmendmentKind.EDGE_CASE,
        template=template.kind,
        ask=ask.model_copy(update={"since": template.version + 1}),
        line=f"- {theme.label}: <{theme.guidance}: rule id, or why it cannot happen>",
        why=_why(group, f"about: {theme.label.lower()}"),
    )


def _question(group: RecurringGroup, template: Template) -> Amendment | None:
    wanted = _wanted(group)
    if wanted is None:
        return None
    ask = Ask(section=wanted.section, subsection=wanted.title, label="", since=template.version + 1)
    return Amendment(
        kind=AmendmentKind.QUESTION,
        template=template.kind,
        ask=ask,
        line=f"<!-- {wanted.guidance} -->",
        why=_why(group, f"in {wanted.section}"),
    )


def _wanted(group: RecurringGroup) -> Wanted | None:
    return next(
        (
            each
            for each in themes().questions
            if each.failure_class is group.failure_class and each.section is group.section
        ),
        None,
    )


def _why(group: RecurringGroup, about: str) -> str:
    specs = ", ".join(group.specs[:3]) + (f" and {len(group.specs) - 3} more" if len(group.specs) > 3 else "")
    count = "1 failure" if len(group.records) == 1 else f"{len(group.records)} failures"
    return f"{count} of class {group.failure_class} {about}, in {specs}."
