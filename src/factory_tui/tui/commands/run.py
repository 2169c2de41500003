"""Commands about one run, as every screen that shows runs gives them: cancel, retry, answer, escape.

Several viewers may act on one run. What the engine refuses because it was done meanwhile is no error: the screen
says how the run stands now, and shows it.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from factory_tui.model.foreign import clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.run import LIVE, TRANSITIONS, HoldReason, RunState
from factory_tui.model.views import RunRow
from factory_tui.tui.look import Line, Span, Tone, line
from factory_tui.tui.screens.choose import Choice, ChooseScreen
from factory_tui.tui.screens.confirm import ConfirmScreen, ReasonScreen
from factory_tui.tui.source import SourceError, Topic
from factory_tui.tui.words import fact

if TYPE_CHECKING:
    from factory_tui.tui.base import RoomScreen


def _what_becomes_of_it(row: RunRow) -> str:
    if row.state is RunState.QUEUED or not row.attempt:
        return "Nothing was built yet."
    return "What it built is kept on a branch of its own, and not shipped."


async def ask_and_cancel(screen: "RoomScreen", row: RunRow) -> None:
    """Ask before a run is cancelled."""
    if not _can_be_cancelled(row):
        screen.say(f"{row.run} is {row.state}; there is nothing to cancel")
        return
    lines = (
        line(Span(clean_line(row.title) or clean_line(row.spec))),
        line(f"{row.state}, {show_usd(row.cost)} spent so far. {_what_becomes_of_it(row)}"),
    )
    if not await screen.answer_to(ConfirmScreen(f"Cancel the run of {clean_line(row.spec)}?", lines, "Cancel it")):
        return

    async def cancel() -> str:
        await screen.source.cancel(row.run)
        return f"{row.run} is being cancelled"

    await _give(screen, row, cancel(), lambda now, _: "" if _can_be_cancelled(now) else now.state)


async def retry(screen: "RoomScreen", row: RunRow) -> None:
    """Queue a stopped run again."""
    if not _can_be_retried(row):
        screen.say(f"{row.run} is {row.state}; only a stopped run can be retried")
        return

    async def again() -> str:
        run = await screen.source.retry(row.run)
        return f"{row.run} is queued again" + (f" as {run}" if run != row.run else "")

    await _give(screen, row, again(), _taken_up)


async def answer(screen: "RoomScreen", row: RunRow) -> None:
    """Pick or write the answer to a run's question, see where it goes, and have it written; or decide its rubric."""
    if row.hold is HoldReason.JUDGE:
        await _decide(screen, row)
        return
    question = row.question
    if question is None:
        screen.say(f"{row.run} asks nothing; it is {row.state}")
        return
    chosen = await screen.answer_to(
        ChooseScreen(
            f"{clean_line(row.spec)} asks",
            tuple(Choice(str(number), each, each) for number, each in enumerate(question.answers, start=1)),
            above=(line(Span(clean_line(question.text), Tone.STRONG)),),
            entry="another answer",
            entry_needed=True,
        )
    )
    if chosen is None:
        return
    said = chosen.choice or chosen.entry
    lines = (
        line(f"“{clean_line(said)}”"),
        Line(),
        fact("into", f"specs/{clean_line(row.spec)}.md, {question.section}, Answered questions"),
        fact("then", "the spec is a new version and runs again; that may cost " + _cap(row)),
    )
    if not await screen.answer_to(ConfirmScreen("Write this answer into the spec?", lines, "Write and run")):
        return

    async def write() -> str:
        run = await screen.source.answer(row.run, said, question.text)
        screen.room.ask(Topic.SPECS)
        return f"answered; {clean_line(row.spec)} is queued again as {run}"

    await _give(screen, row, write(), lambda now, _: "" if now.question else now.state)


_BALLOTS = (
    Choice("m", "meets", "meets it", "it ships if nothing else is open"),
    Choice("n", "misses", "misses it", "the run fails, or its next attempt begins"),
)


