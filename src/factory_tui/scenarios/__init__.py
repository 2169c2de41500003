"""The holdout: scenarios as files, and the evaluation that judges an artifact against them.

What is about files is light. What runs them is imported when it is first asked for, so that the control room, which
lists scenarios, does not load the sandboxes in which they run.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from factory_tui.model.admission import Admission
from factory_tui.scenarios.behaviour import behaviour_hash
from factory_tui.scenarios.drafting import new_scenario
from factory_tui.scenarios.gate import decide
from factory_tui.scenarios.readiness import readiness
from factory_tui.scenarios.reading.load import load_suite, orphans, scenarios_dir
from factory_tui.scenarios.rules import SCENARIO_FAMILY
from factory_tui.scenarios.rules.lint import lint_suite
from factory_tui.scenarios.standing import StandingUnreadable, hash_of_part, joined, standing_orders
from factory_tui.scenarios.trace import trace_rows
from factory_tui.scenarios.triage import triage

if TYPE_CHECKING:
    from factory_tui.scenarios.admission import admit as admit
    from factory_tui.scenarios.directory import DirectoryUnreadable as DirectoryUnreadable
    from factory_tui.scenarios.directory import read_directory as read_directory
    from factory_tui.scenarios.job import EvaluationJob as EvaluationJob
    from factory_tui.scenarios.job import OnResult as OnResult
    from factory_tui.scenarios.lanes import Spare as Spare
    from factory_tui.scenarios.rubrics.judge import Judge as Judge
    from factory_tui.scenarios.suite import evaluate as evaluate

__all__ = [
    "SCENARIO_FAMILY",
    "Admission",
    "DirectoryUnreadable",
    "EvaluationJob",
    "Judge",
    "OnResult",
    "Spare",
    "StandingUnreadable",
    "admit",
    "behaviour_hash",
    "decide",
    "evaluate",
    "hash_of_part",
    "joined",
    "lint_suite",
    "load_suite",
    "new_scenario",
    "orphans",
    "read_directory",
    "readiness",
    "scenarios_dir",
    "standing_orders",
    "trace_rows",
    "triage",
]

_RUNNING = {
    "DirectoryUnreadable": "directory",
    "EvaluationJob": "job",
    "Judge": "rubrics.judge",
    "OnResult": "job",
    "Spare": "lanes",
    "admit": "admission",
    "evaluate": "suite",
    "read_directory": "directory",
}
"""Name → the module of this room that has it."""


def __getattr__(name: str) -> object:
    if name in _RUNNING:
        return getattr(import_module(f"{__name__}.{_RUNNING[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
