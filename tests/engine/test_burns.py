"""A scenario whose text reached an agent gates nothing until it is rotated."""

import base64
import shlex
from pathlib import Path

import pytest

from factory_tui.control import Refused
from factory_tui.model.event import Event
from factory_tui.model.run import HoldReason, RunState
from tests.engine.factory import GREETS, REFUSES, RIGHT, WRONG, Factory, Turn, delivers

KNOWN = GREETS.replace("canary-7f3a9c", "quebec-4b8d1e")
ROTATED = GREETS.replace("canary-7f3a9c", "tango-9c2e5b")


DECODE = "import base64, sys; sys.stdout.buffer.write(base64.b85decode(sys.argv[1]))"


def shows(text: str) -> Turn:
    """A tool shows something that the agent has not said."""
    hidden = base64.b85encode(text.encode()).decode()
    return {"tools": [{"bash": shlex.join(["python3", "-c", DECODE, hidden])}]}


def burns(factory: Factory) -> list[Event]:
    return [each for each in factory.events() if each.type == "scenario.burned"]


async def test_an_agent_is_not_rid_of_a_scenario_that_it_got_burned(tmp_path: Path) -> None:
    """What its work does not pass is not shipped by the other scenarios, though they prove the same rule."""
    factory = Factory.at(tmp_path / "ws")
    wrong = KNOWN.replace("greets-by-name", "greets-in-capitals").replace("hello quebec", "HELLO quebec")
    factory.add("greet", [shows(wrong), *delivers(RIGHT)], scenarios=(GREETS, REFUSES, wrong))
    await factory.run_batch()
    run = factory.run_of("greet")
    assert (run.row.state, run.row.hold) == (RunState.HELD, HoldReason.BURNED), run.row.why
    assert "greets-in-capitals" in run.row.why
    assert "rotate" in run.row.remedy
    (burn,) = burns(factory)
    assert (burn.data["scenario"], burn.data["route"], burn.attempt) == ("greets-in-capitals", "tool", 1)
    by_id = {each.id: each for each in run.attempts[0].scenarios}
    assert "what a tool showed" in by_id["greets-in-capitals"].burned
    assert not by_id["greets-by-name"].burned
    seen = [each.type for each in factory.events() if each.type in ("scenario.burned", "turn.finished")]
    assert seen.index("scenario.burned") == 1, "committed before the model is asked again"


