"""The loop: a scripted model on the other side of a real connection, tools in a real sandbox."""

import asyncio
from collections.abc import Callable

import pytest

from factory_tui.agents import ModelGateway, NativeAgent
from factory_tui.agents.native import CALLS, TOO_MANY
from factory_tui.agents.toolbox import TOOLS
from factory_tui.config import Profile
from factory_tui.ledger import Caps
from factory_tui.model.build import BuildEnd
from factory_tui.model.evaluation import Feedback, RuleStatus
from factory_tui.model.money import MicroUsd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.usage import Usage
from factory_tui.sandbox.port import Sandbox
from tests.agents.conftest import Twin, Watched, a_job, in_seconds
from tests.ledger.memory import MemoryLedger

HELLO = """\
attempts:
  - - text: Looking at what is there.
      tools: [{bash: "ls -a"}]
    - tools: [{write: {path: bin/hello, content: "#!/bin/sh\\necho hello\\n"}}, {bash: "sh bin/hello"}]
    - text: Done. It says hello.
"""


def results(body: dict) -> list[dict]:
    """Results of the tools of the turn before this request."""
    return [block for block in body["messages"][-1]["content"] if block["type"] == "tool_result"]


async def test_an_agent_works_until_it_says_that_it_is_done(
    build: Callable, twin: Twin, sandbox: Sandbox, watch: Watched, ledger: MemoryLedger
) -> None:
    report = await build(HELLO)
    assert (report.end, report.turns, report.final_text) == (BuildEnd.DONE, 3, "Done. It says hello.")
    assert await sandbox.read("bin/hello") == b"#!/bin/sh\necho hello\n"
    assert report.usage == Usage(input=6000, output=1200)
    assert report.cost == 3 * 12_000 == ledger.count().spent
    assert [(tool.turn, tool.name, tool.ok) for tool in report.tools] == [
        (1, "bash", True),
        (2, "str_replace_based_edit_tool", True),
        (2, "bash", True),
    ]
    assert report.tools[2].observation == "hello"
    assert report.tools[1].summary == "create bin/hello"
    assert [turn[:2] for turn in watch.turns] == [(1, "Looking at what is there."), (2, ""), (3, report.final_text)]
    assert [each[1] for each in watch.started] == [each[1] for each in watch.finished]
    assert len({each[1] for each in watch.started}) == 3, "every call has an id of its own"


async def test_the_model_gets_tools_results_and_cache_marks(build: Callable, twin: Twin) -> None:
    await build(HELLO, spec="marks")
    first, second, third = twin.requests("marks")
    assert [tool["type"] for tool in first["tools"]] == [tool["type"] for tool in TOOLS]
    assert [result["content"] for result in results(third)][1] == "hello"
    assert second["messages"][0]["content"][0]["text"] == first["messages"][0]["content"][0]["text"]
    assert [str(body).count("cache_control") for body in (first, second, third)] == [3, 4, 4]


async def test_a_failing_command_is_told_with_its_exit_code(build: Callable, watch: Watched) -> None:
    report = await build('attempts: [[{tools: [{bash: "echo out; echo err >&2; exit 3"}]}, {text: done}]]')
    assert report.tools[0].observation == "out\nerr\n[exit code 3]"
    assert not report.tools[0].ok


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ("raw: {name: hammer, input: {}}", "There is no tool named 'hammer'. The tools are bash and"),
        ("raw: {name: bash, input: {}}", "give either a command or restart"),
        ("raw: {name: bash, input: {command: 7}}", "Invalid input for bash: command: Input should be a valid string"),
        ("raw: {name: bash, input: {command: ls, colour: red}}", "colour: Extra inputs are not permitted"),
        ("raw: {name: bash, input: [ls]}", "Invalid input for bash: "),
        ("raw: {name: bash, input: null}", "Invalid input for bash: "),
        ("raw: {name: str_replace_based_edit_tool, input: {command: undo_edit, path: a}}", "undo_edit"),
        ("raw: {name: str_replace_based_edit_tool, input: {command: view}}", "path: Field required"),
    ],
)
async def test_a_wrong_call_is_answered_and_the_loop_goes_on(
    build: Callable, twin: Twin, watch: Watched, tool: str, words: str
) -> None:
    report = await build(f"attempts: [[{{tools: [{{{tool}}}]}}, {{text: done}}]]")
    assert report.end is BuildEnd.DONE
    assert not report.tools[0].ok
    assert words in report.tools[0].observation


