import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from factory_tui.agents import ApiKey, KeyUnusable, read_api_key
from factory_tui.config import Model

CANARY = "sk-ant-canary-8d21"


def test_a_key_shows_itself_to_nobody() -> None:
    key = ApiKey(CANARY)
    assert CANARY not in f"{key} {key!r} {key!s} {[key]} {key:>30}"
    assert not hasattr(key, "__dict__")
    with pytest.raises(TypeError):
        pickle.dumps(key)
    assert key.redact(f"invalid {CANARY}!") == "invalid [key]!"
    assert key.reveal() == CANARY


def test_the_variable_is_read_once_and_removed() -> None:
    environ = {"MY_KEY": f"  {CANARY}\n", "OTHER": "stays"}
    assert read_api_key(Model(api_key_env="MY_KEY"), environ).reveal() == CANARY
    assert environ == {"OTHER": "stays"}


def test_a_file_wins_over_the_variable_which_is_removed_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{CANARY}\n", encoding="utf-8")
    environ = {"ANTHROPIC_API_KEY": "another"}
    assert read_api_key(Model(api_key_file=str(tmp_path / "key")), environ).reveal() == CANARY
    assert environ == {}


def test_a_command_wins_over_the_file(tmp_path: Path) -> None:
    settings = Model(api_key_command=(sys.executable, "-c", f"print({CANARY!r})"), api_key_file=str(tmp_path / "none"))
    assert read_api_key(settings, {}).reveal() == CANARY


def test_the_twin_needs_no_key_and_leaves_none_behind() -> None:
    environ = {"ANTHROPIC_API_KEY": CANARY}
    assert read_api_key(Model(base_url="twin"), environ).reveal() != CANARY
    assert environ == {}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "ANTHROPIC_API_KEY is not set"),
        ({"api_key_env": None}, "no API key is configured"),
        ({"api_key_file": "/no/such/file"}, "No such file"),
        ({"api_key_file": "/"}, "Is a directory"),
        ({"api_key_command": ()}, "api_key_command is empty"),
        ({"api_key_command": ("/no/such/command",)}, "No such file"),
        ({"api_key_command": ("false",)}, "ended with status 1"),
        ({"api_key_command": ("true",)}, "is empty"),
        ({"api_key_command": ("echo", CANARY, "more")}, "more than one word"),
        ({"api_key_command": ("printf", CANARY + "\\344")}, "not plain ASCII"),
        ({"api_key_command": ("head", "-c", "5000", "/dev/zero")}, "larger than 4096 bytes"),
    ],
)
def test_a_missing_or_wrong_key_is_said_with_what_to_do(settings: dict, words: str) -> None:
    with pytest.raises(KeyUnusable) as refused:
        read_api_key(Model(**settings), {})
    what, _, todo = str(refused.value).partition("\n")
    assert words in what
    assert todo
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("value", ["", "  ", "two words", "line\nline", "kéy"])
def test_a_variable_that_holds_no_key_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(KeyUnusable) as refused:
        read_api_key(Model(api_key_env="MY_KEY"), {"MY_KEY": value})
    assert "the variable MY_KEY" in str(refused.value)
    assert not value.strip() or value not in str(refused.value)


def test_the_kernel_does_not_show_the_key_of_a_process_that_has_read_it() -> None:
    program = (
        "import os; from pathlib import Path; from factory_tui.agents.key import read_api_key;"
        "from factory_tui.config import Model; key = read_api_key(Model(), os.environ);"
        "print(key.reveal() in Path('/proc/self/environ').read_text(), key.reveal(), os.environ['NEXT'])"
    )
    env = {"ANTHROPIC_API_KEY": "sk-canary-41c7", "NEXT": "stays", "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "sk-canary-41c7", "stays"]


def test_the_key_for_the_twin_strikes_nothing_out_of_a_message_about_the_twin() -> None:
    message = "the twin's script cannot be used: /ws/twins/anthropic/a.yaml"
    assert read_api_key(Model(base_url="twin"), {}).redact(message) == message
