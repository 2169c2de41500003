"""Which scenarios measure time, and so should have the machine to themselves."""

from factory_tui.model.scenario import Scenario, ScenarioKind
from factory_tui.model.step import Step


def measures_time(scenario: Scenario) -> bool:
    """Whether what runs at the same time could make the scenario fail, because it measures how long something takes.

    Every `p95` does. A `within` does in a scenario of kind limit; in another it is a bound on hanging far more often
    than a measurement, and nearly every scenario would run alone. A limit may be one of size or of a value, too: then
    nothing is measured.
    """
    is_limit = scenario.kind is ScenarioKind.LIMIT
    return any(_has_p95(step) or (is_limit and _has_within(step)) for step in scenario.steps)


def _has_p95(step: Step) -> bool:
    return step.quality is not None and step.quality.p95 is not None


def _has_within(step: Step) -> bool:
    return getattr(step.expect, "within", None) is not None