async def test_turns_are_capped(build: Callable) -> None:
    script = "attempts: [[" + ", ".join(f'{{tools: [{{bash: "echo {n}"}}]}}' for n in range(9)) + "]]"
    report = await build(script, max_turns=3)
    assert (report.end, report.turns, len(report.tools)) == (BuildEnd.TURNS, 3, 3)


async def test_the_same_action_again_and_again_is_stuck(build: Callable) -> None:
    turn = '{tools: [{bash: "cat missing"}]}'
    report = await build(f"attempts: [[{', '.join([turn] * 9)}]]")
    assert (report.end, report.turns) == (BuildEnd.STUCK, 4)
    assert "4 times in a row" in report.detail


async def test_two_actions_taking_turns_are_stuck(build: Callable) -> None:
    turns = '{tools: [{bash: "cat a"}]}, {tools: [{bash: "cat b"}]}'
    report = await build(f"attempts: [[{', '.join([turns] * 9)}]]")
    assert (report.end, report.turns) == (BuildEnd.STUCK, 6)


async def test_the_deadline_ends_the_work_and_the_command(build: Callable) -> None:
    report = await build('attempts: [[{tools: [{bash: "sleep 60"}]}, {text: done}]]', deadline=in_seconds(1.5))
    assert report.end is BuildEnd.DEADLINE
    assert "timed out" in report.tools[0].observation


async def test_the_deadline_holds_between_the_tools_of_one_answer(build: Callable, watch: Watched) -> None:
    tools = ", ".join(f'{{bash: "sleep 0.5; echo {number}"}}' for number in range(20))
    report = await build(f"attempts: [[{{tools: [{tools}]}}, {{text: done}}]]", deadline=in_seconds(1.5))
    assert report.end is BuildEnd.DEADLINE
    assert len(watch.started) < 20


async def test_repeating_itself_within_one_answer_is_stuck_at_once(build: Callable, watch: Watched) -> None:
    tools = ", ".join(['{bash: "cat missing"}'] * 9)
    report = await build(f"attempts: [[{{tools: [{tools}]}}]]")
    assert report.end is BuildEnd.STUCK
    assert len(watch.started) == 4


async def test_of_very_many_tools_in_one_answer_only_the_first_are_run(build: Callable, twin: Twin) -> None:
    tools = ", ".join(f"{{raw: {{name: none{number}}}}}" for number in range(CALLS + 5))
    report = await build(f"attempts: [[{{tools: [{tools}]}}, {{text: done}}]]", spec="very-many-tools")
    answered = results(twin.requests("very-many-tools")[1])
    assert (report.end, len(report.tools), len(answered)) == (BuildEnd.DONE, CALLS, CALLS + 5)
    assert {str(each["content"]) for each in answered[CALLS:]} == {TOO_MANY}


async def test_the_money_of_a_run_ends_the_work(twin: Twin, gateway: object, sandbox: Sandbox, watch: Watched) -> None:
    ledger = MemoryLedger(Caps(run=MicroUsd(100_000)))
    turns = ", ".join(f'{{tools: [{{bash: "echo {n}"}}]}}' for n in range(30))
    job = a_job(twin.script(f"attempts: [[{turns}]]"), max_turns=30)
    report = await NativeAgent(gateway, ledger.book()).build(job, sandbox, watch)
    assert report.end is BuildEnd.BUDGET
    assert "run cap of $0.10" in report.detail
    assert 0 < report.cost == ledger.count().spent <= 100_000


@pytest.mark.parametrize(
    ("kind", "end"),
    [("spend_limit", BuildEnd.PROVIDER_HOLD), ("redirect", BuildEnd.PROVIDER_HOLD), ("truncate", BuildEnd.PROVIDER)],
)
async def test_a_service_that_refuses_ends_the_work_and_what_was_done_stays(
    build: Callable, sandbox: Sandbox, kind: str, end: BuildEnd
) -> None:
    report = await build(
        'attempts: [[{tools: [{bash: "echo x >a"}]}, {text: done}]]\n'
        f"faults: [{{turn: 2, kind: {kind}, times: 99}}]"
    )
    assert (report.end, report.turns) == (end, 2)
    assert await sandbox.read("a") == b"x\n"


