"""Everything the operator can do, in one table. Key bindings, the bottom line, the help page and the palette all
read it, so they cannot disagree."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from textual.binding import Binding, BindingType


class Where(StrEnum):
    """The screen an action belongs to; `anywhere` is every screen, `lists` every screen with a list."""

    ANYWHERE = "anywhere"
    LISTS = "lists"
    SPECS = "specs"
    BOARD = "board"
    FAILURES = "failures"
    SCENARIOS = "scenarios"
    SUITE = "suite"
    EVIDENCE = "evidence"
    REPORT = "report"
    RUN = "run"
    EDITOR = "editor"
    READ_BACK = "read-back"
    VERSIONS = "versions"


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
    hint: str = ""
    """How its keys are shown in the bottom line, where the first alone would mislead."""


_ANY, _LISTS, _SPECS = (Where.ANYWHERE,), (Where.LISTS,), (Where.SPECS,)
_RUNS = (Where.BOARD, Where.RUN, Where.REPORT)
_SUITES = (Where.SCENARIOS, Where.SUITE, Where.EVIDENCE)
_LIST_SCREENS = frozenset({Where.SPECS, Where.BOARD, Where.FAILURES, Where.SCENARIOS, Where.SUITE})
_WRITES = frozenset({Where.EDITOR})
"""Screens where a character is text: only keys that are none work there."""

_PICKS = frozenset({Where.READ_BACK})
"""Screens where a digit picks an answer, and no other screen."""

ACTIONS: tuple[Action, ...] = (
    Action("mark", ("space",), "mark", "Mark the spec; then r d x p P R act on all that are marked", _SPECS, 12),
    Action("mark_shown", ("m",), "mark shown", "Mark every spec that the filter shows", _SPECS, 0),
    Action("clear_marks", ("M",), "clear marks", "Take all marks away, hidden ones too", _SPECS, 0),
    Action("mark_ready", ("r",), "ready", "Make the spec, or all marked, Ready; refused with errors", _SPECS, 10, True),
    Action("mark_draft", ("d",), "draft", "Make the spec, or all marked, a draft again", _SPECS, 13, True),
    Action("park", ("x",), "park", "Park the spec, or all marked: keep it, but never run it", _SPECS, 15, True),
    Action("raise_priority", ("p",), "urgent", "Make the spec, or all marked, more urgent by one", _SPECS, 0, True),
    Action("lower_priority", ("P",), "less", "Make the spec, or all marked, less urgent by one", _SPECS, 0, True),
    Action("take_back", ("z",), "take back", "Take the last change of state or priority back", _SPECS, 0, True),
    Action("dependencies", ("D",), "depends", "What it waits for and what waits for it, or the findings", _SPECS, 18),
    Action("advice", ("w",), "advice", "Which work suits the factory, by category and agent", _SPECS, 19),
    Action("versions", ("v",), "versions", "What each version said, what came of it and what it changed", _SPECS, 0),
    Action("edit_here", ("i",), "edit here", "Edit the spec of this row here, with live findings", _SPECS, 11, True),
    Action("edit", ("e",), "edit", "Open the spec of this row in $EDITOR", _SPECS, 14, True),
    Action("new_spec", ("n",), "new", "A new spec from a template", _SPECS, 16, True),
    Action("open", ("enter",), "open", "Open the run", (Where.SPECS, Where.BOARD, Where.REPORT, Where.VERSIONS), 5),
    Action(
        "open_failure",
        ("enter",),
        "open",
        "Fold a class, open the run of a record, decide on an amendment",
        (Where.FAILURES,),
        5,
    ),
    Action("classify", ("c",), "reclassify", "Give the failure record another class", (Where.FAILURES,), 10, True),
    Action("accept", ("a",), "accept", "See what an amendment changes, and accept it", (Where.FAILURES,), 11, True),
    Action("reject", ("A",), "reject", "Reject an amendment, with a reason", (Where.FAILURES,), 12, True),
    Action("propose", ("p",), "propose", "Look for recurring failures now", (Where.FAILURES,), 13, True),
    Action("fold_all", ("z",), "fold all", "Fold or unfold every class", (Where.FAILURES,), 14),
    Action(
        "open_suite",
        ("enter",),
        "open",
        "Open the suite: its scenarios, and which of them proves which rule",
        (Where.SCENARIOS,),
        5,
    ),
    Action(
        "open_evidence",
        ("enter",),
        "evidence",
        "What the scenario showed: expected and observed side by side",
        (Where.SUITE,),
        5,
    ),
    Action("open_seen_run", ("enter", "o"), "run", "Open the run of this evaluation", (Where.EVIDENCE,), 5),
    Action("older", ("n",), "older", "Go to the evaluation before this one", (Where.EVIDENCE,), 8),
    Action("newer", ("p",), "newer", "Go to the evaluation after this one", (Where.EVIDENCE,), 9),
    Action(
        "admit", ("a",), "admit", "Try the suite: can each scenario fail, on base and on a stub?", _SUITES, 10, True
    ),
    Action(
        "new_scenario",
        ("n",),
        "new",
        "Write the skeleton of a scenario for an evaluation item, and open it in $EDITOR",
        (Where.SCENARIOS, Where.SUITE),
        11,
        True,
    ),
    Action("edit_scenario", ("e",), "edit", "Open the scenario in $EDITOR", (Where.SUITE, Where.EVIDENCE), 12, True),
    Action(
        "check_mutants",
        ("m",),
        "mutants",
        "Change what shipped in small ways, and look whether the suite notices",
        (Where.SCENARIOS, Where.SUITE),
        13,
        True,
    ),
    Action(
        "show_mutants",
        ("M",),
        "survivors",
        "The last such check: what went unnoticed is a missing scenario",
        (Where.SCENARIOS, Where.SUITE),
        14,
    ),
    Action(
        "burn",
        ("B",),
        "burn",
        "Say that agents know the scenario: it gates nothing then",
        (Where.SUITE, Where.EVIDENCE),
        15,
        True,
    ),
    Action("rules_right", ("right",), "rules →", "Show the rules further to the right", (Where.SUITE,), 0),
    Action("rules_left", ("left",), "← rules", "Show the rules further to the left", (Where.SUITE,), 0),
    Action(
        "evidence",
        ("v",),
        "evidence",
        "What the failed scenario expected and observed, side by side",
        (Where.FAILURES, Where.RUN),
        9,
    ),
    Action(
        "run_ready",
        ("R",),
        "run ready",
        "Run every Ready spec, or those of the marked, after asking",
        (Where.SPECS, Where.BOARD),
        15,
        True,
    ),
    Action("retry", ("u",), "retry", "Queue a stopped run again", _RUNS, 16, True),
    Action(
        "answer", ("o",), "answer", "Answer what a run waits with: a question, or an undecided rubric", _RUNS, 17, True
    ),
    Action("cancel", ("C",), "cancel", "Cancel the run, after asking", (Where.BOARD, Where.RUN), 18, True),
    Action("escape", ("E",), "escaped", "Mark a shipped run as an escaped defect: revert and file it", _RUNS, 19, True),
    Action("pause", ("H",), "pause", "Have the engine start no further run, or go on", (Where.BOARD,), 24, True),
    Action(
        "earlier_batch", ("left_square_bracket",), "earlier", "Show the report of the batch before", (Where.REPORT,), 20
    ),
    Action(
        "later_batch", ("right_square_bracket",), "later", "Show the report of the batch after it", (Where.REPORT,), 21
    ),
    Action("follow", ("f",), "follow", "Follow the end of the log", (Where.RUN,), 10),
    Action("wrap", ("w",), "wrap", "Wrap long lines of the log", (Where.RUN,), 11),
    Action("times", ("t",), "time", "Show the time of each line of the log", (Where.RUN,), 12),
    Action("search", ("slash",), "search", "Search the log", (Where.RUN,), 13),
    Action("next_match", ("n",), "next", "Go to the next match of the search", (Where.RUN,), 14),
    Action("previous_match", ("N",), "previous", "Go to the previous match of the search", (Where.RUN,), 0),
    Action("save_spec", ("f2",), "save", "Save the spec", (Where.EDITOR,), 10, True),
    Action("next_finding", ("f8",), "next", "Go to the next finding", (Where.EDITOR,), 11),
    Action(
        # A terminal of xterm's family sends shift+F8 as F20.
        "previous_finding",
        ("shift+f8", "f20"),
        "previous",
        "Go to the previous finding",
        (Where.EDITOR,),
        0,
    ),
    Action("fix", ("f6",), "fix", "Do what the finding here proposes, or say it", (Where.EDITOR,), 12, True),
    Action(
        "add_piece", ("f5",), "add", "Add a rule, an edge case, an input or an evaluation", (Where.EDITOR,), 13, True
    ),
    Action("sections", ("f4",), "go to", "Go to one of the seven questions, or a sub-section", (Where.EDITOR,), 14),
    Action("next_section", ("ctrl+down",), "next section", "Go to the next heading", (Where.EDITOR,), 0),
    Action("previous_section", ("ctrl+up",), "previous section", "Go to the heading before", (Where.EDITOR,), 0),
    Action(
        "turn_side",
        ("f3",),
        "beside",
        "Show beside the text: findings and guidance, how a good spec answers, the trace matrix",
        (Where.EDITOR,),
        15,
    ),
    Action(
        "trace",
        ("ctrl+t",),
        "trace",
        "The trace matrix, rules × evaluation × scenarios, and to the rule that is picked",
        (Where.EDITOR,),
        18,
    ),
    Action("edit_elsewhere", ("f9",), "$EDITOR", "Open the file in $EDITOR, and come back", (Where.EDITOR,), 19, True),
    Action("undo", ("ctrl+z",), "undo", "Take back what was typed, fixed or added last", (Where.EDITOR,), 0, True),
    Action("redo", ("ctrl+y",), "redo", "Do again what was taken back", (Where.EDITOR,), 0, True),
    Action(
        "read_back",
        ("b", "f7"),
        "read back",
        "Have a model tell the spec in its own words, and answer what it would have to guess",
        (Where.SPECS, Where.EDITOR),
        19,
    ),
    Action(
        "pick_answer",
        ("1", "2", "3", "4", "5"),
        "answer",
        "Write the proposed answer of that number into the spec",
        (Where.READ_BACK,),
        10,
        True,
        in_palette=False,
        hint="1–5",
    ),
    Action("other_answer", ("o",), "other words", "Answer in words of your own", (Where.READ_BACK,), 11, True),
    Action("leave_out", ("x",), "leave out", "Leave the question out, or take it up again", (Where.READ_BACK,), 12),
    Action("ask_again", ("a",), "ask", "Ask the model, or ask it again", (Where.READ_BACK,), 13, True),
    Action("open_line", ("enter",), "edit", "Edit the words that it is about", (Where.READ_BACK,), 14, True),
    Action(
        "filter",
        ("slash",),
        "filter",
        "Filter the list, a leading ! inverts; specs also by state: kind: cat: prio: has: rule: last: needs: is:, "
        "scenarios by spec: id: rule: kind: layer: base: state: last: has:",
        _LISTS,
        20,
    ),
    Action("sort", ("s",), "sort", "Sort the list by the next order", _LISTS, 21),
    Action("copy", ("y",), "copy", "Copy the selected line or text to the clipboard (OSC 52)", _ANY, 0),
    Action("next_pane", ("tab",), "pane", "Go to the next pane", _ANY, 30, in_palette=False),
    Action("screen_specs", ("1",), "Specs", "Specs: what is ready, and what stops the rest", _ANY, 0),
    Action("screen_board", ("2",), "Board", "Board: what is happening, and what needs me", _ANY, 0),
    Action("screen_failures", ("3",), "Failures", "Failures: what my specs keep missing", _ANY, 0),
    Action("screen_scenarios", ("4",), "Scenarios", "Scenarios: whether the evidence can be trusted", _ANY, 0),
    Action("screen_report", ("5",), "Report", "Report: how the night was, and what it leaves to decide", _ANY, 0),
    Action("palette", ("colon", "ctrl+p"), "commands", "Find an action, a spec or a run", _ANY, 32, in_palette=False),
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
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "enter": "⏎",
    "f1": "F1",
    "f2": "F2",
    "f3": "F3",
    "f4": "F4",
    "f5": "F5",
    "f6": "F6",
    "f7": "F7",
    "f8": "F8",
    "f9": "F9",
    "shift+f8": "⇧F8",
    "f20": "F20",
    "ctrl+down": "^↓",
    "ctrl+up": "^↑",
    "ctrl+t": "^t",
    "left": "←",
    "right": "→",
    "ctrl+z": "^z",
    "ctrl+y": "^y",
    "ctrl+p": "^p",
    "ctrl+c": "^c",
    "ctrl+q": "^q",
}


_CHARACTERS = frozenset({"slash", "question_mark", "colon", "left_square_bracket", "right_square_bracket"})
"""Keys with a name of their own that are text all the same."""


def show_key(key: str) -> str:
    """A Textual key name as the operator knows it: `slash` is `/`."""
    return _SHOWN.get(key, key)


def actions_of(screen: Where) -> Iterator[Action]:
    """The actions that work on a screen, its own first, in the order of the registry."""
    wanted = {screen, Where.ANYWHERE} | ({Where.LISTS} if screen in _LIST_SCREENS else set())
    found = [action for action in ACTIONS if wanted & set(action.where)]
    if screen in _WRITES:
        found = [each for action in found if (each := _without_characters(action)) is not None]
    if screen in _PICKS:
        found = [each if screen in each.where else _without_digits(each) for each in found]
    yield from sorted(found, key=lambda action: screen not in action.where)


def _without_characters(action: Action) -> Action | None:
    """The action with the keys that write nothing; None when it had others only."""
    keys = tuple(key for key in action.keys if len(key) > 1 and key not in _CHARACTERS)
    return replace(action, keys=keys) if keys or not action.keys else None


def _without_digits(action: Action) -> Action:
    return replace(action, keys=tuple(key for key in action.keys if not key.isdigit()))


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
    return [
        (each.hint or show_key(each.keys[0]), "back" if each.name == "leave" and not at_top else each.label)
        for each in hints
    ]
