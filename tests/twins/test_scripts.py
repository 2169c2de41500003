"""What the twin says comes from the script of the spec, in the API's forms."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from factory_tui.twins import TwinError, start_messages_twin
from factory_tui.twins.messages.script import ScriptError, load_script
from tests.twins.conftest import HEADERS

ASK = {"model": "claude-sonnet-4-5", "max_tokens": 100, "messages": [{"role": "user", "content": "go"}]}
TOOLS = [{"type": "bash_20250124", "name": "bash"}]

DEMO = """\
attempts:
  - - text: Looking.
      tools: [{bash: "ls -la"}, {view: notes.md}]
    - tools:
        - write: {path: a.py, content: "print('ä')\\n"}
        - edit: {path: a.py, old: ä, new: o}
        - raw: {name: hammer, input: [1]}
        - restart: true
      usage: {input: 7, output: 8}
    - text: Done.
  - - text: Second attempt.
usage: {input: 2000, output: 400}
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    directory = tmp_path / "scripts"
    directory.mkdir()
    return directory


def script(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def asked(turn: int, stream: bool = False) -> dict:
    """The request for `turn` of a conversation without tools."""
    messages = [{"role": "user", "content": "go"}]
    for _ in range(turn - 1):
        messages += [{"role": "assistant", "content": "I did"}, {"role": "user", "content": "go on"}]
    return {**ASK, "messages": messages, "tools": TOOLS, "stream": stream}


def events_of(text: str) -> list[dict]:
    events = []
    for part in text.removesuffix("\n\n").split("\n\n"):
        first, second = part.split("\n")
        event = json.loads(second.removeprefix("data: "))
        assert first == f"event: {event['type']}"
        events.append(event)
    return events


async def test_a_turn_is_answered_whole(twin: httpx2.AsyncClient, script_path: Path) -> None:
    script(script_path, DEMO)
    message = (await twin.post("/v1/messages", json=asked(1))).json()
    assert (message["type"], message["role"], message["stop_reason"]) == ("message", "assistant", "tool_use")
    assert message["usage"]["input_tokens"] == 2000
    assert message["usage"]["output_tokens"] == 400
    text, bash, view = message["content"]
    assert text == {"type": "text", "text": "Looking."}
    assert (bash["name"], bash["input"]) == ("bash", {"command": "ls -la"})
    assert (view["name"], view["input"]) == ("str_replace_based_edit_tool", {"command": "view", "path": "notes.md"})
    assert bash["id"] != view["id"]


async def test_a_turn_is_streamed_in_the_forms_of_the_api(twin: httpx2.AsyncClient, script_path: Path) -> None:
    script(script_path, DEMO)
    answer = await twin.post("/v1/messages", json=asked(2, stream=True))
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = events_of(answer.text)
    kinds = [event["type"] for event in events]
    assert kinds[:2] == ["message_start", "ping"]
    assert kinds[-2:] == ["message_delta", "message_stop"]
    assert events[0]["message"]["stop_reason"] is None
    assert events[0]["message"]["usage"]["input_tokens"] == 7
    assert events[-2]["delta"]["stop_reason"] == "tool_use"
    assert events[-2]["usage"]["output_tokens"] == 8
    inputs = ["", "", "", ""]
    for event in events:
        if event["type"] == "content_block_delta":
            inputs[event["index"]] += event["delta"]["partial_json"]
    names = [event["content_block"]["name"] for event in events if event["type"] == "content_block_start"]
    assert names == ["str_replace_based_edit_tool", "str_replace_based_edit_tool", "hammer", "bash"]
    assert [json.loads(each) for each in inputs] == [
        {"command": "create", "path": "a.py", "file_text": "print('ä')\n"},
        {"command": "str_replace", "path": "a.py", "old_str": "ä", "new_str": "o"},
        [1],
        {"restart": True},
    ]


async def test_turns_end_with_a_closing_word_and_attempts_repeat_the_last(
    twin: httpx2.AsyncClient, script_path: Path
) -> None:
    script(script_path, DEMO)

    async def said(turn: int, attempt: int) -> str:
        answer = await twin.post("/v1/messages", json=asked(turn), headers={"x-factory-attempt": str(attempt)})
        assert answer.json()["stop_reason"] == "end_turn"
        return answer.json()["content"][0]["text"]

    assert await said(3, 1) == "Done."
    assert await said(4, 1) == "I have nothing to add."
    assert await said(1, 2) == "Second attempt."
    assert await said(1, 9) == "Second attempt."


@pytest.mark.parametrize("spec", ["unknown", "", "../scripts/{}", "{}.yaml", "DEMO"])
async def test_a_spec_without_a_script_gets_a_plain_text(
    twin: httpx2.AsyncClient, script_path: Path, spec: str
) -> None:
    script(script_path, DEMO)
    named = spec.format(script_path.stem)
    message = (await twin.post("/v1/messages", json=ASK, headers={"x-factory-spec": named})).json()
    assert message["stop_reason"] == "end_turn"
    assert "no script" in message["content"][0]["text"]


async def test_another_role_than_build_has_no_script(twin: httpx2.AsyncClient, script_path: Path) -> None:
    script(script_path, DEMO)
    message = (await twin.post("/v1/messages", json=ASK, headers={"x-factory-role": "critic"})).json()
    assert "no script for the role 'critic'" in message["content"][0]["text"]


async def test_a_judge_votes_by_scenario_and_number_and_the_last_vote_repeats(
    twin: httpx2.AsyncClient, script_path: Path
) -> None:
    votes = (
        "{clear: [{ballot: meets}, {ballot: misses, quotes: [{text: 2, words: no}]}], other/names: [{ballot: meets}]}"
    )
    script(script_path, f"attempts: [[{{text: hi}}]]\njudge: {votes}\n")

    async def said(about: str) -> Any:
        headers = {"x-factory-role": "judge", "x-factory-about": about}
        answer = (await twin.post("/v1/messages", json=ASK, headers=headers)).json()
        return answer.get("content", [answer.get("error")])[0]

    assert (await said("clear/1"))["input"] == {"ballot": "meets", "reason": "", "quotes": []}
    assert (await said("clear/2"))["input"]["quotes"] == [{"text": 2, "words": "no"}]
    assert (await said("clear/9"))["input"]["ballot"] == "misses"
    assert (await said("other/names/1"))["name"] == "vote"
    assert (await said("unknown/1"))["text"] == "There is no vote on unknown in the script."
    for wrong in ("clear", "clear/0", "/1", "clear/x"):
        assert "x-factory-about" in (await said(wrong))["message"]


async def test_a_turn_overrides_the_part_of_the_usage_that_it_states(
    twin: httpx2.AsyncClient, script_path: Path
) -> None:
    script(script_path, "attempts: [[{text: hi, usage: {output: 7, cache_read: 3}}]]\nusage: {input: 10, output: 20}")
    usage = (await twin.post("/v1/messages", json=ASK)).json()["usage"]
    assert (usage["input_tokens"], usage["output_tokens"], usage["cache_read_input_tokens"]) == (10, 7, 3)


@pytest.mark.parametrize("stop", ["max_tokens", "refusal", "pause_turn"])
async def test_a_turn_may_stop_for_another_reason(twin: httpx2.AsyncClient, script_path: Path, stop: str) -> None:
    script(script_path, f"attempts: [[{{text: hm, stop: {stop}}}]]")
    assert (await twin.post("/v1/messages", json=ASK)).json()["stop_reason"] == stop


async def test_a_script_that_changes_is_read_again(twin: httpx2.AsyncClient, script_path: Path) -> None:
    script(script_path, "attempts: [[{text: one}]]")
    assert (await twin.post("/v1/messages", json=ASK)).json()["content"][0]["text"] == "one"
    script(script_path, "attempts: [[{text: another}]]")
    assert (await twin.post("/v1/messages", json=ASK)).json()["content"][0]["text"] == "another"


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("overloaded", 529, "overloaded_error"),
        ("rate_limit", 429, "rate_limit_error"),
        ("spend_limit", 429, "rate_limit_error"),
        ("server_error", 500, "api_error"),
    ],
)
async def test_a_fault_is_an_error_as_often_as_the_script_says(
    twin: httpx2.AsyncClient, script_path: Path, kind: str, status: int, error: str
) -> None:
    script(script_path, f"attempts: [[{{text: hi}}]]\nfaults: [{{turn: 1, kind: {kind}, times: 2, retry_after: 3}}]")
    for _ in range(2):
        answer = await twin.post("/v1/messages", json=ASK)
        assert (answer.status_code, answer.json()["error"]["type"]) == (status, error)
        assert answer.headers["retry-after"] == "3"
    assert (await twin.post("/v1/messages", json=ASK)).status_code == 200
    second_attempt = await twin.post("/v1/messages", json=ASK, headers={"x-factory-attempt": "2"})
    assert second_attempt.status_code == status, "each attempt meets the fault"


