"""The triage list of a real workspace: what history and unsaved text add to what the files say."""

from pathlib import Path

import pytest

from factory_tui.config import load
from factory_tui.model.run import RunState
from factory_tui.model.views import SpecRow
from factory_tui.tui.live import LiveSource
from tests.cli.past import write_past

from .test_source import make_workspace

SHIPPED, FAILED = RunState.SHIPPED, RunState.FAILED


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "workspace").mkdir()
    return make_workspace(tmp_path / "workspace")


def source_of(workspace: Path) -> LiveSource:
    return LiveSource(workspace, load(workspace))


async def row(source: LiveSource, spec: str) -> SpecRow:
    return next(each for each in await source.specs() if each.id == spec)


async def test_a_row_says_who_would_build_it_and_what_it_waits_for(workspace: Path) -> None:
    source = source_of(workspace)
    docs = await row(source, "rotate-docs")
    assert (docs.agent, docs.depends_on) == ("default", ("rotate-logs",))
    assert docs.template.startswith("feature@")
    await source.close()


async def test_estimates_and_revisions_come_from_what_ended_and_follow_it(workspace: Path) -> None:
    source = source_of(workspace)
    assert (await row(source, "stock-api")).estimate.n == 0
    await write_past(workspace, [("stock-api", SHIPPED), ("stock-api", FAILED)])
    assert (await row(source, "close-month")).estimate.n == 2, "both are crud"
    stock = await row(source, "stock-api")
    assert (stock.estimate.shipped, stock.revisions, stock.runs) == (1, 1, 2)
    assert (await row(source, "rotate-logs")).estimate.n == 0
    await source.close()


async def test_unsaved_text_is_seen_in_the_list_until_it_is_let_go(workspace: Path) -> None:
    source = source_of(workspace)
    await source.keep_draft("stock-api", "typed", "read")
    await source.set_aside("rotate-logs", "lost", "mine")
    assert {each.id for each in await source.specs() if each.unsaved} == {"stock-api"}
    await source.drop_draft("stock-api")
    assert not any(each.unsaved for each in await source.specs())
    await source.close()


async def test_while_many_files_change_the_list_stays_and_is_read_once_at_the_end(workspace: Path) -> None:
    source = source_of(workspace)
    assert (await row(source, "stock-api")).priority == 1
    path = workspace / "specs" / "stock-api.md"
    with source._triage.holding_still():
        path.write_text(path.read_text().replace("priority: 1", "priority: 4"))
        source._triage.look_again()
        assert (await row(source, "stock-api")).priority == 1
    assert (await row(source, "stock-api")).priority == 4
    await source.close()


async def test_the_agent_follows_the_routing_that_is_in_force(workspace: Path) -> None:
    source = source_of(workspace)
    assert (await row(source, "stock-api")).agent == "default"
    config = workspace / "factory.toml"
    config.write_text(config.read_text() + '\n[profiles.careful]\nmodel = "claude-opus-4-1"\n')
    config.write_text(config.read_text() + '\n[[routing]]\ncategory = "crud"\nprofile = "careful"\n')
    await source.plan()
    source._triage.look_again()
    assert (await row(source, "stock-api")).agent == "careful"
    assert (await row(source, "rotate-logs")).agent == "default"
    await source.close()
