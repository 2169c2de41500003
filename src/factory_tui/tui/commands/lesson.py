"""Commands about failures and what they teach: reclassify a record, look for lessons, accept or reject an amendment."""

from typing import TYPE_CHECKING

from factory_tui.model.amendment import AmendmentState
from factory_tui.model.failure import FailureClass, FailureRecord
from factory_tui.model.foreign import clean_line
from factory_tui.tui.look import Span, Tone, line, show_count
from factory_tui.tui.screens.choose import ChooseScreen
from factory_tui.tui.screens.confirm import ConfirmScreen, ReasonScreen
from factory_tui.tui.source import AmendmentView, SourceError, Topic
from factory_tui.tui.taxonomy import CLASS_CHOICES
from factory_tui.tui.words import PROBLEM_REMEDY, STALE_REMEDY, accept_lines, group_size, group_words

if TYPE_CHECKING:
    from factory_tui.tui.base import RoomScreen


async def reclassify(screen: "RoomScreen", record: FailureRecord) -> FailureClass:
    """One further key gives the record another class, which stands from then on; the class that it has now."""
    question = f"Class of failure {record.id}, now {record.failure_class}"
    chosen = await screen.answer_to(
        ChooseScreen(question, CLASS_CHOICES, entry="a reason, if you like", at=record.failure_class)
    )
    if chosen is None:
        return record.failure_class
    wanted = FailureClass(chosen.choice)
    if wanted is record.failure_class:
        screen.say(f"failure {record.id} is {wanted} already")
        return wanted
    await screen.source.classify(record.id, wanted, chosen.entry)
    screen.say(f"failure {record.id} is {wanted} now; the rule said {record.first_class or record.failure_class}")
    screen.room.ask(Topic.FAILURES)
    return wanted


async def look_for_lessons(screen: "RoomScreen") -> None:
    """Have the recurring failures looked at now."""
    found = await screen.source.propose()
    screen.say(f"{show_count(found, 'new amendment')} proposed" if found else "nothing new recurs often enough")
    screen.room.ask(Topic.FAILURES | Topic.TEMPLATES)


async def accept(screen: "RoomScreen", view: AmendmentView, problem: str) -> None:
    """Show what an amendment changes, and accept it after a yes."""
    record = view.record
    if _is_decided(screen, view):
        return
    if problem:
        screen.say_error(clean_line(problem), PROBLEM_REMEDY)
        return
    if view.stale:
        screen.say_error(f"amendment {record.id} is stale: {clean_line(view.stale)}", STALE_REMEDY)
        return
    question = f"Accept amendment {record.id} of the template {record.amendment.template}?"
    if not await screen.answer_to(ConfirmScreen(question, tuple(accept_lines(view)), "Accept", wide=True)):
        return
    try:
        version = clean_line(await screen.source.accept(record.id))
        screen.say(f"accepted: new specs start from {version}; older ones are told what it also asks")
    except SourceError as error:
        await _told_if_decided(screen, view, error)
    screen.room.ask(Topic.FAILURES | Topic.TEMPLATES | Topic.SPECS)


async def reject(screen: "RoomScreen", view: AmendmentView) -> None:
    """Reject an amendment with a reason, which is kept with it."""
    record = view.record
    if _is_decided(screen, view):
        return
    lines = (
        line(Span(group_words(record.group), Tone.STRONG), f", {group_size(record.group)}"),
        line("would add: ", clean_line(record.amendment.line), indent=2),
    )
    reason = await screen.answer_to(
        ReasonScreen(f"Reject amendment {record.id}?", lines, "Reject it", "why the template should not ask this")
    )
    if reason is None:
        return
    try:
        await screen.source.reject(record.id, reason)
        screen.say(f"amendment {record.id} is rejected; the reason is kept with it")
    except SourceError as error:
        await _told_if_decided(screen, view, error)
    screen.room.ask(Topic.FAILURES | Topic.TEMPLATES)


def _is_decided(screen: "RoomScreen", view: AmendmentView) -> bool:
    """True, with a message, when nothing is left to decide."""
    record = view.record
    if record.state is AmendmentState.PROPOSED:
        return False
    how = (
        f"in {clean_line(record.template_after or '')}"
        if record.template_after
        else f"because {clean_line(record.reason)}"
    )
    screen.say(f"amendment {record.id} is {record.state} already, {how}")
    return True


async def _told_if_decided(screen: "RoomScreen", view: AmendmentView, error: SourceError) -> None:
    """Another viewer may have decided meanwhile: that is news, and no error."""
    try:
        lessons = await screen.source.lessons()
    except SourceError:
        raise error from None
    now = next((each for each in lessons.amendments if each.record.id == view.record.id), None)
    if now is None or not _is_decided(screen, now):
        raise error
