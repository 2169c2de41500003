"""`spec history` and `spec diff`, over files, waiting versions and a history that are real."""

from pathlib import Path

import pytest

from factory_tui.model.run import RunState
from factory_tui.store.inbox import PLACE

from .past import write_past
from .test_spec_list import Shell, shell, workspace

__all__ = ["shell", "workspace"]

SPEC = "stock-api"


def ready(shell: Shell) -> None:
    code, _, err = shell("ready", SPEC)
    assert code == 0, err


def say(workspace: Path, old: str, new: str) -> None:
    file = workspace / "specs" / f"{SPEC}.md"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def hashes(shell: Shell) -> list[str]:
    return [each["version"]["hash"] for each in shell.json("history", SPEC)["versions"]]  # type: ignore[index]


def test_each_version_that_becomes_ready_is_listed_newest_first(workspace: Path, shell: Shell) -> None:
    ready(shell)
    ready(shell)
    say(workspace, "## OUTPUTS", "More.\n\n## OUTPUTS")
    _, out, _ = shell("history", SPEC)
    assert "something else than every version" in out
    ready(shell)
    code, out, _ = shell("history", SPEC)
    assert code == 0
    numbers = [line.split()[0] for line in out.splitlines() if line[:3].strip().isdigit()]
    assert numbers == ["2", "1"]
    assert out.splitlines()[0].endswith("← the file")
    assert "never ran" in out
    assert not (workspace / "runs.db").exists()
    document = shell.json("history", SPEC)
    first, second = document["versions"]  # type: ignore[index]
    assert (first["number"], first["current"], second["current"]) == (1, False, True)
    assert document["file"] == second["version"]["hash"]  # type: ignore[index]
    assert "text" not in first["version"]


async def test_results_stand_with_their_version(workspace: Path, shell: Shell) -> None:
    await write_past(workspace, [(SPEC, RunState.FAILED), (SPEC, RunState.SHIPPED)])
    _, out, _ = shell("history", SPEC)
    assert "r00000000  failed, 1 attempt, $0.00" in out
    assert "r00000001  shipped, 1 attempt" in out


def test_a_spec_without_a_version_and_one_without_a_file(workspace: Path, shell: Shell) -> None:
    code, out, _ = shell("history", SPEC)
    assert (code, "no version yet" in out) == (0, True)
    code, _, err = shell("diff", SPEC)
    assert code == 2
    assert "spec ready stock-api" in err
    ready(shell)
    (workspace / "specs" / f"{SPEC}.md").unlink()
    code, out, _ = shell("history", SPEC)
    assert (code, "  1  " in out) == (0, True)
    code, _, err = shell("diff", SPEC)
    assert code == 2
    assert "no file any more" in err
    code, _, err = shell("history", "nobody")
    assert code == 2
    assert "no such file" in err


def test_what_changed_is_told_item_by_item(workspace: Path, shell: Shell) -> None:
    ready(shell)
    say(workspace, "## OUTPUTS", "More.\n\n## OUTPUTS")
    code, out, _ = shell("diff", SPEC)
    assert code == 0
    head, section, sign, text = out.splitlines()
    assert head.startswith(f"{SPEC}: version 1 (")
    assert head.endswith("→ file")
    assert (section, sign.strip(), text.strip()) == ("INPUTS", "+ text", "+ More.")
    assert "\x1b" not in out
    ready(shell)
    one, two = hashes(shell)
    for words in ([], ["1", "2"], [one[:8], two[:8]], ["1", "file"], [one]):
        changes = shell.json("diff", SPEC, *words)
        count = len(changes["changes"])  # type: ignore[index]
        assert count == (0 if not words else 1), words
    _, out, _ = shell("diff", SPEC, "2", "1")
    assert "- More." in out
    _, out, _ = shell("diff", SPEC, "2", "2")
    assert "they are one version" in out


@pytest.mark.parametrize("word", ["9", "0", "abc", "nothing", "99999999999999999999999", "\x1b[31m"])
def test_a_version_that_there_is_not_is_wrong_usage(shell: Shell, word: str) -> None:
    ready(shell)
    code, _, err = shell("diff", SPEC, word)
    assert code == 2
    assert "names no version" in err
    assert "spec history stock-api" in err


def test_a_version_that_cannot_be_recorded_leaves_the_spec_as_it_is(workspace: Path, shell: Shell) -> None:
    shell("draft", SPEC)
    (workspace / PLACE).parent.mkdir(exist_ok=True)
    (workspace / PLACE).write_text("a file in its place")
    code, _, err = shell("ready", SPEC)
    assert code == 2
    assert "stays as it is" in err
    assert "status: draft" in (workspace / "specs" / f"{SPEC}.md").read_text()


def test_a_damaged_history_is_told_and_specs_are_judged_all_the_same(workspace: Path, shell: Shell) -> None:
    (workspace / "runs.db").write_bytes(b"no database" * 100)
    code, _, err = shell("history", SPEC)
    assert code == 2
    assert "runs.db" in err
    code, _, err = shell("lint", SPEC)
    assert code == 0
    assert "earlier versions are left out" in err


def test_hostile_text_reaches_the_terminal_clean(workspace: Path, shell: Shell) -> None:
    ready(shell)
    say(workspace, "## OUTPUTS", "More \x1b]52;c;eA==\x07 and \u202e this.\n\n## OUTPUTS")
    for words in (["diff", SPEC], ["diff", SPEC, "--json"], ["history", SPEC], ["history", SPEC, "--json"]):
        _, out, err = shell(*words)
        assert not {"\x1b", "\x07", "\u202e"} & {*out, *err}, words
    _, out, _ = shell("diff", SPEC)
    assert "More  and" in out or "More and" in out
