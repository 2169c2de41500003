"""Judges: a model that is asked vote by vote, and one that only remembers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from factory_tui.agents.gateway import ModelGateway
from factory_tui.agents.judging.answer import no_vote, parse_vote
from factory_tui.agents.judging.count import Poll, is_settled, outcome_of
from factory_tui.agents.judging.exhibits import Exhibit, exhibits_of
from factory_tui.agents.judging.prompt import TOOL, TOOL_CHOICE, TOOL_NAME, key_of, message_of, system_prompt
from factory_tui.agents.judging.records import VoteRecords
from factory_tui.agents.judging.wording import reason_of
from factory_tui.agents.wire import ModelAnswer, ModelCallFailed, ModelRequest
from factory_tui.config import Gate, Profile
from factory_tui.ledger import UnknownModel
from factory_tui.model.build import BuildEnd
from factory_tui.model.judge_case import JudgeCase
from factory_tui.model.judgement import OPERATOR, Judgement, JudgementKey, Outcome, Vote
from factory_tui.model.money import MicroUsd, show_usd

ROLE = "judge"
"""Of the call, in the ledger and for the twin."""

LONGEST_ANSWER_TOKENS = 2048
"""A vote with five quotes is a few hundred."""

PATIENCE = timedelta(minutes=5)
"""For one vote; a hold of the provider is waited out beside it, as a build waits."""

Recorded = Callable[[JudgementKey], Awaitable[Judgement | None]]


class RecordedJudge:
    """Says what was said before about the same output; asks nobody."""

    def __init__(self, gate: Gate, model: str, recorded: Recorded) -> None:
        self._gate, self.model, self._recorded = gate, model, recorded

    async def judge(self, case: JudgeCase) -> Judgement:
        poll, exhibits = _poll(case, self._gate), exhibits_of(case.observations)
        known = await _known(case, exhibits, poll, self.model, self._recorded)
        if known is not None:
            return known
        why = "no judgement is recorded for this output, and this command asks no model: a run of the spec does"
        return _undecided(why, poll, self.model)


class ModelJudge:
    """Asks a model one vote after the other, and stops as soon as no further vote could change the outcome.

    Args:
        gateway: the way to the model.
        profile: whose model judges.
        gate: how often it is asked, and how many must agree.
        records: what was judged before; every vote is kept there with its price before the next is asked.
        attempt: of the run that pays.
    """

    def __init__(
        self,
        gateway: ModelGateway,
        profile: Profile,
        gate: Gate,
        records: VoteRecords,
        attempt: int,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._gateway, self._profile, self._gate = gateway, profile, gate
        self._records, self._attempt = records, attempt
        self._now = now or (lambda: datetime.now(UTC))

    @property
    def model(self) -> str:
        return self._profile.model

    async def judge(self, case: JudgeCase) -> Judgement:
        """What the votes say; inconclusive, with the reason, where they could not be had."""
        poll, exhibits = _poll(case, self._gate), exhibits_of(case.observations)
        known = await _known(case, exhibits, poll, self.model, self._records.recorded)
        if known is not None:
            return known
        key = key_of(case, exhibits, poll, self.model)
        earlier = await self._records.recorded(key)
        votes = list(earlier.votes) if earlier is not None else []
        while not is_settled([each.ballot for each in votes], poll):
            vote, is_last = await self._vote(case, exhibits, votes, key, poll)
            votes.append(vote)
            if is_last:
                break
        return _judgement(votes, poll, self.model)

    async def _vote(
        self, case: JudgeCase, exhibits: Sequence[Exhibit], votes: list[Vote], key: JudgementKey, poll: Poll
    ) -> tuple[Vote, bool]:
        """The next vote, kept with its price; and whether asking on makes no sense."""
        entry = self._records.entry()
        try:
            try:
                answer = await self._gateway.ask(self._request(case, exhibits, len(votes) + 1), entry)
            except UnknownModel as error:
                return no_vote(str(error), answered=False), True
            except ModelCallFailed as failure:
                return _failed(failure), failure.end in _NO_USE_ASKING_ON
            vote = self._understood(case, answer, exhibits)
            kept = [each for each in (*votes, vote) if each.answered]
            if vote.answered:
                await asyncio.shield(entry.keep(key, _judgement(kept, poll, self.model)))
            return vote, not vote.answered
        finally:
            await asyncio.shield(entry.close())

    def _request(self, case: JudgeCase, exhibits: Sequence[Exhibit], number: int) -> ModelRequest:
        price = self._gateway.prices.of(self.model)
        return ModelRequest(
            model=self.model,
            max_tokens=min(LONGEST_ANSWER_TOKENS, self._profile.max_tokens, price.max_output_tokens),
            system=system_prompt(),
            tools=(TOOL,),
            tool_choice=TOOL_CHOICE,
            messages=(message_of(case, exhibits),),
            spec=case.spec,
            attempt=self._attempt,
            deadline=self._now() + PATIENCE,
            role=ROLE,
            about=f"{case.scenario}/{number}",
            effort=self._profile.effort,
        )

    def _understood(self, case: JudgeCase, answer: ModelAnswer, exhibits: Sequence[Exhibit]) -> Vote:
        call = next((each for each in answer.calls if each.name == TOOL_NAME), None)
        if call is None and self._gateway.is_twin:
            script = f"twins/anthropic/{case.spec}.yaml"
            why = f"the twin has no vote on {case.scenario}: add it below `judge:` in {script}, or use a live model"
            return no_vote(why, answered=False)
        vote = no_vote(_without_call(answer)) if call is None else parse_vote(call.input, exhibits)
        return vote.model_copy(update={"cost": MicroUsd(answer.cost + answer.lost)})


_NO_USE_ASKING_ON = frozenset({BuildEnd.BUDGET, BuildEnd.PROVIDER_HOLD})
"""The next call would be refused for the same reason."""


async def _known(
    case: JudgeCase, exhibits: Sequence[Exhibit], poll: Poll, model: str, recorded: Recorded
) -> Judgement | None:
    """What is settled unasked: the operator's word, an output that cannot be read whole, an earlier judgement."""
    ruling = await recorded(JudgementKey(case.scenario_hash, case.artifact, OPERATOR))
    if ruling is not None:
        return ruling.model_copy(update={"recorded": True})
    if cut := next((each for each in case.observations if each.cut), None):
        where = f"step {cut.step} {exhibits[case.observations.index(cut)].what}"
        return _undecided(f"the output is too long to be judged whole: {where} has {cut.cut}", poll, model)
    earlier = await recorded(key_of(case, exhibits, poll, model))
    if earlier is not None and is_settled([each.ballot for each in earlier.votes], poll):
        return earlier.model_copy(update={"recorded": True})
    return None


