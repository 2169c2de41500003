"""Judging: a model votes on the rubric of a scenario, several times. It may lower a result, never raise it."""

from factory_tui.agents.judging.judges import ModelJudge, RecordedJudge
from factory_tui.agents.judging.records import VoteEntry, VoteRecords

__all__ = ["ModelJudge", "RecordedJudge", "VoteEntry", "VoteRecords"]
