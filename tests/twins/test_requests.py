"""The twin is as strict as the API: a client that is wrong hears so here, not at night and for money."""

import copy
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.twins.conftest import RunningTwin

CALL = {"type": "tool_use", "id": "t1", "name": "bash", "input": {"command": "ls"}}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": "a"}
TOOLS = [{"type": "bash_20250124", "name": "bash"}]


def body(**changes: Any) -> dict[str, Any]:
    whole = {"model": "claude-sonnet-4-5", "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}]}
    return {name: value for name, value in {**whole, **changes}.items() if value is not ...}


def talk(*messages: tuple[str, Any], tools: Any = TOOLS) -> dict[str, Any]:
    return body(messages=[{"role": role, "content": content} for role, content in messages], tools=tools)


def error_of(answer: httpx2.Response) -> tuple[str, str]:
    told = answer.json()
    assert told["type"] == "error"
    assert told["request_id"] == answer.headers["request-id"]
    return told["error"]["type"], told["error"]["message"]


@pytest.mark.parametrize(
    ("request_body", "words"),
    [
        (body(max_tokens=...), "max_tokens: Field required"),
        (body(max_tokens="many"), "max_tokens: "),
        (body(max_tokens=0), "max_tokens: "),
        (body(max_tokens=64_001), "max_tokens: 64001 > 64000"),
        (body(model=...), "model: Field required"),
        (body(messages=...), "messages: Field required"),
        (body(messages=[]), "messages: "),
        (body(colour="red"), "colour: Extra inputs are not permitted"),
        (body(stream="yes"), "stream: "),
        (body(system=3), "system"),
        (body(system=[{"type": "text", "text": ""}]), "system.0.text: "),
        (body(tools=[{"type": "bash_19990101", "name": "bash"}]), "tools.0: Input tag 'bash_19990101'"),
        (body(tools=[{"type": "bash_20250124", "name": "shell"}]), "name: "),
        (body(tools=[*TOOLS, *TOOLS]), "tools: Tool names must be unique"),
        (body(tool_choice={"type": "tool", "name": "hammer"}), "Tool 'hammer' not found"),
        (talk(("assistant", "hello")), 'first message must use the "user" role'),
        (talk(("user", "a"), ("user", "b")), "messages.1: roles must alternate"),
        (talk(("user", "a"), ("system", "b")), "messages.1: Input tag 'system'"),
        (talk(("user", [{"type": "text", "text": ""}])), "messages.0.content.0.text: "),
        (talk(("user", [{"type": "dance"}])), "messages.0.content.0: Input tag 'dance'"),
        (talk(("user", [CALL])), "messages.0.content.0: Input tag 'tool_use'"),
        (talk(("user", "a"), ("assistant", [{**CALL, "extra": 1}])), "messages.1.content.0.extra: Extra inputs"),
        (talk(("user", "a"), ("assistant", [{**CALL, "input": "ls"}])), "messages.1.content.0.input: "),
        (
            talk(("user", "a"), ("assistant", [CALL])),
            "ids were found without `tool_result` blocks immediately after: t1",
        ),
        (talk(("user", "a"), ("assistant", [CALL]), ("user", "b")), "messages.2: `tool_use` ids were found without"),
        (talk(("user", "a"), ("assistant", "b"), ("user", [RESULT])), "unexpected `tool_use_id` found"),
        (talk(("user", "a"), ("assistant", [CALL]), ("user", [RESULT, RESULT])), "must have a single result"),
        (
            talk(("user", "a"), ("assistant", [CALL]), ("user", [{"type": "text", "text": "x"}, RESULT])),
            "`tool_result` blocks must come first",
        ),
        (
            talk(("user", "a"), ("assistant", [CALL]), ("user", [RESULT]), ("assistant", [CALL]), ("user", [RESULT])),
            "`tool_use` ids must be unique: t1",
        ),
        (
            talk(("user", "a"), ("assistant", [CALL]), ("user", [RESULT]), tools=[]),
            "must define tools",
        ),
        (body(system=[{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}] * 5), "A maximum of 4"),
    ],
)
async def test_a_malformed_request_is_refused_as_the_api_does(
    twin: httpx2.AsyncClient, request_body: dict[str, Any], words: str
) -> None:
    answer = await twin.post("/v1/messages", json=request_body)
    assert answer.status_code == 400
    kind, message = error_of(answer)
    assert kind == "invalid_request_error"
    assert words in message


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'{"a": \xff}', b'{"model": NaN}'])
async def test_what_is_no_json_object_is_refused(twin: httpx2.AsyncClient, raw: bytes) -> None:
    answer = await twin.post("/v1/messages", content=raw, headers={"content-type": "application/json"})
    assert (answer.status_code, error_of(answer)[0]) == (400, "invalid_request_error")


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"x-api-key": ""}, 401, "authentication_error"),
        ({"x-api-key": "", "authorization": "Basic abc"}, 401, "authentication_error"),
        ({"x-api-key": "", "authorization": "Bearer"}, 401, "authentication_error"),
        ({"anthropic-version": "yesterday"}, 400, "invalid_request_error"),
        ({"content-type": "text/plain"}, 400, "invalid_request_error"),
        ({"x-factory-attempt": "0"}, 400, "invalid_request_error"),
        ({"x-factory-attempt": "one"}, 400, "invalid_request_error"),
    ],
)
async def test_wrong_headers_are_refused(
    twin: httpx2.AsyncClient, headers: dict[str, str], status: int, kind: str
) -> None:
    answer = await twin.post("/v1/messages", json=body(), headers=headers)
    assert (answer.status_code, error_of(answer)[0]) == (status, kind)


