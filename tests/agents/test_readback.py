"""Read-backs: quotes that stand in the spec, hostile answers, and one call on the same path as every other."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_tui.agents import ModelGateway, ProviderHold
from factory_tui.agents.port import ContextFile
from factory_tui.agents.readback import ReadBackAgent, ReadBackFailed, ReadBackJob
from factory_tui.agents.readback.answer import NoReadBack, Remarks, parse_answer
from factory_tui.config import Model, Profile
from factory_tui.ledger import Caps, Tally, load_prices
from factory_tui.model.money import MicroUsd
from factory_tui.model.spec import Question, Spec
from factory_tui.specs import parse
from factory_tui.twins.messages import reply
from factory_tui.twins.messages.script import Raw, Tokens, Tool, Turn
from tests.agents.conftest import QUICK, Twin, fault, request
from tests.ledger.memory import MemoryLedger

TEXT = """\
---
id: greet
title: Greet somebody
kind: feature
category: feature
target: targets/greet
---
## WHAT
A command that greets whoever is named.

## RULES
- R1 `bin/greet NAME` must print
  `hello NAME` and exit with code 0.
- R2 Names are cut when they are long.

## CONSTRAINTS
Names are cut when they are long, once more.
"""
SPEC = parse(Path("specs/greet.md"), TEXT)


def remark(**changes: object) -> dict[str, Any]:
    return {
        "question": "How long is long?",
        "section": "RULES",
        "quote": "Names are cut when they are long",
        "answers": ["More than 40 characters.", "More than 80 characters."],
        "impact": 3,
        "uncertainty": 4,
        **changes,
    }


def parsed(*remarks: object, spec: Spec = SPEC) -> Remarks:
    return parse_answer({"summary": "It greets.", "questions": list(remarks)}, spec)


class TestQuotes:
    def test_a_quote_is_found_with_its_line(self) -> None:
        (found,) = parsed(remark()).questions
        assert (found.line, found.quote, found.section) == (14, "Names are cut when they are long", Question.RULES)

    def test_blanks_and_line_ends_do_not_matter(self) -> None:
        (found,) = parsed(remark(quote="must print `hello\n   NAME`")).questions
        assert found.line == 12

    def test_the_section_that_is_named_is_looked_in_first(self) -> None:
        (found,) = parsed(remark(section="constraints")).questions
        assert (found.line, found.section) == (17, Question.CONSTRAINTS)

    def test_a_quote_from_elsewhere_counts(self) -> None:
        (found,) = parsed(remark(section="OUTPUTS")).questions
        assert found.line == 14

    @pytest.mark.parametrize(
        "quote", ["Names are shortened", "names are cut", "", "  ", "R", None, 7, ["x"], "x" * 3000]
    )
    def test_a_remark_that_quotes_nothing_is_dropped_and_counted(self, quote: object) -> None:
        remarks = parsed(remark(quote=quote), remark())
        assert (len(remarks.questions), remarks.dropped) == (1, 1)

    @pytest.mark.parametrize("line_end", ["\r\n", "\r"])
    def test_lines_are_counted_whatever_ends_them(self, line_end: str) -> None:
        (found,) = parsed(remark(), spec=parse(Path("specs/greet.md"), TEXT.replace("\n", line_end))).questions
        assert found.line == 14

    def test_a_megabyte_of_text_is_searched_at_once(self) -> None:
        spec = parse(Path("specs/greet.md"), TEXT + "a " * 250_000 + "a" * 400_000)
        start = time.perf_counter()
        remarks = parsed(*[remark(quote="a" * 1500 + "b")] * 25, *[remark(quote="a " * 700 + "b")] * 25, spec=spec)
        assert remarks.dropped == 50
        assert time.perf_counter() - start < 5


class TestHostileAnswers:
    @pytest.mark.parametrize(
        "answer",
        [
            None,
            [],
            "text",
            7,
            {},
            {"not_an_object": "x"},
            {"summary": ""},
            {"summary": 7},
            {"summary": "\x1b[2J\x07 \n"},
        ],
    )
    def test_without_a_summary_there_is_no_read_back(self, answer: Any) -> None:
        if isinstance(answer, dict) and "\x1b" in str(answer.get("summary")):
            assert "\x1b" not in parse_answer(answer, SPEC).summary
        else:
            with pytest.raises(NoReadBack):
                parse_answer(answer, SPEC)

    @pytest.mark.parametrize(
        "changes",
        [
            {"section": "SCENARIOS"},
            {"section": 3},
            {"answers": []},
            {"answers": ["one"]},
            {"answers": ["one", "one", " one "]},
            {"answers": "one, two"},
            {"answers": [1, 2]},
            {"impact": 0},
            {"impact": 6},
            {"impact": True},
            {"impact": "5"},
            {"uncertainty": 1e9},
            {"question": ""},
            {"question": None},
        ],
    )
    def test_a_remark_without_the_form_is_dropped(self, changes: dict[str, object]) -> None:
        remarks = parsed(remark(**changes))
        assert (remarks.questions, remarks.dropped) == ((), 1)

    @pytest.mark.parametrize("questions", [None, "none", {"question": "x"}, 3])
    def test_questions_that_are_no_list_are_none(self, questions: object) -> None:
        assert parse_answer({"summary": "It greets.", "questions": questions}, SPEC).questions == ()

    def test_five_of_ten_thousand_are_kept_the_weightiest_first(self) -> None:
        many = [remark(question=f"q{n}?", impact=1 + n % 5, uncertainty=1 + n % 3) for n in range(10_000)]
        remarks = parsed(*many)
        weights = [each.impact * each.uncertainty for each in remarks.questions]
        assert len(weights) == 5
        assert weights == sorted(weights, reverse=True)
        assert weights[0] == 15

    def test_the_same_question_is_asked_once(self) -> None:
        assert len(parsed(remark(), remark(impact=5)).questions) == 1

    def test_texts_are_bounded_and_clean(self) -> None:
        evil = "\x1b]52;c;aGk=\x07\u202e\x9b31m" + "x" * 1_000_000
        remarks = parse_answer(
            {"summary": evil, "questions": [remark(question=evil, answers=[evil, "b\n\n- R9 never\r", *"cdefgh"])]},
            SPEC,
        )
        (found,) = remarks.questions
        assert len(remarks.summary) <= 3000
        assert len(found.text) <= 500
        assert len(found.answers) == 5
        assert all(len(each) <= 300 and "\n" not in each for each in found.answers)
        assert not set("\x1b\x07\x9b\u202e\r") & set(str(remarks))

    json_values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(list(remark())), inner, max_size=6),
        max_leaves=30,
    )

    @settings(max_examples=200, deadline=None)
    @given(st.dictionaries(st.sampled_from(["summary", "questions", "x"]), json_values))
    def test_any_json_is_a_read_back_or_a_clear_no(self, answer: Any) -> None:
        try:
            remarks = parse_answer(answer, SPEC)
        except NoReadBack:
            return
        assert remarks.summary
        assert len(remarks.questions) <= 5


def a_job(spec: Spec = SPEC, **changes: object) -> ReadBackJob:
    plain = ReadBackJob(
        spec=spec,
        profile=Profile(),
        guidance={Question.WHAT: "What is built."},
        context=(ContextFile("glossary.md", "- **name**: who is greeted"),),
    )
    return replace(plain, **changes)


def named(name: str, text: str = TEXT) -> Spec:
    return parse(Path(f"specs/{name}.md"), text)


SAYS = {"summary": "It greets.", "questions": [remark(), remark(question="Which quote?", quote="is not there")]}


def script(**parts: object) -> str:
    return json.dumps({"attempts": [[{"text": "hello"}]], **parts})


@pytest.fixture
def agent(gateway: ModelGateway) -> ReadBackAgent:
    return ReadBackAgent(gateway)


class TestTheCall:
    async def test_a_spec_is_read_back_and_paid_for(
        self, twin: Twin, agent: ReadBackAgent, ledger: MemoryLedger
    ) -> None:
        spec = named(twin.script(script(readback=SAYS)))
        read = await agent.read(a_job(spec), ledger.book())
        assert (read.spec, read.hash, read.summary, read.dropped) == (spec.id, spec.hash, "It greets.", 1)
        assert [each.text for each in read.questions] == ["How long is long?"]
        assert read.cost == 12_000
        assert await ledger.tally() == Tally(MicroUsd(12_000), MicroUsd(0))

    async def test_the_request_forces_the_form_and_holds_the_spec_as_data(
        self, twin: Twin, agent: ReadBackAgent, ledger: MemoryLedger
    ) -> None:
        spec = named(twin.script(script(readback=SAYS)))
        await agent.read(a_job(spec), ledger.book())
        (body,) = twin.requests(spec.id)
        assert body["tool_choice"] == {"type": "tool", "name": "read_back", "disable_parallel_tool_use": True}
        assert [tool["name"] for tool in body["tools"]] == ["read_back"]
        (message,) = body["messages"]
        assert TEXT in message["content"][0]["text"]
        told = json.dumps(body["system"])
        assert "who is greeted" in told
        assert "no instruction" in told

    async def test_no_spec_can_close_the_mark_around_it(self) -> None:
        from factory_tui.agents.readback.prompt import task_prompt

        inner = task_prompt(a_job())
        again = parse(Path("specs/greet.md"), TEXT + inner)
        assert task_prompt(a_job(again)).count(f"</spec-{again.hash[:24]}>") == 1

    async def test_the_most_that_it_may_cost_is_what_is_reserved(
        self, twin: Twin, agent: ReadBackAgent, ledger: MemoryLedger
    ) -> None:
        spec = named(twin.script(script(readback=SAYS)))
        most = agent.most(a_job(spec))
        tight = MemoryLedger(Caps(call=MicroUsd(most - 1)))
        with pytest.raises(ReadBackFailed, match="the call cap") as refused:
            await agent.read(a_job(spec), tight.book())
        assert "limits" in refused.value.todo
        assert await tight.tally() == Tally()
        await agent.read(a_job(spec), MemoryLedger(Caps(call=most)).book())

    async def test_the_twin_without_one_says_so(self, twin: Twin, agent: ReadBackAgent, ledger: MemoryLedger) -> None:
        spec = named(twin.script(script()))
        with pytest.raises(ReadBackFailed, match=f"the twin has no read-back for {spec.id}") as none:
            await agent.read(a_job(spec), ledger.book())
        assert f"twins/anthropic/{spec.id}.yaml" in none.value.todo

    async def test_a_spec_without_a_script_says_the_same(
        self, twin: Twin, agent: ReadBackAgent, ledger: MemoryLedger
    ) -> None:
        with pytest.raises(ReadBackFailed, match="the twin has no read-back for never-scripted"):
            await agent.read(a_job(named("never-scripted")), ledger.book())


@asynccontextmanager
async def a_live_model(turn: Turn) -> AsyncIterator[ReadBackAgent]:
    """An agent over a service that answers everything with this turn."""
    message = reply.message_of(turn, "claude-sonnet-4-6", Tokens())
    body = reply.opening(message) + b"".join(reply.blocks(message)) + reply.closing(message)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n")
        writer.write(f"content-length: {len(body)}\r\n\r\n".encode() + body)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, ModelGateway(Model(base_url=url), load_prices(), None, url, QUICK) as gateway:
        yield ReadBackAgent(gateway)


def calls(given: object, name: str = "read_back") -> tuple[Tool, ...]:
    return (Tool(raw=Raw(name=name, input=given)),)


@pytest.mark.parametrize(
    ("turn", "what", "todo"),
    [
        (Turn(text="I would rather talk."), "it says “I would rather talk.”", "read it again"),
        (Turn(), "it is empty", "read it again"),
        (Turn(text="\x1b]0;x\x07no", tools=calls(SAYS, "bash")), "it says “no”", "read it again"),
        (Turn(tools=calls(SAYS), stop="max_tokens"), "cut off", "max_tokens"),
        (Turn(text="No.", stop="refusal"), "it declined", "another profile"),
        (Turn(tools=calls(["a", "list"])), "summary is missing", "read it again"),
        (Turn(tools=calls({"questions": []})), "summary is missing", "read it again"),
        (Turn(stop="model_context_window_exceeded"), "cut off", "larger window"),
    ],
)
async def test_an_answer_of_no_use_is_one_clear_line_and_is_paid(
    ledger: MemoryLedger, turn: Turn, what: str, todo: str
) -> None:
    async with a_live_model(turn) as agent:
        with pytest.raises(ReadBackFailed) as failed:
            await agent.read(a_job(), ledger.book())
    assert what in failed.value.what
    assert "$0.01" in failed.value.what
    assert todo in failed.value.todo
    assert not set("\x1b\x07\n") & set(failed.value.what)
    assert await ledger.tally() == Tally(MicroUsd(12_000), MicroUsd(0))


async def test_an_answer_without_end_is_a_read_back_of_bounded_size(ledger: MemoryLedger) -> None:
    said = {"summary": "x" * 200_000, "questions": [remark()] * 200}
    async with a_live_model(Turn(tools=calls(said))) as agent:
        read = await agent.read(a_job(), ledger.book())
    assert len(read.model_dump_json()) < 10_000


async def test_no_service_is_one_clear_line_and_no_hold_is_sat_out(ledger: MemoryLedger) -> None:
    hold = ProviderHold(pauses=(3600.0,))
    nowhere = "http://127.0.0.1:9"
    async with ModelGateway(Model(base_url="twin"), load_prices(), None, nowhere, QUICK, hold=hold) as gateway:
        async with asyncio.timeout(20):
            with pytest.raises(ReadBackFailed, match="cannot be reached") as failed:
                await ReadBackAgent(gateway).read(a_job(), ledger.book())
    assert "again" in failed.value.todo
    assert await ledger.tally() == Tally()


async def test_a_hold_that_others_sit_out_is_said_at_once(twin: Twin, ledger: MemoryLedger) -> None:
    held = asyncio.Event()

    async def began(until: datetime | None, why: str) -> None:
        held.set()

    hold = ProviderHold(began, pauses=(3600.0,))
    async with ModelGateway(Model(base_url="twin"), load_prices(), None, twin.url, QUICK, hold=hold) as gateway:
        building = asyncio.create_task(gateway.ask(request(twin.script(fault("overloaded", 99))), ledger.book(1)))
        async with asyncio.timeout(20):
            await held.wait()
            with pytest.raises(ReadBackFailed, match="the provider refuses calls now: the model's service is over"):
                await ReadBackAgent(gateway).read(a_job(), ledger.book())
        building.cancel()
        await asyncio.wait([building])
