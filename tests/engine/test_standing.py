"""Constraint specs and guardrails act on every later run of their target."""

from pathlib import Path

import pytest

from factory_tui.model.evaluation import Result
from factory_tui.model.failure import FailureClass
from factory_tui.model.run import HoldReason, RunState
from factory_tui.store.reader import Reader
from factory_tui.twins import start_messages_twin
from tests.engine.factory import RIGHT, Factory, delivers

LOWER = RIGHT.replace('echo "hello $1"', 'echo "hello $1" | tr A-Z a-z')

IN_LOWER_CASE = """\
id: in-lower-case
covers: [R1]
given: The command
when: It is called with a name in capitals
then: It greets in lower case
steps:
  - run: bin/greet ADA
    expect: {exit: 0, stdout: "hello ada"}
"""

SAYS_BYE = """\
id: says-bye
covers: [R1, R2]
given: The command
when: It is called
then: It says bye
steps:
  - run: bin/bye
    expect: {exit: 0, stdout: "bye"}
"""

BYE = "#!/bin/sh\necho bye\n"


def is_of_kind(factory: Factory, spec: str, kind: str, more: str = "") -> None:
    path = factory.workspace / "specs" / f"{spec}.md"
    text = path.read_text().replace("kind: feature", f"kind: {kind}").replace("feature@1", f"{kind}@1")
    path.write_text(text.replace("depends_on:", f"{more}depends_on:"))


def says_bye(greet: str) -> list[dict[str, object]]:
    """Writes `bin/bye`, and `bin/greet` anew."""
    return [
        {
            "tools": [
                {"write": {"path": "bin/bye", "content": BYE}},
                {"write": {"path": "bin/greet", "content": greet}},
                {"bash": "chmod +x bin/*"},
            ]
        },
        {"text": "Done."},
    ]


async def a_shop_that_greets_in_lower_case(workspace: Path, attempts: int = 1) -> Factory:
    """A feature and a constraint, both shipped to one target."""
    factory = Factory.at(workspace, attempts=attempts)
    factory.add("greet", delivers(RIGHT), target="shop")
    factory.add("quiet", delivers(LOWER), target="shop", after="greet", scenarios=[IN_LOWER_CASE, *_second_rule()])
    is_of_kind(factory, "quiet", "constraint")
    await factory.run_batch()
    assert factory.run_of("quiet").row.state is RunState.SHIPPED
    return factory


async def run_later(factory: Factory, spec: str) -> None:
    """One more batch, to its end."""
    seen = factory.events()[-1].seq
    async with factory.engine() as client:
        await client.run((spec,))
        await factory.until("batch.finished", after=seen)


def _second_rule() -> list[str]:
    return [
        IN_LOWER_CASE.replace("in-lower-case", "again")
        .replace("[R1]", "[R2]")
        .replace("ADA", "EVE")
        .replace("ada", "eve")
    ]


async def test_a_run_that_breaks_a_constraint_of_its_target_does_not_ship(tmp_path: Path) -> None:
    factory = await a_shop_that_greets_in_lower_case(tmp_path / "w")
    factory.add("bye", says_bye(RIGHT), target="shop", scenarios=[SAYS_BYE])
    await run_later(factory, "bye")
    run = factory.run_of("bye")
    assert run.row.state is RunState.FAILED
    assert run.failures[0].failure_class is FailureClass.REGRESSION
    assert "quiet/in-lower-case" in run.failures[0].cause
    results = {each.id: (each.covers, each.result) for each in run.attempts[-1].scenarios}
    assert results == {
        "says-bye": (("R1", "R2"), Result.PASS),
        "quiet/in-lower-case": (("quiet:R1",), Result.FAIL),
        "quiet/again": (("quiet:R2",), Result.FAIL),
    }
    assert [spec for spec, _ in run.constraints] == ["quiet"]