async def _decide(screen: "RoomScreen", row: RunRow) -> None:
    """Ask for the operator's word on what judges could not decide, and why; have the artifact judged with it."""
    above = (line(clean_line(row.why)),)
    chosen = await screen.answer_to(
        ChooseScreen(f"Does {clean_line(row.spec)} meet its rubric?", _BALLOTS, above=above)
    )
    if chosen is None:
        return
    lines = (*above, line("Nothing is built again, and nobody is paid again: what was built is judged with your word."))
    reason = await screen.answer_to(
        ReasonScreen(f"It {chosen.choice} the rubric?", lines, f"It {chosen.choice} it", "why")
    )
    if reason is None:
        return

    async def decide() -> str:
        await screen.source.decide(row.run, chosen.choice == "meets", reason)
        return f"decided; what {row.run} built is judged again"

    await _give(screen, row, decide(), lambda now, _: "" if now.hold is HoldReason.JUDGE else now.state)


async def escape(screen: "RoomScreen", row: RunRow) -> None:
    """Ask why a shipped run is wrong, then have it reverted and filed."""
    if row.escaped:
        screen.say(f"{row.run} is an escaped defect already: {clean_line(row.escaped)}")
        return
    if row.state is not RunState.SHIPPED:
        screen.say(f"{row.run} is {row.state}; only what has shipped can be an escaped defect")
        return
    lines = (
        line(Span(clean_line(row.title) or clean_line(row.spec))),
        line(
            "Its commit is reverted in the target, the defect is filed with your reason, "
            "and a scenario that would have caught it is asked for."
        ),
    )
    reason = await screen.answer_to(
        ReasonScreen(f"Mark {clean_line(row.spec)} as an escaped defect?", lines, "Revert and file", "what is wrong")
    )
    if reason is None:
        return

    async def file() -> str:
        made = await screen.source.escape(row.run, reason)
        reverted = f"reverted by {made.reverted[:12]}" if made.reverted else f"not reverted: {clean_line(made.why_not)}"
        screen.room.ask(Topic.FAILURES)
        return f"failure {made.failure} filed, {reverted}; write a scenario that would have caught it"

    await _give(screen, row, file(), lambda now, _: "an escaped defect" if now.escaped else "")


Overtaken = Callable[[RunRow, Sequence[RunRow]], str]
"""From a run and the whole board as they are now: what has become of it, if that makes a command needless; else an
empty text."""


async def _give(screen: "RoomScreen", row: RunRow, command: Awaitable[str], overtaken: Overtaken) -> None:
    """Give a command and say what came of it; a refusal of what has been done meanwhile is told, and is no error."""
    try:
        done = await command
    except SourceError:
        became = await _became(screen, row, overtaken)
        if not became:
            raise
        done = f"{row.run} is {became} already; somebody else was first, and nothing was done twice"
    screen.say(done)
    screen.room.ask(Topic.RUNS)


async def _became(screen: "RoomScreen", row: RunRow, overtaken: Overtaken) -> str:
    try:
        view, board = await screen.source.run(row.run), await screen.source.board()
    except SourceError:
        return ""
    return overtaken(view.row, board.rows) if view else ""


def _taken_up(row: RunRow, rows: Sequence[RunRow]) -> str:
    """A run that ended for good is taken up by another one of the same spec."""
    if not _can_be_retried(row):
        return row.state
    later = next((each for each in rows if each.spec == row.spec and each.queued > row.queued), None)
    return f"{later.state} as {later.run}" if later and not _can_be_retried(later) else ""


def _can_be_cancelled(row: RunRow) -> bool:
    return RunState.CANCELLED in TRANSITIONS[row.state]


def _can_be_retried(row: RunRow) -> bool:
    return row.state not in LIVE and row.state not in (RunState.QUEUED, RunState.SHIPPED)


def _cap(row: RunRow) -> str:
    return f"up to {show_usd(row.cap)}" if row.cap is not None else "money: no cap is set for a run"
