"""Factories whose night ends as a test needs it."""

from collections.abc import Sequence
from pathlib import Path

from tests.engine.factory import GREETS, REFUSES, RIGHT, Factory, Turn, delivers

ASKS: Sequence[Turn] = (
    {"turn": 1, "kind": "answer", "times": 1, "tools": [{"write": {"path": "NOTES", "content": "begun"}}]},
    {
        "turn": 2,
        "kind": "answer",
        "times": 1,
        "text": "I looked.\n\nQUESTION (OUTPUTS): Is the greeting in English?\n"
        "- yes, always\n- in the caller's language",
    },
)
"""Faults of a twin whose agent begins and then asks; once the spec says more, it builds."""


def asking(workspace: Path) -> Factory:
    """The agent of `greet` asks first."""
    factory = Factory.at(workspace)
    factory.add("greet", delivers(RIGHT))
    factory.break_twin("greet", *ASKS)
    return factory


ASCII_ONLY = (
    '#!/bin/sh\n[ -n "$1" ] || { echo "usage: greet NAME" >&2; exit 2; }\n'
    'case "$1" in *[!a-z0-9-]*) echo "cannot greet that" >&2; exit 3;; esac\necho "hello $1"\n'
)


def umlaut(scenario: str, name: str) -> str:
    """A case of R1 that an agent forgets."""
    return (
        f"id: {scenario}\ncovers: [R1]\nkind: alternate\ngiven: A name beyond ASCII, with an umlaut\n"
        f"when: It is greeted\nthen: It is greeted like any other\n"
        f"steps:\n  - run: bin/greet {name}\n    expect: {{exit: 0, stdout: 'hello {name}'}}\n"
    )


def two_that_forget_umlauts(workspace: Path) -> Factory:
    """Two specs whose agents miss the same case: four records of one kind."""
    factory = Factory.at(workspace, parallel=2)
    for spec in ("greet", "welcome"):
        extra = (umlaut("joerg-is-greeted", "jörg"), umlaut("zoe-is-greeted", "zoë"))
        factory.add(spec, delivers(ASCII_ONLY), scenarios=(GREETS, REFUSES, *extra))
    return factory
