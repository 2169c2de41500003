"""Between Python values and what SQLite keeps: times, models, text that is not valid Unicode."""

import json
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

Value = str | int | float | None

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Aware UTC."""
    return _EPOCH + micros * _MICROSECOND


def from_micros_or_none(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def storable(value: Value) -> Value:
    """Lone surrogates (file names that are not UTF-8) have no UTF-8 form; each becomes a question mark."""
    return value.encode("utf-8", errors="replace").decode("utf-8") if isinstance(value, str) else value


_LARGEST = 2**63 - 1


def askable(value: Value) -> Value:
    """A value to look for. A number that SQLite cannot hold becomes the nearest that it can, which no row has."""
    if isinstance(value, int):
        return max(-_LARGEST, min(value, _LARGEST))
    return storable(value)


def as_json(model: BaseModel, *, exclude: set[str] | None = None) -> str:
    """A model as JSON text. Escapes all but ASCII: pydantic's own writer refuses lone surrogates."""
    return json.dumps(model.model_dump(mode="json", exclude=exclude), separators=(",", ":"))
