"""What events mean for the screens."""

import asyncio
from pathlib import Path

import pytest

from factory_tui.model.event import EVENT_TYPES, Event
from factory_tui.tui.news import News, change_of, change_of_files
from factory_tui.tui.source import Change, Topic

from . import sample


def event(kind: str, **data: str) -> Event:
    return Event.model_construct(
        seq=1, ts=sample.NOW, type=kind, batch="b1", run="r1", attempt=1, spec="csv-report", data=data
    )


def test_every_event_about_a_run_renews_board_and_log() -> None:
    for kind in EVENT_TYPES:
        if kind.startswith(("run.", "attempt.", "turn.", "tool.", "scenario.")):
            assert Topic.RUNS | Topic.LOG in change_of(event(kind)).topics


def test_an_escaped_defect_is_a_failure_and_an_answer_is_written_into_a_spec() -> None:
    assert Topic.FAILURES in change_of(event("run.escaped")).topics
    assert Topic.SPECS in change_of(event("run.answered")).topics


def test_an_amendment_renews_what_it_changes() -> None:
    for kind in ("amendment.proposed", "amendment.accepted", "amendment.rejected"):
        assert change_of(event(kind)).topics == Topic.FAILURES | Topic.TEMPLATES | Topic.SPECS


def test_what_changes_evidence_renews_the_suites_and_a_single_result_does_not() -> None:
    for kind in ("attempt.finished", "scenario.burned", "suite.sealed", "suite.mutated"):
        assert Topic.EVIDENCE in change_of(event(kind)).topics
    assert Topic.EVIDENCE not in change_of(event("scenario.finished")).topics


def test_every_event_means_something() -> None:
    assert all(change_of(event(kind, text="x")) != Change() for kind in EVENT_TYPES)


@pytest.mark.parametrize(
    ("path", "topics"),
    [
        ("specs/csv-report.md", Topic.SPECS | Topic.EVIDENCE),
        ("specs/_templates/feature.md", Topic.SPECS | Topic.EVIDENCE | Topic.TEMPLATES | Topic.FAILURES),
        ("specs/_templates/history/feature@1.md", Topic.SPECS | Topic.EVIDENCE | Topic.TEMPLATES | Topic.FAILURES),
        ("scenarios/csv-report/empty.yaml", Topic.SPECS | Topic.EVIDENCE),
        ("factory.toml", Topic.SPECS | Topic.EVIDENCE | Topic.RUNS | Topic.FAILURES),
    ],
)
def test_a_changed_file_renews_what_depends_on_it(path: str, topics: Topic) -> None:
    workspace = Path("/srv/factory")
    assert change_of_files([workspace / path], workspace) == Change(topics)


def test_an_unknown_event_is_ignored() -> None:
    assert change_of(event("weather.changed")) == Change()


def test_progress_of_an_image_is_shown_and_taken_away_again() -> None:
    assert change_of(event("image.progress", text="unpacking\x1b[2J")).progress == "unpacking"
    assert change_of(event("run.building")).progress == ""


def test_the_operator_is_called_for_what_needs_them_only() -> None:
    calls = {kind for kind in EVENT_TYPES if change_of(event(kind)).needs_me}
    assert calls == {"run.held", "run.error", "batch.finished"}


async def test_changes_that_nobody_took_are_merged() -> None:
    news = News()
    news.add(Change(Topic.RUNS, progress="one"))
    news.add(Change(Topic.FAILURES, progress="two", needs_me="a"))
    news.add(Change())
    assert await news.take() == Change(Topic.RUNS | Topic.FAILURES, "two", "a")
    waiting = asyncio.create_task(news.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    news.add(Change(Topic.SPECS))
    assert (await waiting).topics == Topic.SPECS
