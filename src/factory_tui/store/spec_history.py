"""What runs.db knows of specs: their versions with results, what they said before, what their runs cost and took."""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from factory_tui.model.estimate import PastRun
from factory_tui.model.foreign import clean
from factory_tui.model.ids import SpecId
from factory_tui.model.readback import ReadBack
from factory_tui.model.spec import Category
from factory_tui.model.version import Earlier, VersionView
from factory_tui.store.cleaning import cleaned
from factory_tui.store.database_file import DatabaseFile
from factory_tui.store.version_rows import (
    FIRST_TIME_SHIPPED,
    LAST_SHIPPED,
    PAST_RUNS,
    parsed,
    past_run,
    rules_of,
    version_views,
)


class SpecHistory(DatabaseFile):
    """Questions about specs. What became Ready while no engine ran is in files yet: `specs.versions` has those."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._parsed: dict[tuple[str, str], tuple[Category | None, Mapping[str, str]]] = {}
        """Category and rules of versions that an older program recorded: their texts are parsed once."""

    def versions(self, spec: str) -> list[VersionView]:
        """Every recorded version, oldest first, with its runs."""
        with self._question() as db:
            return version_views(db, spec) if db else []

    def version_text(self, spec: str, version: str) -> str | None:
        """Clean text of a version (its whole hash); None when it is not recorded."""
        with self._question() as db:
            row = db.one("SELECT text FROM spec_version WHERE spec = ? AND hash = ?", spec, version) if db else None
            return clean(row["text"]) if row else None

    def shipped_texts(self) -> Mapping[SpecId, str]:
        """Spec id → text of the version that shipped last and did not escape. As written: it is parsed."""
        with self._question() as db:
            return {SpecId(spec): text for spec, text in db.all(LAST_SHIPPED)} if db else {}

    def revisions(self) -> Mapping[str, int]:
        """Spec id → how many versions of it are recorded."""
        with self._question() as db:
            rows = db.all("SELECT spec, count(*) FROM spec_version GROUP BY spec") if db else []
            return {clean(spec): count for spec, count in rows}

    def earlier_rules(self) -> Mapping[SpecId, tuple[Earlier, ...]]:
        """Spec id → rules of its recorded versions, oldest first. As written: the validator compares with the file."""
        found: defaultdict[SpecId, list[Earlier]] = defaultdict(list)
        with self._question() as db:
            rows = (
                db.all(
                    "SELECT spec, hash, rules, CASE WHEN rules IS NULL THEN text END AS text FROM spec_version "
                    "ORDER BY seen, hash"
                )
                if db
                else []
            )
            for spec, version, rules, text in rows:
                said = json.loads(rules) if text is None else self._in_text(spec, version, text)[1]
                found[SpecId(spec)].append(Earlier(version, said))
        return {spec: tuple(each) for spec, each in found.items()}

    def first_time_shipped(self) -> list[tuple[str, str]]:
        """Spec and hash of versions that shipped when first tried and did not escape, newest first."""
        with self._question() as db:
            return [(clean(spec), clean(version)) for spec, version in db.all(FIRST_TIME_SHIPPED)] if db else []

    def past_runs(self) -> list[PastRun]:
        """Every run that shipped or failed, oldest first; without those whose spec names no category."""
        found = []
        with self._question() as db:
            for row in db.all(PAST_RUNS) if db else []:
                category = row["category"]
                if row["text"] is not None:
                    category, _ = self._in_text(row["spec"], row["spec_hash"], row["text"])
                if category is not None:
                    found.append(past_run(row, Category(category)))
        return found

    def last_read_back(self, spec: str) -> ReadBack | None:
        """The newest one, whatever version it read; cleaned."""
        with self._question() as db:
            row = db.one("SELECT data FROM read_back WHERE spec = ? ORDER BY id DESC LIMIT 1", spec) if db else None
            return ReadBack.model_validate(cleaned(row["data"])) if row else None

    def _in_text(self, spec: str, version: str, text: str) -> tuple[Category | None, Mapping[str, str]]:
        known = self._parsed.get((spec, version))
        if known is None:
            found = parsed(spec, text)
            known = self._parsed[spec, version] = (found.front.category if found.front else None, rules_of(found))
        return known
