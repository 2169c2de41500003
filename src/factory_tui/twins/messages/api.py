"""What the twin does with a request: routes, headers, the script of the spec, and its faults."""

import json
import re
import secrets
import sys
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any

from factory_tui.ledger import PriceList, UnknownModel
from factory_tui.model.spec import ID_PATTERN
from factory_tui.twins.messages import reply
from factory_tui.twins.messages.errors import ApiError, invalid
from factory_tui.twins.messages.request import MessagesRequest, parse_count, parse_messages
from factory_tui.twins.messages.script import Fault, FaultKind, Script, ScriptError, Tokens, Turn, load_script

BODY_CAP = 32 * 1024 * 1024
"""The API's limit for a request."""
_ROLES = frozenset({"build", "readback", "judge"})
"""Who may ask; a script has a part for each."""
_BYTES_PER_TOKEN = 4
"""For `count_tokens`: an estimate, as the API's own answer is."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    method: str
    path: str
    """Without the query."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


class Ending(Enum):
    """What becomes of the connection."""

    WHOLE = auto()
    RESET = auto()
    HANG = auto()
    BREAK_OFF = auto()
    """The body ends properly, but before the stream's own end."""


@dataclass(frozen=True, slots=True)
class HttpReply:
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    pieces: tuple[bytes, ...] = ()
    """Body; the pause comes after the first piece."""
    pause_s: float = 0.0
    ending: Ending = Ending.WHOLE


@dataclass(frozen=True, slots=True)
class _Said:
    """What a script has for a request."""

    turn: Turn
    tokens: Tokens
    pause_s: float = 0.0
    fault: Fault | None = None


