"""An operator's answer to the question a run was parked with: into the spec, then the spec runs again."""

import asyncio

from factory_tui.engine.commands import CommandRefused
from factory_tui.engine.ground import may_be_quoted, spec_path
from factory_tui.engine.intake import queue_spec_again
from factory_tui.engine.leak_watch import LeakWatch
from factory_tui.engine.plant import Plant
from factory_tui.model.holdout import Route
from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.spec import Spec, Status
from factory_tui.specs import EditRefused, SpecUnreadable, read_spec, write_answer
from factory_tui.store import Answer, StoredRun


async def answer_question(run: StoredRun, answer: str, seen: str, plant: Plant) -> str:
    """Write the answer below its section, then record it with the new version's run, at once; that run's id.

    The spec stays the only truth about what is wanted, so the next agent reads the answer there. Written twice it
    stands there once: after a crash between the file and the record the operator just answers again.
    A run that was retried may have asked anew: then an answer to what the operator had `seen` is refused.
    """
    said = " ".join(answer.split())
    if not said:
        raise CommandRefused("the answer is empty", "pick a proposed answer or write one")
    question = await plant.store.open_question(run.run)
    if run.state is not RunState.HELD or run.hold is not HoldReason.QUESTION or question is None:
        raise CommandRefused(
            f"{run.run} asks nothing (it is {run.state.value})", "`factory-tui status` shows what waits"
        )
    if seen not in ("", question.text):
        raise CommandRefused(f"{run.run} asks something else by now: {question.text}", "read it, then answer")
    path = spec_path(plant.workspace, run.spec)
    try:
        spec = await asyncio.to_thread(read_spec, path)
        _refuse_not_ready(spec)
        await _burn_what_it_quotes(run, spec, said, plant)
        await asyncio.to_thread(write_answer, path, question, said)
    except (EditRefused, SpecUnreadable) as error:
        raise CommandRefused(f"the answer cannot be written into {path.name}: {error.what}", error.todo) from error
    try:
        return await queue_spec_again(run.spec, plant, Answer(run.run, said))
    except LookupError as error:
        raise CommandRefused(str(error), "put the spec back, then answer again") from error


async def _burn_what_it_quotes(run: StoredRun, spec: Spec, said: str, plant: Plant) -> None:
    """The next agent reads the answer, so a scenario in its words is known from then on."""
    suite, known = await may_be_quoted(spec, plant)
    watch = await LeakWatch.of(run.run, suite, known, plant)
    await watch.tell(Route.ANSWER, said, run.attempt)


def _refuse_not_ready(spec: Spec) -> None:
    """Who took a spec back since it asked does not want it built as it stands, whatever the answer."""
    status = spec.front.status if spec.front is not None else None
    if status is not Status.READY:
        what = f"it is {status.value}" if status is not None else "its front matter cannot be read"
        raise CommandRefused(
            f"{spec.path.name}: {what}, and the answer would run it",
            f"`factory-tui spec ready {spec.id}`, then answer again",
        )
