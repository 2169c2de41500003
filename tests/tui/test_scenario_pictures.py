"""Pictures of screen 4 in its states, at both sizes that matter. A change of a picture is read by a person."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from factory_tui.model.evaluation import Evidence, Result
from factory_tui.model.mutation import Fate
from factory_tui.tui.actions import Where
from factory_tui.tui.base import RoomScreen
from factory_tui.tui.screens.choose import ChooseScreen
from factory_tui.tui.screens.confirm import ConfirmScreen, ReasonScreen
from factory_tui.tui.screens.evidence import EvidenceScreen
from factory_tui.tui.screens.mutants import MutantsScreen
from factory_tui.tui.screens.suite import SuiteScreen
from factory_tui.tui.widgets.table import Table

from . import proof
from .driving import LARGE, SMALL, loaded, room_for, until
from .fake_source import FakeSource, proving
from .test_hostile_text import HOSTILE, poisoned
from .test_snapshots import Compare

sizes = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


def many() -> FakeSource:
    source = proving()
    source.suite_rows = (*proof.SUITES, *(proof.admitted(f"spec-{number:04}") for number in range(2_500)))
    return source


def long_values() -> FakeSource:
    """Evidence whose lines are wide, many, and of two cells a letter."""
    source = proving()
    expected = "\n".join(
        f"{number:03} " + "a line that is much wider than half of any window " * 3 for number in range(60)
    )
    observed = expected.replace("042 a line", "042 no line").replace("017", "０１７ 全角文字の行")
    wide = Evidence(step=1, check="file report.txt", expected=expected, observed=observed)
    result = proof.result_of(proof.FAILING, Result.FAIL, proof.trial(Result.FAIL, wide))
    source.seen["bank-withdraw", proof.FAILING.id] = (proof.shown("rbank2k7", 9, result),)
    return source


def hostile() -> FakeSource:
    """Everything that a scenario file and an artifact can say, with escapes, bidi controls and markup in it."""
    source = proving()
    bank = poisoned(proof.BANK)
    rows = zip(bank.scenarios, proof.BANK.scenarios, strict=True)
    scenarios = tuple(row.model_copy(update={"id": clean.id, "spec": clean.spec}) for row, clean in rows)
    source.suite_rows = (bank.model_copy(update={"spec": "bank-withdraw", "scenarios": scenarios}),)
    source.seen = {key: tuple(map(poisoned, seen)) for key, seen in proof.EVALUATIONS.items()}
    return source


Steps = list[tuple[str, type[object] | None]]
"""Keys, and the screen or dialog that they lead to."""

SUITE: Steps = [("enter", SuiteScreen)]
EVIDENCE: Steps = [*SUITE, ("enter", EvidenceScreen)]

STATES: dict[str, tuple[Callable[[], FakeSource], str, str, Steps]] = {
    "empty": (FakeSource, "", "", []),
    "suites": (proving, "todo-api", "", []),
    "needs-me": (proving, "bank-withdraw", "", []),
    "many": (many, "spec-1200", "", []),
    "suite": (proving, "bank-withdraw", "receipt-tells-the-new-balance", SUITE),
    "suite-refused": (proving, "bank-withdraw", "less-than-a-cent-is-refused", SUITE),
    "suite-empty": (proving, "old-exporter", "", SUITE),
    "suite-broken": (proving, "todo-api", "item-is-added", SUITE),
    "matrix": (proving, "bank-withdraw", "two-at-once-lose-nothing", [*SUITE, ("tab j", None)]),
    "matrix-wide": (proving, "legacy-invoice", "case-00", [*SUITE, ("tab right right right", None)]),
    "passes": (proving, "bank-withdraw", "withdrawal-lowers-the-balance", EVIDENCE),
    "older": (proving, "bank-withdraw", "withdrawal-lowers-the-balance", [*EVIDENCE, ("n", None)]),
    "fails": (proving, "bank-withdraw", "overdrawn-withdrawal-is-refused", EVIDENCE),
    "flaky": (proving, "bank-withdraw", "two-at-once-lose-nothing", EVIDENCE),
    "quality-and-judges": (proving, "bank-withdraw", "help-is-readable", EVIDENCE),
    "burned": (proving, "bank-withdraw", "receipt-tells-the-new-balance", EVIDENCE),
    "never-ran": (proving, "bank-withdraw", "thousand-withdrawals-are-fast", EVIDENCE),
    "long": (long_values, "bank-withdraw", "overdrawn-withdrawal-is-refused", EVIDENCE),
    "long-scrolled": (
        long_values,
        "bank-withdraw",
        "overdrawn-withdrawal-is-refused",
        [*EVIDENCE, ("tab pagedown pagedown", None)],
    ),
    "hostile-suites": (hostile, "bank-withdraw", "", []),
    "hostile-suite": (hostile, "bank-withdraw", "receipt-tells-the-new-balance", SUITE),
    "hostile-evidence": (hostile, "bank-withdraw", "overdrawn-withdrawal-is-refused", EVIDENCE),
    "hostile-judges": (hostile, "bank-withdraw", "help-is-readable", EVIDENCE),
    "survivors": (proving, "bank-withdraw", "", [("M", MutantsScreen)]),
    "mutants-sure": (proving, "bank-withdraw", "", [("m", ConfirmScreen)]),
    "new": (proving, "bank-withdraw", "", [("n", ChooseScreen)]),
    "burn": (proving, "bank-withdraw", "withdrawal-lowers-the-balance", [*SUITE, ("B", ReasonScreen)]),
    "filter": (proving, "bank-withdraw", "", [("slash n e g a t i v e enter", None)]),
    "help": (proving, "bank-withdraw", "", [*SUITE, ("question_mark", None)]),
}
"""Name → source, suite and scenario under the cursor, keys."""


@sizes
@pytest.mark.parametrize("name", list(STATES))
def test_scenarios(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    made, spec, scenario, steps = STATES[name]
    room = room_for(made(), Where.SCENARIOS)

    async def at_rest(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: loaded(room) and room.up_to_date, "rest")
        await pilot.pause()

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: loaded(room) and room.engine_known, "the first views")
        await at_rest(pilot)
        room.screen.query_one("#list", Table).select(spec)
        for keys, there in steps:
            await pilot.press(*keys.split())
            if there is not None:
                await until(pilot, lambda there=there: isinstance(room.screen, there), "the screen")  # type: ignore[misc]
            await at_rest(pilot)
            if there is SuiteScreen and isinstance(room.screen, RoomScreen):
                room.screen.query_one("#list", Table).select(scenario)
                await at_rest(pilot)
        await at_rest(pilot)

    assert snap_compare(room, terminal_size=size, run_before=before)


def test_the_pictures_have_what_they_are_for() -> None:
    assert HOSTILE in hostile().suite_rows[0].title
    assert any(each.fate is Fate.SURVIVED for each in proof.MUTATION.fates)
