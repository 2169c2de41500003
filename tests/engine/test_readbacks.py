"""Read-backs through a real engine: paid once, recorded, beside the runs, and never with a word of a scenario."""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from factory_tui.control import ControlClient, ControlError, Refused
from factory_tui.engine.lock import EngineLock
from factory_tui.engine.process import serve
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import RunState
from factory_tui.twins import start_messages_twin
from tests.engine.factory import CANARY, GREETS, RIGHT, Factory, delivers

SAYS = {
    "summary": "A command that greets whoever is named.",
    "questions": [
        {
            "question": "What does a name of 41 characters lead to?",
            "section": "RULES",
            "quote": "1 to 40 characters",
            "answers": ["Exit code 2.", "It is cut to 40 characters."],
            "impact": 4,
            "uncertainty": 4,
        },
        {"question": "Which?", "section": "RULES", "quote": "stands nowhere", "answers": ["a", "b"]},
    ],
}


def reads(factory: Factory, spec: str = "greet", *, delay_ms: int = 0, says: Mapping[str, Any] = SAYS) -> None:
    """Give the twin's script of a spec a read-back."""
    path = factory.workspace / "twins" / "anthropic" / f"{spec}.yaml"
    script = json.loads(path.read_text())
    path.write_text(json.dumps({**script, "readback": {**says, "delay_ms": delay_ms}}))


def calls(factory: Factory) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(factory.workspace / "runs.db")) as raw:
        return raw.execute("SELECT run, batch, attempt, role, state, amount FROM call ORDER BY id").fetchall()


async def until_it_reads(client: ControlClient, and_more: Callable[[], bool] = lambda: True) -> None:
    async with asyncio.timeout(20):
        while True:
            if (await client.plan_read_back("greet")).reading and and_more():
                return
            await asyncio.sleep(0.01)


def a_factory(workspace: Path, **more: Any) -> Factory:
    factory = Factory.at(workspace, **more)
    factory.add("greet", delivers(RIGHT), status="draft")
    reads(factory)
    return factory


async def test_a_draft_is_read_back_recorded_and_paid_without_a_run(tmp_path: Path) -> None:
    factory = a_factory(tmp_path / "w")
    async with factory.engine() as client:
        plan = await client.plan_read_back("greet")
        assert (plan.charged, plan.reading, plan.recorded, plan.model) == (False, False, False, "claude-sonnet-4-6")
        read = await client.read_back("greet")
        assert (await client.plan_read_back("greet")).recorded
    assert read.summary == SAYS["summary"]
    assert [each.text for each in read.questions] == ["What does a name of 41 characters lead to?"]
    assert (read.dropped, read.hash) == (1, plan.hash)
    assert 0 < read.cost <= plan.most
    assert calls(factory) == [(None, None, 0, "readback", "settled", read.cost)]
    with factory.reader() as reader:
        assert reader.last_read_back("greet") == read
    assert [each.spec for each in factory.events() if each.type == "spec.read_back"] == ["greet"]


async def test_the_same_version_is_paid_once_and_anew_only_when_asked_to(tmp_path: Path) -> None:
    factory = a_factory(tmp_path / "w")
    path = factory.workspace / "specs" / "greet.md"
    async with factory.engine() as client:
        first = await client.read_back("greet")
        assert await client.read_back("greet") == first
        assert len(calls(factory)) == 1
        fresh = await client.read_back("greet", fresh=True)
        assert fresh.when > first.when
        path.write_text(path.read_text().replace("status: draft", "status: parked"))
        assert await client.read_back("greet") == fresh
        path.write_text(path.read_text().replace("hello NAME", "good day NAME"))
        assert (await client.read_back("greet")).hash != first.hash
    assert len(calls(factory)) == 3


async def test_two_at_once_share_one_call(tmp_path: Path) -> None:
    factory = a_factory(tmp_path / "w")
    reads(factory, delay_ms=400)
    settings = factory.settings()
    async with factory.engine() as one, ControlClient.connect(factory.workspace, settings) as other:
        asked = asyncio.create_task(one.read_back("greet"))
        await until_it_reads(other)
        again = await other.read_back("greet", fresh=True)
        assert await asked == again
    assert len(calls(factory)) == 1


async def test_it_is_recorded_when_whoever_asked_is_gone(tmp_path: Path) -> None:
    factory = a_factory(tmp_path / "w")
    reads(factory, delay_ms=400)
    settings = factory.settings()
    async with factory.engine() as client:
        async with ControlClient.connect(factory.workspace, settings) as leaves:
            asked = asyncio.create_task(leaves.read_back("greet"))
            await until_it_reads(client)
            asked.cancel()
        await factory.until("spec.read_back")
        assert (await client.plan_read_back("greet")).recorded
    assert [each[4] for each in calls(factory)] == ["settled"]


