"""`spec readback` and `spec answer`: what a model makes of a spec, and the answers to what it would have to guess."""

import click

from factory_tui.cli import run_text
from factory_tui.cli.asking import history_of, tell_engine
from factory_tui.cli.chosen import Workspace, find_spec, judge, open_workspace
from factory_tui.cli.findings import echo, shown_path, styled, summary
from factory_tui.cli.output import CommandFailed, as_json, is_number, print_json, print_lines
from factory_tui.control import ControlClient
from factory_tui.model.foreign import clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.readback import ReadBack, ReadBackPlan, ReadBackQuestion
from factory_tui.model.spec import Spec
from factory_tui.specs import EditRefused, SpecUnreadable
from factory_tui.specs.read_back import answer_read_back, beside


@click.command("readback")
@click.argument("name", metavar="SPEC")
@click.option("--fresh", is_flag=True, help="Ask the model although it has read this version before.")
@as_json
@click.pass_context
def read_back(context: click.Context, name: str, fresh: bool, as_json: bool) -> None:
    """Have the model tell SPEC in its own words, and ask what it would have to guess.

    It is advice: nothing waits for it. A version is read once; its questions are answered with `spec answer`.
    """
    workspace = open_workspace(context)
    found = find_spec(workspace, name)
    read = None if fresh else _recorded(workspace, found)
    if read is None or read.hash != found.hash:
        read = tell_engine(workspace.path, workspace.settings, lambda engine: _asked(engine, found.id, fresh=fresh))
    read = beside(read, found)
    if as_json:
        print_json(read.model_dump(mode="json"))
    else:
        _print(read)


async def _asked(engine: ControlClient, spec: str, *, fresh: bool) -> ReadBack:
    plan = await engine.plan_read_back(spec)
    if fresh or not plan.recorded:
        click.echo(_announced(plan), err=True)
    return await engine.read_back(spec, fresh=fresh)


def _announced(plan: ReadBackPlan) -> str:
    if not plan.charged:
        return f"asking the twin of {clean_line(plan.model)} …"
    return f"asking {clean_line(plan.model)}, at most {show_usd(plan.most)} …"


@click.command("answer")
@click.argument("name", metavar="SPEC")
@click.argument("number", metavar="NUMBER")
@click.argument("words", metavar="ANSWER", nargs=-1, required=True)
@as_json
@click.pass_context
def answer(context: click.Context, name: str, number: str, words: tuple[str, ...], as_json: bool) -> None:
    """Answer question NUMBER of SPEC's last read-back: the answer is written into the section that it is about.

    ANSWER is the number of a proposed answer, or any words. An answer makes another version of the spec.
    """
    workspace = open_workspace(context)
    found = find_spec(workspace, name)
    read = _recorded(workspace, found)
    if read is None:
        raise CommandFailed(f"{found.id} was never read back", f"factory-tui spec readback {found.id}")
    question = _question(read, number)
    said = _said(question, " ".join(words))
    try:
        redrafted = answer_read_back(found.path, question, said)
    except (EditRefused, SpecUnreadable) as error:
        raise CommandFailed(f"{shown_path(error.path, workspace.path)}: {error.what}", error.todo) from None
    _say_answered(context, found, question, said, redrafted=redrafted, as_json=as_json)


def _recorded(workspace: Workspace, found: Spec) -> ReadBack | None:
    with history_of(workspace.path) as reader:
        return reader.last_read_back(found.id)


def _question(read: ReadBack, number: str) -> ReadBackQuestion:
    count = len(read.questions)
    if not is_number(number) or not 1 <= int(number) <= count:
        todo = f"give 1 to {count}" if count else "nothing was left open"
        raise CommandFailed(f"there is no question {number}", f"{todo}; `factory-tui spec readback {read.spec}`")
    return read.questions[int(number) - 1]


def _said(question: ReadBackQuestion, words: str) -> str:
    said = " ".join(words.split())
    if not said:
        raise CommandFailed("the answer is empty", "pick a proposed answer or write one")
    if not is_number(said):
        return said
    if not 1 <= int(said) <= len(question.answers):
        raise CommandFailed(f"there is no answer {said}", f"give 1 to {len(question.answers)}, or your own words")
    return question.answers[int(said) - 1]


def _say_answered(
    context: click.Context, found: Spec, question: ReadBackQuestion, said: str, *, redrafted: bool, as_json: bool
) -> None:
    workspace = open_workspace(context)
    judged = judge(workspace, find_spec(workspace, str(found.id)))
    status = judged.spec.front.status.value if judged.spec.front else None
    path = shown_path(found.path, workspace.path)
    if as_json:
        print_json({"spec": found.id, "path": path, "answer": said, "status": status, "ready": judged.ready})
        return
    lines = [f"written into {path} below {question.section.value}: {run_text.plain(said)}"]
    if redrafted:
        lines.append(f"{found.id} is draft again: an answer makes another version")
    ready = f"factory-tui spec ready {found.id}" if judged.ready else f"factory-tui spec lint {found.id}"
    lines.append(f"{summary(judged.findings)}{'' if status == 'ready' and judged.ready else f' → {ready}'}")
    print_lines(lines)


def _print(read: ReadBack) -> None:
    count = len(read.questions)
    asked = f"{count} question{'s' * (count != 1)}" if count else "no question"
    moment = f"{read.when.astimezone():%d %b %H:%M}"
    echo(styled(f"{clean_line(read.spec)} as {clean_line(read.model)} understands it", bold=True))
    print_lines([f"{asked} · {show_usd(read.cost)} · {moment} · version {read.hash[:12]}", "", read.summary])
    for number, each in enumerate(read.questions, start=1):
        print_lines(["", *_lines(read, number, each)])
    if read.dropped:
        remarks = "1 remark was" if read.dropped == 1 else f"{read.dropped} remarks were"
        print_lines(["", f"{remarks} left out: they quoted nothing of the spec word for word"])


def _lines(read: ReadBack, number: int, each: ReadBackQuestion) -> list[str]:
    lines = [
        f"{number}. {run_text.plain(each.text)}",
        f"   {each.section.value}, line {each.line}: “{run_text.plain(each.quote)}”",
        *(f"     {place}. {run_text.plain(said)}" for place, said in enumerate(each.answers, start=1)),
    ]
    if each.answered:
        return [*lines, f"   ✓ answered: {run_text.plain(each.answered)}"]
    return [*lines, f"   → factory-tui spec answer {read.spec} {number} NUMBER, or your own words"]
