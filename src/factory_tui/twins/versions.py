"""Versions of twins: what a verdict was made with, so that another definition shows as another input."""

import hashlib
from pathlib import Path

from factory_tui.config import Settings

MESSAGES = "anthropic"
"""The twin of the Messages API, as `twins/` names it."""


def twin_versions(workspace: Path, settings: Settings, spec: str) -> dict[str, str]:
    """Twin → SHA-256 (hex) of its definition for a spec, as it is now; a real service has none.

    A twin without a script of its own for the spec is left out: there is nothing to be bound to.
    """
    if not settings.model.is_twin:
        return {}
    try:
        definition = (workspace / "twins" / MESSAGES / f"{spec}.yaml").read_bytes()
    except OSError:
        return {}
    return {MESSAGES: hashlib.sha256(definition).hexdigest()}
