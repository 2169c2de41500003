"""The bundled `factory.toml` shows every key with its default and is fit for the scripts."""

import re
import tomllib
from typing import Any

import pytest

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


@pytest.mark.parametrize(
    ("gate", "wrong"),
    [
        ({"judge_profile": "strict"}, "gate.judge_profile: there is no profile named strict; known: default"),
        ({"judge_quorum": 4}, "judge_quorum: must be more than half of judge_votes (3)"),
        ({"judge_quorum": 1}, "judge_quorum: must be more than half of judge_votes (3)"),
        ({"judge_votes": 4, "judge_quorum": 2}, "judge_quorum: must be more than half of judge_votes (4)"),
    ],
)
def test_judges_that_could_not_decide_are_refused(gate: dict[str, Any], wrong: str):
    with pytest.raises(config.ConfigError, match=re.escape(wrong)):
        config.parse({"gate": gate}, {}, "factory.toml")


def test_judges_have_a_profile_and_a_quorum_of_their_own():
    given = {"gate": {"judge_profile": "strict", "judge_quorum": 2}, "profiles": {"default": {}, "strict": {}}}
    assert config.parse(given, {}, "factory.toml").gate.judge_quorum == 2


def test_the_environment_overrides_every_value_those_of_a_profile_included():
    settings = config.parse(
        {"profiles": {"default": {"max_turns": 9}}, "limits": {"attempts": 2}},
        {
            "FACTORY_LIMITS__ATTEMPTS": "3",
            "FACTORY_MODEL__API_KEY_COMMAND": '["pass", "show"]',
            "FACTORY_PROFILES__DEFAULT__MAX_TOKENS": "512",
            "FACTORY_PROFILES__CHEAP__MODEL": "claude-haiku-4-5",
            "FACTORY_REQUIRE_DOCKER": "1",
            "FACTORY_RESET__X": "not ours",
        },
        "factory.toml",
    )
    assert settings.limits.attempts == 3
    assert settings.model.api_key_command == ("pass", "show")
    assert (settings.profiles["default"].max_turns, settings.profiles["default"].max_tokens) == (9, 512)
    assert settings.profiles["cheap"].model == "claude-haiku-4-5"


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("FACTORY_FACTORY__PARALLEL", "many", "FACTORY_FACTORY__PARALLEL: .*integer"),
        ("FACTORY_LIMITS__RUN_USDD", "1", "FACTORY_LIMITS__RUN_USDD: unknown key; did you mean run_usd"),
        ("FACTORY_PROFILES__DEFAULT__MAX_TURN", "1", "FACTORY_PROFILES__DEFAULT__MAX_TURN: .*mean max_turns"),
        ("FACTORY_LIMTS__RUN_USD", "1", "no section limts\nwrite FACTORY_LIMITS__RUN_USD"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(variable: str, text: str, said: str):
    with pytest.raises(config.ConfigError, match=said):
        config.parse({}, {variable: text}, "factory.toml")


@pytest.mark.parametrize(
    "setting", ["limits.day_usd=inf", "limits.run_usd=1e30", "limits.run_minutes=inf", "feedback.window_days=99999999"]
)
def test_a_number_that_no_clock_and_no_sum_can_hold_is_refused(setting: str):
    name, value = setting.split("=")
    variable = f"FACTORY_{name.upper().replace('.', '__')}"
    with pytest.raises(config.ConfigError, match=f"{variable}: Input should be less than"):
        config.load(ROOT, {variable: value})
