"""The environment of commands: what a scenario may set, and what its seed and its ports set."""

import re
from collections.abc import Iterator

from factory_tui.model.scenario import Scenario

PORTS = ("port", *(f"port{number}" for number in range(2, 10)))
"""Variables that stand for TCP ports, each another one, that nothing listens on when a trial begins."""

SEEDS = ("SEED", "PYTHONHASHSEED")

_MENTIONED = re.compile(r"(?:\$\{?|:)(port[2-9]?)(?![a-zA-Z0-9_])")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_OURS = re.compile(r"LD_|DATEFUDGE|FACTORY_|GCONV_PATH$")
_STEERS = frozenset({"PATH", "BASH_ENV", "SHELLOPTS", "BASHOPTS", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT"})
"""What they name is run or loaded by every shell or interpreter, those that a scenario judges with included."""

LONGEST = 100_000
"""Bytes of one value: Linux allows 128 KiB for a variable with its name (`MAX_ARG_STRLEN`)."""


def ports_of(scenario: Scenario) -> tuple[str, ...]:
    """The ports that the scenario mentions anywhere, as `${port}` or `$port`."""
    mentioned = set(_MENTIONED.findall(scenario.model_dump_json()))
    return tuple(name for name in PORTS if name in mentioned)


def seed_environment(scenario: Scenario) -> dict[str, str]:
    """What makes chance repeat itself, where the scenario has a seed."""
    return {} if scenario.seed is None else dict.fromkeys(SEEDS, str(scenario.seed))


def refused_variables(scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    """Names of `env` that cannot be set or may not be, each with what is wrong and what to do."""
    captured = {name for step in scenario.steps for name in step.capture}
    for name, value in scenario.env.items():
        shown = name[:60]
        if not _NAME.fullmatch(name):
            yield name, f"{shown!r} is not a name of a variable", "write letters, digits and _, beginning with a letter"
        elif name in _STEERS or _OURS.match(name):
            yield (
                name,
                f"{shown} decides which programs run and what they load, those that judge included",
                "leave it out; call a program by its path, or set the variable for one command in its run text",
            )
        elif scenario.seed is not None and name in SEEDS:
            yield name, f"{shown} is set by seed", "leave it out, or leave out seed"
        elif scenario.clock is not None and name == "TZ":
            yield name, "TZ is set by clock.zone", "leave it out, and write the zone under clock"
        elif name in PORTS or name in captured:
            yield name, f"{shown} is a variable of the scenario itself, which would replace it", "give it another name"
        elif "\0" in value or len(value.encode(errors="replace")) > LONGEST:
            yield name, f"the value of {shown} cannot stand in an environment", "put it into a file of the scenario"