async def test_runs_go_on_meanwhile(tmp_path: Path) -> None:
    factory = a_factory(tmp_path / "w")
    factory.add("other", delivers(RIGHT))
    reads(factory, delay_ms=60_000)
    settings = factory.settings()
    async with factory.engine() as client, ControlClient.connect(factory.workspace, settings) as asks:
        asked = asyncio.create_task(asks.read_back("greet"))
        await until_it_reads(client)
        await client.run(())
        await factory.until("run.shipped", spec="other")
        assert not asked.done()
        await client.stop()
        with pytest.raises(ControlError):
            await asked
    assert factory.run_of("other").row.state is RunState.SHIPPED
    assert [each[4] for each in calls(factory) if each[3] == "readback"] == ["presumed"]
    assert {each.type for each in factory.events()[-1:]} == {"engine.stopped"}


async def test_what_a_killed_engine_had_sent_counts_as_spent(tmp_path: Path) -> None:
    factory = a_factory(tmp_path / "w")
    reads(factory, delay_ms=60_000)
    settings = factory.settings()
    async with factory.engine() as client, ControlClient.connect(factory.workspace, settings) as asks:
        asked = asyncio.create_task(asks.read_back("greet"))
        await client.plan_read_back("greet")
        await until_it_reads(client, lambda: "sent" in {each[4] for each in calls(factory)})
        rows = (factory.workspace / "runs.db").read_bytes(), (factory.workspace / "runs.db-wal").read_bytes()
        asked.cancel()
    # What is on the disk at this moment is all that a killed engine leaves.
    (factory.workspace / "runs.db").write_bytes(rows[0])
    (factory.workspace / "runs.db-wal").write_bytes(rows[1])
    reads(factory)
    async with factory.engine() as client:
        read = await client.read_back("greet")
    states = calls(factory)
    assert [each[4] for each in states] == ["presumed", "settled"]
    assert states[1][5] == read.cost < states[0][5]


