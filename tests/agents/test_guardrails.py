"""A guardrail is checked when the agent calls its work done, and teaches what it is for."""

from collections.abc import Callable

from factory_tui.agents.guardrails import ROUNDS
from factory_tui.model.build import BuildEnd
from factory_tui.model.ids import SpecId
from factory_tui.model.spec import Guardrail
from factory_tui.model.standing import StandingGuardrail
from factory_tui.sandbox.port import Sandbox
from tests.agents.conftest import Twin, Watched, in_seconds


def guardrail(*run: str, message: str = "Layers point downwards: move it into core.") -> StandingGuardrail:
    return StandingGuardrail(SpecId("layers"), Guardrail(run=run, message=message))


NO_TODO = guardrail("sh", "-c", "! grep -n later notes")

MENDS_IT = """\
attempts:
  - - tools: [{bash: "echo later > notes"}]
    - text: Done.
    - tools: [{bash: "echo now > notes"}]
    - text: Done, mended.
"""

NEVER_MENDS_IT = 'attempts: [[{tools: [{bash: "echo later > notes"}]}, {text: Done.}]]'


def last_word(body: dict) -> str:
    """What the model was told last."""
    content = body["messages"][-1]["content"]
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


async def test_what_a_guardrail_teaches_goes_back_to_the_agent(
    build: Callable, twin: Twin, sandbox: Sandbox, watch: Watched
) -> None:
    report = await build(MENDS_IT, spec="teaches", guardrails=(NO_TODO,))
    assert (report.end, report.final_text, report.detail) == (
        BuildEnd.DONE,
        "Done, mended.",
        "the agent says that it is done",
    )
    assert await sandbox.read("notes") == b"now\n"
    told = last_word(twin.requests("teaches")[2])
    assert "Layers point downwards: move it into core." in told
    assert "(from layers)" in told
    assert "[exit code 1]\n1:later" in told
    checks = [(ok, output) for _, _, name, ok, output in watch.finished if name == "guardrail"]
    assert checks == [(False, "[exit code 1]\n1:later"), (True, "kept")]


async def test_an_agent_is_sent_back_only_so_often(build: Callable, twin: Twin) -> None:
    report = await build(NEVER_MENDS_IT, spec="stubborn", guardrails=(NO_TODO,))
    assert report.end is BuildEnd.DONE
    assert report.turns == 2 + ROUNDS
    assert report.detail == (
        "the agent says that it is done, without keeping the guardrail `sh -c '! grep -n later notes'` of layers; "
        f"lessons given: {ROUNDS}"
    )


async def test_every_guardrail_that_is_broken_is_told_at_once(build: Callable, twin: Twin) -> None:
    tidy = guardrail("test", "!", "-e", "notes", message="No notes are shipped.")
    await build(NEVER_MENDS_IT, spec="two", guardrails=(NO_TODO, tidy))
    told = last_word(twin.requests("two")[2])
    assert "Layers point downwards" in told
    assert "No notes are shipped." in told


async def test_a_guardrail_that_is_not_there_is_told_like_a_broken_one(build: Callable, twin: Twin) -> None:
    report = await build(NEVER_MENDS_IT, spec="absent", guardrails=(guardrail("no-such-program"),))
    assert report.end is BuildEnd.DONE
    assert "[exit code 127]" in last_word(twin.requests("absent")[2])


async def test_a_guardrail_that_never_ends_takes_the_time_of_the_run_and_not_the_work(build: Callable) -> None:
    hangs, never_run = guardrail("sleep", "600"), guardrail("sleep", "601")
    report = await build(NEVER_MENDS_IT, guardrails=(hangs, never_run), deadline=in_seconds(2))
    assert report.end is BuildEnd.DONE
    assert "without keeping the guardrail `sleep 600` of layers; lessons given: 0" in report.detail


async def test_a_lesson_needs_a_turn_and_without_one_the_work_goes_on_to_its_judges(build: Callable) -> None:
    report = await build(NEVER_MENDS_IT, guardrails=(NO_TODO,), max_turns=3)
    assert (report.end, report.turns) == (BuildEnd.DONE, 3)
    assert report.detail.endswith("lessons given: 1")


async def test_the_agent_knows_from_the_start_what_will_be_run(build: Callable, twin: Twin) -> None:
    await build(MENDS_IT, spec="known", guardrails=(NO_TODO,))
    system = str(twin.requests("known")[0]["system"])
    assert "these run in it when you stop, and must succeed" in system
    assert "grep -n later notes" in system
