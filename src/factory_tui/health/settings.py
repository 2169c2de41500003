"""The workspace: its configuration, its key (never shown), its holdout."""

import os
from dataclasses import dataclass
from pathlib import Path

from factory_tui.agents import KeyUnusable, read_api_key
from factory_tui.config import FILE_NAME, ConfigError, Model, Settings, load
from factory_tui.health.check import Check, Grade


@dataclass(frozen=True, slots=True)
class Report:
    checks: tuple[Check, ...]
    settings: Settings
    """Defaults when there is no usable configuration."""
    is_workspace: bool


def examine(workspace: Path) -> Report:
    """The checks of the workspace."""
    if not os.path.lexists(workspace / FILE_NAME):
        check = Check("workspace", Grade.WARN, f"{workspace}: no {FILE_NAME}", "factory-tui init, or -C DIR")
        return Report((check,), Settings(), is_workspace=False)
    try:
        settings = load(workspace)
    except ConfigError as error:
        what, _, todo = str(error).partition("\n")
        return Report((Check("workspace", Grade.FAIL, what, todo or f"mend {FILE_NAME}"),), Settings(), True)
    checks = (
        Check("workspace", Grade.OK, f"{settings.factory.name}, {workspace}"),
        _holdout(workspace, settings),
        _model(settings.model),
        _caps(settings),
    )
    return Report(checks, settings, is_workspace=True)


def _holdout(workspace: Path, settings: Settings) -> Check:
    path = (workspace / settings.factory.scenarios).resolve()
    if not path.is_dir():
        return Check("scenarios", Grade.FAIL, f"{path} is not a directory", "create it, or set factory.scenarios")
    return Check("scenarios", Grade.OK, str(path))


def _model(settings: Model) -> Check:
    if settings.is_twin:
        return Check("model", Grade.OK, "twin: scripted answers, no key, no network, no cost")
    try:
        # A copy: reading the key removes the variable.
        read_api_key(settings, dict(os.environ))
    except KeyUnusable as error:
        what, _, todo = str(error).partition("\n")
        return Check("model", Grade.FAIL, f"{settings.base_url}: {what}", todo)
    return Check("model", Grade.OK, f"{settings.base_url}, a key is there")


def _caps(settings: Settings) -> Check:
    limits = settings.limits
    found = f"run {_usd(limits.run_usd)}, batch {_usd(limits.batch_usd)}, day {_usd(limits.day_usd)}"
    if not limits.has_outer_cap and not settings.model.is_twin:
        return Check("caps", Grade.FAIL, found, "set limits.batch_usd or limits.day_usd: a live model needs one")
    return Check("caps", Grade.OK, found)


def _usd(amount: float | None) -> str:
    return "no cap" if amount is None else f"${amount:.2f}"
