"""Earlier texts of a spec, and what became of them."""

from typing import Protocol

from factory_tui.model.version import ItemChange, VersionView


class Versions(Protocol):
    """The versions of a spec that became Ready."""

    async def versions(self, spec: str) -> tuple[VersionView, ...]:
        """Every version that became Ready, oldest first, with its results."""
        ...

    async def version_diff(self, spec: str, before: str, after: str) -> tuple[ItemChange, ...]:
        """What changed from one version to another (hashes), item by item; an empty hash is the file as it is now."""
        ...