@dataclass(slots=True)
class MessagesApi:
    """The API over a directory of scripts. One per process; it remembers which faults have happened."""

    scripts: Path
    prices: PriceList
    record: Path | None = None
    _faulted: Counter[tuple[str, int, int]] = field(default_factory=Counter)
    """Times a fault happened, by spec, attempt and position in the script."""
    _loaded: dict[Path, tuple[tuple[int, int], Script]] = field(default_factory=dict)
    """Scripts read so far, with time and size of the file they came from."""

    def answer(self, request: HttpRequest) -> HttpReply:
        """The reply to any request; errors have the API's shape."""
        request_id = f"req_{secrets.token_hex(12)}"
        self._remember(request)
        try:
            return self._route(request, request_id)
        except ApiError as error:
            headers = (("content-type", "application/json"), ("request-id", request_id), *error.headers)
            return HttpReply(error.status, headers, (_json(error.body(request_id)),))

    def _route(self, request: HttpRequest, request_id: str) -> HttpReply:
        routes = {"/v1/messages": "POST", "/v1/messages/count_tokens": "POST", "/v1/models": "GET"}
        model = re.fullmatch(r"/v1/models/([^/]+)", request.path)
        method = "GET" if model else routes.get(request.path)
        if method is None:
            raise ApiError("not_found_error", f"Not found: {request.path}")
        if request.method != method:
            raise ApiError("invalid_request_error", f"Method Not Allowed: {request.method}", status=405)
        _check_headers(request)
        plain = (("content-type", "application/json"), ("request-id", request_id))
        if request.path == "/v1/messages":
            return self._messages(request, request_id)
        if request.path == "/v1/messages/count_tokens":
            parse_count(request.body, self.prices)
            return HttpReply(200, plain, (_json({"input_tokens": -(-len(request.body) // _BYTES_PER_TOKEN)}),))
        if model:
            return HttpReply(200, plain, (_json(self._model(model[1])),))
        listed = [self._model(name) for name in sorted(self.prices.models)]
        page = {"data": listed, "has_more": False, "first_id": listed[0]["id"], "last_id": listed[-1]["id"]}
        return HttpReply(200, plain, (_json(page),))

    def _messages(self, request: HttpRequest, request_id: str) -> HttpReply:
        asked = parse_messages(request.body, self.prices)
        _check_sampling(asked, request.headers["anthropic-version"])
        spec = request.headers.get("x-factory-spec", "")
        role = request.headers.get("x-factory-role", "build")
        attempt = _attempt(request.headers.get("x-factory-attempt", "1"))
        said = self._said(asked, spec, role, attempt, request)
        turn, tokens, pause_s, fault = said.turn, said.tokens, said.pause_s, said.fault
        if fault is not None:
            broken = _broken(fault, request)
            if broken is not None:
                return broken
        return _spoken(asked, reply.message_of(turn, asked.model, tokens), request_id, pause_s, fault)

    def _said(self, asked: MessagesRequest, spec: str, role: str, attempt: int, request: HttpRequest) -> _Said:
        script = self._script(spec) if role in _ROLES else None
        if script is None:
            what = f"the spec {spec!r}" if role in _ROLES else f"the role {role!r}"
            return _Said(Turn(text=f"There is no script for {what}."), Tokens())
        if role == "readback":
            turn = script.readback.turn() if script.readback else Turn(text="There is no read-back in the script.")
            return _Said(turn, script.tokens(turn), script.pause_s(turn))
        if role == "judge":
            turn = script.vote(*_vote(request.headers.get("x-factory-about", "")))
            return _Said(turn, script.tokens(turn), script.pause_s(turn))
        fault = self._fault(script, spec, attempt, asked.turn, request.body.decode())
        turn = script.turn(attempt, asked.turn)
        if fault is not None and fault.kind is FaultKind.ANSWER:
            turn, fault = fault.instead, None
        return _Said(turn, script.tokens(turn), script.pause_s(turn), fault)

    def _fault(self, script: Script, spec: str, attempt: int, turn: int, asked: str) -> Fault | None:
        for position, fault in enumerate(script.faults):
            key = (spec, attempt, position)
            spared = fault.unless is not None and fault.unless in asked
            if fault.turn == turn and not spared and self._faulted[key] < fault.times:
                self._faulted[key] += 1
                return fault
        return None

    def _script(self, spec: str) -> Script | None:
        if not re.match(ID_PATTERN, spec):
            return None
        path = self.scripts / f"{spec}.yaml"
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            known = self._loaded.get(path)
            if known is None or known[0] != stamp:
                known = self._loaded[path] = (stamp, load_script(path))
            return known[1]
        except FileNotFoundError:
            return None
        except (ScriptError, OSError) as error:
            print(f"the twin's script cannot be used: {error}", file=sys.stderr, flush=True)
            # Not a failure of the service: another try would find the same file.
            raise ApiError("invalid_request_error", f"the twin's script cannot be used: {error}") from None

    def _model(self, name: str) -> dict[str, Any]:
        try:
            price = self.prices.of(name)
        except UnknownModel:
            raise ApiError("not_found_error", f"model: {name}") from None
        return {
            "type": "model",
            "id": name,
            "display_name": name.replace("-", " ").title(),
            "created_at": "2025-01-01T00:00:00Z",
            "lifecycle": "active",
            "max_input_tokens": price.context_tokens,
            "max_tokens": price.max_output_tokens,
        }

    def _remember(self, request: HttpRequest) -> None:
        """Append the request to the record, without its key."""
        if self.record is None:
            return
        try:
            body: Any = json.loads(request.body)
        except ValueError:
            body = request.body.decode("utf-8", errors="replace")
        said = {name: value for name, value in request.headers.items() if name not in {"x-api-key", "authorization"}}
        line = json.dumps({"method": request.method, "path": request.path, "headers": said, "body": body})
        with self.record.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def _check_headers(request: HttpRequest) -> None:
    authorization = request.headers.get("authorization", "")
    if not request.headers.get("x-api-key") and not authorization.removeprefix("Bearer").strip():
        raise ApiError("authentication_error", "x-api-key header is required")
    if authorization and not authorization.startswith("Bearer "):
        raise ApiError("authentication_error", "Invalid authorization header")
    if "anthropic-version" not in request.headers:
        raise invalid("anthropic-version: header is required")
    if not re.fullmatch(r"20\d\d-\d\d-\d\d", request.headers["anthropic-version"]):
        raise invalid(f'anthropic-version: "{request.headers["anthropic-version"]}" is not a valid version')
    if request.method == "POST" and not request.headers.get("content-type", "").startswith("application/json"):
        raise invalid("content-type: header must be application/json")


def _check_sampling(asked: MessagesRequest, version: str) -> None:
    """Version 2026-10-21 of the API removed the sampling parameters."""
    for name in ("temperature", "top_p", "top_k"):
        if version >= "2026-10-21" and name in asked.model_fields_set:
            raise invalid(f"{name}: Extra inputs are not permitted")


def _attempt(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise invalid("x-factory-attempt: must be a whole number from 1")
    return int(text)


def _vote(about: str) -> tuple[str, int]:
    """`overdrawn/2` is the second vote on a scenario; the scenario of a constraint has a slash of its own."""
    scenario, _, number = about.rpartition("/")
    if not scenario or not number.isdecimal() or int(number) < 1:
        raise invalid("x-factory-about: must be a scenario, a slash and the number of the vote from 1")
    return scenario, int(number)


def _broken(fault: Fault, request: HttpRequest) -> HttpReply | None:
    """The reply that a fault makes instead of an answer; None for one that lets the answer begin."""
    wait = (("retry-after", f"{fault.retry_after:g}"),) if fault.retry_after is not None else ()
    match fault.kind:
        case FaultKind.OVERLOADED:
            raise ApiError("overloaded_error", "Overloaded", headers=wait)
        case FaultKind.RATE_LIMIT:
            raise ApiError("rate_limit_error", "This request would exceed your rate limit", headers=wait)
        case FaultKind.SPEND_LIMIT:
            raise ApiError(
                "rate_limit_error",
                "You have reached your specified API usage limits",
                code="enforced_spend_limit_reached",
                headers=wait,
            )
        case FaultKind.SERVER_ERROR:
            raise ApiError("api_error", "Internal server error", headers=wait)
        case FaultKind.RESET:
            return HttpReply(200, ending=Ending.RESET)
        case FaultKind.HANG:
            return HttpReply(200, ending=Ending.HANG)
        case FaultKind.REDIRECT:
            return HttpReply(307, (("location", f"{request.path}/moved"),))
        case FaultKind.TRUNCATE | FaultKind.ANSWER:
            return None


def _spoken(
    asked: MessagesRequest, message: dict[str, Any], request_id: str, pause_s: float, fault: Fault | None
) -> HttpReply:
    if not asked.stream:
        plain = (("content-type", "application/json"), ("request-id", request_id))
        body = _json(message)
        if fault is not None:  # half a JSON document is all that a truncation can be here
            return HttpReply(200, plain, (body[: len(body) // 2],), pause_s, Ending.BREAK_OFF)
        return HttpReply(200, plain, (b"", body), pause_s)
    headers = (
        ("content-type", "text/event-stream; charset=utf-8"),
        ("cache-control", "no-cache"),
        ("request-id", request_id),
    )
    spoken = b"".join(reply.blocks(message))
    if fault is not None:
        last_whole = spoken.rfind(b"\n\n", 0, -2) + 2
        return HttpReply(200, headers, (reply.opening(message), spoken[:last_whole]), pause_s, Ending.BREAK_OFF)
    return HttpReply(200, headers, (reply.opening(message), spoken + reply.closing(message)), pause_s)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
