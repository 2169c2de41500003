"""An evaluation item of a spec → a scenario to be completed. Pure."""

import json
import re
from collections.abc import Iterator

from factory_tui.model.foreign import clean_line
from factory_tui.model.scenario import ScenarioKind
from factory_tui.model.spec import Item, Spec
from factory_tui.scenarios.drafting.draft import Draft, scalar, slug, text_of
from factory_tui.specs.reading.schema_errors import nearest

_BRACKETS = re.compile(r"^\s*\([^()]*\)\s*:?\s*")
_SENTENCE = re.compile(
    r"(?:given|if)\s+(?P<given>.+?)[,;]?\s+when\s+(?P<when>.+?)[,;]?\s+then\s+(?P<then>.+)", re.I | re.S
)
_WITHOUT_GIVEN = re.compile(r"when\s+(?P<when>.+?)[,;]?\s+then\s+(?P<then>.+)", re.I | re.S)

_KINDS = (
    (
        ScenarioKind.LIMIT,
        r"\b(?:at most|within|less than|under|below|no more than) \d[\d.,]*\s*"
        r"(?:ms|s|seconds?|minutes?|[KMG]i?B|bytes?)\b",
    ),
    (ScenarioKind.RECOVERY, r"\b(?:killed|restart\w*|started again|interrupt\w*|crash\w*|power|half[- ]written)\b"),
    (
        ScenarioKind.NEGATIVE,
        r"\bexit code (?:is |of )?[1-9]|\b(?:refus|reject|invalid|malformed|out of (?:its |their )?bounds|denied)"
        r"|\b4\d\d\b|\bstandard error\b",
    ),
)
"""Kind of a scenario → what an item says of it; the first that fits is taken."""

_REFUSAL = re.compile(_KINDS[-1][1], re.I)

_EXIT = re.compile(r"\bexit code (?:is |of |must be )?(\d{1,3})\b", re.I)
_TIME = re.compile(r"\b(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|seconds?|minutes?)\b", re.I)
_STATUS = re.compile(r"\b(?:status|answers?|answered|is|are|with)\s+(?:with\s+)?([1-5]\d\d)\b")
_CODE = re.compile(r"`([^`\n]{1,80})`")
_CALL = re.compile(r"^\s*\$ (.{1,120})$", re.M)
_SPEAKS_HTTP = re.compile(r"\bHTTP\b|\b(?:GET|POST|PUT|DELETE) /")


class UnknownItem(LookupError):
    """The spec has no evaluation item of that id. The message says what to do."""


def skeleton(spec: Spec, item_id: str) -> tuple[str, str]:
    """Id and text of the scenario that an evaluation item asks for; its steps are left to be written.

    Raises:
        UnknownItem: there is no such item.
    """
    draft = draft_of(spec, item_id)
    return draft.id, text_of(draft)


def draft_of(spec: Spec, item_id: str) -> Draft:
    """As `skeleton`, before it is text."""
    item = _item(spec, item_id)
    text = clean_line(_BRACKETS.sub("", item.text), limit=2000)
    found = _SENTENCE.search(text) or _WITHOUT_GIVEN.search(text)
    parts = found.groupdict() if found else {"then": text}
    given, when, then = (_sentence(parts.get(name, "")) for name in ("given", "when", "then"))
    kind = _kind(spec, item, text)
    return Draft(
        id="-".join(filter(None, (slug(given, 4), slug(then, 4)))) or item.id.lower(),
        origin=f"{item.id} of {spec.id}",
        given=given,
        when=when,
        then=then,
        covers=item.covers,
        kind=kind,
        examples=tuple(_examples(spec, then, kind)),
    )


def _item(spec: Spec, item_id: str) -> Item:
    items = {each.id: each for each in spec.evaluation if re.fullmatch(r"E\d+[a-z]?", each.id)}
    if item_id in items:
        return items[item_id]
    if not items:
        raise UnknownItem("its EVALUATION has no item with an id; write one: - E1 (R1): given … when … then …")
    best = nearest(item_id, items, cutoff=40)
    hint = f"did you mean {best}? " if best else ""
    raise UnknownItem(f"{hint}it has {', '.join(items)}")


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return text[:1].upper() + text[1:]


def _kind(spec: Spec, item: Item, text: str) -> ScenarioKind:
    """What the item says; else a refusal where each rule that it covers is one."""
    said = next((kind for kind, pattern in _KINDS if re.search(pattern, text, re.I)), None)
    rules = [each.text for each in spec.rules if each.id in item.covers]
    refused = bool(rules) and all(map(_REFUSAL.search, rules))
    return said or (ScenarioKind.NEGATIVE if refused else ScenarioKind.PRIMARY)


def _examples(spec: Spec, then: str, kind: ScenarioKind) -> Iterator[str]:
    """Steps that the item may mean, with what its sentence states already in them."""
    if _SPEAKS_HTTP.search(spec.text):
        yield from _request(then)
    yield from _command(spec, then, kind)
    yield "  - file: NAME"
    yield "    expect: {contains: TEXT}"
    if kind is ScenarioKind.LIMIT:
        yield "  - run: COMMAND"
        yield f"    quality: {{p95: {_seconds(then):g}s, times: 20}}"


def _command(spec: Spec, then: str, kind: ScenarioKind) -> Iterator[str]:
    call = _CALL.search(spec.text)
    code = _EXIT.search(then)
    exit_code = code[1] if code else "2" if kind is ScenarioKind.NEGATIVE else "0"
    stream = "stderr" if kind is ScenarioKind.NEGATIVE else "stdout"
    limit = _seconds(then) if kind is ScenarioKind.LIMIT else None
    within = f", within: {limit:g}s" if limit is not None else ""
    yield f"  - run: {scalar(call[1].strip()) if call else 'COMMAND'}"
    yield f"    timeout: {3 * limit if limit is not None else 5:g}s"
    yield f"    expect: {{exit: {exit_code}, {stream}: {{contains: {_stated(then)}}}{within}}}"


def _seconds(then: str) -> float:
    """The time that a sentence gives; a second where it gives none."""
    found = _TIME.search(then)
    if found is None:
        return 1.0
    unit = found[2].lower()
    return float(found[1]) * (0.001 if unit.startswith(("ms", "mil")) else 60 if unit[0] == "m" else 1)


def _request(then: str) -> Iterator[str]:
    status = _STATUS.search(then)
    yield '  - http: {method: GET, url: "http://127.0.0.1:${port}/"}'
    yield f"    expect: {{status: {status[1] if status else 200}}}"


def _stated(then: str) -> str:
    code = _CODE.search(then)
    return json.dumps(code[1], ensure_ascii=False) if code else "TEXT"