async def test_tools_of_a_truncated_stream_are_never_run(
    build: Callable, sandbox: Sandbox, ledger: MemoryLedger
) -> None:
    report = await build(
        'attempts: [[{tools: [{bash: "echo x >>log"}]}, {text: done}]]\nfaults: [{turn: 1, kind: truncate, times: 2}]'
    )
    assert report.end is BuildEnd.DONE
    assert await sandbox.read("log") == b"x\n", "once, by the answer that was whole"
    assert report.cost == ledger.count().spent
    assert ledger.outcomes["presumed"] == 2


async def test_tools_of_an_answer_that_was_cut_off_are_not_run(build: Callable, sandbox: Sandbox, twin: Twin) -> None:
    report = await build('attempts: [[{text: I will, tools: [{bash: "echo x >a"}], stop: max_tokens}, {text: Done.}]]')
    assert (report.end, report.tools) == (BuildEnd.DONE, ())
    assert await sandbox.read("a") is None


@pytest.mark.parametrize(
    "turns",
    [
        '[{tools: [{raw: {name: bash, input: {command: "echo x >>log"}, id: t1}}, {raw: {name: bash, id: t1}}]}]',
        '[{tools: [{raw: {name: bash, input: {command: "echo x >>log"}, id: t1}}]}] * 2',
    ],
)
async def test_an_id_used_twice_ends_the_work_before_anything_of_that_answer_runs(
    build: Callable, sandbox: Sandbox, turns: str
) -> None:
    again = turns.endswith("* 2")
    script = turns.removesuffix(" * 2")[1:-1]
    report = await build(f"attempts: [[{script}, {script if again else '{text: done}'}]]")
    assert report.end is BuildEnd.PROVIDER
    assert "an id for two tool calls" in report.detail
    assert await sandbox.read("log") == (b"x\n" if again else None)


async def test_answers_that_are_always_cut_off_end_the_work(build: Callable) -> None:
    cut = "{text: and, stop: max_tokens}"
    report = await build(f"attempts: [[{', '.join([cut] * 9)}]]")
    assert (report.end, report.turns) == (BuildEnd.STUCK, 4)
    assert "4 answers in a row" in report.detail


@pytest.mark.parametrize(
    ("turn", "end"),
    [
        ("{text: no, stop: refusal}", BuildEnd.REFUSED),
        ("{text: no, stop: stop_sequence}", BuildEnd.PROVIDER),
        ("{text: no, stop: model_context_window_exceeded}", BuildEnd.TURNS),
        ("{text: wait, stop: pause_turn}, {text: done}", BuildEnd.DONE),
        ("{text: '', stop: max_tokens}, {text: done}", BuildEnd.DONE),
        ("{text: hm, stop: tool_use}, {text: done}", BuildEnd.DONE),
        ("{text: ''}", BuildEnd.DONE),
    ],
)
async def test_every_stop_reason_has_an_end(build: Callable, turn: str, end: BuildEnd) -> None:
    assert (await build(f"attempts: [[{turn}]]")).end is end


async def test_an_unknown_spec_of_the_twin_ends_without_a_tool(
    gateway: object, ledger: MemoryLedger, sandbox: Sandbox, watch: Watched
) -> None:
    report = await NativeAgent(gateway, ledger.book()).build(a_job("no-such-script"), sandbox, watch)
    assert (report.end, report.tools) == (BuildEnd.DONE, ())
    assert "no script" in report.final_text


async def test_a_model_without_a_price_ends_before_it_costs(build: Callable, ledger: MemoryLedger) -> None:
    report = await build(HELLO, profile=Profile(model="claude-next"))
    assert (report.end, report.turns, ledger.entries) == (BuildEnd.PROVIDER_HOLD, 0, {})
    assert "claude-next" in report.detail


