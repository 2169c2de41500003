"""`http`: one request made from inside the sandbox, because there is no route into it."""

import asyncio
import json

from factory_tui.model.matcher import Matcher
from factory_tui.model.step import HttpExpect, HttpRequest, Step
from factory_tui.sandbox.port import HttpAnswer
from factory_tui.scenarios.matching.captures import (
    Variables,
    captured,
    filled,
    filled_expectation,
    filled_json,
    filled_matcher,
)
from factory_tui.scenarios.matching.matchers import Mismatch, check, check_json
from factory_tui.scenarios.matching.values import ABSENT, parse_json, show
from factory_tui.scenarios.quality import within
from factory_tui.scenarios.steps.situation import OUTPUT_CAP, Outcome, Shown, Situation, text_of, timeout_of

_NO_ERROR = Matcher(lt=400)
"""What a request without `expect` must at least get."""


async def http_step(step: Step, request: HttpRequest, situation: Situation) -> Outcome:
    """Send the request and judge status, headers, body and time of the answer."""
    variables = situation.variables
    headers, body = _payload(request, variables)
    url = filled(request.url, variables)
    answer = await situation.sandbox.http(request.method, url, headers, body, timeout_of(step), cap=OUTPUT_CAP + 1)
    if answer.error is not None:
        return Outcome([Mismatch("answer", f"an answer to {request.method} {url}", answer.error)])
    return await asyncio.to_thread(_judge, step, answer, variables)


def _judge(step: Step, answer: HttpAnswer, variables: Variables) -> Outcome:
    mismatches = _check_answer(step.http_expect, answer, variables, plain=step.expect is None)
    values, missing = captured(step.capture, text_of(answer.body), complete=not _is_cut(answer))
    limit = step.http_expect.within
    readings = [] if limit is None else [within(limit, answer.seconds)]
    return Outcome(mismatches + missing, values, _shown(answer), readings)


def _payload(request: HttpRequest, variables: Variables) -> tuple[dict[str, str], bytes]:
    headers = {name: filled(value, variables) for name, value in request.headers.items()}
    if "json_" in request.model_fields_set:
        if not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = "application/json"
        return headers, json.dumps(filled_json(request.json_, variables)).encode()
    return headers, filled(request.body or "", variables).encode()


def _check_answer(expect: HttpExpect, answer: HttpAnswer, variables: Variables, *, plain: bool) -> list[Mismatch]:
    mismatches: list[Mismatch] = []
    status = _NO_ERROR if plain else expect.status
    if status is not None:
        mismatches += [
            Mismatch(each.check, each.expected, f"{each.observed}\n{show(text_of(answer.body[:1000]))}".strip())
            for each in check(filled_matcher(status, variables), answer.status, "status")
        ]
    for name, matcher in (expect.headers or {}).items():
        values = [value for key, value in answer.headers if key.lower() == name.lower()]
        observed = ", ".join(values) if values else ABSENT
        mismatches += check(filled_matcher(matcher, variables), observed, f"header {name}")
    if expect.body is not None or "json_" in expect.model_fields_set:
        mismatches += _check_body(expect, answer, variables)
    return mismatches


def _check_body(expect: HttpExpect, answer: HttpAnswer, variables: Variables) -> list[Mismatch]:
    if _is_cut(answer):
        return [Mismatch("body size", f"at most {OUTPUT_CAP} bytes", "more")]
    text = text_of(answer.body)
    mismatches = check(filled_matcher(expect.body, variables), text, "body") if expect.body is not None else []
    if "json_" in expect.model_fields_set:
        try:
            document = parse_json(text)
        except ValueError as error:
            return [*mismatches, Mismatch("json", f"JSON ({error})", show(text))]
        mismatches += check_json(filled_expectation(expect.json_, variables), document)
    return mismatches


def _shown(answer: HttpAnswer) -> list[Shown]:
    return [Shown("status", str(answer.status)), Shown("body", text_of(answer.body), whole=not _is_cut(answer))]


def _is_cut(answer: HttpAnswer) -> bool:
    return len(answer.body) > OUTPUT_CAP