async def test_a_model_may_answer_something_else_the_first_times(twin: httpx2.AsyncClient, script_path: Path) -> None:
    script(
        script_path,
        "attempts: [[{tools: [{bash: ls}]}, {text: Done., usage: {output: 7}}]]\nusage: {output: 3}\n"
        'faults: [{turn: 2, kind: answer, times: 2, text: "QUESTION", tools: [{view: a}]}]\n',
    )

    async def said(turn: int, attempt: int = 1) -> dict:
        answer = await twin.post("/v1/messages", json=asked(turn), headers={"x-factory-attempt": str(attempt)})
        return answer.json()

    assert (await said(1))["content"][0]["name"] == "bash"
    for attempt in (1, 2, 1, 2):
        other = await said(2, attempt)
        assert [block["type"] for block in other["content"]] == ["text", "tool_use"]
        assert (other["stop_reason"], other["usage"]["output_tokens"]) == ("tool_use", 3)
    for attempt in (1, 2):
        scripted = await said(2, attempt)
        assert (scripted["content"][0]["text"], scripted["usage"]["output_tokens"]) == ("Done.", 7)


async def test_a_fault_may_depend_on_what_the_request_does_not_say(twin: httpx2.AsyncClient, script_path: Path) -> None:
    script(
        script_path,
        "attempts: [[{text: Done.}]]\nfaults: [{turn: 1, kind: answer, times: 9, text: QUESTION, unless: 'in euro'}]\n",
    )
    for said, wanted in (("in dollars", "QUESTION"), ("in euro", "Done."), ("in dollars", "QUESTION")):
        request = asked(1)
        request["system"] = f"Amounts are {said}."
        answer = await twin.post("/v1/messages", json=request)
        assert answer.json()["content"][0]["text"] == wanted


