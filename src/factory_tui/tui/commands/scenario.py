"""Commands about scenarios: admit a suite, check it with mutants, burn a scenario, begin a new one, edit one."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from factory_tui.model.admission import Admission
from factory_tui.model.evidence_views import EvaluationItem, ScenarioRow, SuiteRow
from factory_tui.model.foreign import clean_line
from factory_tui.model.mutation import MutationReport
from factory_tui.tui.look import Span, Tone, line, show_count
from factory_tui.tui.screens.choose import FREE_KEYS, Choice, ChooseScreen
from factory_tui.tui.screens.confirm import ConfirmScreen, ReasonScreen
from factory_tui.tui.source import Topic
from factory_tui.tui.trust import is_unread, unread_rows
from factory_tui.tui.words import fact

if TYPE_CHECKING:
    from factory_tui.tui.base import RoomScreen

CHANGES_EVIDENCE = Topic.EVIDENCE | Topic.SPECS


async def admit(screen: "RoomScreen", suite: SuiteRow) -> None:
    """Have the engine try a suite; it takes seconds to minutes and costs no money, so nothing is asked."""
    if not suite.scenarios:
        screen.say(f"{clean_line(suite.spec)} has no scenario to admit; n writes one")
        return
    source, room, spec = screen.source, screen.room, suite.spec

    async def work() -> str:
        try:
            return admitted_words(spec, await source.admit(spec))
        finally:
            room.ask(CHANGES_EVIDENCE)

    _begin(screen, f"admits {clean_line(spec)}", work)


def admitted_words(spec: str, admissions: tuple[Admission, ...]) -> str:
    refused = [each for each in admissions if not each.admitted]
    name = clean_line(spec)
    if not refused:
        return f"{name}: all {show_count(len(admissions), 'scenario')} can fail, and are admitted"
    first = refused[0]
    more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
    return f"{name}: {clean_line(first.scenario)}{more} refused: {clean_line(first.reason)}"


async def check_mutants(screen: "RoomScreen", suite: SuiteRow) -> None:
    """Ask before what shipped is changed in small ways: it takes minutes of the machine."""
    name, spec = clean_line(suite.spec), suite.spec
    if not suite.scenarios:
        screen.say(f"{name} has no scenario that could notice anything; n writes one")
        return
    lines = (
        line("What shipped last is changed in small ways, one at a time, in copies that ship nowhere."),
        line("The suite judges each. A change that it does not notice is a missing scenario."),
        fact("takes", "some minutes of the sandbox; you go on meanwhile"),
        fact("cost", "nothing: no model is asked"),
    )
    if not await screen.answer_to(ConfirmScreen(f"Check the suite of {name} with mutants?", lines, "Check it")):
        return
    source, room = screen.source, screen.room

    async def work() -> str:
        try:
            return mutants_words(await source.check_mutants(spec))
        finally:
            room.ask(CHANGES_EVIDENCE)

    _begin(screen, f"tries mutants of {name}", work)


def mutants_words(report: MutationReport) -> str:
    name, tried = clean_line(report.spec), report.caught + len(report.survived)
    if not tried:
        return f"{name}: no small change could be tried"
    if not report.survived:
        return f"{name}: all {show_count(tried, 'small change')} noticed"
    return f"{name}: {len(report.survived)} of {show_count(tried, 'small change')} unnoticed; M on 4 lists them"


def _begin(screen: "RoomScreen", what: str, work: Callable[[], Awaitable[str]]) -> None:
    if screen.room.begin(what, work):
        screen.say("begun; it is told here when it is done, whatever screen is shown")
    else:
        screen.say(f"the engine {what} already; it is told here when it is done")


async def burn(screen: "RoomScreen", row: ScenarioRow) -> None:
    """Have a scenario gate nothing any more, with a reason."""
    name = clean_line(row.id)
    if row.burned:
        screen.say(f"{name} is burned already: {clean_line(row.burned)}")
        return
    lines = (
        line(clean_line(row.sentence)),
        line("It gates nothing from now on; nothing makes it secret again. Write its behaviour anew: n"),
    )
    question = f"Burn {name}: agents know it?"
    reason = await screen.answer_to(ReasonScreen(question, lines, "Burn it", "how its text got out"))
    if reason is None:
        return
    await screen.source.burn(row.spec, row.id, reason)
    screen.room.ask(CHANGES_EVIDENCE)
    screen.say(f"{name} is burned: it gates nothing any more; n writes its behaviour anew")


async def new_scenario(screen: "RoomScreen", suite: SuiteRow) -> None:
    """Choose what the scenario is to show, have its skeleton written, and open it in $EDITOR."""
    if not suite.items:
        screen.say(f"{clean_line(suite.spec)} has no evaluation item to make a scenario of; 1 and i write one")
        return
    item = await _chosen(screen, suite)
    if item is None:
        return
    path = await screen.source.new_scenario(suite.spec, item)
    screen.room.ask(CHANGES_EVIDENCE)
    await edit_scenario(screen, suite.spec, clean_line(path.name.removesuffix(".yaml")))


async def _chosen(screen: "RoomScreen", suite: SuiteRow) -> str | None:
    """Id of an evaluation item; those with rules that nothing covers first."""
    uncovered = set(suite.uncovered)
    items = sorted(suite.items, key=lambda each: not uncovered & set(each.covers))
    choices = [_choice(key, item, uncovered) for key, item in zip(FREE_KEYS, items, strict=False)]
    above = (line(Span("The skeleton takes sentence and rules from the item; you write the steps.", Tone.DIM)),)
    dialog = ChooseScreen(
        f"New scenario for {clean_line(suite.spec)}: what is it to show?",
        choices,
        above=above,
        entry="the id of an item" if len(items) > len(choices) else "",
        entry_needed=True,
        names=12,
    )
    chosen = await screen.answer_to(dialog)
    return (chosen.choice or chosen.entry) if chosen is not None else None


def _choice(key: str, item: EvaluationItem, uncovered: set[str]) -> Choice:
    bare = "✗ " if uncovered & set(item.covers) else ""
    about = f"{bare}{clean_line(' '.join(item.covers))}: {clean_line(item.text)}"
    return Choice(key, item.id, item.id, about)


async def edit_scenario(screen: "RoomScreen", spec: str, scenario: str, first_line: int = 1) -> None:
    """Hand the file of a scenario to $EDITOR, and say what the validator says about it afterwards."""
    from factory_tui.tui.editing.outside import edit_outside, left

    path = screen.source.scenario_file(spec, scenario)
    try:
        edit_outside(screen.app, path, first_line)
    finally:
        screen.room.ask(CHANGES_EVIDENCE)
    suites = await screen.source.suites()
    files = [one for each in suites if each.spec == spec for one in (*each.scenarios, *unread_rows(each))]
    row = next((one for one in files if one.id == scenario), None)
    if row is None:
        screen.say(f"{clean_line(scenario)} is not there any more")
    elif is_unread(row):
        screen.say(f"{clean_line(scenario)}: {left(row.findings)}; until it has none it judges nothing. ⏎ and e go on")
    else:
        screen.say(f"{clean_line(scenario)}: {left(row.findings)}; a tries whether it can fail")
