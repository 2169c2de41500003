"""The holdout as the engine keeps it: brought from its repository, and in nothing that an agent reads."""

from collections.abc import Mapping
from pathlib import Path

from factory_tui.agents import FILE_CAP
from factory_tui.config import Settings
from factory_tui.delivery import HoldoutCopy, fetch_holdout
from factory_tui.engine.held import Held
from factory_tui.model.run import HoldReason
from factory_tui.regular_file import read_regular
from factory_tui.scenarios import scenarios_dir
from factory_tui.scenarios.reading.elsewhere import repository_of

SHORTEST_SECRET = 40
"""Characters of a holdout file that cannot stand in another text by chance; no scenario is shorter."""


def bring_holdout(workspace: Path, settings: Settings) -> HoldoutCopy | None:
    """The newest scenarios, where they lie in a repository of their own; None where they are a directory.

    Raises:
        HoldoutError: they cannot be had. A copy that is there stays as it is.
    """
    repository = repository_of(settings.factory.scenarios)
    if repository is None:
        return None
    return fetch_holdout(workspace, repository.url, repository.branch, scenarios_dir(workspace, settings))


def refuse_holdout(told: Mapping[str, str], holdout: Path) -> None:
    """Hold the run when a text for the agent is a file of the holdout, or has all of one in it: a link is enough."""
    texts = {name: text.replace("\r\n", "\n") for name, text in told.items()}
    for path in sorted(holdout.rglob("*")):
        try:
            secret = read_regular(path, FILE_CAP).decode("utf-8").replace("\r\n", "\n").strip()
        except (OSError, UnicodeDecodeError):
            continue  # what is no text cannot stand in a prompt
        name = next((name for name, text in texts.items() if secret in text), None)
        if len(secret) >= SHORTEST_SECRET and name is not None:
            what = f"{name} holds the holdout file {path.relative_to(holdout)}, so the agent would read it"
            raise Held(HoldReason.CONTEXT, what, "remove it there, then retry")
