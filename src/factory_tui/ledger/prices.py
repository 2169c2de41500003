"""What a model costs and how large its window is. A model without a price is never called."""

import re
import tomllib
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from factory_tui.model.money import from_usd
from factory_tui.regular_file import read_regular

FILE_NAME = "prices.toml"
_FILE_CAP = 256 * 1024
_DATED_ID = re.compile(r"^(?P<family>.+)-\d{8}$")

Usd = Annotated[Decimal, Field(ge=0, le=100_000)]


class PricesError(Exception):
    """A price list cannot be used. The message names the file, the place and the fix."""


class UnknownModel(Exception):
    """There is no price for a model, so a call could cost anything and is refused."""

    def __init__(self, model: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"there is no price for the model {model!r}; known: {', '.join(known)}\n"
            f"correct the profile's model, or add [models.{model!r}] to {FILE_NAME} in the workspace"
        )
        self.model = model


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Entry(_Frozen):
    """One model as the file has it, in US dollars per million tokens."""

    input_usd: Usd
    output_usd: Usd
    cache_write_usd: Usd | None = None
    cache_write_1h_usd: Usd | None = None
    cache_read_usd: Usd | None = None
    context_tokens: Annotated[int, Field(gt=0)]
    max_output_tokens: Annotated[int, Field(gt=0)]


class _File(_Frozen):
    dated: date
    models: dict[str, _Entry]


class ModelPrice(_Frozen):
    """Rates in micro-dollars per million tokens, and the limits of a model in tokens."""

    model: str
    """Family name, without the date of a snapshot."""
    input: int
    output: int
    cache_write: int
    """Writing to the prompt cache with a life of five minutes."""
    cache_write_1h: int
    cache_read: int
    context_tokens: int
    """Input and output of one call together."""
    max_output_tokens: int


class PriceList(_Frozen):
    dated: date
    """The day the prices were true."""
    models: dict[str, ModelPrice]

    def of(self, model: str) -> ModelPrice:
        """The price of `model`; a dated id such as `claude-sonnet-4-5-20250929` has its family's price.

        Raises:
            UnknownModel: neither the id nor its family is in the list.
        """
        dated = _DATED_ID.match(model)
        found = self.models.get(model) or (self.models.get(dated["family"]) if dated else None)
        if found is None:
            raise UnknownModel(model, tuple(sorted(self.models)))
        return found


def load_prices(workspace: Path | None = None) -> PriceList:
    """The price list of this package, overridden model by model by `prices.toml` in the workspace.

    Raises:
        PricesError: the workspace's file is unreadable, not TOML, or has a wrong or unknown field.
    """
    bundled = _parse(files("factory_tui.ledger").joinpath(FILE_NAME).read_bytes(), FILE_NAME)
    path = workspace / FILE_NAME if workspace is not None else None
    # A link that leads nowhere is an override that somebody relies on, so it is an error below.
    if path is None or not (path.exists() or path.is_symlink()):
        return _price_list(bundled.dated, bundled.models)
    try:
        raw = read_regular(path, _FILE_CAP)
    except OSError as error:
        raise PricesError(
            f"{path}: cannot be read: {error.strerror}\nput a readable file there, or remove it to use our prices"
        ) from None
    if len(raw) > _FILE_CAP:
        raise PricesError(f"{path}: larger than {_FILE_CAP // 1024} KiB\na price list is a short file; shorten it")
    own = _parse(raw, str(path))
    return _price_list(own.dated, {**bundled.models, **own.models})


def _parse(raw: bytes, source: str) -> _File:
    try:
        table: dict[str, Any] = tomllib.loads(raw.decode("utf-8"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise PricesError(f"{source}: not UTF-8 at byte {error.start}\nsave the file as UTF-8") from None
    except (ValueError, RecursionError) as error:  # a number with thousands of digits, or a list in a list in a list …
        raise PricesError(f"{source}: not valid TOML: {error}\nmend that line") from None
    try:
        return _File.model_validate(table)
    except ValidationError as error:
        lines = [
            f"{source}: {'.'.join(str(part) for part in each['loc'])}: {each['msg']}"
            for each in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise PricesError("\n".join(lines)) from None


def _price_list(dated: date, entries: dict[str, _Entry]) -> PriceList:
    return PriceList(dated=dated, models={name: _price(name, entry) for name, entry in entries.items()})


def _price(name: str, entry: _Entry) -> ModelPrice:
    """Rates left out follow the published multiples of the input rate (1.25, 2 and 0.1)."""
    write = entry.cache_write_usd if entry.cache_write_usd is not None else entry.input_usd * Decimal("1.25")
    write_1h = entry.cache_write_1h_usd if entry.cache_write_1h_usd is not None else entry.input_usd * 2
    read = entry.cache_read_usd if entry.cache_read_usd is not None else entry.input_usd * Decimal("0.1")
    return ModelPrice(
        model=name,
        input=from_usd(entry.input_usd),
        output=from_usd(entry.output_usd),
        cache_write=from_usd(write),
        cache_write_1h=from_usd(write_1h),
        cache_read=from_usd(read),
        context_tokens=entry.context_tokens,
        max_output_tokens=entry.max_output_tokens,
    )
