"""The whole loop, for real: a twin of the API, the real client, real sandboxes, real git."""

import subprocess
from pathlib import Path

import pytest

from factory_tui.control import Refused
from factory_tui.model.failure import FailureClass
from factory_tui.model.run import HoldReason, RunState
from factory_tui.twins import start_messages_twin
from tests.engine.factory import CANARY, GREETS, RIGHT, WRONG, Factory, delivers

BACKENDS = ["local", pytest.param("docker", marks=pytest.mark.docker)]


def git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(params=BACKENDS)
def factory(request: pytest.FixtureRequest, tmp_path: Path) -> Factory:
    return Factory.at(tmp_path / "ws", backend=request.param)


@pytest.fixture
def local(tmp_path: Path) -> Factory:
    return Factory.at(tmp_path / "ws")


async def test_a_spec_that_is_met_ships_to_the_base_of_its_target(factory: Factory) -> None:
    factory.add("greet", delivers(RIGHT))
    await factory.run_batch()
    view = factory.run_of("greet")
    assert view.row.state is RunState.SHIPPED
    target = factory.workspace / "targets" / "greet"
    assert git(target, "rev-parse", "main") == view.commit
    assert git(target, "show", "main:bin/greet").startswith("#!/bin/sh")
    message = git(target, "log", "-1", "--format=%B", f"factory/greet/{view.row.run}")
    assert view.spec_hash[:12] in message
    assert "Verdict: pass" in message
    assert [each.seq for each in factory.events()] == list(range(1, len(factory.events()) + 1))


async def test_a_wrong_artifact_fails_and_the_base_stays(factory: Factory) -> None:
    factory.add("greet", delivers(WRONG))
    await factory.run_batch()
    view = factory.run_of("greet")
    assert view.row.state is RunState.FAILED
    assert [each.scenario for each in view.failures if each.scenario] == ["refuses-without-a-name"]
    target = factory.workspace / "targets" / "greet"
    assert git(target, "ls-tree", "-r", "--name-only", "main") == ""
    assert "bin/greet" in git(target, "ls-tree", "-r", "--name-only", f"factory/greet/{view.row.run}")


