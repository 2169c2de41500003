"""Mutation check: what shipped, changed in small ways, must be caught by its suite.

The words of a report are light. What makes the changes and runs the suite is imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from factory_tui.scenarios.mutation.words import EQUIVALENT, lines, summary, told

if TYPE_CHECKING:
    from factory_tui.scenarios.mutation.check import LIMIT as LIMIT
    from factory_tui.scenarios.mutation.check import MINUTES as MINUTES
    from factory_tui.scenarios.mutation.check import CheckRefused as CheckRefused
    from factory_tui.scenarios.mutation.check import MutationOrder as MutationOrder
    from factory_tui.scenarios.mutation.check import check_mutants as check_mutants

__all__ = [
    "EQUIVALENT",
    "LIMIT",
    "MINUTES",
    "CheckRefused",
    "MutationOrder",
    "check_mutants",
    "lines",
    "summary",
    "told",
]

_RUNNING = frozenset({"LIMIT", "MINUTES", "CheckRefused", "MutationOrder", "check_mutants"})


def __getattr__(name: str) -> object:
    if name in _RUNNING:
        return getattr(import_module(f"{__name__}.check"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
