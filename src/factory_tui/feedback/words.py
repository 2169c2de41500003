"""The word lists of the classification (`claims.toml`), compiled once."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class ClaimKind:
    """Something an agent can claim to have done, and what would show that it did."""

    name: str
    claims: re.Pattern[str]
    commands: re.Pattern[str] | None
    """Commands that are the check; None when every command counts but those that only look."""
    looking: frozenset[str]
    """First words of commands that only look around."""


@dataclass(frozen=True, slots=True)
class Words:
    kinds: tuple[ClaimKind, ...]
    hedges: re.Pattern[str]
    failed: re.Pattern[str]
    passed: re.Pattern[str]
    test_paths: re.Pattern[str]
    assertions: re.Pattern[str]
    skips: re.Pattern[str]


@cache
def words() -> Words:
    raw = tomllib.loads(files("factory_tui.feedback").joinpath("claims.toml").read_text("utf-8"))
    kinds = tuple(
        ClaimKind(
            name=each["name"],
            claims=_any(each["claims"], re.IGNORECASE),
            commands=_any(each["commands"], re.IGNORECASE) if "commands" in each else None,
            looking=frozenset(each.get("looking", ())),
        )
        for each in raw["kinds"].values()
    )
    return Words(
        kinds=kinds,
        hedges=_any(raw["sentence"]["hedges"], re.IGNORECASE),
        failed=_any(raw["output"]["failed"], re.MULTILINE),
        passed=_any(raw["output"]["passed"], re.MULTILINE),
        test_paths=_any(raw["tests"]["paths"]),
        assertions=_any(raw["tests"]["assertions"]),
        skips=_any(raw["tests"]["skips"]),
    )


def _any(patterns: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in patterns), flags)
