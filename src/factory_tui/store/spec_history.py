"""What runs.db knows of specs: their versions with results, what they said before, what their runs cost and took."""

import json
from collections import Counter, defaultdict
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
from factory_tui.store.inbox import Inbox
from factory_tui.store.version_rows import (
    FIRST_TIME_SHIPPED,
    LAST_SHIPPED,
    PAST_RUNS,
    RULES,
    RulesOnDemand,
    cleaned_version,
    parsed,
    past_run,
    rules_of,
    version_views,
)


class SpecHistory(DatabaseFile):
    """Questions about specs. Versions that wait in files to be recorded count like those in the database."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._parsed: dict[tuple[str, str], tuple[Category | None, Mapping[str, str]]] = {}
        """Category and rules of texts from which nothing was kept yet: they are parsed once."""
        self._inbox = Inbox(path.parent)

    def versions(self, spec: str) -> list[VersionView]:
        """Every version that became Ready, oldest first, with its runs."""
        waiting = self._inbox.versions()  # first: what is taken in meanwhile is then in both places, never in none
        with self._question() as db:
            recorded = version_views(db, spec) if db else []
        known = {each.version.hash for each in recorded}
        more = [VersionView(number=0, version=cleaned_version(each)) for each in waiting if each.spec == spec]
        found = [*recorded, *(each for each in more if each.version.hash not in known)]
        found.sort(key=lambda each: (each.version.when, each.version.hash))
        return [each.model_copy(update={"number": number}) for number, each in enumerate(found, start=1)]

    def version_text(self, spec: str, version: str) -> str | None:
        """Clean text of a version (its whole hash); None when it is not recorded."""
        waiting = self._inbox.versions()
        with self._question() as db:
            row = db.one("SELECT text FROM spec_version WHERE spec = ? AND hash = ?", spec, version) if db else None
        texts = [row["text"]] if row else [each.text for each in waiting if (each.spec, each.hash) == (spec, version)]
        return clean(texts[0]) if texts else None

    def shipped_texts(self) -> Mapping[SpecId, str]:
        """Spec id → text of the version that shipped last and did not escape. As written: it is parsed."""
        with self._question() as db:
            return {SpecId(spec): text for spec, text in db.all(LAST_SHIPPED)} if db else {}

    def version_names(self) -> frozenset[tuple[str, str]]:
        """Spec id and hash of every version."""
        waiting = {(clean(each.spec), clean(each.hash)) for each in self._inbox.versions()}
        with self._question() as db:
            rows = db.all("SELECT spec, hash FROM spec_version") if db else []
        return frozenset(waiting.union((clean(spec), clean(version)) for spec, version in rows))

    def revisions(self) -> Mapping[str, int]:
        """Spec id → how many versions of it became Ready."""
        return Counter(spec for spec, _ in self.version_names())

    def earlier_rules(self) -> Mapping[SpecId, tuple[Earlier, ...]]:
        """Spec id → rules of its versions, oldest first. As written: the validator compares them with the file."""
        waiting = self._inbox.versions()
        found: defaultdict[SpecId, dict[str, Earlier]] = defaultdict(dict)
        with self._question() as db:
            for spec, version, rules, text in db.all(RULES) if db else []:
                said = json.loads(rules) if text is None else self._rules_in(spec, version, text)
                found[SpecId(spec)][version] = Earlier(version, said)
        for each in waiting:
            said = self._rules_in(each.spec, each.hash, each.text)
            found[each.spec].setdefault(each.hash, Earlier(each.hash, said))
        return {spec: tuple(versions.values()) for spec, versions in found.items()}

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

    def _rules_in(self, spec: str, version: str, text: str) -> Mapping[str, str]:
        return RulesOnDemand(lambda: self._in_text(spec, version, text)[1])

    def _in_text(self, spec: str, version: str, text: str) -> tuple[Category | None, Mapping[str, str]]:
        known = self._parsed.get((spec, version))
        if known is None:
            found = parsed(spec, text)
            known = self._parsed[spec, version] = (found.front.category if found.front else None, rules_of(found))
        return known
