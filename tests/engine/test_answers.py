"""An answer belongs to the question that the operator has read."""

import json
from pathlib import Path

import pytest

from factory_tui.control import Refused
from factory_tui.model.run import RunState
from tests.engine.factory import RIGHT, Factory, delivers


async def test_an_answer_to_a_question_that_was_asked_before_is_refused(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT))
    script = factory.workspace / "twins" / "anthropic" / "greet.yaml"
    asks = [
        f"QUESTION (OUTPUTS): {text}?\n- yes\n- no" for text in ("Is it in English", "May it delete the old greetings")
    ]
    faults = [{"turn": 1, "kind": "answer", "times": 1, "text": text} for text in asks]
    script.write_text(json.dumps({**json.loads(script.read_text()), "faults": faults}))
    async with factory.engine() as client:
        await client.run(())
        first = await factory.until("run.held", spec="greet")
        held = factory.run_of("greet").row
        assert held.question is not None
        assert await client.retry(held.run) == held.run
        await factory.until("run.held", spec="greet", after=first.seq)
        now = factory.run_of("greet").row.question
        assert now is not None
        assert now.text == "May it delete the old greetings?"
        before = (factory.workspace / "specs" / "greet.md").read_text()
        with pytest.raises(Refused, match="asks something else by now: May it delete"):
            await client.answer(held.run, "yes", held.question.text)
        assert (factory.workspace / "specs" / "greet.md").read_text() == before
        await client.answer(held.run, "no", now.text)
        await factory.until("run.shipped", spec="greet")
    assert factory.run_of("greet").row.state is RunState.SHIPPED
