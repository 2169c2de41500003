"""What history adds to the rows of the triage list, which are made from files. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from factory_tui.model.money import NOTHING, MicroUsd
from factory_tui.model.views import RunRow, SpecRow
from factory_tui.report.estimate import Estimates


@dataclass(frozen=True, slots=True)
class SpecsPast:
    """What became of the specs of a workspace, each by its id."""

    last_runs: Mapping[str, RunRow] = field(default_factory=dict)
    last_versions: Mapping[str, str] = field(default_factory=dict)
    """Content hash that the last run is bound to."""
    costs: Mapping[str, tuple[MicroUsd, int]] = field(default_factory=dict)
    """Money and number of all runs."""
    revisions: Mapping[str, int] = field(default_factory=dict)
    """Versions that became Ready."""
    estimates: Estimates = field(default_factory=lambda: Estimates(()))

    def on(self, rows: Iterable[SpecRow], unsaved: frozenset[str] = frozenset()) -> list[SpecRow]:
        """The rows with their history.

        Args:
            rows: as they were read from files.
            unsaved: specs with typed text that was not saved.
        """
        return [row.model_copy(update=self._of(row) | {"unsaved": row.id in unsaved}) for row in rows]

    def _of(self, row: SpecRow) -> dict[str, object]:
        cost, runs = self.costs.get(row.id, (NOTHING, 0))
        known: dict[str, object] = {
            "cost": cost,
            "runs": runs,
            "revisions": self.revisions.get(row.id, 0),
            "estimate": self.estimates.of(row.category, row.agent),
        }
        last = self.last_runs.get(row.id)
        if last is not None:
            known |= {"last_run": last.run, "last_state": last.state, "escaped": last.escaped}
            known["last_version"] = self.last_versions.get(row.id, "")
        return known
