"""A read-back of the spec that the fake source has."""

from factory_tui.model.money import from_usd
from factory_tui.model.readback import ReadBack, ReadBackQuestion
from factory_tui.model.spec import Question

from . import sample

QUESTIONS = (
    ReadBackQuestion(
        text="What keeps the items of a client that writes while the service is being stopped?",
        section=Question.RULES,
        quote="A restart must keep every item.",
        answers=(
            "An item whose POST was answered with status 201 must be there after the next start, also after SIGKILL.",
            "Only what was written before SIGTERM is kept; a client may lose the item that it is sending.",
            "The service finishes requests that have begun, for at most 5 seconds, then stops.",
        ),
        impact=5,
        uncertainty=4,
    ),
    ReadBackQuestion(
        text="In which order are the items answered?",
        section=Question.RULES,
        quote="must answer with every item",
        answers=("Oldest first.", "Newest first."),
        impact=3,
        uncertainty=4,
    ),
    ReadBackQuestion(
        text="Does a text of 200 characters count bytes or letters?",
        section=Question.INPUTS,
        quote="1 to 200 characters",
        answers=("Letters, as Unicode code points.", "Bytes of UTF-8."),
        impact=2,
        uncertainty=3,
    ),
)

READ_BACK = ReadBack(
    spec="todo-api",
    hash="of another version",
    summary="One person keeps a to-do list in a small service. Whoever asks it over HTTP gets every item back, and "
    "adds one by sending a text of 1 to 200 characters; an empty text is refused with status 400. The items lie in "
    "SQLite, so they are still there after a restart. It counts as done when an empty list reads as empty.",
    questions=QUESTIONS,
    dropped=1,
    model="claude-sonnet-4-6",
    cost=from_usd("0.0123"),
    when=sample.ago(3),
)