async def test_a_missing_version_is_refused(twin: httpx2.AsyncClient) -> None:
    del twin.headers["anthropic-version"]
    answer = await twin.post("/v1/messages", json=body())
    assert error_of(answer) == ("invalid_request_error", "anthropic-version: header is required")


async def test_a_bearer_token_is_a_key_too(twin: httpx2.AsyncClient) -> None:
    answer = await twin.post("/v1/messages", json=body(), headers={"x-api-key": "", "authorization": "Bearer k"})
    assert answer.status_code == 200


@pytest.mark.parametrize(("version", "status"), [("2023-06-01", 200), ("2026-10-21", 400)])
async def test_sampling_parameters_went_with_a_version(twin: httpx2.AsyncClient, version: str, status: int) -> None:
    answer = await twin.post("/v1/messages", json=body(temperature=0.5), headers={"anthropic-version": version})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/messages", 405), ("POST", "/v1/models", 405), ("GET", "/", 404), ("POST", "/v1/complete", 404)],
)
async def test_other_addresses_are_refused(twin: httpx2.AsyncClient, method: str, path: str, status: int) -> None:
    answer = await twin.request(method, path, json=body())
    assert answer.status_code == status
    error_of(answer)


async def test_a_model_that_is_none_of_the_service_is_not_found(twin: httpx2.AsyncClient) -> None:
    answer = await twin.post("/v1/messages", json=body(model="gpt-4"))
    assert (answer.status_code, error_of(answer)) == (404, ("not_found_error", "model: gpt-4"))


async def test_a_request_beyond_the_limit_is_too_large(twin: httpx2.AsyncClient) -> None:
    answer = await twin.post(
        "/v1/messages", content=b" " * (32 * 1024 * 1024 + 1), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 413
    assert answer.json()["error"]["type"] == "request_too_large"


async def test_what_is_no_http_gets_an_error_and_the_twin_lives_on(twin: httpx2.AsyncClient) -> None:
    import asyncio

    reader, writer = await asyncio.open_connection("127.0.0.1", twin.base_url.port)
    writer.write(b"\x16\x03\x01 nonsense\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
    writer.close()
    await writer.wait_closed()
    assert (await twin.post("/v1/messages", json=body())).status_code == 200


async def test_tokens_are_counted_for_a_request_that_would_be_accepted(twin: httpx2.AsyncClient) -> None:
    asked = body(max_tokens=...)
    counted = await twin.post("/v1/messages/count_tokens", json=asked)
    assert counted.json()["input_tokens"] > 0
    longer = copy.deepcopy(asked)
    longer["messages"][0]["content"] *= 100
    more = await twin.post("/v1/messages/count_tokens", json=longer)
    assert more.json()["input_tokens"] > counted.json()["input_tokens"]
    assert (await twin.post("/v1/messages/count_tokens", json=body())).status_code == 400, (
        "max_tokens has no place here"
    )


async def test_models_are_listed_and_shown(twin: httpx2.AsyncClient) -> None:
    listed = (await twin.get("/v1/models")).json()
    assert "claude-sonnet-4-5" in [model["id"] for model in listed["data"]]
    shown = (await twin.get("/v1/models/claude-haiku-4-5-20251001")).json()
    assert (shown["type"], shown["max_tokens"]) == ("model", 64_000)
    assert (await twin.get("/v1/models/claude-unknown")).status_code == 404


async def test_the_record_holds_every_request_and_no_key(
    twin: httpx2.AsyncClient, running_twin: RunningTwin, script_path: Path
) -> None:
    await twin.post("/v1/messages", json=body(), headers={"x-api-key": "canary-key"})
    await twin.post("/v1/messages", json=body(colour="red"), headers={"authorization": "Bearer canary-key"})
    text = running_twin.record.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    mine = [line for line in lines if line["headers"].get("x-factory-spec") == script_path.stem]
    assert [line["body"].get("colour") for line in mine] == [None, "red"]
    assert "canary-key" not in text
