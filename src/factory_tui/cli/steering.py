"""`cancel`, `retry`, `answer`, `escape`, `pause`, `resume`: what the operator tells the engine."""

import asyncio
from pathlib import Path

import click

from factory_tui.cli import run_text
from factory_tui.cli.asking import history_of, one_run, require_yes, tell_engine
from factory_tui.cli.output import CommandFailed, as_json, is_number, print_json, print_lines, settings_of, workspace_of
from factory_tui.control import ControlClient, EscapeAnswer
from factory_tui.model.question import AgentQuestion
from factory_tui.model.run import RunState
from factory_tui.model.views import RunRow


@click.command()
@click.argument("name", metavar="RUN")
@click.pass_context
def cancel(context: click.Context, name: str) -> None:
    """End RUN; the work so far is kept."""
    workspace = workspace_of(context)
    with history_of(workspace) as reader:
        found = one_run(reader, name)
        asyncio.run(_cancel(workspace, found))
    print_lines([f"{found} is being cancelled"])


@click.command()
@click.argument("name", metavar="RUN")
@click.pass_context
def retry(context: click.Context, name: str) -> None:
    """Take RUN up again when it was held; run its spec anew when it had ended."""
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    with history_of(workspace) as reader:
        found = one_run(reader, name)
        taken = tell_engine(workspace, settings, lambda engine: engine.retry(found))
    print_lines([f"{found} is queued again" if taken == found else f"{found} is run anew as {taken}"])


@click.command()
@click.argument("name", metavar="RUN")
@click.argument("words", metavar="[ANSWER]", nargs=-1)
@as_json
@click.pass_context
def answer(context: click.Context, name: str, words: tuple[str, ...], as_json: bool) -> None:
    """Answer the question that RUN is held with; without ANSWER show it.

    ANSWER is the number of a proposed answer, or any words. It is written into the spec, which then runs again.
    """
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    with history_of(workspace) as reader:
        view = reader.run(one_run(reader, name))
    assert view is not None
    question = view.row.question
    if question is None:
        raise CommandFailed(f"{view.row.run} asks nothing", "`factory-tui status` shows what waits")
    if not words:
        if as_json:
            print_json({"run": view.row.run, "question": question.model_dump(mode="json")})
        else:
            print_lines(_question_lines(view.row, question))
        return
    said = chosen_answer(question, " ".join(words))
    taken = tell_engine(workspace, settings, lambda engine: engine.answer(view.row.run, said, question.text))
    if as_json:
        print_json({"run": taken, "answer": said})
    else:
        print_lines(
            [
                f"written into specs/{view.row.spec}.md below {question.section.value}: {run_text.plain(said)}",
                f"queued as {taken}",
            ]
        )


def chosen_answer(question: AgentQuestion, words: str) -> str:
    """The proposed answer of that number, or the words themselves. Ends the command at a number that there is not."""
    if not is_number(words):
        return words
    number = int(words)
    if not 1 <= number <= len(question.answers):
        raise CommandFailed(f"there is no answer {words}", f"give 1 to {len(question.answers)}, or your own words")
    return question.answers[number - 1]


def _question_lines(row: RunRow, question: AgentQuestion) -> list[str]:
    numbered = [f"  {number}. {run_text.plain(each)}" for number, each in enumerate(question.answers, start=1)]
    return [
        f"{row.spec} asks about {question.section.value}:",
        f"  {run_text.plain(question.text)}",
        *numbered,
        f"→ factory-tui answer {row.run} NUMBER, or your own words",
    ]


@click.command()
@click.argument("name", metavar="RUN")
@click.option("--reason", required=True, help="What is wrong with what was shipped.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_context
def escape(context: click.Context, name: str, reason: str, yes: bool, as_json: bool) -> None:
    """Mark shipped RUN as an escaped defect: take it back on its target, file it, ask for a scenario."""
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    with history_of(workspace) as reader:
        view = reader.run(one_run(reader, name))
    assert view is not None
    if not yes and view.row.state is RunState.SHIPPED and not view.row.escaped:  # of any other the engine says why not
        require_yes(f"Take back what {view.row.run} shipped to {view.row.spec}'s target?")
    outcome = tell_engine(workspace, settings, lambda engine: engine.escape(view.row.run, reason))
    if as_json:
        print_json({"run": view.row.run, **outcome.model_dump(mode="json")})
    else:
        print_lines(_escape_lines(view.row, outcome))


def _escape_lines(row: RunRow, outcome: EscapeAnswer) -> list[str]:
    done = f"reverted by {outcome.reverted}" if outcome.reverted else f"NOT reverted: {run_text.plain(outcome.why_not)}"
    return [
        f"{row.run} is an escaped defect; {done}",
        f"failure record #{outcome.failure} (`factory-tui failures classify {outcome.failure} CLASS` says what it was)",
        f"→ write the scenario that would have caught it: scenarios/{row.spec}/",
    ]


@click.command()
@click.pass_context
def pause(context: click.Context) -> None:
    """Start no further run; those that run go on."""
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    tell_engine(workspace, settings, lambda engine: engine.pause())
    print_lines(["paused: no further run is started (`factory-tui resume`)"])


@click.command()
@click.pass_context
def resume(context: click.Context) -> None:
    """Start queued runs again."""
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    tell_engine(workspace, settings, lambda engine: engine.resume())
    print_lines(["runs are started again"])


async def _cancel(workspace: Path, name: str) -> None:
    async with ControlClient.connect(workspace) as client:
        await client.cancel(name)
