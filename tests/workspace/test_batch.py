"""The whole bundled batch as it is filed, through the real engine: every ending that a night can have.

The scripts' pauses are left out; nothing else is changed. What is compared is what the store says afterwards.
"""

import asyncio
import re
import subprocess
from contextlib import closing
from dataclasses import dataclass

import pytest

from factory_tui.cli.demo_operator import ENDLESS, cancel_the_endless_build
from factory_tui.control import ControlClient
from factory_tui.demo import Choice, configure, make_workspace
from factory_tui.model.amendment import AmendmentKind, AmendmentRecord, AmendmentState
from factory_tui.model.event import Event
from factory_tui.model.failure import FailureClass
from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.views import RunView
from factory_tui.specs import load_specs, validate
from tests.engine.factory import Factory

from .bundled import BROKEN_SCENARIO, SPECS

SHIPPED, FAILED, HELD = RunState.SHIPPED, RunState.FAILED, RunState.HELD

ENDINGS = {
    "booking-conflicts": (SHIPPED, None, 1),
    "booking-tests": (FAILED, FailureClass.NO_DELIVERY, 2),
    "close-month": (FAILED, FailureClass.INCOMPLETE, 2),
    "due-on-workdays": (FAILED, FailureClass.REGRESSION, 2),
    "folder-checksums": (FAILED, FailureClass.LIMIT_MISSED, 2),
    "invoice-discount": (HELD, HoldReason.ADMISSION, 0),
    "invoice-rounding": (SHIPPED, None, 1),
    "ledger-migration": (SHIPPED, None, 1),
    "link-labels": (HELD, HoldReason.DEPENDENCY, 0),
    "link-shortener": (FAILED, FailureClass.FALSE_DONE, 2),
    "manual-index": (RunState.CANCELLED, None, 0),
    "order-types": (FAILED, FailureClass.STUCK, 1),
    "parcel-postage": (HELD, HoldReason.QUESTION, 0),
    "parts-catalogue": (FAILED, FailureClass.BUDGET, 1),
    "price-update": (FAILED, FailureClass.INCOMPLETE, 2),
    "rotate-docs": (SHIPPED, None, 1),
    "rotate-logs": (SHIPPED, None, 1),
    "stock-api": (SHIPPED, None, 2),
    "supplier-mail": (HELD, HoldReason.SPEC_NOT_READY, 0),
    "visitor-names": (SHIPPED, None, 1),
}
"""Spec → state, class of the failure or reason of the hold, and attempts that were charged."""

ANSWER = "half a cent and more up, less down"


@dataclass
class Night:
    """A batch that is over, and the morning after it."""

    factory: Factory
    runs: dict[str, RunView]
    """As they stood when the batch was over."""
    amendments: list[AmendmentRecord]
    last_seq: int
    """Of the batch."""
    said: list[str]
    """By the operator of the demonstration."""

    def ending(self, spec: str) -> tuple[RunState, FailureClass | HoldReason | None, int]:
        view = self.runs[spec]
        classes = [each.failure_class for each in view.failures if each.scenario is None]
        # An environment that failed is no failure of the run.
        why = view.row.hold or next((each for each in reversed(classes) if view.row.state is FAILED), None)
        return view.row.state, why, self.charged(view.row.run)

    def charged(self, run: str) -> int:
        ended = [each for each in self.factory.events() if each.type == "attempt.finished" and each.run == run]
        return sum(each.data["charged"] is True for each in ended if each.seq <= self.last_seq)

    def files_on_branch(self, spec: str) -> list[str]:
        (target,) = re.findall(r"^target: (.+)$", (self.factory.workspace / "specs" / f"{spec}.md").read_text(), re.M)
        tree = ["ls-tree", "-r", "--name-only", f"factory/{spec}/{self.runs[spec].row.run}"]
        argv = ["git", "-C", str(self.factory.workspace / target), *tree]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    workspace = tmp_path_factory.mktemp("night") / "ws"
    make_workspace(workspace)
    configure(workspace, Choice("local"))
    for script in (workspace / "twins" / "anthropic").glob("*.yaml"):
        text = re.sub(r"^delay_ms: \d+$", "delay_ms: 0", script.read_text(encoding="utf-8"), flags=re.M)
        script.write_text(text, encoding="utf-8")
    return asyncio.run(_spend(Factory(workspace)))


