"""The boundary between the store and a view: whatever came from outside loses its control sequences here."""

import json
import sqlite3
from typing import cast

from pydantic import JsonValue

from factory_tui.model.event import Event, EventType
from factory_tui.model.foreign import clean
from factory_tui.store.values import from_micros


def clean_json(value: JsonValue) -> JsonValue:
    """Every string in `value`, keys included, cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_json(each) for each in value]
    if isinstance(value, dict):
        return {clean(key): clean_json(each) for key, each in value.items()}
    return value


def cleaned(text: str) -> JsonValue:
    """JSON text of the store, parsed and cleaned."""
    value: JsonValue = json.loads(text)
    return value if _is_plain(text) else clean_json(value)


_ESCAPES = ("\\u", "\\t", "\\r", "\\b", "\\f")


def _is_plain(text: str) -> bool:
    """True when no string within this JSON text can hold anything to clean: printable ASCII, and only those escapes
    that stand for a quote, a slash or a new line. Most texts are, and walking through them costs more than parsing.
    """
    return text.isascii() and text.isprintable() and ("\\" not in text or not any(each in text for each in _ESCAPES))


def cleaned_or_none(text: str | None) -> str | None:
    return None if text is None else clean(text)


def cleaned_event(row: sqlite3.Row) -> Event:
    """A row of `event` for a client. Types that this program does not know pass through; clients ignore them."""
    data = cleaned(row["data"])
    return Event.model_construct(
        seq=row["seq"],
        ts=from_micros(row["ts"]),
        type=cast(EventType, clean(row["type"])),
        batch=cleaned_or_none(row["batch"]),
        run=cleaned_or_none(row["run"]),
        attempt=row["attempt"],
        spec=cleaned_or_none(row["spec"]),
        data=data if isinstance(data, dict) else {},
    )
