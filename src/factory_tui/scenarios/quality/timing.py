"""Which scenarios measure time, and so should have the machine to themselves."""

from factory_tui.model.scenario import Scenario, ScenarioKind
from factory_tui.model.step import Step


def measures_time(scenario: Scenario) -> bool:
    """Whether what runs at the same time could make the scenario fail: it is about a limit, or states one on speed.

    A `within` of a scenario of another kind is a bound on hanging far more often than a measurement, so it does not
    count: nearly every scenario would run alone.
    """
    return scenario.kind is ScenarioKind.LIMIT or any(_is_timed(step) for step in scenario.steps)


def _is_timed(step: Step) -> bool:
    return step.quality is not None and step.quality.p95 is not None
