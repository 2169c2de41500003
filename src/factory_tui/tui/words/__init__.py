"""Views as lines of text, a file for each noun. Pure functions for every pane."""

from factory_tui.model.failure import CLASS_MEANS
from factory_tui.tui.words.failure import (
    class_lines,
    evidence_lines,
    record_lines,
    share_bar,
    trend_span,
)
from factory_tui.tui.words.lesson import (
    NONE,
    NONE_YET,
    PROBLEM_REMEDY,
    STALE_REMEDY,
    accept_lines,
    amendment_lines,
    amendment_span,
    amendment_words,
    group_lines,
    group_size,
    group_words,
    no_proposal,
)
from factory_tui.tui.words.lines import MOST_TEXT, block, fact, head
from factory_tui.tui.words.log import log_lines
from factory_tui.tui.words.report import ReportLine, no_report_lines, report_head, report_lines
from factory_tui.tui.words.run import run_lines, scenario_lines
from factory_tui.tui.words.spec import finding_count, finding_lines, spec_lines
from factory_tui.tui.words.standstill import question_lines, standstill, why_lines, why_not_running

__all__ = [
    "CLASS_MEANS",
    "MOST_TEXT",
    "NONE",
    "NONE_YET",
    "PROBLEM_REMEDY",
    "STALE_REMEDY",
    "ReportLine",
    "accept_lines",
    "amendment_lines",
    "amendment_span",
    "amendment_words",
    "block",
    "class_lines",
    "evidence_lines",
    "fact",
    "finding_count",
    "finding_lines",
    "group_lines",
    "group_size",
    "group_words",
    "head",
    "log_lines",
    "no_proposal",
    "no_report_lines",
    "question_lines",
    "record_lines",
    "report_head",
    "report_lines",
    "run_lines",
    "scenario_lines",
    "share_bar",
    "spec_lines",
    "standstill",
    "trend_span",
    "why_lines",
    "why_not_running",
]
