"""`tui`: a program in a terminal. Its bytes come out of the sandbox; the screen that they draw is kept out here."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from factory_tui.model.matcher import Matcher
from factory_tui.model.step import Step, TuiAction, TuiSession
from factory_tui.scenarios.matching.captures import UnusableCapture, Variables, captured, filled, filled_matcher
from factory_tui.scenarios.matching.matchers import Mismatch, ScenarioFault, check
from factory_tui.scenarios.matching.values import cut
from factory_tui.scenarios.quality import within
from factory_tui.scenarios.steps.situation import Outcome, Shown, Situation, timeout_of
from factory_tui.scenarios.terminal.emulator import Emulator
from factory_tui.scenarios.terminal.keys import UnknownKey
from factory_tui.scenarios.terminal.sitting import Sitting, Spoiled
from factory_tui.scenarios.terminal.size import size_of

TERM = "xterm-256color"
"""What the emulator is, and so what programs are told."""

SPARE_S = 5.0
"""What the program may live beyond the step's timeout, so that it is the step that ends it."""


async def tui_step(step: Step, session: TuiSession, situation: Situation) -> Outcome:
    """Start the program, do what the session says, then judge the screen, the exit code and the time.

    After an exception the program still runs: the sandbox is cleared as a whole then.
    """
    columns, rows = _size(session.size)
    timeout_s = timeout_of(step)
    command = situation.command(session.run, timeout_s + SPARE_S)
    command = replace(command, env={**command.env, "TERM": TERM})
    terminal = await situation.sandbox.terminal(command, columns, rows)
    sitting = Sitting(terminal, Emulator(columns, rows), timeout_s)
    try:
        wrong = await _do(session.do, sitting, situation.variables)
        wrong = wrong or await _judge(step, sitting, situation.variables, timeout_s)
        if not wrong:
            await _left_to_show(step, sitting)
    except Spoiled as spoiled:
        wrong = [spoiled.mismatch]
    seconds = sitting.seconds
    await sitting.close()
    shown = _shown(sitting)
    if wrong:
        return Outcome([_with_end(each, sitting) for each in wrong], shown=shown)
    values, missing = captured(step.capture, sitting.text, complete=True)
    limit = step.tui_expect.within
    return Outcome(missing, values, shown, [] if limit is None else [within(limit, seconds)])


def _size(text: str) -> tuple[int, int]:
    try:
        return size_of(text)
    except ValueError as error:
        raise ScenarioFault(str(error)) from None


async def _do(actions: Sequence[TuiAction], sitting: Sitting, variables: Variables) -> list[Mismatch]:
    """The actions in order, up to the first that shows something wrong."""
    for index, action in enumerate(actions):
        if action.see is not None:
            wrong = await _see(action.see, f"do[{index}] screen", sitting, variables, action.within)
            if wrong:
                return wrong
        elif action.press is not None:
            for key in (action.press,) if isinstance(action.press, str) else action.press:
                await _press(key, sitting)
        elif action.type is not None:
            await sitting.type(filled(action.type, variables, _typeable))
        elif action.resize is not None:
            await sitting.resize(*_size(action.resize))
    return []


async def _press(key: str, sitting: Sitting) -> None:
    try:
        await sitting.press(key)
    except UnknownKey as unknown:
        raise ScenarioFault(f"{unknown}; {unknown.todo}") from None


async def _judge(step: Step, sitting: Sitting, variables: Variables, timeout_s: float) -> list[Mismatch]:
    expect = step.tui_expect
    if expect.exit is not None:
        code = await sitting.end()
        if code is None:
            still = f"still running, killed\n{_screen(sitting)}"
            return [Mismatch("timeout", f"ends within {timeout_s:g} s", still)]
        wrong = check(filled_matcher(expect.exit, variables), code, "exit")
        if wrong:
            return [Mismatch(each.check, each.expected, f"{each.observed}\n{_screen(sitting)}") for each in wrong]
    return await _see(expect.screen, "screen", sitting, variables) if expect.screen is not None else []


async def _left_to_show(step: Step, sitting: Sitting) -> None:
    """What is captured or read by a judge is on the screen when nothing else was waited for."""
    if step.capture:
        await sitting.wait_for(lambda text: captured(step.capture, text, complete=True)[1])
    if step.tui_expect.screen is None:
        await sitting.rest()


async def _see(
    wanted: Matcher, label: str, sitting: Sitting, variables: Variables, within: float | None = None
) -> list[Mismatch]:
    matcher = filled_matcher(wanted, variables)
    wrong = await sitting.wait_for(lambda text: check(matcher, text, label), within)
    return [Mismatch(each.check, each.expected, _screen(sitting)) for each in wrong]


def _shown(sitting: Sitting) -> list[Shown]:
    ended = [] if sitting.exit_code is None else [Shown("exit", str(sitting.exit_code))]
    return [Shown("screen", sitting.text), *ended]


def _screen(sitting: Sitting) -> str:
    return cut(sitting.text) or "an empty screen"


def _with_end(mismatch: Mismatch, sitting: Sitting) -> Mismatch:
    """What was seen, and that the program has ended by itself, which the screen alone does not tell."""
    if sitting.exit_code is None or mismatch.check.startswith("exit"):
        return mismatch
    ended = f"{mismatch.observed}\nthe program has ended with exit code {sitting.exit_code}"
    return Mismatch(mismatch.check, mismatch.expected, ended)


def _typeable(text: str) -> str:
    """A captured value that is typed is text: an artifact must not choose which keys are pressed.

    Raises:
        UnusableCapture: it holds control characters.
    """
    if any(unicodedata.category(char) == "Cc" for char in text):
        raise UnusableCapture(Mismatch("capture in typed text", "text without control characters", cut(repr(text))))
    return text
