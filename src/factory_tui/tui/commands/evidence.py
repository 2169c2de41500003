"""Opening what a scenario showed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from factory_tui.model.evaluation import Result, ScenarioResult
from factory_tui.model.evidence_views import SuiteRow
from factory_tui.model.foreign import clean_line
from factory_tui.model.views import RunView
from factory_tui.tui.look import RESULTS
from factory_tui.tui.screens.choose import FREE_KEYS, Choice, ChooseScreen
from factory_tui.tui.screens.evidence import EvidenceScreen

if TYPE_CHECKING:
    from factory_tui.tui.base import RoomScreen


async def pick_evidence(screen: "RoomScreen", view: RunView) -> None:
    """Open what a scenario showed in a run: the one that failed, or one that is picked, the failed ones first."""
    judged = next((each for each in reversed(view.attempts) if each.scenarios), None)
    if judged is None:
        screen.say(f"{view.row.run} has judged nothing yet")
        return
    wrong = [each for each in judged.scenarios if each.result is not Result.PASS]
    chosen = wrong[0].id if len(wrong) == 1 else await _picked(screen, judged.scenarios)
    if chosen is not None:
        constraint, _, scenario = chosen.rpartition("/")
        spec = constraint or view.row.spec
        show_evidence(screen, spec, scenario, run=view.row.run, attempt=judged.attempt)


async def _picked(screen: "RoomScreen", results: Sequence[ScenarioResult]) -> str | None:
    first = sorted(results, key=lambda each: each.result is Result.PASS)
    choices = [
        Choice(key, each.id, f"{RESULTS[each.result][0]} {each.result}", clean_line(each.id))
        for key, each in zip(FREE_KEYS, first, strict=False)
    ]
    chosen = await screen.answer_to(ChooseScreen("Evidence of which scenario?", choices, entry=""))
    return chosen.choice if chosen is not None else None


def show_evidence(
    screen: "RoomScreen", spec: str, scenario: str, *, run: str = "", attempt: int = 0, known: SuiteRow | None = None
) -> None:
    """Open what a scenario showed, at one evaluation if it is known."""
    screen.app.push_screen(EvidenceScreen(screen.room, spec, scenario, run=run, attempt=attempt, known=known))
