"""A read-back in words: its questions as rows, and everything about one of them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.readback import ReadBack, ReadBackPlan, ReadBackQuestion
from factory_tui.tui.look import Line, Span, Tone, line, show_count, show_moment
from factory_tui.tui.source import ReadBackView


class Asked(NamedTuple):
    """A question of a read-back as a row."""

    number: int
    """From 1."""
    question: ReadBackQuestion
    left_out: bool = False

    @property
    def is_open(self) -> bool:
        return not self.question.answered and not self.left_out


def asked_span(asked: Asked) -> Span:
    """What became of a question."""
    if asked.question.answered:
        return Span("✓ answered", Tone.GOOD)
    return Span("– left out", Tone.DIM) if asked.left_out else Span("○ open", Tone.WARN)


def not_read_yet(spec: str) -> list[Line]:
    """Instead of a read-back, while there is none."""
    return [
        line(Span(f"Nobody has read {clean_line(spec)} back yet", Tone.STRONG)),
        Line(),
        line("A model tells the spec in its own words, and asks what it would have to guess."),
        line("It is advice: no spec waits for it, and none becomes Ready by it."),
        Line(),
        line(Span("a", Tone.KEY), " asks it; the answers go into the spec with one key."),
    ]


def read_back_summary(read: ReadBack) -> Iterator[Line]:
    """The spec in the model's words."""
    for paragraph in clean(read.summary).split("\n"):
        yield line(paragraph)
    if read.dropped:
        yield line(Span(f"{show_count(read.dropped, 'remark')} left out: no words of the spec were quoted", Tone.DIM))


def read_back_head(spec: str, view: ReadBackView, asked: Sequence[Asked]) -> tuple[list[Span], list[Span]]:
    """What is left of it on the left; on the right what made it, when, and what it cost."""
    left = [Span(f"{clean_line(spec)} · ", Tone.STRONG)]
    still = sum(each.is_open for each in asked)
    if not asked:
        left.append(Span("✓ nothing to ask", Tone.GOOD))
    elif still:
        left.append(Span(f"○ {still} of {len(asked)} open", Tone.WARN))
    else:
        left.append(Span(f"✓ {show_count(len(asked), 'question')}, none open", Tone.GOOD))
    read = view.read
    whose = Span(clean_line(read.model), Tone.DIM) if view.current else Span("earlier version", Tone.WARN)
    return left, [whose, Span(f" · {show_usd(read.cost)} · {show_moment(read.when)}", Tone.DIM)]


def question_detail(asked: Asked) -> Iterator[Line]:
    """The question whole, the words that it is about, and the answers with their keys."""
    question, given = asked.question, clean_line(asked.question.answered)
    yield line(Span(clean_line(question.text), Tone.STRONG))
    yield line(
        Span(f"{question.section} line {question.line}  ", Tone.DIM), f"“{clean_line(question.quote)}”", indent=2
    )
    answers = [clean_line(each) for each in question.answers]
    if given and given not in answers:
        yield line(Span(f"  ✓  {given}", Tone.GOOD), indent=5)
    for number, answer in enumerate(answers, start=1):
        mark = Span("✓", Tone.GOOD) if answer == given else Span(" ")
        yield line(
            mark, Span(f" {number}  ", Tone.KEY), Span(answer, Tone.GOOD if answer == given else Tone.PLAIN), indent=5
        )


def plan_lines(plan: ReadBackPlan, caution: str) -> Iterator[Line]:
    """What asking a model means, before it is charged."""
    yield line(f"{clean_line(plan.model)} reads the spec and asks at most five questions.")
    yield line("It costs at most ", Span(show_usd(plan.most), Tone.STRONG), ", counted as the day's; runs go on.")
    if plan.recorded:
        yield line(Span("This version was read before; it is read anew.", Tone.WARN))
    if caution:
        yield line(Span(caution, Tone.WARN))