async def _spend(factory: Factory) -> Night:
    said: list[str] = []
    async with factory.engine() as client:
        operator = asyncio.create_task(cancel_the_endless_build(factory.workspace, said.append))
        await client.run(())
        over = await _until_the_batch_is_over(client)
        await operator
        runs = {spec: factory.run_of(spec) for spec in SPECS}
        with closing(factory.reader()) as reader:
            night = Night(factory, runs, reader.amendments(), over.seq, said)
    async with factory.engine() as client:
        await _morning(night, client)
    return night


async def _until_the_batch_is_over(client: ControlClient, after: int = 0) -> Event:
    """However long a slow machine takes for twenty specs."""
    async with asyncio.timeout(900):
        async for event in client.follow(after):
            if event.type == "batch.finished":
                return event
    raise AssertionError("the stream ended")


async def _morning(night: Night, client: ControlClient) -> None:
    """Another engine: the operator answers, mends the scenario and accepts the amendment; both runs are taken on."""
    await client.answer(night.runs["parcel-postage"].row.run, ANSWER)
    broken = night.factory.workspace / "scenarios" / "invoice-discount" / f"{BROKEN_SCENARIO}.yaml"
    broken.write_text(broken.read_text().replace("base: fail", "base: pass"))
    await client.retry(night.runs["invoice-discount"].row.run)
    await _until_the_batch_is_over(client, night.last_seq)
    await client.accept(night.amendments[0].id)


def test_every_spec_ends_as_it_is_meant_to(night: Night) -> None:
    assert {spec: night.ending(spec) for spec in SPECS} == ENDINGS


def test_a_lost_sandbox_is_recorded_and_charged_to_nobody(night: Night) -> None:
    run = night.runs["visitor-names"].row.run
    ended = [
        each.data["charged"] for each in night.factory.events() if each.type == "attempt.finished" if each.run == run
    ]
    assert ended == [False, True]
    assert [each.failure_class for each in night.runs["visitor-names"].failures] == [FailureClass.ENVIRONMENT]


def test_the_provider_s_hold_ends_by_itself(night: Night) -> None:
    types = [each.type for each in night.factory.events()]
    assert types.count("hold.started") == types.count("hold.ended") == 1


def test_the_operator_says_what_is_cancelled(night: Night) -> None:
    (line,) = night.said
    assert f"cancel {night.runs[ENDLESS].row.run}" in line


def test_what_a_cancelled_build_had_written_is_kept_on_its_branch(night: Night) -> None:
    assert night.files_on_branch(ENDLESS) == ["bin/build-index", "progress.log"]


def test_a_build_that_ran_out_of_money_keeps_its_work_too(night: Night) -> None:
    assert night.files_on_branch("parts-catalogue") == ["bin/catalogue"]


def test_failures_of_one_night_recur_and_propose_one_row_of_the_edge_cases(night: Night) -> None:
    (record,) = night.amendments
    assert record.state is AmendmentState.PROPOSED
    assert record.amendment.kind is AmendmentKind.EDGE_CASE
    assert record.amendment.ask.label == "Interrupted half-way"
    assert (record.group.failure_class, record.group.specs) == (
        FailureClass.INCOMPLETE,
        ("close-month", "price-update"),
    )
    assert len(record.group.records) == 3


def test_a_question_comes_with_answers_and_a_spec_that_is_not_ready_with_its_findings(night: Night) -> None:
    question = night.runs["parcel-postage"].row.question
    assert question is not None
    assert ANSWER in question.answers
    assert "C02 line" in night.runs["supplier-mail"].row.why
    assert BROKEN_SCENARIO in night.runs["invoice-discount"].row.why
    assert "link-shortener" in night.runs["link-labels"].row.why


@pytest.mark.parametrize("spec", ["parcel-postage", "invoice-discount"])
def test_what_the_operator_settles_in_the_morning_ships(night: Night, spec: str) -> None:
    assert night.factory.run_of(spec).row.state is SHIPPED


def test_the_answer_stands_in_the_spec(night: Night) -> None:
    text = (night.factory.workspace / "specs" / "parcel-postage.md").read_text()
    assert f"Answer: {ANSWER}" in text


def test_what_the_template_asks_next_is_news_for_those_that_failed_so_and_for_none_that_shipped_at_once(
    night: Night,
) -> None:
    library = load_specs(night.factory.workspace)
    settings = night.factory.settings()
    asked = {
        str(spec.id)
        for spec in library.specs.values()
        if any(each.rule == "T01" for each in validate(spec, library, settings=settings))
    }
    at_once = {spec for spec, ending in ENDINGS.items() if ending == (SHIPPED, None, 1)}
    assert asked >= {"close-month", "price-update"}
    assert asked.isdisjoint(at_once)
