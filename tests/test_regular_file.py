"""Reading the files that people write."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from factory_tui.agents import ContextError, KeyUnusable, read_api_key, read_context
from factory_tui.config import ConfigError, Model, load
from factory_tui.control.address import published_socket
from factory_tui.ledger import PricesError, load_prices
from factory_tui.regular_file import read_regular
from factory_tui.twins.messages.script import ScriptError, load_script


def test_a_file_is_read_up_to_one_byte_beyond_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abcdef")
    assert read_regular(path, 6) == b"abcdef"
    assert read_regular(path, 3) == b"abcd"


@pytest.mark.parametrize("path", [Path("/dev/zero"), Path("/")])
def test_what_is_no_file_is_not_read(path: Path) -> None:
    with pytest.raises(OSError, match=r"Is a directory|not a regular file"):
        read_regular(path, 10)


@pytest.mark.parametrize(
    ("name", "read", "error"),
    [
        ("factory.toml", lambda path: load(path.parent, {}), ConfigError),
        ("prices.toml", lambda path: load_prices(path.parent), PricesError),
        ("context/product.md", lambda path: read_context(path.parent.parent), ContextError),
        ("key", lambda path: read_api_key(Model(api_key_file=str(path)), {}), KeyUnusable),
        ("script.yaml", load_script, ScriptError),
    ],
)
def test_a_pipe_is_refused_by_name_and_never_waited_for(
    tmp_path: Path, name: str, read: Callable[[Path], object], error: type[Exception]
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    os.mkfifo(path)
    with pytest.raises(error, match="not a regular file") as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_a_pipe_in_place_of_the_socket_pointer_is_no_engine(tmp_path: Path) -> None:
    (tmp_path / ".factory").mkdir()
    os.mkfifo(tmp_path / ".factory" / "engine.sock.path")
    assert published_socket(tmp_path) is None


def test_a_link_to_a_price_list_that_is_gone_is_not_taken_for_no_list(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").symlink_to("elsewhere.toml")
    with pytest.raises(PricesError, match="cannot be read"):
        load_prices(tmp_path)


@pytest.mark.parametrize("text", ["a = " + "[" * 5000 + "]" * 5000, "a = " + "9" * 5000])
def test_toml_that_python_cannot_hold_is_an_error_of_the_file(tmp_path: Path, text: str) -> None:
    for name in ("factory.toml", "prices.toml"):
        (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match=r"factory.toml: not valid TOML"):
        load(tmp_path, {})
    with pytest.raises(PricesError, match=r"prices.toml: not valid TOML"):
        load_prices(tmp_path)


def test_bytes_that_are_not_utf_8_are_named_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "factory.toml").write_bytes(b'[factory]\nname = "caf\xe9"\n')
    with pytest.raises(ConfigError, match=r"factory.toml:2: not UTF-8"):
        load(tmp_path, {})
