"""The hash of a spec is its version: what an agent is asked for, and nothing else."""

from pathlib import Path

import pytest

from factory_tui.specs import parse
from specs.texts import front_text, spec_text


def version(text: str) -> str:
    return parse(Path("close-day.md"), text).hash


@pytest.mark.parametrize(
    "change",
    [
        {"status": "ready"},
        {"priority": "0"},
        {"agent": "default"},
        {"budget_usd": "9.00"},
        {"deadline_minutes": "5"},
        {"title": "Another title"},
        {"depends_on": "[open-day]"},
        {"base": "main  # a comment"},
    ],
)
def test_orders_about_the_run_do_not_make_another_version(change: dict[str, str]) -> None:
    assert version(spec_text(front_text(**change))) == version(spec_text())


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "constraint"},
        {"category": "docs"},
        {"target": "targets/other"},
        {"base": "next"},
        {"twins": "[stripe]"},
        {"setup": "[[make]]"},
    ],
)
def test_orders_about_the_work_do(change: dict[str, str]) -> None:
    assert version(spec_text(front_text(**change))) != version(spec_text())


def test_the_body_does() -> None:
    assert version(spec_text(WHO="Somebody.")) != version(spec_text())


def test_line_ends_and_bom_do_not() -> None:
    assert version("\ufeff" + spec_text().replace("\n", "\r\n")) == version(spec_text())


def test_a_broken_head_counts_as_a_whole() -> None:
    assert version(spec_text(front_text(kind="x"))) != version(spec_text(front_text(kind="y")))
