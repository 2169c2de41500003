from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.ledger import ModelPrice, PricesError, UnknownModel, cost, input_bound, load_prices, worst_case
from factory_tui.model.usage import Usage

PRICES = load_prices()
SONNET = PRICES.of("claude-sonnet-4-5")
tokens = st.integers(0, 300_000)


@pytest.mark.parametrize(
    ("model", "usage", "micro_usd"),
    [
        ("claude-sonnet-4-5", Usage(input=1_000_000), 3_000_000),
        ("claude-sonnet-4-5", Usage(output=1_000_000), 15_000_000),
        ("claude-sonnet-4-5", Usage(cache_write=1_000_000), 3_750_000),
        ("claude-sonnet-4-5", Usage(cache_write_1h=1_000_000), 6_000_000),
        ("claude-sonnet-4-5", Usage(cache_read=1_000_000), 300_000),
        ("claude-opus-4-5", Usage(input=1000, output=1000), 30_000),
        ("claude-haiku-4-5", Usage(input=1000, output=1000), 6_000),
        ("claude-haiku-4-5", Usage(cache_read=1), 1),
        ("claude-haiku-4-5", Usage(), 0),
    ],
)
def test_a_call_costs_what_the_price_list_says(model: str, usage: Usage, micro_usd: int) -> None:
    assert cost(PRICES.of(model), usage) == micro_usd


def test_a_dated_model_has_the_price_of_its_family() -> None:
    assert PRICES.of("claude-sonnet-4-5-20250929") == SONNET


@pytest.mark.parametrize("model", ["", "gpt", "claude-sonnet-4", "claude-sonnet-4-5-2025", "claude-sonnet-4-5-latest"])
def test_a_model_without_a_price_is_refused_with_what_is_known(model: str) -> None:
    with pytest.raises(UnknownModel, match="claude-haiku-4-5, claude-opus-4-5"):
        PRICES.of(model)


@given(tokens, tokens, tokens, tokens, st.integers(1, 64_000), st.sampled_from(sorted(PRICES.models)))
def test_no_split_of_the_input_costs_more_than_the_worst_case(
    plain: int, written: int, read: int, output: int, max_tokens: int, model: str
) -> None:
    usage = Usage(input=plain, cache_write=written, cache_read=read, output=min(output, max_tokens))
    assert cost(PRICES.of(model), usage) <= worst_case(PRICES.of(model), plain + written + read, max_tokens)


@given(st.lists(st.builds(Usage, input=tokens, output=tokens, cache_read=tokens), max_size=5))
def test_rounding_never_loses_money(usages: list[Usage]) -> None:
    apart = sum(cost(SONNET, each) for each in usages)
    together = cost(SONNET, sum(usages, Usage()))
    assert together <= apart <= together + len(usages)


def test_bytes_bound_tokens_until_the_api_has_counted() -> None:
    assert input_bound(SONNET, 10_000) == 14_096
    assert input_bound(SONNET, 12_000, known_tokens=3_000, known_bytes=10_000) == 5_000
    assert input_bound(SONNET, 9_000, known_tokens=3_000, known_bytes=10_000) == 13_096, "a shorter history is another"
    assert input_bound(SONNET, 10_000_000) == SONNET.context_tokens


def own(tmp_path: Path, text: str) -> Path:
    (tmp_path / "prices.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_operator_adds_and_replaces_models(tmp_path: Path) -> None:
    prices = load_prices(
        own(
            tmp_path,
            "dated = 2026-01-01\n[models.claude-sonnet-4-5]\ninput_usd = 1.5\noutput_usd = 7\ncache_read_usd = 0.2\n"
            "context_tokens = 1000\nmax_output_tokens = 100\n",
        )
    )
    assert prices.of("claude-sonnet-4-5") == ModelPrice(
        model="claude-sonnet-4-5",
        input=1_500_000,
        output=7_000_000,
        cache_write=1_875_000,
        cache_write_1h=3_000_000,
        cache_read=200_000,
        context_tokens=1000,
        max_output_tokens=100,
    )
    assert prices.of("claude-opus-4-5") == PRICES.of("claude-opus-4-5")


MODEL = "[models.m]\ninput_usd = 1\noutput_usd = 1\ncontext_tokens = 1\nmax_output_tokens = 1\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (MODEL, "dated"),
        ("dated = 2026-01-01\n", "models"),
        ("dated = 2026-01-01\n" + MODEL.replace("input_usd = 1\n", ""), "models.m.input_usd"),
        ("dated = 2026-01-01\n" + MODEL.replace("input_usd = 1", "input_usd = -1"), "models.m.input_usd"),
        ("dated = 2026-01-01\n" + MODEL.replace("input_usd = 1", "input_usd = nan"), "models.m.input_usd"),
        ("dated = 2026-01-01\n" + MODEL.replace("input_usd = 1", 'input_usd = "free"'), "models.m.input_usd"),
        ("dated = 2026-01-01\n" + MODEL + "colour = 1\n", "models.m.colour"),
        ("dated = 2026-01-01\n" + MODEL.replace("context_tokens = 1", "context_tokens = 0"), "context_tokens"),
        ("dated =", "not valid TOML"),
        ("# " + "x" * 300_000, "larger than"),
    ],
)
def test_a_broken_price_list_is_refused_by_file_and_field(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(PricesError, match=r"prices\.toml") as refused:
        load_prices(own(tmp_path, text))
    assert words in str(refused.value)


def test_a_price_list_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_bytes(b"dated = \xff")
    with pytest.raises(PricesError, match="not UTF-8 at byte 8"):
        load_prices(tmp_path)


def test_a_price_list_that_is_a_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").mkdir()
    with pytest.raises(PricesError, match="cannot be read"):
        load_prices(tmp_path)
