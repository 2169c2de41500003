"""Everything the operator can do, in one table. Key bindings, the bottom line, the help page and the palette all
read it, so they cannot disagree."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType


class Where(StrEnum):
    """The screen an action belongs to; `anywhere` is every screen, `lists` every screen with a list."""

    ANYWHERE = "anywhere"
    LISTS = "lists"
    SPECS = "specs"
    BOARD = "board"
    FAILURES = "failures"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the operator can do."""

    name: str
    """Method `action_<name>` of the screen, or of the app."""
    keys: tuple[str, ...]
    """Textual key names; the first is the one shown."""
    label: str
    """One or two words, for the bottom line."""
    help: str
    """One sentence, for the help page and the palette."""
    where: tuple[Where, ...]
    rank: int = 50
    """Place in the bottom line; the lowest stay longest when it is narrow. 0 is not shown there."""
    commands: bool = False
    """Changes something, so it is refused in read-only mode."""
    in_palette: bool = True


_ANY, _LISTS = (Where.ANYWHERE,), (Where.LISTS,)
_LIST_SCREENS = frozenset({Where.SPECS, Where.BOARD, Where.FAILURES})

ACTIONS: tuple[Action, ...] = (
    Action("mark_ready", ("r",), "ready", "Mark the spec Ready; refused while it has errors", (Where.SPECS,), 10, True),
    Action("mark_draft", ("d",), "draft", "Make the spec a draft again", (Where.SPECS,), 12, True),
    Action("park", ("x",), "park", "Park the spec: keep it, but never run it", (Where.SPECS,), 14, True),
    Action("edit", ("e",), "edit", "Open the spec in $EDITOR", (Where.SPECS,), 11, True),
    Action("open", ("enter",), "open", "Open the run", (Where.SPECS, Where.BOARD), 5),
    Action("open_failure", ("enter",), "fold/open", "Fold a class, or open the run of a record", (Where.FAILURES,), 5),
    Action("fold_all", ("z",), "fold all", "Fold or unfold every class", (Where.FAILURES,), 12),
    Action(
        "run_ready", ("R",), "run ready", "Run every Ready spec, after asking", (Where.SPECS, Where.BOARD), 15, True
    ),
    Action("cancel", ("C",), "cancel", "Cancel the run, after asking", (Where.BOARD, Where.RUN), 17, True),
    Action("retry", ("u",), "retry", "Queue a stopped run again", (Where.BOARD, Where.RUN), 16, True),
    Action("follow", ("f",), "follow", "Follow the end of the log", (Where.RUN,), 10),
    Action("wrap", ("w",), "wrap", "Wrap long lines of the log", (Where.RUN,), 11),
    Action("times", ("t",), "time", "Show the time of each line of the log", (Where.RUN,), 12),
    Action("search", ("slash",), "search", "Search the log", (Where.RUN,), 13),
    Action("next_match", ("n",), "next", "Go to the next match of the search", (Where.RUN,), 14),
    Action("previous_match", ("N",), "previous", "Go to the previous match of the search", (Where.RUN,), 0),
    Action("filter", ("slash",), "filter", "Filter the list; a leading ! keeps what does not match", _LISTS, 20),
    Action("sort", ("s",), "sort", "Sort the list by the next order", _LISTS, 21),
    Action("copy", ("y",), "copy", "Copy the selected line or text to the clipboard (OSC 52)", _ANY, 0),
    Action("next_pane", ("tab",), "pane", "Go to the next pane", _ANY, 30, in_palette=False),
    Action("screen_specs", ("1",), "Specs", "Specs: what is ready, and what stops the rest", _ANY, 0),
    Action("screen_board", ("2",), "Board", "Board: what is happening, and what needs me", _ANY, 0),
    Action("screen_failures", ("3",), "Failures", "Failures: what my specs keep missing", _ANY, 0),
    Action("screen_scenarios", ("4",), "Scenarios", "Scenarios: not built yet", _ANY, 0, in_palette=False),
    Action("screen_report", ("5",), "Report", "Report: not built yet", _ANY, 0, in_palette=False),
    Action("palette", ("colon", "ctrl+p"), "commands", "Find an action by name", _ANY, 32, in_palette=False),
    Action("theme", (), "theme", "Next colours: dark, light, the terminal's own", _ANY, 0),
    Action("help", ("question_mark", "f1"), "keys", "The keys of this screen", _ANY, 1),
    Action("back", ("escape",), "back", "Close, clear the filter, or go back", _ANY, 0, in_palette=False),
    Action("leave", ("q",), "quit", "Back; on a numbered screen leave the control room (the engine goes on)", _ANY, 2),
    Action("quit", ("ctrl+c", "ctrl+q"), "quit", "Leave the control room at once", _ANY, 0, in_palette=False),
)
"""The registry."""

MOVEMENT: tuple[tuple[str, str], ...] = (
    ("j k ↓ ↑", "Move by one line"),
    ("g G", "First line, last line"),
    ("PgUp PgDn", "Move by a page"),
)
"""Keys that the panes themselves handle, for the help page."""

_SHOWN = {
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "escape": "esc",
    "enter": "⏎",
    "f1": "F1",
    "ctrl+p": "^p",
    "ctrl+c": "^c",
    "ctrl+q": "^q",
}


def show_key(key: str) -> str:
    """A Textual key name as the operator knows it: `slash` is `/`."""
    return _SHOWN.get(key, key)


def actions_of(screen: Where) -> Iterator[Action]:
    """The actions that work on a screen, its own first, in the order of the registry."""
    wanted = {screen, Where.ANYWHERE} | ({Where.LISTS} if screen in _LIST_SCREENS else set())
    found = [action for action in ACTIONS if wanted & set(action.where)]
    yield from sorted(found, key=lambda action: screen not in action.where)


def action_named(name: str) -> Action:
    """The action with this name. Raises `KeyError`."""
    return next((each for each in ACTIONS if each.name == name), None) or _unknown(name)


def _unknown(name: str) -> Action:
    raise KeyError(f"no action is named {name}")


def bindings_for(screen: Where) -> list[BindingType]:
    """Textual bindings of one screen. `leave` and `quit` go through the app."""
    return [
        Binding(",".join(action.keys), action.name, action.label, show=False, id=f"{screen}.{action.name}")
        for action in actions_of(screen)
        if action.keys
    ]


def key_hints(screen: Where, read_only: bool, at_top: bool = True) -> list[tuple[str, str]]:
    """Key and label of what the bottom line shows, most important first."""
    shown = [each for each in actions_of(screen) if each.rank and each.keys and not (read_only and each.commands)]
    hints = sorted(shown, key=lambda each: each.rank)
    return [(show_key(each.keys[0]), "back" if each.name == "leave" and not at_top else each.label) for each in hints]
