"""Tokens of one model call, as the API counts them."""

from pydantic import BaseModel, ConfigDict


class Usage(BaseModel):
    """Tokens, apart by what they are charged at."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    input: int = 0
    output: int = 0
    cache_write: int = 0
    """Tokens written to the prompt cache (5 minute lifetime)."""
    cache_write_1h: int = 0
    cache_read: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in Usage.model_fields})
