"""The bundled workspace as the tests of this room see it: the repository's own files."""

from pathlib import Path

from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import LoadedScenario, Suite
from factory_tui.scenarios import load_suite
from factory_tui.specs import SpecLibrary, load_specs

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
SCRIPTS = ROOT / "twins" / "anthropic"
SOLUTIONS = Path(__file__).parent / "solutions"

NOT_READY = ("supplier-mail",)
"""Says `status: ready` and is not, so that the batch shows what becomes of such a spec."""

READY = (
    "booking-conflicts",
    "booking-tests",
    "close-month",
    "due-on-workdays",
    "folder-checksums",
    "invoice-discount",
    "invoice-rounding",
    "ledger-migration",
    "link-labels",
    "link-shortener",
    "manual-index",
    "order-types",
    "parcel-postage",
    "parts-catalogue",
    "price-update",
    "rotate-docs",
    "rotate-logs",
    "stock-api",
    "visitor-names",
)
SPECS = tuple(sorted(READY + NOT_READY))

BROKEN_SCENARIO = "others-pay-what-they-paid"
"""Of `invoice-discount`: says that it fails on the base and passes there, so it is not admitted."""


def library() -> SpecLibrary:
    return load_specs(ROOT)


def suite(spec: str) -> Suite:
    loaded, findings = load_suite(SCENARIOS, SpecId(spec))
    assert findings == ()
    return loaded


def scenarios() -> list[LoadedScenario]:
    return [scenario for spec in SPECS for scenario in suite(spec).scenarios]