async def test_a_cancelled_build_is_over_and_its_money_is_counted(
    twin: Twin, gateway: object, ledger: MemoryLedger, sandbox: Sandbox, watch: Watched
) -> None:
    job = a_job(twin.script('attempts: [[{tools: [{bash: "sleep 60"}]}]]'))
    task = asyncio.create_task(NativeAgent(gateway, ledger.book()).build(job, sandbox, watch))
    async with asyncio.timeout(30), ledger.changed:
        await ledger.changed.wait_for(lambda: ledger.outcomes["settled"] == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ledger.count().reserved == 0


async def test_a_full_window_drops_old_results_and_goes_on(build: Callable, twin: Twin) -> None:
    """The twin says that every answer filled the window; only a smaller history may be sent after that."""
    turns = [f'{{tools: [{{bash: "seq {n} 9000"}}]}}' for n in range(8)]
    turns.append('{tools: [{bash: "echo full"}], usage: {input: 995000, output: 10}}')
    report = await build(f"attempts: [[{', '.join(turns)}, {{text: done}}]]", spec="window")
    assert report.end is BuildEnd.DONE
    bodies = twin.requests("window")
    assert "characters dropped to save room" in str(bodies[-1])
    assert "characters dropped to save room" not in str(bodies[-2])
    assert bodies[-1]["messages"][0]["content"][0]["text"] == bodies[0]["messages"][0]["content"][0]["text"]


async def test_a_window_that_stays_full_ends_the_work(build: Callable) -> None:
    turns = '{tools: [{bash: "echo full"}], usage: {input: 995000, output: 10}}'
    report = await build(f"attempts: [[{turns}, {{text: done}}]]")
    assert (report.end, report.turns) == (BuildEnd.TURNS, 1)
    assert "context window" in report.detail


async def test_the_second_attempt_is_told_counts_and_rules_only(build: Callable, twin: Twin) -> None:
    feedback = Feedback(rules=(("R1", RuleStatus.SATISFIED), ("R2", RuleStatus.NOT_SATISFIED)), passed=3, total=5)
    script = "attempts: [[{text: done}], [{text: again}]]"
    report = await build(script, spec="second", attempt=2, feedback=feedback)
    assert report.final_text == "again"
    task = twin.requests("second")[0]["messages"][0]["content"][0]["text"]
    assert "3 of 5 hidden scenarios passed.\n- R1: satisfied\n- R2: not satisfied" in task


ASKS = """\
attempts:
  - - tools: [{bash: "echo seen > notes"}]
    - text: |
        The rules do not say what happens at exactly zero.

        QUESTION (RULES): May an account be emptied?
        - yes, to exactly 0.00
        - no
"""


async def test_an_agent_may_end_with_a_question_and_its_work_so_far_stays(build: Callable, sandbox: Sandbox) -> None:
    report = await build(ASKS)
    assert (report.end, report.turns) == (BuildEnd.QUESTION, 2)
    assert report.question == AgentQuestion(text="May an account be emptied?", answers=("yes, to exactly 0.00", "no"))
    assert report.detail == "the agent asks: May an account be emptied?"
    assert await sandbox.read("notes") == b"seen\n"


@pytest.mark.parametrize(
    "end",
    [
        '    - {text: "QUESTION (RULES): May I?\\n- yes\\n- no", tools: [{bash: ls}]}\n    - text: Done.\n',
        '    - {text: "I wondered: QUESTION (RULES): May I?\\n- yes\\n- no\\nI decided."}\n',
    ],
    ids=["beside a tool call", "in passing"],
)
async def test_a_question_that_does_not_end_the_work_is_none(build: Callable, end: str) -> None:
    report = await build("attempts:\n  - - text: hm\n      tools: [{bash: pwd}]\n" + end)
    assert (report.end, report.question) == (BuildEnd.DONE, None)


async def test_a_hold_in_the_middle_is_waited_out_and_no_turn_is_paid_twice(
    build: Callable, ledger: MemoryLedger, watch: Watched
) -> None:
    """The hold is longer than the deadline would allow; the attempt goes on from the turn it was at."""
    script = f"{HELLO}faults: [{{turn: 2, kind: rate_limit, times: 1, retry_after: 5.5}}]\n"
    report = await build(script, deadline=in_seconds(5))
    assert (report.end, report.turns) == (BuildEnd.DONE, 3)
    assert [turn for turn, *_ in watch.turns] == [1, 2, 3]
    assert report.cost == ledger.count().spent == 3 * 12_000


async def test_a_build_that_lost_its_money_to_the_provider_is_not_over_budget(
    twin: Twin, gateway: ModelGateway, sandbox: Sandbox, watch: Watched
) -> None:
    """Turn 1 loses an answer, turn 2 would have fit but for that."""
    ledger = MemoryLedger(Caps(run=MicroUsd(80_000)))
    script = f"{HELLO}faults: [{{turn: 1, kind: truncate, times: 1}}]\n"
    report = await NativeAgent(gateway, ledger.book()).build(a_job(twin.script(script)), sandbox, watch)
    assert report.end is BuildEnd.PROVIDER_HOLD
    assert "lost answers" in report.detail
    assert report.cost == ledger.count().spent