class TestRefusals:
    async def test_a_scenario_in_what_the_model_would_see(self, tmp_path: Path) -> None:
        factory = a_factory(tmp_path / "w")
        context = factory.workspace / "context" / "examples.md"
        context.write_text(f"# Examples\n\n{GREETS}\n")
        async with factory.engine() as client:
            with pytest.raises(Refused, match=r"examples\.md holds the holdout file greet/s0\.yaml"):
                await client.read_back("greet")
            context.unlink()
            await client.read_back("greet")

    @pytest.mark.parametrize(
        ("name", "what"),
        [("nobody", "nobody.md"), ("../factory", "is no spec"), ("-x", "is no spec"), ("a" * 64, "aaa.md")],
    )
    async def test_a_spec_that_is_not_there(self, tmp_path: Path, name: str, what: str) -> None:
        factory = a_factory(tmp_path / "w")
        async with factory.engine() as client:
            with pytest.raises(Refused, match=what):
                await client.read_back(name)

    async def test_a_spec_whose_head_is_broken(self, tmp_path: Path) -> None:
        factory = a_factory(tmp_path / "w")
        (factory.workspace / "specs" / "greet.md").write_text("no head\n")
        async with factory.engine() as client:
            with pytest.raises(Refused, match="front matter") as refused:
                await client.read_back("greet")
        assert refused.value.todo == "factory-tui spec lint greet"

    async def test_a_twin_without_one(self, tmp_path: Path) -> None:
        factory = a_factory(tmp_path / "w")
        factory.add("mute", delivers(RIGHT), status="draft")
        async with factory.engine() as client:
            with pytest.raises(Refused, match="the twin has no read-back for mute"):
                await client.read_back("mute")

    @pytest.mark.parametrize(
        ("limits", "cap"), [("call_usd = 0.01", "call"), ("day_usd = 0.01", "day"), ("run_usd = 0.01", "run")]
    )
    async def test_a_cap(self, tmp_path: Path, limits: str, cap: str) -> None:
        factory = a_factory(tmp_path / "w")
        config = factory.workspace / "factory.toml"
        config.write_text(config.read_text().replace("run_usd = 1.0", limits))
        async with factory.engine() as client:
            with pytest.raises(Refused, match=f"the {cap} cap of \\$0.01") as refused:
                await client.read_back("greet")
        assert "[limits]" in refused.value.todo
        assert calls(factory) == []
        assert [each.spec for each in factory.events() if each.type == "limit.reached"] == ["greet"]

    async def test_a_batch_cap_does_not_count(self, tmp_path: Path) -> None:
        factory = a_factory(tmp_path / "w")
        config = factory.workspace / "factory.toml"
        config.write_text(config.read_text().replace("batch_usd = 5.0", "batch_usd = 0.0001"))
        async with factory.engine() as client:
            assert (await client.read_back("greet")).cost

    async def test_a_model_without_a_price(self, tmp_path: Path) -> None:
        factory = a_factory(tmp_path / "w")
        config = factory.workspace / "factory.toml"
        config.write_text(config.read_text() + '[profiles.default]\nmodel = "claude-unheard-of"\n')
        async with factory.engine() as client:
            with pytest.raises(Refused, match="there is no price") as refused:
                await client.read_back("greet")
        assert refused.value.missing

    async def test_a_profile_that_there_is_not(self, tmp_path: Path) -> None:
        factory = a_factory(tmp_path / "w")
        spec = factory.workspace / "specs" / "greet.md"
        spec.write_text(spec.read_text().replace("base: main", "base: main\nagent: nobody"))
        async with factory.engine() as client:
            with pytest.raises(Refused, match="no profile named nobody") as refused:
                await client.read_back("greet")
        assert refused.value.todo == "mend `agent` in greet.md"

    async def test_more_text_than_the_model_reads(self, tmp_path: Path) -> None:
        factory = a_factory(tmp_path / "w")
        spec = factory.workspace / "specs" / "greet.md"
        spec.write_text(spec.read_text() + "word " * 180_000)
        (factory.workspace / "prices.toml").write_text(
            "dated = 2026-01-01\n[models.claude-sonnet-4-6]\ninput_usd = 3\noutput_usd = 15\n"
            "context_tokens = 200_000\nmax_output_tokens = 8192\n"
        )
        async with factory.engine() as client:
            with pytest.raises(Refused, match="tokens, and claude-sonnet-4-6 reads 200,000"):
                await client.read_back("greet")
        assert calls(factory) == []

    async def test_a_hold_of_the_provider_is_not_waited_out(self, tmp_path: Path) -> None:
        factory = a_factory(tmp_path / "w")
        factory.add("other", delivers(RIGHT))
        factory.break_twin("other", {"turn": 1, "kind": "rate_limit", "times": 1, "retry_after": 3600})
        async with factory.engine() as client:
            await client.run(())
            await factory.until("hold.started")
            with pytest.raises(Refused, match="the provider refuses calls now: rate limit") as refused:
                await client.read_back("greet")
        assert "after" in refused.value.todo

    async def test_a_live_model_without_key_or_cap(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
        factory = a_factory(tmp_path / "w", base_url="http://127.0.0.1:9")
        async with factory.engine() as client:
            assert (await client.plan_read_back("greet")).charged
            with pytest.raises(Refused, match="no API key") as refused:
                await client.read_back("greet")
        assert refused.value.missing
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-x")
        config, spec = factory.workspace / "factory.toml", factory.workspace / "specs" / "greet.md"
        config.write_text(config.read_text().replace("run_usd = 1.0\n", ""))
        spec.write_text(spec.read_text().replace("budget_usd: 1.00\n", ""))
        async with factory.engine() as client:
            with pytest.raises(Refused, match="without a cap"):
                await client.read_back("greet")

    async def test_without_a_hello_nothing_is_asked(self, tmp_path: Path) -> None:
        factory = a_factory(tmp_path / "w")
        async with factory.engine(), ControlClient.connect(factory.workspace) as stranger:
            with pytest.raises(Refused, match="configuration"):
                await stranger.read_back("greet")
        assert calls(factory) == []


async def test_no_word_of_a_scenario_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded, ws, scripts = tmp_path / "requests.jsonl", tmp_path / "ws", tmp_path / "scripts"
    scripts.mkdir()
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-x")
    async with start_messages_twin(scripts, record=recorded) as url:
        factory = a_factory(ws, base_url=url)
        (ws / "twins" / "anthropic" / "greet.yaml").rename(scripts / "greet.yaml")
        (ws / "context" / "glossary.md").write_text("- **NAME**: who is greeted\n")
        async with factory.engine() as client:
            await client.read_back("greet")
    sent = recorded.read_text()
    assert "who is greeted" in sent
    assert "greets whoever is named" in sent
    assert CANARY not in sent
    assert "s0" not in sent
    assert "sk-ant" not in sent


async def test_an_engine_with_work_besides_runs_is_not_idle(tmp_path: Path) -> None:
    factory = a_factory(tmp_path / "w")
    reads(factory, delay_ms=1500)
    config = factory.workspace / "factory.toml"
    config.write_text(config.read_text().replace("parallel = 2", "parallel = 2\nidle_exit_minutes = 0.01"))
    settings = factory.settings()
    with EngineLock(factory.workspace):
        engine = asyncio.create_task(serve(factory.workspace, settings))
        client = await factory._connect(settings, engine)
        async with client as connected:
            assert (await connected.read_back("greet")).cost == MicroUsd(12_000)
        async with asyncio.timeout(20):
            await engine
