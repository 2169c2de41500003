"""Versions of specs: what each said when it became Ready, and what it was held against. Functions on a transaction."""

import json
from collections.abc import Iterable

from factory_tui.model.ids import RunId, SpecId
from factory_tui.model.spec import Spec
from factory_tui.model.version import Earlier, SpecVersion
from factory_tui.store.values import Value, to_micros
from factory_tui.store.version_rows import LAST_SHIPPED, parsed, rules_of
from factory_tui.store.writer import Tx

_RECORD = """
INSERT INTO spec_version (spec, hash, title, text, seen, findings, template, category, waivers, rules)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (spec, hash) DO UPDATE SET title = excluded.title, text = excluded.text, seen = min(seen, excluded.seen),
findings = excluded.findings, template = excluded.template, waivers = excluded.waivers, rules = excluded.rules
"""
"""Status and caps are not part of the hash, so the same version may come with another front matter."""


def record(tx: Tx, spec: SpecId | str, spec_hash: str, title: str, text: str, when: int, findings: str) -> None:
    """Keep a version, or what its newest text adds to it.

    Args:
        tx: the transaction.
        spec: its id.
        spec_hash: its version.
        title: one line.
        text: the whole file.
        when: it became Ready, in microseconds; the earliest time counts.
        findings: of the validator on this text, as JSON.
    """
    tx.run(_RECORD, spec, spec_hash, title, text, when, findings, *_in_text(parsed(spec, text)))


def record_version(tx: Tx, version: SpecVersion) -> None:
    """Raises `ValueError` when the text is not that version."""
    if parsed(version.spec, version.text).hash != version.hash:
        raise ValueError("its text has another hash")
    findings = json.dumps([each.model_dump(mode="json") for each in version.findings])
    record(tx, version.spec, version.hash, version.title, version.text, to_micros(version.when), findings)


def parse_older(tx: Tx) -> None:
    """Fill in what an older version of this program did not keep."""
    for row in tx.all("SELECT spec, hash, text FROM spec_version WHERE rules IS NULL"):
        tx.run(
            "UPDATE spec_version SET template = ?, category = ?, waivers = ?, rules = ? WHERE spec = ? AND hash = ?",
            *_in_text(parsed(row["spec"], row["text"])),
            row["spec"],
            row["hash"],
        )


def earlier(tx: Tx, spec: SpecId | str) -> tuple[Earlier, ...]:
    """What its recorded versions said, oldest first."""
    rows = tx.all("SELECT hash, rules FROM spec_version WHERE spec = ? ORDER BY seen, hash", spec)
    return tuple(Earlier(row["hash"], json.loads(row["rules"])) for row in rows)


def shipped_texts(tx: Tx) -> dict[SpecId, str]:
    return {SpecId(row["spec"]): row["text"] for row in tx.all(LAST_SHIPPED)}


def bind_constraints(tx: Tx, run: RunId | str, constraints: Iterable[tuple[str, str, str]]) -> None:
    """Replaces what an earlier preparation of the run took along."""
    tx.run("DELETE FROM run_constraint WHERE run = ?", run)
    for spec, spec_hash, suite_hash in constraints:
        tx.run(
            "INSERT INTO run_constraint (run, spec, hash, suite_hash) VALUES (?, ?, ?, ?)",
            run,
            spec,
            spec_hash,
            suite_hash,
        )


def _in_text(found: Spec) -> tuple[Value, ...]:
    """Template, category, waivers and rules, as they are kept."""
    waivers = json.dumps([each.model_dump(mode="json") for each in found.waivers])
    rules = json.dumps(rules_of(found))
    return (
        (found.front.template, found.front.category.value, waivers, rules)
        if found.front
        else ("", None, waivers, rules)
    )
