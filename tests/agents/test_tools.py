"""The two tools, in a real sandbox, as a model meets them."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import pytest

from factory_tui.agents.editor import NAME
from factory_tui.agents.tool import OUTPUT_CAP, ToolOutcome, clipped
from factory_tui.agents.toolbox import Toolbox, summary
from factory_tui.agents.wire import ToolCall
from factory_tui.sandbox.port import Sandbox

Use = Callable[..., Awaitable[ToolOutcome]]


@pytest.fixture
def bash(sandbox: Sandbox) -> Use:
    toolbox, numbers = Toolbox.of(sandbox), count()

    async def used(command: str, longest_s: float = 30) -> ToolOutcome:
        return await toolbox.use(ToolCall("t", "bash", {"command": command}), f"b{next(numbers)}", longest_s)

    return used


@pytest.fixture
def edit(sandbox: Sandbox) -> Use:
    toolbox, numbers = Toolbox.of(sandbox), count()

    async def used(command: str, path: str, **rest: Any) -> ToolOutcome:
        call = ToolCall("t", NAME, {"command": command, "path": path, **rest})
        return await toolbox.use(call, f"e{next(numbers)}", 30)

    return used


async def test_a_session_keeps_directory_variables_functions_and_options(bash: Use) -> None:
    await bash("mkdir d; cd d; plain=1; export SEEN=2; greet() { echo hi $1; }; set -o pipefail; umask 077")
    answer = await bash("basename $PWD; echo $plain $SEEN; sh -c 'echo $SEEN$plain'; greet you; umask; false | true")
    assert answer.text == "d\n1 2\n2\nhi you\n0077\n[exit code 1]"


@pytest.mark.parametrize("ending", ["exit 3", "false", "kill -TERM $$", "set -e; false", "set -u; echo $nothing"])
async def test_a_session_survives_a_command_that_ends_it(bash: Use, ending: str) -> None:
    await bash("kept=yes")
    assert not (await bash(ending)).ok
    assert (await bash("set +eu; echo $kept")).text == "yes"


async def test_values_with_line_ends_and_quotes_come_back_as_they_were(bash: Use) -> None:
    await bash("v=$'a\\nset -x\\n\\'\"$(touch ran)\\\\'")
    assert (await bash('printf %s "$v"; ls')).text == "a\nset -x\n'\"$(touch ran)\\"


async def test_a_command_that_hangs_is_killed_and_the_session_goes_on(bash: Use) -> None:
    await bash("kept=yes")
    answer = await bash("kept=no; sleep 60 & echo $! >pid; echo started; sleep 60", longest_s=1)
    assert answer.is_error
    assert answer.text.startswith("started\n[timed out after 1 s;")
    # What was killed answers to signals until it is reaped, which may take a moment; the command's timeout bounds it.
    gone = "while kill -0 $(cat pid) 2>/dev/null; do sleep 0.01; done; echo gone"
    assert (await bash(f"echo $kept; {gone}")).text == "yes\ngone"


async def test_a_command_reads_nothing_and_gets_its_text_whole(bash: Use) -> None:
    assert (await bash("cat; cat <<'END'\n$HOME `ls` 'x'\nEND")).text == "$HOME `ls` 'x'"
    assert (await bash("printf ''")).text == "(no output)"


async def test_a_background_process_outlives_its_command(bash: Use) -> None:
    await bash("sleep 60 >/dev/null 2>&1 & echo $! >pid")
    assert (await bash("kill -0 $(cat pid) && echo alive")).text == "alive"


async def test_a_restart_begins_anew(bash: Use, sandbox: Sandbox) -> None:
    await bash("v=1; mkdir d; cd d; sleep 60 >/dev/null 2>&1 & echo $! >/tmp/pid")
    answer = await Toolbox.of(sandbox).use(ToolCall("t", "bash", {"restart": True}), "restart", 30)
    assert "restarted" in answer.text
    assert (await bash('echo "[$v]"; kill -0 $(cat /tmp/pid) 2>/dev/null || echo gone')).text == "[]\ngone"
    assert (await bash("pwd")).text == sandbox.work


async def test_a_flood_of_output_is_cut_in_the_middle(bash: Use) -> None:
    answer = await bash("echo first; seq 1 200000; echo last")
    assert answer.text.startswith("first\n1\n2\n")
    assert answer.text.endswith("\nlast")
    assert "left out" in answer.text
    assert len(answer.text) < OUTPUT_CAP + 200


async def test_output_that_is_no_text_is_told_as_far_as_it_goes(bash: Use) -> None:
    assert (await bash("printf 'a\\377b'")).text == "a\ufffdb"


async def test_a_file_is_created_with_its_directories_and_replaced(edit: Use, sandbox: Sandbox) -> None:
    assert (await edit("create", "a/b/c.txt", file_text="one\n")).ok
    assert (await edit("create", f"{sandbox.work}/a/b/c.txt", file_text="two\n")).ok
    assert await sandbox.read("a/b/c.txt") == b"two\n"


async def test_a_file_is_viewed_with_line_numbers(edit: Use) -> None:
    await edit("create", "f", file_text="a\nb\nc\n")
    assert (await edit("view", "f")).text.endswith("     1\ta\n     2\tb\n     3\tc")
    assert (await edit("view", "f", view_range=[2, 2])).text.endswith(":\n     2\tb")
    assert (await edit("view", "f", view_range=[2, -1])).text.endswith(":\n     2\tb\n     3\tc")
    assert (await edit("view", "f", view_range=[3, 99])).text.endswith(":\n     3\tc")


async def test_a_directory_is_listed_two_levels_deep(edit: Use, sandbox: Sandbox) -> None:
    for path in ("top", "d/one", "d/e/two", ".hidden/x"):
        await edit("create", path, file_text="")
    listed = (await edit("view", ".")).text.split("\n")[1:]
    names = [line.removeprefix(f"{sandbox.work}/") for line in listed]
    assert {"top", "d", "d/one", "d/e"} <= set(names)
    assert not {"d/e/two", ".hidden"} & set(names)


@pytest.mark.parametrize(
    ("before", "old", "new", "after"),
    [
        ("a\nb\n", "b", "c", "a\nc\n"),
        ("a b c", " b", "", "a c"),
        ("ä\r\nx", "ä", "ö", "ö\r\nx"),
        ("f(1)\\1", "(1)\\1", "\\g<0>", "f\\g<0>"),
    ],
)
async def test_text_is_replaced_verbatim(
    edit: Use, sandbox: Sandbox, before: str, old: str, new: str, after: str
) -> None:
    await edit("create", "f", file_text=before)
    assert (await edit("str_replace", "f", old_str=old, new_str=new)).ok
    assert await sandbox.read("f") == after.encode()


async def test_a_replacement_without_new_text_deletes(edit: Use, sandbox: Sandbox) -> None:
    await edit("create", "f", file_text="abc")
    await edit("str_replace", "f", old_str="b")
    assert await sandbox.read("f") == b"ac"


async def test_an_executable_stays_executable(edit: Use, bash: Use) -> None:
    await edit("create", "run", file_text="#!/bin/sh\necho one\n")
    await bash("chmod +x run")
    await edit("str_replace", "run", old_str="one", new_str="two")
    assert (await bash("./run")).text == "two"


@pytest.mark.parametrize(
    ("before", "line", "text", "after"),
    [
        ("a\nb\n", 0, "x\n", "x\na\nb\n"),
        ("a\nb\n", 1, "x", "a\nx\nb\n"),
        ("a\nb\n", 2, "x\n", "a\nb\nx\n"),
        ("a\nb", 2, "x", "a\nb\nx"),
        ("a\nb", 1, "x", "a\nx\nb"),
        ("", 0, "x", "x"),
    ],
)
async def test_text_is_inserted_after_a_line(
    edit: Use, sandbox: Sandbox, before: str, line: int, text: str, after: str
) -> None:
    await edit("create", "f", file_text=before)
    assert (await edit("insert", "f", insert_line=line, insert_text=text)).ok
    assert await sandbox.read("f") == after.encode()


@pytest.mark.parametrize(
    ("command", "path", "rest", "words"),
    [
        ("view", "missing", {}, "does not exist"),
        ("view", "binary", {}, "not UTF-8"),
        ("view", "huge", {}, "larger than 1024 KiB"),
        ("view", "two", {"view_range": [0, 1]}, "Its first element should be within 1 and 2"),
        ("view", "two", {"view_range": [2, 1]}, "Its second element should be -1 or at least 2"),
        ("view", "two", {"view_range": [1]}, "view_range"),
        ("view", "d", {"view_range": [1, 2]}, "not allowed when `path` points to a directory"),
        ("create", "d", {"file_text": "x"}, "d: "),
        ("create", "f", {}, "file_text: Field required"),
        ("str_replace", "missing", {"old_str": "a"}, "does not exist"),
        ("str_replace", "two", {"old_str": "z"}, "did not appear verbatim"),
        ("str_replace", "two", {"old_str": "x"}, "Found 2 matches of old_str, on lines 1, 2"),
        ("str_replace", "two", {"old_str": ""}, "old_str: "),
        ("insert", "two", {"insert_line": 3, "insert_text": "y"}, "within 0 and 2"),
        ("insert", "two", {"insert_line": -1, "insert_text": "y"}, "insert_line: "),
        ("insert", "two", {"insert_line": 1}, "insert_text: Field required"),
        ("view", "a\0b", {}, "NUL"),
        ("view", "", {}, "path: "),
        ("undo_edit", "two", {}, "undo_edit"),
    ],
)
async def test_what_cannot_be_done_is_an_error_that_says_why(
    edit: Use, bash: Use, command: str, path: str, rest: dict, words: str
) -> None:
    await bash("mkdir d; printf 'x\\nx\\n' >two; printf '\\377' >binary; head -c 1100000 /dev/zero | tr '\\0' a >huge")
    answer = await edit(command, path, **rest)
    assert answer.is_error
    assert not answer.ok
    assert words in answer.text


def test_a_long_text_keeps_head_and_tail() -> None:
    assert clipped("abc", 3) == "abc"
    assert clipped("a" * 50 + "b" * 50, 20) == "a" * 10 + "\n[… 80 characters left out …]\n" + "b" * 10


@pytest.mark.parametrize(
    ("name", "given", "line"),
    [
        ("bash", {"command": "ls -la\n  cat x"}, "ls -la cat x"),
        ("bash", {"restart": True}, "restart"),
        ("bash", {}, ""),
        (NAME, {"command": "create", "path": "a//b"}, "create a/b"),
        ("hammer", {"x": 1}, "hammer {'x': 1}"),
    ],
)
def test_a_call_is_summed_up_in_one_line(name: str, given: dict, line: str) -> None:
    assert summary(ToolCall("t", name, given)) == line


def test_a_summary_is_short() -> None:
    assert len(summary(ToolCall("t", "bash", {"command": "x" * 10_000}))) == 200
