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

SPECS = (
    "booking-conflicts",
    "invoice-rounding",
    "ledger-migration",
    "link-shortener",
    "order-types",
    "rotate-docs",
    "rotate-logs",
    "stock-api",
)


def library() -> SpecLibrary:
    return load_specs(ROOT)


def suite(spec: str) -> Suite:
    loaded, findings = load_suite(SCENARIOS, SpecId(spec))
    assert findings == ()
    return loaded


def scenarios() -> list[LoadedScenario]:
    return [scenario for spec in SPECS for scenario in suite(spec).scenarios]
