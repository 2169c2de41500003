"""A source in memory. It keeps the promises of `tui.source.Source`, and `test_source.py` holds both to them."""

from tests.tui import morning, proof, sample

from .source import FakeSource

__all__ = ["FakeSource", "busy", "morning_after", "proving"]


def busy() -> FakeSource:
    """The sample night."""
    return FakeSource(
        spec_rows=sample.SPECS,
        rows=sample.RUNS,
        batch=sample.BATCH,
        groups=sample.FAILURES,
        views={sample.FAILED_RUN.row.run: sample.FAILED_RUN},
        log_lines=sample.log(),
    )


def proving() -> FakeSource:
    """The sample night with the suites behind it."""
    source = busy()
    source.suite_rows, source.seen = proof.SUITES, dict(proof.EVALUATIONS)
    return source


def morning_after() -> FakeSource:
    """The sample night with everything that it leaves to decide."""
    source = busy()
    source.rows, source.lessons_view, source.report_view = morning.RUNS, morning.LESSONS, morning.REPORT
    return source
