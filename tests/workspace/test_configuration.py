"""The bundled `factory.toml` shows every key with its default and is fit for the scripts."""

import re
import tomllib
from typing import Any

from factory_tui import config

from .bundled import ROOT

TEXT = (ROOT / "factory.toml").read_text(encoding="utf-8")
SECTIONS = {
    name: field.annotation
    for name, field in config.Settings.model_fields.items()
    if name not in ("profiles", "routing")
}


def test_the_workspace_replays_scripts_with_two_attempts_and_caps():
    settings = config.load(ROOT, {})
    assert settings.model.is_twin
    assert settings.limits.attempts == 2
    assert settings.limits.has_outer_cap
    assert settings.limits.call_usd is not None
    assert settings.limits.run_usd is not None


def shown(section: str) -> dict[str, Any]:
    """Keys of a section, commented ones included, with their values; what is said to be unset is None."""
    body = re.split(r"^(?:# )?\[", TEXT.split(f"[{section}]\n", 1)[1], maxsplit=1, flags=re.M)[0]
    values: dict[str, Any] = {}
    for line in body.splitlines():
        if re.match(r"(# )?[a-z_0-9]+ = ", line):
            parsed = tomllib.loads(line.removeprefix("# "))
            name = next(iter(parsed))
            values[name] = None if "unset" in line else parsed[name]
    return values


def test_every_key_of_every_section_is_shown():
    for name, model in SECTIONS.items():
        assert set(shown(name)) == set(model.model_fields), name
    assert set(shown("profiles.default")) == set(config.Profile.model_fields)


def test_a_commented_key_shows_its_default():
    ours = {"factory.name", "model.base_url", "limits.attempts"}
    caps = {f"limits.{name}_usd" for name in ("call", "run", "batch", "day")}
    for section, model in {**SECTIONS, "profiles.default": config.Profile}.items():
        for name, value in shown(section).items():
            if f"{section}.{name}" not in ours | caps:
                assert value == model.model_fields[name].default, f"{section}.{name}"
