"""What recurring failures teach, as rows of a list: amendments to decide on, groups without one, what was decided."""

from collections.abc import Container, Hashable
from dataclasses import dataclass

from factory_tui.model.amendment import AmendmentState, RecurringGroup
from factory_tui.tui.look import Span, Tone, show_count
from factory_tui.tui.source import AmendmentView, LessonsView
from factory_tui.tui.widgets.table import Cells, Column
from factory_tui.tui.words import NONE, NONE_YET, amendment_span, amendment_words, group_words


@dataclass(frozen=True, slots=True)
class Lesson:
    """A group of recurring failures, with the amendment that it proposes."""

    group: RecurringGroup
    view: AmendmentView | None = None
    early: bool = False
    """The factory may not have looked yet what the group proposes: it does when a batch ends, or with `p`."""

    @property
    def identity(self) -> Hashable:
        return ("group", self.group.key) if self.view is None else ("amendment", self.view.record.id)

    @property
    def open(self) -> bool:
        """True while the operator has to decide."""
        return self.view is not None and self.view.record.state is AmendmentState.PROPOSED


COLUMNS = (
    Column("LESSON", 10),
    Column("RECURRING FAILURES", 26, flex=2),
    Column("RECORDS", 13, rank=1),
    Column("PROPOSAL", 20, flex=3),
)


def lessons_of(view: LessonsView, reclassified: Container[int] = (), *, at_work: bool = False) -> list[Lesson]:
    """What waits for the operator first, then groups that propose nothing, then what was decided.

    Args:
        reclassified: records that the operator gave another class, so that their group may be new.
        at_work: a batch is at work; at its end the factory looks for amendments.
    """
    amendments = [Lesson(each.record.group, each) for each in view.amendments]
    spoken_for = {each.group.key for each in amendments}
    groups = [
        Lesson(group, early=at_work or any(number in reclassified for number in group.records))
        for group in view.recurring
        if group.key not in spoken_for
    ]
    return [
        *(each for each in amendments if each.open),
        *groups,
        *(each for each in amendments if not each.open),
    ]


def lesson_cells(lesson: Lesson, here: bool) -> Cells:
    quiet = Tone.PLAIN if lesson.open or lesson.view is None else Tone.DIM
    if lesson.view is None:
        state, words = Span("· recurs", Tone.DIM), NONE_YET if lesson.early else NONE
    else:
        state, words = amendment_span(lesson.view), amendment_words(lesson.view)
    return (
        state,
        Span(group_words(lesson.group, brief=True), quiet),
        Span(f"{len(lesson.group.records)} in {show_count(len(lesson.group.specs), 'spec')}", Tone.DIM),
        Span(words, quiet),
    )
