"""One registry feeds keys, the bottom line, the help page and the palette."""

import re
from collections import Counter

import pytest

from factory_tui.tui.actions import ACTIONS, Where, action_named, actions_of, bindings_for, key_hints
from factory_tui.tui.screens.board import BoardScreen
from factory_tui.tui.screens.evidence import EvidenceScreen
from factory_tui.tui.screens.failures import FailuresScreen
from factory_tui.tui.screens.help import help_lines
from factory_tui.tui.screens.read_back import ReadBackScreen
from factory_tui.tui.screens.report import ReportScreen
from factory_tui.tui.screens.run import RunScreen
from factory_tui.tui.screens.scenarios import ScenariosScreen
from factory_tui.tui.screens.specs import SpecsScreen
from factory_tui.tui.screens.suite import SuiteScreen

SCREENS = {
    Where.SPECS: SpecsScreen,
    Where.BOARD: BoardScreen,
    Where.FAILURES: FailuresScreen,
    Where.REPORT: ReportScreen,
    Where.RUN: RunScreen,
    Where.READ_BACK: ReadBackScreen,
    Where.SCENARIOS: ScenariosScreen,
    Where.SUITE: SuiteScreen,
    Where.EVIDENCE: EvidenceScreen,
}

EATEN = re.compile(r"ctrl\+[absqjhklo]|alt\+\d|ctrl\+enter")
"""Keys that terminals, tmux and editors keep for themselves."""


@pytest.mark.parametrize("where", list(SCREENS), ids=str)
def test_every_action_of_a_screen_is_implemented(where: Where) -> None:
    missing = [each.name for each in actions_of(where) if not hasattr(SCREENS[where], f"action_{each.name}")]
    assert missing == []


@pytest.mark.parametrize("where", list(SCREENS), ids=str)
def test_no_key_means_two_things_on_a_screen(where: Where) -> None:
    counts = Counter(key for action in actions_of(where) for key in action.keys)
    assert [key for key, count in counts.items() if count > 1] == []
    assert len(bindings_for(where)) == sum(bool(action.keys) for action in actions_of(where))


def test_no_action_depends_on_a_key_that_terminals_eat() -> None:
    alone = [each.name for each in ACTIONS if each.keys and all(EATEN.fullmatch(key) for key in each.keys)]
    assert alone == []


@pytest.mark.parametrize("where", list(SCREENS), ids=str)
def test_help_names_every_key(where: Where) -> None:
    text = "\n".join(line.text for line in help_lines(where, read_only=False))
    assert all(action.help in text for action in actions_of(where) if action.keys)


def test_what_destroys_or_costs_is_a_capital_letter() -> None:
    assert action_named("cancel").keys == ("C",)
    assert action_named("run_ready").keys == ("R",)


def test_no_character_is_a_key_where_characters_are_text() -> None:
    keys = [key for action in actions_of(Where.EDITOR) for key in action.keys]
    assert {"f2", "f3", "f8", "ctrl+p", "f1", "escape"} <= set(keys)
    assert [key for key in keys if len(key) == 1 or key in ("slash", "colon", "question_mark")] == []


def test_what_takes_back_or_rejects_is_a_capital_letter() -> None:
    assert action_named("escape").keys == ("E",)
    assert action_named("reject").keys == ("A",)
    assert action_named("burn").keys == ("B",)


def test_read_only_hints_leave_commands_out() -> None:
    labels = {label for _, label in key_hints(Where.BOARD, read_only=True)}
    assert "cancel" not in labels
    assert "open" in labels


def test_an_unknown_action_is_an_error() -> None:
    with pytest.raises(KeyError, match="no action is named dance"):
        action_named("dance")
