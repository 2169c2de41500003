"""What is typed into the filter of the triage list finds what it says."""

import time

import pytest

from factory_tui.tui.spec_filter import parse_filter

from . import sample
from .test_snapshots import many


def found(typed: str, **more: object) -> set[str]:
    return {row.id for row in parse_filter(typed, **more).keep(sample.SPECS)}  # type: ignore[arg-type]


EVERYTHING = {row.id for row in sample.SPECS}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", EVERYTHING),
        ("  ", EVERYTHING),
        ("!", EVERYTHING),
        ("bank", {"bank-withdraw"}),
        ("LIST http", {"todo-api"}),
        ("state:draft", {"bank-withdraw", "readme-examples"}),
        ("state:d", {"bank-withdraw", "readme-examples"}),
        ("state:broken", {"unreadable"}),
        ("!state:r", {"bank-withdraw", "readme-examples", "old-exporter", "unreadable"}),
        ("category:crud", {"todo-api", "bank-withdraw"}),
        ("cat:crud has:errors", {"bank-withdraw"}),
        ("!cat:crud has:errors", EVERYTHING - {"bank-withdraw"}),
        ("prio:0", {"slug-bug"}),
        ("prio:0-1", {"slug-bug", "csv-report", "link-shortener"}),
        ("prio:0-", {"slug-bug"}),
        ("prio:4", {"old-exporter"}),
        ("rule:C09", {"bank-withdraw"}),
        ("rule:c", {"bank-withdraw", "unreadable"}),
        ("has:warn", {"bank-withdraw"}),
        ("last:failed", {"todo-api"}),
        ("last:none state:ready", {"legacy-invoice"}),
        ("kind:con", set()),
        ("state:", EVERYTHING),
    ],
)
def test_every_part_has_to_hold(typed: str, wanted: set[str]) -> None:
    assert found(typed) == wanted
    assert parse_filter(typed).problem == ""


def test_marks_and_waiting_are_asked_for_by_name() -> None:
    assert found("is:marked", marked={"slug-bug"}) == {"slug-bug"}
    assert found("!is:marked", marked={"slug-bug"}) == EVERYTHING - {"slug-bug"}
    assert found("is:wait", waiting={"todo-api"}) == {"todo-api"}


@pytest.mark.parametrize("typed", ["sate:ready", "state:rdy", "prio:high", "!has:nothing", "kind:x cat:crud"])
def test_what_means_nothing_finds_nothing_and_says_why(typed: str) -> None:
    asked = parse_filter(typed)
    assert asked.keep(sample.SPECS) == []
    assert asked.problem


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("sate:ready", "did you mean state:?"), ("finding:none", "did you mean has:findings?"), ("zzz:1", "F1 tells")],
)
def test_a_key_that_does_not_exist_is_answered_in_a_line_of_80_cells(typed: str, meant: str) -> None:
    problem = parse_filter(typed).problem
    assert meant in problem
    assert len(f" none shown · ! {problem} by priority ") <= 80


def test_ten_thousand_specs_are_filtered_while_somebody_types() -> None:
    rows = many().spec_rows
    began = time.perf_counter()
    assert len(parse_filter("!state:ready spec-01 prio:0-2").keep(rows)) == 10_000 - 600
    assert time.perf_counter() - began < 0.5
