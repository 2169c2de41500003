"""The report for a terminal."""

from datetime import UTC
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from factory_tui.model.report import Decision
from factory_tui.model.run import HoldReason, RunState
from factory_tui.report.html import render_html
from factory_tui.report.markdown import render_markdown
from factory_tui.report.text import NARROWEST, Tone, render_text
from tests.report import samples

EVERY = {"usual": samples.USUAL, "empty": samples.EMPTY, "good": samples.GOOD, "half": samples.HALF,
         "long": samples.LONG, "hostile": samples.hostile()}  # fmt: skip


def test_what_waits_comes_first_and_says_how_many() -> None:
    lines = render_text(samples.USUAL, zone=UTC).splitlines()

    assert lines[:2] == ["night shift · b-20261120-1", "Fri 20 Nov 2026 22:14 – Sat 21 Nov 2026 05:40, 7 h 26 min"]
    assert lines[3] == "4 things wait for you · 4 of 12 runs shipped · $5.40"


def test_the_order_is_the_order_of_need() -> None:
    text = render_text(samples.USUAL, zone=UTC)
    heads = [line.split("  ")[0] for line in text.splitlines() if line[:1].isupper() and line.split("  ")[0].isupper()]

    assert heads == ["NEEDS YOU", "SHIPPED", "FAILED", "HELD AND IN ERROR", "CANCELLED", "QUALITY", "SPEND", "TIME",
                     "CHANGED", "DIAGNOSIS", "TRUST"]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "→ factory-tui answer r-order-types 1 · or press 2 u",
        "INCOMPLETE 2 (1 in the batch before)",
        "rules R4, R7 · factory-tui failures show 12",
        "question: The agent asks about INPUTS",
        "2 Take euro",
        "escaped defect: Codes repeat after a restart, seen in staging",
        "$3.90 in the batch before · $1.35 for each run that shipped",
        "2 h 13 min of work in 11 runs; the longest was stock-api, 1 h 12 min",
        "✗ booking-conflicts: shipped → failed",
        "✓ no more: SPEC-GAP (2 before)",
        "+ 1 spec ran for the first time: stock-alert",
        "The right direction; some cases of a rule are missing.",
        "1 of 42 shipped runs turned out wrong: 2.4 % (95 % interval 0.4 % to 12 %)",
        "QUALITY  42 of 44 held",
        "✗ ledger-report: memory 96 MiB of 64 MiB, largest process",
        "a-year-in-time · 150 % of its limit",
        "✗ stock-api: error handling: no traceback",
        "✓ stock-api: speed 0.18 s of 0.20 s, p95 of 20 calls",
        "73 % of the finished runs shipped without a human touch",
    ],
)
def test_it_says(said: str) -> None:
    assert said in render_text(samples.USUAL, zone=UTC)


def test_spend_stands_beside_its_cap() -> None:
    line = next(line for line in render_text(samples.USUAL).splitlines() if "batch  " in line)

    assert line.split() == ["batch", "$5.40", "of", "$10.00", "███████████░░░░░░░░░", "54", "%"]


def test_an_empty_batch_is_said() -> None:
    text = render_text(samples.EMPTY)

    assert "Nothing waits for you · no run was queued · $0.00" in text
    assert "nothing has shipped yet, so nothing could escape" in text
    assert "SPEND" not in text


def test_a_batch_that_goes_on_says_so() -> None:
    text = render_text(samples.HALF)

    assert "still running" in text
    assert "4 of 6 runs shipped, 2 not finished yet" in text
    assert "◑ late-one (building)" in text
    assert "no more" not in text, "a class may still turn up in the rest of the batch"


def test_in_a_first_batch_nothing_is_new_because_everything_is() -> None:
    first = samples.USUAL.model_copy(update={"previous": None, "changes": samples.USUAL.changes[2:], "classes": ()})

    assert "CHANGED" not in render_text(first)
    assert "for the first time" not in render_text(first)


def test_a_reason_that_stands_with_its_run_is_one_line_at_the_top() -> None:
    long = "because " * 40
    held = samples.outcome("waits", RunState.HELD, why=long)
    decision = Decision(what="waits: retry", why=long, command="retry r-waits")
    report = samples.USUAL.model_copy(update={"outcomes": (held,), "decisions": (decision,)})

    top, below = render_text(report).split("\nHELD")
    assert top.count("because") == 9
    assert below.count("because") == 40


def test_a_question_is_not_its_own_reason() -> None:
    asked = samples.CURRENCY.text
    held = samples.outcome("waits", RunState.HELD, why=asked, hold=HoldReason.QUESTION, question=samples.CURRENCY)
    decision = Decision(what=f"waits asks: {asked}", why=asked, command="answer r-waits")
    report = samples.USUAL.model_copy(update={"outcomes": (held,), "decisions": (decision,)})

    for text in (render_text(report, 200), render_markdown(report), render_html(report)):
        assert text.count(asked) == 2, "asked at the top, and with the run"


@pytest.mark.parametrize("name", EVERY)
def test_nothing_leaves_an_empty_line_inside_a_part(name: str) -> None:
    lines = render_text(EVERY[name]).splitlines()

    assert all(after and (after[0].isupper() or after[0].isdigit())
               for before, after in pairwise(lines) if not before)  # fmt: skip


def test_a_long_list_is_cut_and_says_where_the_rest_is() -> None:
    text = render_text(samples.LONG)

    assert text.count("\n") < 250
    assert "… and 775 more: factory-tui report --format md lists all" in text
    assert "800 of 1,000 runs shipped" in text


@pytest.mark.parametrize("width", [NARROWEST, 60, 80, 120])
@pytest.mark.parametrize("name", EVERY)
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    assert max(cell_len(line) for line in render_text(EVERY[name], width).splitlines()) <= width


@given(st.text(max_size=300))
def test_no_text_leaves_its_line_or_the_width(evil: str) -> None:
    for line in render_text(samples.hostile(evil), 60).split("\n"):
        assert cell_len(line) <= 60
        assert all(each.isprintable() or each == "\u3000" for each in line)


def test_a_terminal_may_colour_it_without_changing_a_word() -> None:
    painted = render_text(samples.USUAL, paint=lambda text, tone: f"\x1b[1m{text}\x1b[0m" if tone is Tone.BAD else text)

    assert "\x1b[1m" in painted
    assert painted.replace("\x1b[1m", "").replace("\x1b[0m", "") == render_text(samples.USUAL)
