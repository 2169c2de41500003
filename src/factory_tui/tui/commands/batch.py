"""Commands about the batch as a whole: run every Ready spec, start the engine, pause it."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from factory_tui.model.foreign import clean_line
from factory_tui.model.money import show_usd
from factory_tui.report.estimate_words import of_batch
from factory_tui.tui.actions import Where
from factory_tui.tui.look import Line, Span, Tone, line, show_count
from factory_tui.tui.screens.confirm import ConfirmScreen
from factory_tui.tui.source import BatchPlan, Topic

if TYPE_CHECKING:
    from factory_tui.tui.base import RoomScreen


async def ask_and_run(screen: "RoomScreen", marked: Collection[str] = ()) -> None:
    """Ask before every Ready spec is run, or every marked one that is Ready: it costs money.

    Work that lost its engine comes first.
    """
    if screen.room.halt.no_engine:
        await _ask_and_start_engine(screen)
        return
    plan = await screen.source.plan(marked or None)
    if not plan.specs:
        screen.say(_why_nothing(plan, of_marked=bool(marked)))
        return
    question = f"Run {show_count(len(plan.specs), 'Ready spec')}" + (f" of {len(marked):,} marked?" if marked else "?")
    if await screen.answer_to(ConfirmScreen(question, plan_lines(plan), "Run")):
        await queue_ready(screen, (*plan.specs, *plan.with_errors))


def _why_nothing(plan: BatchPlan, *, of_marked: bool) -> str:
    if plan.unchanged:
        return "nothing changed in a Ready spec since its run; u retries a run, i mends a spec"
    return (
        "no marked spec is Ready; r makes them Ready"
        if of_marked
        else "no spec is Ready; 1 shows them, r marks one Ready"
    )


async def _ask_and_start_engine(screen: "RoomScreen") -> None:
    goes_on = "An interrupted build starts again from its base; the turns it had are paid again."
    question = f"Start the engine? {show_count(screen.room.unfinished, 'run')} would go on."
    if await screen.answer_to(ConfirmScreen(question, (line(goes_on),), "Start it")):
        await screen.room.start_engine()


async def queue_ready(screen: "RoomScreen", specs: Sequence[str] = ()) -> None:
    """Queue these specs, or every Ready one, and say what became of them."""
    queued = await screen.source.start_batch(specs)
    screen.room.ask(Topic.RUNS | Topic.ENGINE)
    if queued.refused:
        spec, reason = queued.refused[0]
        more = f" and {len(queued.refused) - 1} more" if len(queued.refused) > 1 else ""
        screen.say_error(f"{show_count(len(queued.runs), 'run')} queued; not queued: {spec}{more}", reason)
    else:
        where = "" if screen.where is Where.BOARD else "; 2 shows them"
        screen.say(f"{show_count(len(queued.runs), 'run')} queued{where}")


async def pause_or_resume(screen: "RoomScreen") -> None:
    """Have the engine start no further run, or go on; what runs is not touched, so nothing is asked."""
    paused = not screen.room.board.paused
    await screen.source.pause(paused)
    screen.room.ask(Topic.RUNS | Topic.ENGINE)
    screen.say("paused: runs go on, none is started; H lets it go on" if paused else "the engine goes on")


def plan_lines(plan: BatchPlan) -> list[Line]:
    """What a batch may cost, before it starts."""
    names = ", ".join(plan.specs[:6]) + (f" and {len(plan.specs) - 6} more" if len(plan.specs) > 6 else "")
    lines = [line(names), Line()]
    at_once = f"{plan.parallel} at a time, {show_count(plan.attempts, 'attempt')} each"
    lines.append(line(Span(f"{'work':<10}", Tone.DIM), at_once, indent=10))
    if plan.with_errors:
        stopped = f"{', '.join(map(clean_line, plan.with_errors[:3]))}{' and others' * (len(plan.with_errors) > 3)}"
        text = f"{stopped}: Ready with errors, so held until mended"
        lines.append(line(Span(f"{'held':<10}", Tone.DIM), Span(text, Tone.WARN), indent=10))
    if plan.not_ready:
        lines.append(line(Span(f"{'left out':<10}", Tone.DIM), f"{plan.not_ready} marked, but not Ready", indent=10))
    if plan.unchanged:
        text = f"{show_count(plan.unchanged, 'Ready spec')}: nothing changed since the last run"
        lines.append(line(Span(f"{'left out':<10}", Tone.DIM), text, indent=10))
    if plan.expected and (likely := of_batch(plan.expected, plan.parallel)):
        lines.append(line(Span(f"{'likely':<10}", Tone.DIM), likely, indent=10))
    if not plan.charged:
        free = "nothing is charged: the twin answers instead of a model"
        return [*lines, line(Span(f"{'cost':<10}", Tone.DIM), free, indent=10)]
    caps = [
        f"{show_usd(cap)} a {name}"
        for name, cap in (("run", plan.run_cap), ("batch", plan.batch_cap), ("day", plan.day_cap))
        if cap is not None
    ]
    text = "at most " + ", ".join(caps) if caps else "no cap is set in factory.toml [limits]"
    return [*lines, line(Span(f"{'cost':<10}", Tone.DIM), Span(text, Tone.STRONG if caps else Tone.WARN), indent=10)]
