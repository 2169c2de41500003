"""Tokens to money, in whole micro-dollars, always rounded up: a cost is never understated."""

from factory_tui.ledger.prices import ModelPrice
from factory_tui.model.money import MicroUsd
from factory_tui.model.usage import Usage

_MILLION = 1_000_000

API_OVERHEAD_TOKENS = 4096
"""Tokens the API adds itself: the tool-use system prompt (up to 346), the bash tool (245) and the text editor
(700) by the published tables, with room to spare."""


def cost(price: ModelPrice, usage: Usage) -> MicroUsd:
    """What `usage` costs at `price`."""
    return _rounded_up(
        usage.input * price.input
        + usage.output * price.output
        + usage.cache_write * price.cache_write
        + usage.cache_write_1h * price.cache_write_1h
        + usage.cache_read * price.cache_read
    )


def worst_case(price: ModelPrice, input_tokens: int, max_tokens: int) -> MicroUsd:
    """The most a call can cost: every input token at the dearest rate that applies, and the longest answer.

    The one hour cache is left out of the rates because no request of ours asks for it.
    """
    return _rounded_up(input_tokens * max(price.input, price.cache_write, price.cache_read) + max_tokens * price.output)


def input_bound(
    price: ModelPrice, request_bytes: int, known_tokens: int | None = None, known_bytes: int | None = None
) -> int:
    """No fewer tokens than a request of `request_bytes` (UTF-8, as JSON) has.

    A token of a byte-level tokenizer stands for at least one byte, and JSON only adds bytes to the text inside it,
    so bytes bound tokens. When the API has counted an earlier request of the same history (`known_tokens` for
    `known_bytes`), only what was added since is counted in bytes. No call has more input than the window: the API
    refuses it.
    """
    if known_tokens is not None and known_bytes is not None and known_bytes <= request_bytes:
        bound = known_tokens + (request_bytes - known_bytes)
    else:
        bound = request_bytes + API_OVERHEAD_TOKENS
    return min(bound, price.context_tokens)


def _rounded_up(scaled: int) -> MicroUsd:
    return MicroUsd(-(-scaled // _MILLION))