async def test_another_answer_is_streamed_whole(twin: httpx2.AsyncClient, script_path: Path) -> None:
    script(script_path, "attempts: [[{text: Done.}]]\nfaults: [{turn: 1, kind: answer, text: Not yet.}]")
    events = events_of((await twin.post("/v1/messages", json=asked(1, stream=True))).text)
    assert events[-1]["type"] == "message_stop"
    assert "Not yet." in str(events)


async def test_a_reset_breaks_the_connection(twin: httpx2.AsyncClient, script_path: Path) -> None:
    script(script_path, "attempts: [[{text: hi}]]\nfaults: [{turn: 1, kind: reset}]")
    with pytest.raises(httpx2.TransportError):
        await twin.post("/v1/messages", json=ASK)
    assert (await twin.post("/v1/messages", json=ASK)).status_code == 200


async def test_a_hang_answers_nothing(twin: httpx2.AsyncClient, script_path: Path) -> None:
    script(script_path, "attempts: [[{text: hi}]]\nfaults: [{turn: 1, kind: hang}]")
    with pytest.raises(httpx2.ReadTimeout):
        await twin.post("/v1/messages", json=ASK, timeout=0.3)


async def test_a_truncated_stream_ends_as_if_it_were_whole(twin: httpx2.AsyncClient, script_path: Path) -> None:
    script(script_path, 'attempts: [[{text: hi, tools: [{bash: "ls"}]}]]\nfaults: [{turn: 1, kind: truncate}]')
    answer = await twin.post("/v1/messages", json=asked(1, stream=True))
    assert answer.status_code == 200
    kinds = [event["type"] for event in events_of(answer.text)]
    assert "content_block_delta" in kinds
    assert "message_delta" not in kinds
    assert "message_stop" not in kinds


async def test_a_redirect_points_elsewhere(twin: httpx2.AsyncClient, script_path: Path) -> None:
    script(script_path, "attempts: [[{text: hi}]]\nfaults: [{turn: 1, kind: redirect}]")
    answer = await twin.post("/v1/messages", json=ASK)
    assert answer.status_code == 307
    assert "location" in answer.headers