async def test_the_second_attempt_starts_from_the_first_with_redacted_feedback(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws", attempts=2)
    mends = [
        {"tools": [{"bash": "cat bin/greet"}]},
        {"tools": [{"write": {"path": "bin/greet", "content": RIGHT}}, {"bash": "chmod +x bin/greet"}]},
        {"text": "Done."},
    ]
    factory.add("greet", delivers(WRONG), mends)
    await factory.run_batch()
    view = factory.run_of("greet")
    assert view.row.state is RunState.SHIPPED
    assert [each.verdict for each in view.attempts] == ["fail", "pass"]
    (disclosed,) = [each for each in factory.events() if each.type == "disclosure.made"]
    assert disclosed.data["rules"] == [["R1", "satisfied"], ["R2", "not satisfied"]]


async def test_nothing_of_a_scenario_is_in_the_events_that_describe_the_build(local: Factory) -> None:
    local.add("greet", delivers(WRONG))
    await local.run_batch()
    told = [each for each in local.events() if each.type.startswith(("turn.", "tool.", "disclosure."))]
    assert told
    assert CANARY not in "".join(each.model_dump_json() for each in told)


async def test_an_agent_that_repeats_itself_is_stopped(local: Factory) -> None:
    local.add("greet", [{"tools": [{"bash": "cat missing"}]} for _ in range(30)])
    await local.run_batch()
    view = local.run_of("greet")
    assert view.row.state is RunState.FAILED
    assert {each.failure_class for each in view.failures} == {FailureClass.STUCK}
    assert view.row.turns < 10


async def test_a_run_over_its_cap_is_stopped_before_the_call(local: Factory) -> None:
    local.add("greet", delivers(RIGHT), usage={"input": 200_000, "output": 30_000})
    await local.run_batch()
    view = local.run_of("greet")
    assert view.row.state is RunState.FAILED
    assert {each.failure_class for each in view.failures} == {FailureClass.BUDGET}


async def test_an_agent_that_changes_nothing_has_not_delivered(local: Factory) -> None:
    local.add("greet", [{"text": "Done, it all works."}])
    await local.run_batch()
    view = local.run_of("greet")
    assert view.row.state is RunState.FAILED
    assert {each.failure_class for each in view.failures} == {FailureClass.NO_DELIVERY}


async def test_a_scenario_that_passes_on_the_untouched_base_holds_the_run_before_any_money(local: Factory) -> None:
    proves_nothing = GREETS.replace("bin/greet " + CANARY, "echo hello " + CANARY)
    local.add(
        "greet", delivers(RIGHT), scenarios=(proves_nothing, GREETS.replace("[R1]", "[R2]").replace("id: g", "id: h"))
    )
    await local.run_batch()
    view = local.run_of("greet")
    assert view.row.state is RunState.HELD
    assert view.row.hold is HoldReason.ADMISSION
    assert "greets-by-name" in view.row.why
    assert view.row.cost == 0


async def test_a_failed_dependency_holds_its_dependents_until_it_ships(local: Factory) -> None:
    local.add("first", delivers(WRONG))
    local.add("second", delivers(RIGHT), after="first")
    async with local.engine() as client:
        await client.run(())
        done = await local.until("batch.finished")
        held = local.run_of("second").row
        assert held.state is RunState.HELD
        assert "first" in held.why
        local.workspace.joinpath("twins/anthropic/first.yaml").write_text(
            local.workspace.joinpath("twins/anthropic/second.yaml").read_text()
        )
        await client.retry(local.run_of("first").row.run)
        await local.until("run.shipped", spec="second", after=done.seq)
    assert local.run_of("second").row.run == held.run


async def test_a_spec_with_errors_is_held_with_its_first_finding(local: Factory) -> None:
    local.add("greet", delivers(RIGHT))
    path = local.workspace / "specs" / "greet.md"
    path.write_text(path.read_text().replace("- E2 (R2)", "- E2 (R9)"))
    await local.run_batch()
    row = local.run_of("greet").row
    assert row.hold is HoldReason.SPEC_NOT_READY
    assert "R9" in row.why or "R2" in row.why


async def test_a_cancelled_run_keeps_its_work_on_the_holding_branch(local: Factory) -> None:
    slow = [
        {"tools": [{"write": {"path": "bin/greet", "content": RIGHT}}]},
        {"text": "Thinking.", "tools": [{"bash": "true"}], "delay_ms": 600_000},
    ]
    local.add("greet", slow)
    async with local.engine() as client:
        answer = await client.run(())
        await local.until("tool.finished")
        await client.cancel(answer.runs[0])
        await local.until("run.cancelled")
        await local.until("batch.finished")
    target = local.workspace / "targets" / "greet"
    assert "bin/greet" in git(target, "ls-tree", "-r", "--name-only", f"factory/greet/{answer.runs[0]}")
    assert git(target, "ls-tree", "-r", "--name-only", "main") == ""


async def test_a_patch_is_written_and_the_target_left_as_it_is(local: Factory) -> None:
    config = local.workspace / "factory.toml"
    config.write_text(config.read_text() + '[delivery]\non_pass = "patch"\n')
    local.add("greet", delivers(RIGHT))
    await local.run_batch()
    row = local.run_of("greet").row
    patch = local.workspace / ".factory" / "artifacts" / f"greet-{row.run}.patch"
    assert (row.state, row.why) == (RunState.SHIPPED, f"the patch is {patch}")
    assert "bin/greet" in patch.read_text()
    assert git(local.workspace / "targets" / "greet", "for-each-ref", "--format=%(refname)") == "refs/heads/main"


async def test_a_branch_is_left_for_the_operator_to_merge(local: Factory) -> None:
    config = local.workspace / "factory.toml"
    config.write_text(config.read_text() + '[delivery]\non_pass = "branch"\n')
    local.add("greet", delivers(RIGHT))
    await local.run_batch()
    row = local.run_of("greet").row
    target = local.workspace / "targets" / "greet"
    assert row.state is RunState.SHIPPED
    assert git(target, "ls-tree", "--name-only", "main") == ""
    assert git(target, "ls-tree", "--name-only", row.branch or "") == "bin"


async def test_a_dirty_target_holds_the_run_and_the_retry_ships_without_building_again(local: Factory) -> None:
    target = local.workspace / "targets" / "greet"
    subprocess.run(["git", "init", "-q", "-b", "main", str(target)], check=True)
    (target / "notes.txt").write_text("kept\n")
    author = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    git(target, "add", "notes.txt")
    git(target, *author, "commit", "-qm", "Start")
    (target / "notes.txt").write_text("being written\n")
    local.add("greet", delivers(RIGHT))
    async with local.engine() as client:
        answer = await client.run(())
        done = await local.until("batch.finished")
        assert local.run_of("greet").row.hold is HoldReason.TARGET_DIRTY
        assert (target / "notes.txt").read_text() == "being written\n"
        git(target, "checkout", "-q", "notes.txt")
        paid = local.run_of("greet").row.cost
        assert await client.retry(answer.runs[0]) == answer.runs[0]
        await local.until("run.shipped", after=done.seq)
    assert local.run_of("greet").row.cost == paid
    assert (target / "bin" / "greet").exists()


async def test_a_version_with_an_outcome_is_not_run_again_unless_it_is_named(local: Factory) -> None:
    local.add("greet", delivers(RIGHT))
    async with local.engine() as client:
        first = await client.run(())
        await local.until("batch.finished")
        assert (await client.run(())).runs == ()
        assert len((await client.run(("greet",))).runs) == 1
    assert first.runs


async def test_naming_a_draft_or_unknown_spec_is_refused_with_what_to_do(local: Factory) -> None:
    local.add("greet", delivers(RIGHT), status="draft")
    async with local.engine() as client:
        refused = dict((await client.run(("greet", "nothing-here"))).refused)
    assert "spec ready greet" in refused["greet"]
    assert "spec list" in refused["nothing-here"]


async def test_a_target_that_is_no_repository_holds_only_its_own_run(local: Factory) -> None:
    local.add("broken", delivers(RIGHT))
    local.add("greet", delivers(RIGHT))
    (local.workspace / "targets" / "broken").write_text("a file")
    await local.run_batch()
    assert local.run_of("broken").row.hold is HoldReason.TARGET
    assert local.run_of("greet").row.state is RunState.SHIPPED


async def test_a_live_model_without_a_key_is_refused_before_anything_is_queued(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws", base_url="https://127.0.0.1:9")
    factory.add("greet", delivers(RIGHT))
    async with factory.engine() as client:
        with pytest.raises(Refused, match="key"):
            await client.run(())
    assert [each.type for each in factory.events()] == ["engine.started", "engine.stopped"]


async def test_an_interrupted_run_goes_back_into_the_queue_and_ships_after_the_next_start(local: Factory) -> None:
    local.add("greet", delivers(RIGHT, delay_ms=300_000))
    async with local.engine() as client:
        await client.run(())
        await local.until("run.building")
    assert local.run_of("greet").row.state is RunState.QUEUED
    script = local.workspace / "twins" / "anthropic" / "greet.yaml"
    script.write_text(script.read_text().replace("300000", "0"))
    async with local.engine():
        await local.until("run.shipped")


async def test_a_model_that_the_service_does_not_serve_is_refused_before_the_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    async with start_messages_twin(scripts) as url:
        factory = Factory.at(tmp_path / "ws", base_url=url)
        config = factory.workspace / "factory.toml"
        profile = '[profiles.default]\nmodel = "claude-nowhere-1"\n'
        config.write_text(config.read_text() + "allow_unsafe_local = true\n" + profile)
        (factory.workspace / "prices.toml").write_text(
            "dated = 2026-11-01\n[models.claude-nowhere-1]\ninput_usd = 1\noutput_usd = 5\n"
            "context_tokens = 200000\nmax_output_tokens = 64000\n"
        )
        factory.add("greet", delivers(RIGHT))
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-none")
        async with factory.engine() as client:
            with pytest.raises(Refused, match="claude-nowhere-1"):
                await client.run(())


async def test_the_twin_serves_the_models_that_the_workspace_gives_a_price(local: Factory) -> None:
    config = local.workspace / "factory.toml"
    config.write_text(config.read_text() + '[profiles.default]\nmodel = "our-model-1"\n')
    (local.workspace / "prices.toml").write_text(
        "dated = 2026-11-01\n[models.our-model-1]\ninput_usd = 1\noutput_usd = 5\n"
        "context_tokens = 200000\nmax_output_tokens = 64000\n"
    )
    local.add("greet", delivers(RIGHT))
    await local.run_batch()
    assert local.run_of("greet").row.state is RunState.SHIPPED, local.run_of("greet").row.why


async def test_a_live_model_is_refused_on_the_local_sandbox_without_consent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory = Factory.at(tmp_path / "ws", base_url="https://127.0.0.1:9")
    factory.add("greet", delivers(RIGHT))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-none")
    async with factory.engine() as client:
        with pytest.raises(Refused, match="local sandbox"):
            await client.run(())


@pytest.mark.docker
async def test_a_build_container_that_is_killed_is_replaced_and_costs_no_attempt(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws", backend="docker")
    slow_at_first = [{"text": "Thinking.", "tools": [{"bash": "sleep 600"}]}, *delivers(RIGHT)]
    factory.add("greet", slow_at_first)
    async with factory.engine() as client:
        answer = await client.run(())
        await factory.until("tool.started")
        script = factory.workspace / "twins" / "anthropic" / "greet.yaml"
        script.write_text(script.read_text().replace("sleep 600", "true"))
        label = f"label=factory.run={answer.runs[0]}"
        found = subprocess.run(["docker", "ps", "-q", "--filter", label], capture_output=True, text=True, check=True)
        subprocess.run(["docker", "rm", "-f", *found.stdout.split()], capture_output=True, check=True)
        await factory.until("batch.finished")
    view = factory.run_of("greet")
    assert view.row.state is RunState.SHIPPED
    assert view.row.attempt == 1
    assert [each.failure_class for each in view.failures] == [FailureClass.ENVIRONMENT]
