"""One call for a read-back, on the same path as every other: reserved, sent, settled, within the caps."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from factory_tui.agents.gateway import ModelGateway
from factory_tui.agents.readback.answer import NoReadBack, parse_answer
from factory_tui.agents.readback.prompt import TOOL, TOOL_CHOICE, TOOL_NAME, ReadBackJob, system_prompt, task_prompt
from factory_tui.agents.wire import ModelAnswer, ModelCallFailed, ModelRequest
from factory_tui.ledger import Book
from factory_tui.model.build import BuildEnd
from factory_tui.model.foreign import clean_line
from factory_tui.model.money import MicroUsd, show_usd
from factory_tui.model.readback import ReadBack

ROLE = "readback"
"""Of the call, in the ledger and for the twin."""

LONGEST_ANSWER_TOKENS = 4096
"""Five questions with five answers each are about 1,500."""

BYTES_PER_TOKEN = 4
"""For guessing what cannot fit; money never rests on it."""

PATIENCE = timedelta(minutes=5)
"""An operator waits for it: it ends after this long, and sits out no hold of the provider."""


class ReadBackFailed(Exception):
    """There is no read-back.

    Args:
        what: why not, in one line.
        todo: what the operator does about it.
    """

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


class ReadBackAgent:
    """Has specs read back. One instance may read many at the same time."""

    def __init__(self, gateway: ModelGateway, now: Callable[[], datetime] | None = None) -> None:
        self._gateway = gateway
        self._now = now or (lambda: datetime.now(UTC))

    def most(self, job: ReadBackJob) -> MicroUsd:
        """What one call may cost at most: the input bounded by its bytes, and the longest answer.

        Raises:
            UnknownModel: there is no price for the model.
            ReadBackFailed: so much text does not fit into the model's window.
        """
        window = self._gateway.prices.of(job.profile.model).context_tokens
        about = sum(len(text.encode("utf-8", errors="replace")) for text in job.texts().values()) // BYTES_PER_TOKEN
        if about > window:
            raise ReadBackFailed(
                f"the spec and its context have about {about:,} tokens, and {job.profile.model} reads {window:,}",
                "shorten them, or give the spec a profile whose model has a larger window",
            )
        return self._gateway.most(self._request(job))

    async def read(self, job: ReadBackJob, book: Book) -> ReadBack:
        """The model's reading of one version.

        Raises:
            UnknownModel: there is no price for the model.
            ReadBackFailed: the call could not be made, or its answer is of no use.
        """
        try:
            answer = await self._gateway.ask(self._request(job), book)
        except ModelCallFailed as failure:
            lost = f" (lost answers may have cost {show_usd(failure.lost)})" if failure.lost else ""
            raise ReadBackFailed(clean_line(str(failure)) + lost, _REMEDIES.get(failure.end, _LATER)) from failure
        return self._understood(job, answer)

    def _request(self, job: ReadBackJob) -> ModelRequest:
        price, deadline = self._gateway.prices.of(job.profile.model), self._now() + PATIENCE
        return ModelRequest(
            model=job.profile.model,
            max_tokens=min(LONGEST_ANSWER_TOKENS, job.profile.max_tokens, price.max_output_tokens),
            system=system_prompt(job),
            tools=(TOOL,),
            tool_choice=TOOL_CHOICE,
            messages=({"role": "user", "content": [{"type": "text", "text": task_prompt(job)}]},),
            spec=str(job.spec.id),
            attempt=1,
            deadline=deadline,
            latest=deadline,
            waits=False,
            role=ROLE,
            effort=job.profile.effort,
        )

    def _understood(self, job: ReadBackJob, answer: ModelAnswer) -> ReadBack:
        cost = MicroUsd(answer.cost + answer.lost)
        call = next((each for each in answer.calls if each.name == TOOL_NAME), None)
        if call is None and self._gateway.is_twin:
            raise ReadBackFailed(
                f"the twin has no read-back for {job.spec.id}",
                f"add `readback:` to twins/anthropic/{job.spec.id}.yaml, or configure a live model",
            )
        try:
            if answer.stop == "refusal":
                raise NoReadBack("it declined")
            if answer.stop in {"max_tokens", "model_context_window_exceeded"}:
                raise NoReadBack("it was cut off at its longest length")
            if call is None:
                raise NoReadBack(_without_call(answer.text))
            remarks = parse_answer(call.input, job.spec)
        except NoReadBack as error:
            what = f"the model's answer holds no read-back: {error} (it cost {show_usd(cost)})"
            raise ReadBackFailed(what, _todo(answer, job)) from None
        return ReadBack(
            spec=str(job.spec.id),
            hash=job.spec.hash,
            summary=remarks.summary,
            questions=remarks.questions,
            dropped=remarks.dropped,
            model=job.profile.model,
            cost=cost,
            when=self._now(),
        )


def _without_call(text: str) -> str:
    said = clean_line(text, limit=120)
    return f"it says “{said}”" if said else "it is empty"


def _todo(answer: ModelAnswer, job: ReadBackJob) -> str:
    if answer.stop == "max_tokens":
        return "raise max_tokens of its profile in factory.toml, or shorten the spec"
    if answer.stop == "model_context_window_exceeded":
        return "split the spec, or give it a profile whose model has a larger window"
    return "read it again, or give the spec another profile; nothing waits for a read-back"


_LATER = "try again in a while; nothing waits for a read-back"

_REMEDIES = {
    BuildEnd.BUDGET: "raise that cap in [limits] of factory.toml (or budget_usd of the spec), or shorten the spec",
    BuildEnd.PROVIDER_HOLD: "mend the key, the model or the account, or wait until the provider answers again",
    BuildEnd.DEADLINE: _LATER,
}
"""By how the call ended."""
