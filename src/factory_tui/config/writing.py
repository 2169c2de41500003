"""`factory.toml` as `init` writes it: generated from the settings themselves, so that it always shows what is."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import tomlkit
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from factory_tui.config import Profile, Route, Settings
from factory_tui.docstrings import attribute_docstrings

_WIDTH = 110
_HEAD = """\
# Configuration of this workspace. A key behind a # shows its default; an unknown key is an error.
# The environment overrides: FACTORY_<SECTION>__<KEY>, such as FACTORY_FACTORY__PARALLEL=2.
# The API key never stands here; [model] says where it is found.
"""

Values = Mapping[str, Mapping[str, str | int | float | bool]]
"""Section → key → value."""


def commented(values: Values) -> str:
    """The text of a configuration: every key with its meaning and default, and those of `values` set."""
    sections = [_HEAD]
    for name, field in Settings.model_fields.items():
        chosen = values.get(name, {})
        if name == "profiles":
            sections.append(_section("profiles.default", Profile, chosen))
        elif name == "routing":
            sections.append(_routing())
        else:
            sections.append(_section(name, _model(field), chosen))
    return "\n".join(sections)


def _model(field: FieldInfo) -> type[BaseModel]:
    assert isinstance(field.annotation, type)
    assert issubclass(field.annotation, BaseModel)
    return field.annotation


def _section(name: str, model: type[BaseModel], values: Mapping[str, object]) -> str:
    lines, meanings = [f"[{name}]"], attribute_docstrings(model)
    for key, field in model.model_fields.items():
        lines += _meaning(field, meanings.get(key, ""))
        default = "(not set)" if field.default is None else _toml(field.default)
        lines.append(f"{key} = {_toml(values[key])}" if key in values else f"# {key} = {default}")
    return "\n".join(lines) + "\n"


def _routing() -> str:
    keys = ", ".join(Route.model_fields)
    return (
        "# Which profile takes a spec: the first route whose conditions all hold, else `default`."
        f'\n# Keys: {keys}.\n# [[routing]]\n# category = "docs"\n# profile = "default"\n'
    )


def _meaning(field: FieldInfo, text: str) -> Iterator[str]:
    choices = _choices(field.annotation)
    if choices:
        text = f"{text} One of: {', '.join(choices)}.".strip()
    for line in textwrap.wrap(text, _WIDTH):
        yield f"#   {line}"


def _choices(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        found = get_args(annotation)
        return found if len(found) > 1 else ()
    return next((found for each in get_args(annotation) if (found := _choices(each))), ())


def _toml(value: object) -> str:
    return tomlkit.item(value).as_string()
