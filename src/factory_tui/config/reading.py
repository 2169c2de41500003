"""`factory.toml` → settings. Unknown keys are errors with the nearest valid key; the environment overrides."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from factory_tui.config.settings import ConfigError, Profile, Route, Settings
from factory_tui.regular_file import read_regular

FILE_NAME = "factory.toml"
_ENV_PREFIX = "FACTORY_"
_FILE_CAP = 1024 * 1024


def load(workspace: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings of a workspace: `factory.toml`, then `FACTORY_<SECTION>__<KEY>` from the environment.

    Raises:
        ConfigError: unreadable, not TOML, an unknown key, a wrong type or value.
    """
    path = workspace / FILE_NAME
    try:
        data = read_regular(path, _FILE_CAP)
        if len(data) > _FILE_CAP:
            raise ConfigError(
                f"{path}: larger than {_FILE_CAP // 1024} KiB\na configuration is a short file; shorten it"
            )
        raw = tomllib.loads(data.decode("utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: not found, so this is not a workspace\n"
            f"run `factory-tui init {workspace}`, or name one with -C DIR"
        ) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 at byte {error.start}\nsave the file as UTF-8") from None
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror}\nput a file there that this user can read"
        ) from None
    except (ValueError, RecursionError) as error:  # a number with thousands of digits, or a list in a list in a list …
        raise ConfigError(f"{path}: not valid TOML: {error}\nmend that line") from None
    return parse(raw, environ if environ is not None else os.environ, source=str(path))


def parse(raw: Mapping[str, Any], environ: Mapping[str, str], source: str) -> Settings:
    """Settings from parsed TOML and environment overrides. Raises `ConfigError`."""
    merged = {key: dict(value) if isinstance(value, Mapping) else value for key, value in raw.items()}
    variables: dict[tuple[str, ...], str] = {}
    for name, text in sorted(environ.items()):
        place = _place_of(name)
        if place is not None:
            variables[place] = name
            _override(merged, place, text)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise ConfigError(_explain(error, source, variables)) from None


def _place_of(variable: str) -> tuple[str, ...] | None:
    """Where a variable's value belongs: `(section, key)` or `("profiles", name, key)`; None when it is not ours.

    Raises:
        ConfigError: it looks like one of ours whose section is mistyped; a cap that is not read would be no cap.
    """
    if not variable.startswith(_ENV_PREFIX) or "__" not in variable:
        return None
    section, *keys = variable[len(_ENV_PREFIX) :].lower().split("__", 2)
    if section not in Settings.model_fields:
        from rapidfuzz import fuzz, process

        best = process.extractOne(section, list(Settings.model_fields), scorer=fuzz.ratio, score_cutoff=75)
        if best is None:
            return None
        meant = variable.replace(section.upper(), best[0].upper(), 1)
        raise ConfigError(f"{variable}: there is no section {section}\nwrite {meant}, or unset it")
    return (section, *keys) if section == "profiles" else (section, "__".join(keys))


def _override(merged: dict[str, Any], place: tuple[str, ...], text: str) -> None:
    """Put a variable's value where the file would have it; what the file has wrong is left for the model to say."""
    table: Any = merged
    for name in place[:-1]:
        inner = table.get(name, {})
        if not isinstance(inner, Mapping):
            return
        table[name] = dict(inner)
        table = table[name]
    table[place[-1]] = _typed(place, text)


def _typed(place: tuple[str, ...], text: str) -> object:
    """The environment gives text; take it as JSON where the field is not text itself."""
    key = place[-1]
    model = Profile if len(place) == 3 else Settings.model_fields[place[0]].annotation
    fields = getattr(model, "model_fields", {})
    if key in fields:
        adapter: TypeAdapter[Any] = TypeAdapter(fields[key].annotation)
        for candidate in (adapter.validate_json, adapter.validate_strings, adapter.validate_python):
            try:
                candidate(text)
            except (ValidationError, ValueError):
                continue
            return candidate(text)
    return text


def _explain(error: ValidationError, source: str, variables: Mapping[tuple[str, ...], str]) -> str:
    from rapidfuzz import process

    lines = []
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        where = ".".join(str(part) for part in each["loc"])
        variable = next((name for place, name in variables.items() if each["loc"][: len(place)] == place), None)
        message = each["msg"].removeprefix("Value error, ")
        if each["type"] == "extra_forbidden":
            known = _known_keys(each["loc"][:-1])
            best = process.extractOne(str(each["loc"][-1]), known, score_cutoff=50)
            message = f"unknown key; did you mean {best[0]}?" if best else f"unknown key; known: {', '.join(known)}"
        if variable is not None:
            lines.append(f"{variable}: {message}\nset it to a value for {where}, or unset it")
        else:
            lines.append(f"{source}: {where}: {message}" if where else f"{source}: {message}")
    return "\n".join(lines)


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    if not location:
        return list(Settings.model_fields)
    if location[0] == "profiles":
        return list(Profile.model_fields)
    if location[0] == "routing":
        return list(Route.model_fields)
    model = Settings.model_fields[str(location[0])].annotation
    return list(getattr(model, "model_fields", {}))