async def test_a_broken_script_is_an_error_that_names_file_line_and_field(
    twin: httpx2.AsyncClient, script_path: Path
) -> None:
    script(script_path, "attempts:\n  - - text: hi\n      tool: []\n")
    answer = await twin.post("/v1/messages", json=ASK)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
    said = answer.json()["error"]["message"]
    assert f"{script_path.name}:3: attempts.0.0.tool: Extra inputs are not permitted" in said
    script(script_path, "attempts: [[{text: mended}]]")
    assert (await twin.post("/v1/messages", json=ASK)).status_code == 200


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ":1: the file: "),
        ("- 1\n", ":1: the file: "),
        ("turns: []\n", ":1: attempts: Field required"),
        ("attempts: []\n", ":1: attempts: "),
        ("attempts: [[]]\nspeed: 1\n", ":2: speed: Extra inputs"),
        ("attempts:\n- - text: 3\n", ":2: attempts.0.0.text: "),
        ("attempts:\n- - tools:\n    - bash: ls\n      view: a\n", "attempts.0.0.tools.0: a tool is exactly one of"),
        ("attempts:\n- - tools: [{}]\n", "a tool is exactly one of"),
        ("attempts:\n- - tools: [{write: {path: a}}]\n", "attempts.0.0.tools.0.write.content: Field required"),
        ("attempts: [[]]\nusage: {input: -1}\n", ":2: usage.input: "),
        ("attempts: [[]]\ndelay_ms: soon\n", ":2: delay_ms: "),
        ("attempts: [[]]\nfaults: [{turn: 0, kind: reset}]\n", ":2: faults.0.turn: "),
        ("attempts: [[]]\nfaults: [{turn: 1, kind: flood}]\n", ":2: faults.0.kind: "),
        ("attempts: [[]]\nfaults: [{turn: 1, kind: reset, times: 0}]\n", ":2: faults.0.times: "),
        ("attempts: [[]]\nfaults: [{turn: 1, kind: answer}]\n", ":2: faults.0: an answer needs text, tools or both"),
        ("attempts: [[]]\nfaults: [{turn: 1, kind: hang, text: hi}]\n", ":2: faults.0: text goes with kind: answer"),
        ("attempts: [[]]\nfaults: [{turn: 1, kind: hang, tools: []}]\n", "tools goes with kind: answer only"),
        ("attempts: [[]]\nfaults: [{turn: 1, kind: answer, text: a, tools: [{}]}]\n", "faults.0.tools.0: a tool is"),
        (
            "attempts: [[]]\nfaults: [{turn: 1, kind: reset, retry_after: 1}]\n",
            "retry_after goes with kind: rate_limit",
        ),
        ("attempts: [[]]\nfaults: [{turn: 1, kind: rate_limit, retry_after: soon}]\n", "faults.0.retry_after: "),
        ("attempts: [\n", "not valid YAML"),
        ("attempts: [[]]\nattempts: [[]]\n", "not valid YAML"),
        ("attempts: !!python/object:os.system {}\n", ":1: attempts: "),
    ],
)
def test_a_script_is_refused_with_file_line_and_field(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "demo.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError, match=r"demo\.yaml") as refused:
        load_script(path)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        pytest.param(b"\xff\xfe", "not UTF-8 at byte 0", id="binary"),
        pytest.param(b"#" * (9 << 20), "larger than 8 MiB", id="huge"),
    ],
)
def test_a_script_that_is_no_text_or_too_large_is_refused(tmp_path: Path, raw: bytes, words: str) -> None:
    path = tmp_path / "demo.yaml"
    path.write_bytes(raw)
    with pytest.raises(ScriptError, match=words):
        load_script(path)


async def test_a_missing_directory_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(TwinError, match="no such directory"):
        async with start_messages_twin(tmp_path / "none"):
            pass


async def test_an_error_of_the_caller_is_not_wrapped(scripts: Path) -> None:
    with pytest.raises(LookupError):
        async with start_messages_twin(scripts):
            raise LookupError


async def test_the_twin_is_gone_when_the_block_ends(scripts: Path) -> None:
    async with start_messages_twin(scripts) as url:
        pass
    async with httpx2.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get(f"{url}/v1/models")


async def test_the_twin_dies_with_its_parent(scripts: Path) -> None:
    """The parent is killed while a grandchild holds the other end of the twin's stdin open."""
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(scripts)), stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert parent.stdout is not None
    twin_pid, holder_pid = json.loads(await parent.stdout.readline())
    handle = os.pidfd_open(twin_pid)
    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(handle, gone.set)
    try:
        parent.kill()
        async with asyncio.timeout(20):
            await gone.wait()
            await parent.wait()
    finally:
        asyncio.get_running_loop().remove_reader(handle)
        os.close(handle)
        os.kill(holder_pid, signal.SIGKILL)


PARENT = f"""
import json, os, subprocess, sys
reading, writing = os.pipe()
twin = subprocess.Popen(
    [{sys.executable!r}, "-m", "factory_tui.twins.messages", "--scripts", sys.argv[1]],
    stdin=reading, stdout=subprocess.PIPE)
holder = subprocess.Popen(["sleep", "60"], pass_fds=[writing], stdout=subprocess.DEVNULL)
twin.stdout.readline()
print(json.dumps([twin.pid, holder.pid]), flush=True)
twin.wait()
"""


async def test_what_the_twin_complains_about_is_in_our_own_log(
    scripts: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script(scripts / "demo.yaml", "attempts: 7")
    async with start_messages_twin(scripts) as url, httpx2.AsyncClient(trust_env=False, headers=HEADERS) as client:
        await client.post(f"{url}/v1/messages", json=ASK, headers={"x-factory-spec": "demo"})
    assert "demo.yaml:1: attempts: " in capfd.readouterr().err