def _poll(case: JudgeCase, gate: Gate) -> Poll:
    return Poll.agreed(case.votes or gate.judge_votes, gate.judge_quorum)


def _judgement(votes: Sequence[Vote], poll: Poll, model: str) -> Judgement:
    outcome = outcome_of([each.ballot for each in votes], poll)
    reason = reason_of(outcome, votes, poll)
    return Judgement(outcome=outcome, reason=reason, votes=tuple(votes), quorum=poll.quorum, model=model)


def _undecided(why: str, poll: Poll, model: str) -> Judgement:
    return Judgement(outcome=Outcome.INCONCLUSIVE, reason=why, votes=(), quorum=poll.quorum, model=model)


def _failed(failure: ModelCallFailed) -> Vote:
    lost = f" (lost answers may have cost {show_usd(failure.lost)})" if failure.lost else ""
    todo = "; raise that cap, then retry the run" if failure.end is BuildEnd.BUDGET else ""
    vote = no_vote(f"{failure}{lost}{todo}", answered=False)
    return vote.model_copy(update={"cost": failure.lost})


def _without_call(answer: ModelAnswer) -> str:
    if answer.stop == "refusal":
        return "the model declined"
    if answer.stop in {"max_tokens", "model_context_window_exceeded"}:
        return "the answer was cut off at its longest length"
    return f"the answer is no vote: “{answer.text[:120]}”" if answer.text.strip() else "the answer is empty"
