"""An evening of triage: specs with history, dependencies, drafts, and a past that estimates rest on."""

from factory_tui.model.estimate import PastRun
from factory_tui.model.money import from_usd
from factory_tui.model.run import RunState
from factory_tui.model.spec import Category, Kind, Status
from factory_tui.model.views import SpecRow
from factory_tui.report.estimate import Estimates

from . import sample
from .fake_source import FakeSource


def _past(category: Category, dollars: str, minutes: float, *ends: str) -> list[PastRun]:
    """Runs with these ends: `s` shipped, `f` failed, `e` shipped and escaped."""
    return [
        PastRun(
            spec=f"{category}-{number}",
            category=category,
            agent="default",
            shipped=end == "s",
            first_attempt=end == "s" and number % 2 == 0,
            escaped=end == "e",
            cost=from_usd(dollars),
            seconds=minutes * 60 + number,
        )
        for number, end in enumerate("".join(ends))
    ]


PAST = (
    *_past(Category.CRUD, "0.42", 3, "sssssssss", "f"),
    *_past(Category.INTEGRATION, "1.18", 12, "sffsf"),
    *_past(Category.BUGFIX, "0.09", 0.8, "ss"),
    *_past(Category.PERFORMANCE, "0.77", 7, "ffff"),
    *_past(Category.MIGRATION, "2.05", 64, "sssee"),
)

_ESTIMATES = Estimates(PAST)

_MORE = {
    "todo-api": {"depends_on": ("slug-bug", "csv-report"), "revisions": 3},
    "bank-withdraw": {"depends_on": ("todo-api", "currency-rates"), "unsaved": True},
    "readme-examples": {"depends_on": ("bank-withdraw", "todo-api")},
    "link-shortener": {"revisions": 1, "kind": Kind.ARCHITECTURAL},
    "csv-report": {"revisions": 2},
    "slug-bug": {"revisions": 1, "unsaved": True},
}

SPECS: tuple[SpecRow, ...] = tuple(
    row.model_copy(
        update={"agent": "default", "estimate": _ESTIMATES.of(row.category, "default"), **_MORE.get(row.id, {})}
    )
    for row in sample.SPECS
)

CIRCLE = (
    sample.spec("hen", depends_on=("egg",)),
    sample.spec("egg", depends_on=("hen",), status=Status.DRAFT),
    sample.spec("soup", depends_on=("hen", "pot"), last_state=RunState.FAILED),
)


def evening() -> FakeSource:
    """The sample night's specs with all that history knows of them."""
    return FakeSource(spec_rows=(*SPECS, *CIRCLE), rows=sample.RUNS, batch=sample.BATCH, past=PAST)
