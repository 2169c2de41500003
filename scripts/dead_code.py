"""Functions, methods, classes and properties of the program that nothing uses. Exit code 1 when there are any.

Tests do not count as use: what only a test calls is dead. Variables are left out: most of them are fields of models
and attributes that a framework reads.
"""

import sys
from pathlib import Path

from vulture.core import Vulture  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[1]
USERS = ("src", "scripts", "bench")
KINDS = frozenset({"function", "method", "class", "property", "import", "unreachable_code"})
CALLED_BY_NAME = ["do_*", "on_*", "_on_*", "action_*", "key_*", "watch_*", "compose", "__getattr__"]
"""The runner, the terminal framework and the import system find these by their names."""
OVERRIDES = [
    *("list_commands", "get_command"),  # click
    *("render_line", "control", "get_theme_variable_defaults", "find_matching_bracket"),  # textual
    *("makefile", "readable", "readinto"),  # http.client and io
    "is_settled",  # what tests of the control room wait for
]
DECORATED = ["@*.command*", "@*.group*", "@click.*", "@model_validator*", "@field_validator*", "@on*", "@*.feature*"]


def main() -> int:
    vulture = Vulture(ignore_names=[*CALLED_BY_NAME, *OVERRIDES], ignore_decorators=DECORATED)
    vulture.scavenge([str(ROOT / each) for each in USERS])
    dead = [each for each in vulture.get_unused_code(min_confidence=60) if each.typ in KINDS]
    for each in dead:
        print(f"{each.filename.relative_to(ROOT)}:{each.first_lineno}: nothing uses the {each.typ} {each.name}")
    if dead:
        print("remove it, or use it; a name that a framework calls goes into the lists of scripts/dead_code.py")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