async def test_the_agent_is_told_the_constraint_and_afterwards_which_of_its_rules_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory = await a_shop_that_greets_in_lower_case(tmp_path / "w", attempts=2)
    factory.add("bye", says_bye(RIGHT), says_bye(LOWER), target="shop", scenarios=[SAYS_BYE])
    recorded, config = tmp_path / "requests.jsonl", factory.workspace / "factory.toml"
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-none")
    async with start_messages_twin(factory.workspace / "twins" / "anthropic", record=recorded) as url:
        settled = config.read_text().replace('base_url = "twin"', f'base_url = "{url}"')
        config.write_text(settled + "allow_unsafe_local = true\n")
        await run_later(factory, "bye")
    assert factory.run_of("bye").row.state is RunState.SHIPPED
    asked = recorded.read_text()
    assert "Constraint quiet" in asked
    assert "quiet:R1: not satisfied" in asked
    assert "in-lower-case" not in asked


async def test_a_constraint_that_the_base_does_not_keep_any_more_holds_the_run(tmp_path: Path) -> None:
    factory = await a_shop_that_greets_in_lower_case(tmp_path / "w")
    stricter = IN_LOWER_CASE.replace("hello ada", "HELLO ada")
    (factory.workspace / "scenarios" / "quiet" / "s0.yaml").write_text(stricter)
    factory.add("bye", says_bye(LOWER), target="shop", scenarios=[SAYS_BYE])
    await run_later(factory, "bye")
    row = factory.run_of("bye").row
    assert (row.state, row.hold) == (RunState.HELD, HoldReason.ADMISSION)
    assert "quiet/in-lower-case" in row.why


async def test_a_constraint_whose_file_becomes_another_kind_holds_as_it_shipped(tmp_path: Path) -> None:
    factory = await a_shop_that_greets_in_lower_case(tmp_path / "w")
    path = factory.workspace / "specs" / "quiet.md"
    path.write_text(
        path.read_text().replace("kind: constraint", "kind: feature").replace("status: ready", "status: draft")
    )
    factory.add("bye", says_bye(RIGHT), target="shop", scenarios=[SAYS_BYE])
    await run_later(factory, "bye")
    run = factory.run_of("bye")
    assert (run.row.state, [spec for spec, _ in run.constraints]) == (RunState.FAILED, ["quiet"])


async def test_a_broken_scenario_of_a_constraint_holds_the_run_with_its_file(tmp_path: Path) -> None:
    factory = await a_shop_that_greets_in_lower_case(tmp_path / "w")
    (factory.workspace / "scenarios" / "quiet" / "s0.yaml").write_text("id: [")
    factory.add("bye", says_bye(LOWER), target="shop", scenarios=[SAYS_BYE])
    await run_later(factory, "bye")
    row = factory.run_of("bye").row
    assert (row.state, row.hold) == (RunState.HELD, HoldReason.NO_SCENARIOS)
    assert "quiet" in row.why


GUARD = """guardrails:
- run: [sh, -c, "test ! -e bin/greet || grep -q '^# greeting' bin/greet"]
  message: Every program says on its second line what it is for, as in '# greeting'.
"""


async def test_a_guardrail_of_a_shipped_architecture_teaches_the_agents_after_it(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    commented = RIGHT.replace("#!/bin/sh\n", "#!/bin/sh\n# greeting\n")
    factory.add("greet", delivers(commented), target="shop")
    is_of_kind(factory, "greet", "architectural", GUARD)
    await factory.run_batch()
    assert factory.run_of("greet").row.state is RunState.SHIPPED
    factory.add("bye", [*says_bye(RIGHT), *says_bye(commented)], target="shop", scenarios=[SAYS_BYE])
    await run_later(factory, "bye")
    assert factory.run_of("bye").row.state is RunState.SHIPPED
    with Reader(factory.workspace / "runs.db") as reader:
        log = reader.log(factory.run_of("bye").row.run, 0)
    said = [each.text for each in log if "guardrail" in each.text]
    assert len(said) >= 2, "one that was not kept, one that was"
