"""Judges at work: real calls to a twin, priced and kept in a real store, never paid for twice."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from factory_tui.agents import ModelGateway, ModelJudge, RecordedJudge
from factory_tui.config import Gate, Profile
from factory_tui.ledger import Caps
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.judge_case import JudgeCase
from factory_tui.model.judgement import OPERATOR, Ballot, Judgement, JudgementKey, Outcome
from factory_tui.model.money import MicroUsd
from factory_tui.store import NewRun, Store
from tests.agents.conftest import Twin
from tests.agents.test_judging import ERROR, STEERING, a_case, seen, vote

RUN = RunId("r00000001")
PRICE = 12_000
"""Micro-dollars of one scripted vote: 2,000 tokens in and 400 out."""
PLENTY = Caps(run=MicroUsd(5_000_000))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "runs.db") as opened:
        await opened.open_batch(BatchId("b1"))
        await opened.queue_run(
            NewRun(
                run=RUN,
                spec=SpecId("bank"),
                batch=BatchId("b1"),
                title="Bank",
                spec_hash="h",
                spec_text="",
                target="targets/bank",
                base="main",
            )
        )
        yield opened


Judges = Callable[..., ModelJudge]


@pytest.fixture
def judges(gateway: ModelGateway, store: Store) -> Judges:
    def made(caps: Caps = PLENTY, to: Store = store, **gate: int) -> ModelJudge:
        return ModelJudge(gateway, Profile(), Gate(**gate), to.judgements(RUN, caps), 1)

    return made


def votes(twin: Twin, *said: dict[str, object]) -> JudgeCase:
    """A case whose judge says this."""
    script = {"attempts": [[{"text": "hello"}]], "judge": {"overdrawn": list(said)}}
    return a_case(twin.script(json.dumps(script)))


async def spent(store: Store) -> int:
    return (await store.stored_run(RUN)).cost


async def test_three_votes_that_agree_uphold(twin: Twin, judges: Judges, store: Store) -> None:
    case = votes(twin, vote())
    found = await judges().judge(case)
    assert (found.outcome, [each.ballot for each in found.votes]) == (Outcome.UPHELD, [Ballot.MEETS] * 3)
    assert (found.reason, found.recorded) == ("3 of 3 votes: it meets the rubric", False)
    assert await spent(store) == 3 * PRICE
    assert {each.cost for each in found.votes} == {PRICE}
    assert len(twin.requests(case.spec)) == 3


async def test_three_votes_against_lower_with_their_words(twin: Twin, judges: Judges) -> None:
    found = await judges().judge(votes(twin, vote("misses")))
    assert found.outcome is Outcome.LOWERED
    assert found.reason.startswith("3 of 3 votes: it misses the rubric; misses: It misses. (“balance 50.00")


async def test_judges_who_disagree_decide_nothing_and_are_not_asked_on(
    twin: Twin, judges: Judges, store: Store
) -> None:
    case = votes(twin, vote(), vote("misses"), vote())
    found = await judges().judge(case)
    assert found.outcome is Outcome.INCONCLUSIVE
    assert found.reason.startswith("1 meets, 1 misses, 0 no vote, and 3 of 3 must agree; misses: It misses.")
    assert len(twin.requests(case.spec)) == 2


async def test_a_quorum_of_two_decides_and_saves_the_third(twin: Twin, judges: Judges) -> None:
    case = votes(twin, vote("misses"), vote(), vote("misses"))
    found = await judges(judge_quorum=2).judge(case)
    assert (found.outcome, len(found.votes)) == (Outcome.LOWERED, 3)
    case = votes(twin, vote())
    found = await judges(judge_quorum=2).judge(replace(case, scenario_hash="6" * 64))
    assert (found.outcome, len(found.votes)) == (Outcome.UPHELD, 2)


async def test_the_scenario_says_how_often(twin: Twin, judges: Judges) -> None:
    found = await judges().judge(replace(votes(twin, vote()), votes=1))
    assert (found.outcome, len(found.votes)) == (Outcome.UPHELD, 1)


async def test_a_vote_with_invented_words_is_none(twin: Twin, judges: Judges) -> None:
    found = await judges().judge(votes(twin, vote(words="the account has 12.00")))
    assert (found.outcome, found.votes[0].ballot, found.votes[0].dropped) == (Outcome.INCONCLUSIVE, Ballot.NONE, 1)


@pytest.mark.parametrize(
    "turn",
    [
        {"text": "I think that it meets the rubric."},
        {"tools": [{"raw": {"name": "bash", "input": {"command": "true"}}}]},
    ],
)
async def test_without_a_script_a_twin_decides_nothing_and_says_what_is_missing(
    twin: Twin, judges: Judges, turn: dict[str, Any]
) -> None:
    spec = twin.script(json.dumps({"attempts": [[turn]]}))
    found = await judges().judge(a_case(spec))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert f"add it below `judge:` in twins/anthropic/{spec}.yaml" in found.reason
    assert len(twin.requests(spec)) == 1


# Money


async def test_what_was_judged_once_is_not_paid_for_again(twin: Twin, judges: Judges, store: Store) -> None:
    case = votes(twin, vote())
    first = await judges().judge(case)
    again = await judges().judge(replace(case, artifact="b" * 64))
    assert again == first.model_copy(update={"recorded": True})
    assert (await spent(store), len(twin.requests(case.spec))) == (3 * PRICE, 3)


async def test_asking_again_until_judges_agree_is_no_judgement(twin: Twin, judges: Judges) -> None:
    case = votes(twin, vote(), vote("misses"), vote())
    await judges().judge(case)
    again = await judges().judge(case)
    assert (again.outcome, again.recorded, len(twin.requests(case.spec))) == (Outcome.INCONCLUSIVE, True, 2)


async def test_other_output_is_judged_anew(twin: Twin, judges: Judges) -> None:
    case = votes(twin, vote())
    await judges().judge(case)
    other = await judges().judge(replace(case, observations=seen(ERROR, "more\n")))
    assert (other.recorded, len(twin.requests(case.spec))) == (False, 6)


@pytest.mark.parametrize("cap", ["call", "run", "batch", "day"])
async def test_no_vote_goes_beyond_a_cap_and_the_reason_says_which(
    twin: Twin, judges: Judges, store: Store, cap: str
) -> None:
    case = votes(twin, vote())
    found = await judges(Caps(**{cap: MicroUsd(1)})).judge(case)
    assert (found.outcome, [each.answered for each in found.votes]) == (Outcome.INCONCLUSIVE, [False])
    assert f"the {cap} cap of $0.0000" in found.reason or f"the {cap} cap of" in found.reason
    assert "raise that cap, then retry the run" in found.reason
    assert (await spent(store), twin.requests(case.spec)) == (0, [])


async def test_with_a_raised_cap_only_the_missing_votes_are_paid(twin: Twin, judges: Judges, store: Store) -> None:
    case = votes(twin, vote())
    one_reservation = 60_000
    first = await judges(Caps(run=MicroUsd(one_reservation))).judge(case)
    asked = len(twin.requests(case.spec))
    assert first.outcome is Outcome.INCONCLUSIVE
    assert 0 < asked < 3
    second = await judges().judge(case)
    assert (second.outcome, len(second.votes)) == (Outcome.UPHELD, 3)
    assert (await spent(store), len(twin.requests(case.spec))) == (3 * PRICE, 3)


async def test_an_engine_that_ends_between_two_votes_pays_only_for_the_rest(
    twin: Twin, judges: Judges, store: Store
) -> None:
    case = votes(twin, vote(), vote(), {**vote(), "delay_ms": 300_000})
    task = asyncio.create_task(judges().judge(case))
    while len(twin.requests(case.spec)) < 3:  # noqa: ASYNC110 - the twin tells nobody what it was asked
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    lost = await spent(store) - 2 * PRICE
    twin.script(json.dumps({"attempts": [[{"text": "hello"}]], "judge": {"overdrawn": [vote()]}}), case.spec)
    found = await judges().judge(case)
    assert (found.outcome, len(twin.requests(case.spec))) == (Outcome.UPHELD, 4)
    assert await spent(store) == 3 * PRICE + lost


async def test_a_settled_call_always_has_its_vote(twin: Twin, gateway: ModelGateway, store: Store) -> None:
    """Between the answer and its record the call stays open: a crash presumes it, as any whose answer was lost."""
    case = votes(twin, vote())
    records = store.judgements(RUN, PLENTY)
    judge = ModelJudge(gateway, Profile(), Gate(judge_votes=1), records, 1)
    entry = records.entry()
    await gateway.ask(judge._request(case, (), 1), entry)
    assert await spent(store) == 0
    assert await store.settle_orphans() == (1, 0)
    assert await spent(store) > PRICE


async def test_the_operator_has_the_last_word_on_one_artifact(twin: Twin, judges: Judges, store: Store) -> None:
    case = votes(twin, vote("misses"))
    word = Judgement(outcome=Outcome.UPHELD, reason="clear enough", votes=(), quorum=1, model=OPERATOR)
    await store.record_rulings(RUN, {JudgementKey(case.scenario_hash, case.artifact, OPERATOR): word})
    assert (await judges().judge(case)).outcome is Outcome.UPHELD
    assert (await judges().judge(replace(case, artifact="b" * 64))).outcome is Outcome.LOWERED


# Output


async def test_an_output_that_is_not_whole_is_the_operators(twin: Twin, judges: Judges) -> None:
    case = votes(twin, vote())
    found = await judges().judge(replace(case, observations=seen(ERROR, cut="1,234 more characters")))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "step 1 stderr has 1,234 more characters" in found.reason
    assert twin.requests(case.spec) == []


@pytest.mark.parametrize("text", STEERING)
async def test_an_output_that_speaks_to_the_judge_is_sent_as_output(twin: Twin, judges: Judges, text: str) -> None:
    case = replace(votes(twin, vote("misses", words="balance")), observations=seen(ERROR + text))
    assert (await judges().judge(case)).outcome is Outcome.LOWERED
    body = twin.requests(case.spec)[0]
    (message,) = body["messages"]
    (block,) = message["content"]
    assert (message["role"], block["type"]) == ("user", "text")
    marks = [line for line in block["text"].splitlines() if line.startswith(("<output-", "</output-"))]
    assert len(marks) == 4
    assert marks[0][1:32] == marks[1][2:33]
    assert body["tool_choice"]["name"] == "vote"
    assert [each["name"] for each in body["tools"]] == ["vote"]
    assert text not in body["system"][0]["text"]


async def test_a_command_without_an_engine_says_what_was_said_before(twin: Twin, judges: Judges, store: Store) -> None:
    case, model = votes(twin, vote()), Profile().model
    remembers = RecordedJudge(Gate(), model, store.judgements(RUN, PLENTY).recorded)
    before = await remembers.judge(case)
    assert (before.outcome, before.votes) == (Outcome.INCONCLUSIVE, ())
    assert "no judgement is recorded for this output" in before.reason
    await judges().judge(case)
    assert (await remembers.judge(case)).outcome is Outcome.UPHELD
    assert len(twin.requests(case.spec)) == 3
