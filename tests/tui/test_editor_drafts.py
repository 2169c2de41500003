"""Drafts on disk: private, one for each editor, and nothing but what an editor wrote is ever taken for one."""

import asyncio
import os
import stat

import pytest

from factory_tui import config
from factory_tui.tui.live import LiveSource
from factory_tui.tui.live.drafts import Drafts
from factory_tui.tui.source import SourceError

from .test_editor_source import LIVE, live, workspace_of

__all__ = ["live"]


async def test_drafts_are_private_and_set_aside_texts_never_overwrite_each_other(live: LiveSource) -> None:
    places = [await live.set_aside(LIVE, f"text {number}", "theirs") for number in range(3)]
    assert len(set(places)) == 3
    await live.keep_draft(LIVE, "typed", "seen")
    folder = workspace_of(live) / ".factory" / "drafts"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    assert [(workspace_of(live) / each).read_text() for each in places] == ["text 0", "text 1", "text 2"]


async def test_two_editors_of_one_spec_keep_a_draft_each(live: LiveSource) -> None:
    other = LiveSource(workspace_of(live), config.load(workspace_of(live), {}))
    await live.keep_draft(LIVE, "mine", "seen")
    assert await other.draft(LIVE) is None, "it belongs to an editor that is open"
    await other.keep_draft(LIVE, "theirs", "seen")
    await live.keep_draft(LIVE, "mine, more", "seen")
    for source, text in ((live, "mine, more"), (other, "theirs")):
        draft = await source.draft(LIVE)
        assert draft is not None
        assert draft.text == text
    assert Drafts(workspace_of(live)).names() == {LIVE}
    await live.drop_draft(LIVE)
    assert Drafts(workspace_of(live)).names() == {LIVE}, "the other one's is there"
    await other.drop_draft(LIVE)
    assert Drafts(workspace_of(live)).names() == frozenset()
    await other.close()


async def test_what_several_editors_left_behind_is_offered_one_after_the_other(live: LiveSource) -> None:
    workspace = workspace_of(live)
    others = [LiveSource(workspace, config.load(workspace, {})) for _ in range(3)]
    for number, other in enumerate(others):
        await other.keep_draft(LIVE, f"text {number}", "seen")
    for other in others:
        await other.close()
    for number in range(3):
        draft = await live.draft(LIVE)
        assert draft is not None
        assert draft.text == f"text {number}"
        await live.drop_draft(LIVE)
    assert await live.draft(LIVE) is None
    assert list((workspace / ".factory" / "drafts").iterdir()) == [], "no locks are left behind"


async def test_what_was_left_behind_while_this_editor_was_open_is_not_written_over(live: LiveSource) -> None:
    assert await live.draft(LIVE) is None
    other = LiveSource(workspace_of(live), config.load(workspace_of(live), {}))
    await other.keep_draft(LIVE, "theirs", "seen")
    await other.close()
    await live.keep_draft(LIVE, "mine", "seen")
    await live.drop_draft(LIVE)
    draft = await live.draft(LIVE)
    assert draft is not None
    assert draft.text == "theirs"


async def test_a_draft_that_is_damaged_is_no_draft(live: LiveSource) -> None:
    await live.keep_draft(LIVE, "typed", "seen")
    (workspace_of(live) / ".factory" / "drafts" / f"{LIVE}.md").write_bytes(b"\xff\xfe")
    assert await live.draft(LIVE) is None


async def test_a_link_in_the_place_of_the_drafts_costs_no_spec(live: LiveSource) -> None:
    text = live.spec_file(LIVE).read_text()
    (workspace_of(live) / ".factory").mkdir(exist_ok=True)
    (workspace_of(live) / ".factory" / "drafts").symlink_to(workspace_of(live) / "specs")
    for refused in (
        live.draft(LIVE),
        live.keep_draft(LIVE, "typed", text),
        live.set_aside(LIVE, "typed", "mine"),
        live.drop_draft(LIVE),
    ):
        with pytest.raises(SourceError, match="link"):
            await refused
    assert live.spec_file(LIVE).read_text() == text
    assert len(list((workspace_of(live) / "specs").glob(f"{LIVE}*"))) == 1


@pytest.mark.parametrize("what", ["link", "pipe", "huge"])
async def test_what_the_editor_did_not_write_is_no_draft_and_never_waited_for(live: LiveSource, what: str) -> None:
    await live.keep_draft(LIVE, "typed", "seen")
    draft = workspace_of(live) / ".factory" / "drafts" / f"{LIVE}.md"
    draft.unlink()
    if what == "link":
        draft.symlink_to(live.spec_file(LIVE))
    elif what == "huge":
        draft.touch()
        os.truncate(draft, 1 << 40)
    else:
        os.mkfifo(draft)
    async with asyncio.timeout(20):
        if what == "pipe":
            with pytest.raises(SourceError, match="regular file"):
                await live.draft(LIVE)
        else:
            assert await live.draft(LIVE) is None
    await live.keep_draft(LIVE, "typed again", "seen")
    found = await live.draft(LIVE)
    assert found is not None
    assert found.text == "typed again"
    assert live.spec_file(LIVE).read_text() != "typed again"
