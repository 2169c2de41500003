"""The holdout: scenarios as files, and the evaluation that judges an artifact against them."""

from factory_tui.model.admission import Admission
from factory_tui.scenarios.admission import admit
from factory_tui.scenarios.gate import decide
from factory_tui.scenarios.job import EvaluationJob, OnResult
from factory_tui.scenarios.lint import lint_suite
from factory_tui.scenarios.load import load_suite, scenarios_dir
from factory_tui.scenarios.readiness import readiness
from factory_tui.scenarios.suite import evaluate

__all__ = [
    "Admission",
    "EvaluationJob",
    "OnResult",
    "admit",
    "decide",
    "evaluate",
    "lint_suite",
    "load_suite",
    "readiness",
    "scenarios_dir",
]