async def test_a_burned_scenario_that_passes_is_not_in_the_way_of_the_others(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    again = KNOWN.replace("greets-by-name", "greets-again")
    factory.add("greet", [shows(again), *delivers(RIGHT)], scenarios=(GREETS, REFUSES, again))
    await factory.run_batch()
    assert factory.run_of("greet").row.state is RunState.SHIPPED
    assert [each.data["scenario"] for each in burns(factory)] == ["greets-again"]


async def test_a_rule_that_only_burned_scenarios_prove_holds_the_run_and_the_next_one_before_it_costs_anything(
    tmp_path: Path,
) -> None:
    factory = Factory.at(tmp_path / "ws")
    factory.add("greet", [shows(KNOWN), *delivers(RIGHT)], scenarios=(KNOWN, REFUSES))
    async with factory.engine() as client:
        await client.run(("greet",))
        await factory.until("run.held", spec="greet")
        run = factory.run_of("greet")
        assert (run.row.hold, len(run.attempts)) == (HoldReason.BURNED, 1)
        assert "R1" in run.row.why
        assert "rotate" in run.row.remedy
        suite = factory.workspace / "scenarios" / "greet"
        renamed = KNOWN.replace("id: greets-by-name", "id: greets").replace("It greets", "It says hello to")
        (suite / "s0.yaml").write_text(f"# another comment\n{renamed}")
        seq = factory.events()[-1].seq
        await client.retry(run.row.run)
        await factory.until("run.held", spec="greet", after=seq)
        held = factory.run_of("greet")
        assert (held.row.hold, len(held.attempts)) == (HoldReason.BURNED, 1), held.row.why
        (suite / "s0.yaml").write_text(ROTATED)
        seq = factory.events()[-1].seq
        await client.retry(run.row.run)
        await factory.until("run.shipped", spec="greet", after=seq)
    assert len(burns(factory)) == 1


async def test_what_the_agent_writes_itself_burns_nothing(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    guess = [{"tools": [{"write": {"path": "test.sh", "content": KNOWN}}, {"bash": "cat test.sh; cat -n test.sh"}]}]
    factory.add("greet", [*guess, *delivers(RIGHT)], scenarios=(KNOWN, REFUSES))
    await factory.run_batch()
    assert factory.run_of("greet").row.state is RunState.SHIPPED
    assert burns(factory) == []


async def test_burned_scenarios_count_nowhere_in_what_the_next_attempt_is_told(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws", attempts=2)
    second = KNOWN.replace("greets-by-name", "greets-again").replace("hello quebec", "HELLO quebec")
    factory.add("greet", [shows(second), *delivers(WRONG)], delivers(RIGHT), scenarios=(GREETS, REFUSES, second))
    await factory.run_batch()
    assert factory.run_of("greet").row.hold is HoldReason.BURNED, "the second attempt fails nothing else"
    (told,) = [each for each in factory.events() if each.type == "disclosure.made"]
    assert told.data["rules"] == [["R1", "satisfied"], ["R2", "not satisfied"]]
    assert (told.data["passed"], told.data["total"]) == (1, 2)
    assert "greets-again" not in {each.scenario for each in factory.run_of("greet").failures}


async def test_the_instructions_of_a_profile_can_burn_a_scenario(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    factory.add("greet", delivers(RIGHT), scenarios=(GREETS, REFUSES, KNOWN.replace("greets-by-name", "greets-again")))
    config = factory.workspace / "factory.toml"
    config.write_text(config.read_text() + '[profiles.default]\nsystem = "how.md"\n')
    (factory.workspace / "how.md").write_text("Mind that bin/greet\n  quebec-4b8d1e works.\n")
    await factory.run_batch()
    assert [(each.data["scenario"], each.data["route"]) for each in burns(factory)] == [("greets-again", "prompt")]
    assert factory.run_of("greet").row.state is RunState.SHIPPED


async def test_an_answer_that_quotes_a_scenario_burns_it(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    factory.add("greet", delivers(RIGHT), scenarios=(GREETS, REFUSES, KNOWN.replace("greets-by-name", "greets-again")))
    asks = {"turn": 1, "kind": "answer", "times": 1, "text": "QUESTION (OUTPUTS): Is it in English?\n- yes\n- no"}
    factory.break_twin("greet", asks)
    async with factory.engine() as client:
        await client.run(("greet",))
        await factory.until("run.held", spec="greet")
        await client.answer(factory.run_of("greet").row.run, "yes, quebec-4b8d1e is greeted with hello")
        await factory.until("run.shipped", spec="greet")
    assert [(each.data["scenario"], each.data["route"]) for each in burns(factory)] == [("greets-again", "answer")]


async def test_the_operator_says_that_a_scenario_is_known(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    factory.add("greet", delivers(RIGHT), scenarios=(KNOWN, REFUSES))
    async with factory.engine() as client:
        assert await client.burn("greet", "greets-by-name", "it was in a talk") is True
        assert await client.burn("greet", "greets-by-name", "it was in a talk") is False
        with pytest.raises(Refused, match="no scenario nobody"):
            await client.burn("greet", "nobody", "x")
        await client.run(("greet",))
        await factory.until("run.held", spec="greet")
    run = factory.run_of("greet")
    assert (run.row.hold, len(run.attempts)) == (HoldReason.BURNED, 0)
    assert "it was in a talk" in run.row.why
    (burn,) = burns(factory)
    assert (burn.run, burn.spec, burn.data["route"]) == (None, "greet", "operator")
