"""The API key: read once, taken out of the environment, never shown."""

import ctypes
import os
import subprocess
from collections.abc import MutableMapping
from pathlib import Path

from factory_tui.config import Model
from factory_tui.regular_file import read_regular

_FILE_CAP = 4096
_COMMAND_TIMEOUT_S = 30.0


class KeyUnusable(Exception):
    """There is no key, or what was found is none. The message says where it was looked for and what to do."""


class ApiKey:
    """A secret that does not appear in `repr`, `str`, formats, pickles or logs."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def reveal(self) -> str:
        """The secret itself, for the one place that sends it."""
        return self._secret

    def redact(self, text: str) -> str:
        """`text` without the secret, for messages that come from elsewhere."""
        return text.replace(self._secret, "[key]")

    def __repr__(self) -> str:
        return "ApiKey(…)"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("an API key is not stored")


NO_KEY_NEEDED = ApiKey("no-key-is-needed-here")
"""Sent to the twin, which wants a key and does not look at it; no word that a message could contain is struck out."""


def read_api_key(settings: Model, environ: MutableMapping[str, str]) -> ApiKey:
    """The key by command, file or variable, the first that is configured; the variable is removed in any case.

    Raises:
        KeyUnusable: none is configured or found, or what was found cannot be a key.
    """
    from_variable = _taken(settings.api_key_env, environ) if settings.api_key_env else None
    if settings.is_twin:
        return NO_KEY_NEEDED
    if settings.api_key_command is not None:
        return _checked(_from_command(settings.api_key_command), f"the output of {settings.api_key_command[0]}")
    if settings.api_key_file is not None:
        return _checked(_from_file(Path(settings.api_key_file).expanduser()), settings.api_key_file)
    if settings.api_key_env is None:
        raise KeyUnusable(
            "no API key is configured\nset model.api_key_env, api_key_file or api_key_command in factory.toml"
        )
    if from_variable is None:
        raise KeyUnusable(
            f"no API key: the variable {settings.api_key_env} is not set\n"
            'set it, name a file with model.api_key_file, or try without a key: model.base_url = "twin"'
        )
    return _checked(from_variable, f"the variable {settings.api_key_env}")


def _taken(name: str, environ: MutableMapping[str, str]) -> str | None:
    """A variable that is gone afterwards, also from what the kernel shows as /proc/PID/environ.

    `unsetenv` forgets where the text lies, and leaves it there.
    """
    if environ is os.environ:
        getenv = ctypes.CDLL(None).getenv
        getenv.restype = ctypes.c_void_p
        place = getenv(os.fsencode(name))
        if place is not None:
            ctypes.memset(place, 0, len(ctypes.string_at(place)))
    return environ.pop(name, None)


def _from_command(argv: tuple[str, ...]) -> str:
    if not argv:
        raise KeyUnusable("model.api_key_command is empty\nname the command that prints the key")
    try:
        done = subprocess.run(
            list(argv), stdin=subprocess.DEVNULL, capture_output=True, timeout=_COMMAND_TIMEOUT_S, check=False
        )
    except OSError as error:
        raise KeyUnusable(f"model.api_key_command: {argv[0]}: {error.strerror}\ncorrect the command") from None
    except subprocess.TimeoutExpired:
        raise KeyUnusable(
            f"model.api_key_command: {argv[0]} did not end within {_COMMAND_TIMEOUT_S:.0f} s\n"
            "unlock the keyring first, or use a command that asks nothing"
        ) from None
    if done.returncode != 0:
        raise KeyUnusable(
            f"model.api_key_command: {argv[0]} ended with status {done.returncode}\n"
            "run it by hand to see why; what it printed is not shown here"
        )
    return _decoded(done.stdout, f"the output of {argv[0]}")


def _from_file(path: Path) -> str:
    try:
        return _decoded(read_regular(path, _FILE_CAP), str(path))
    except OSError as error:
        raise KeyUnusable(
            f"model.api_key_file: {path}: {error.strerror}\ncorrect the path or its permissions"
        ) from None


def _decoded(raw: bytes, source: str) -> str:
    if len(raw) > _FILE_CAP:
        raise KeyUnusable(f"{source} is larger than {_FILE_CAP} bytes\nit must hold the key and nothing else")
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError:
        raise KeyUnusable(f"{source} is not plain ASCII\nit must hold the key and nothing else") from None


def _checked(text: str, source: str) -> ApiKey:
    secret = text.strip()
    if not secret:
        raise KeyUnusable(f"{source} is empty\nput the API key there")
    if not all("!" <= each <= "~" for each in secret):
        raise KeyUnusable(f"{source} holds more than one word\nit must hold the key and nothing else")
    return ApiKey(secret)
