"""Nothing of a scenario stands where an agent could read it: specs, context, scripts, code of the targets."""

from pathlib import Path

import pytest

from factory_tui.model.scenario import Scenario

from .bundled import ROOT, scenarios

LONG_ENOUGH = 12
"""Characters from which a line of data says where it comes from."""
LONG_ENOUGH_CODE = 50
"""Characters from which two lines of Python are not alike by chance."""

SHOWN = ("specs/**/*.md", "context/**/*", "twins/**/*", "scripts/targets/**/*")
"""`targets/*.bundle` holds what `scripts/targets` holds: see test_targets."""


def readable_by_an_agent() -> dict[Path, str]:
    paths = {path for pattern in SHOWN for path in ROOT.glob(pattern) if path.is_file() and path.suffix != ".pyc"}
    return {path.relative_to(ROOT): _for_agents(path) for path in paths}


def _for_agents(path: Path) -> str:
    """Without the last part of a script, which a judge says and no agent: it goes by the ids of scenarios."""
    text = path.read_text(encoding="utf-8")
    return text.partition("\njudge:\n")[0] if path.parent.name == "anthropic" else text


def distinctive(scenario: Scenario) -> set[str]:
    found = {scenario.id, scenario.given, scenario.when, scenario.then}
    found |= {step.stdin for step in scenario.steps if step.stdin}
    found |= set(scenario.judge.rubric.strip().splitlines()) if scenario.judge else set()
    for name, text in scenario.files.items():
        shortest = LONG_ENOUGH_CODE if name.endswith(".py") else LONG_ENOUGH
        found |= {line.strip() for line in text.splitlines() if len(line.strip()) >= shortest}
    return found


@pytest.mark.parametrize("loaded", scenarios(), ids=lambda each: f"{each.spec}/{each.id}")
def test_no_text_of_a_scenario_is_readable_by_an_agent(loaded):
    texts = readable_by_an_agent()
    assert len(texts) > 30
    leaks = [f"{path}: {part}" for part in distinctive(loaded.scenario) for path, text in texts.items() if part in text]
    assert leaks == []
