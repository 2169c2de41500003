"""A page of the documentation, carried out: its files are written, its commands run, its output compared.

A fence whose info has a path holds that file. A fence of the language `console` holds commands after `$ ` and what
they print; `…` stands for anything, and on a line of its own for any lines. `<!-- exit 1 -->` before a fence says that
its last command ends with that code.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_FENCE = re.compile(
    r"(?:^<!-- exit (?P<code>\d+) -->\n)?^(?P<marks>`{3,})(?P<language>\w+)(?: (?P<path>\S+))?\n"
    r"(?P<body>.*?)^(?P=marks)$",
    re.MULTILINE | re.DOTALL,
)
_CLOCK = re.compile(r"\b\d\d:\d\d:\d\d\b")


@dataclass(frozen=True)
class File:
    path: str
    text: str
    is_named: bool
    """The words above say which file it is: a reader does not see the info of a fence."""


@dataclass(frozen=True)
class Command:
    line: int
    """1-based line of the page."""
    words: str
    printed: str
    code: int = 0


@dataclass
class Shell:
    """Where the reader is: each command goes on in the directory and with the variables of the one before."""

    place: Path
    state: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, words: str) -> tuple[int, str]:
        """Exit code, and both outputs as a terminal would show them."""
        script = f'[ -e "$0" ] && . "$0"\n{words}\ncode=$?\n{{ export -p; echo "cd \'$PWD\'"; }} > "$0"; exit $code'
        done = subprocess.run(
            ["bash", "-c", script, str(self.state)], cwd=self.place, env=self.environment, text=True, timeout=120,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout

    @property
    def directory(self) -> Path:
        """Where the next command will run."""
        return Path(self.run("pwd")[1].strip())


def steps_of(page: str) -> Iterator[File | Command]:
    """What the page asks its reader to do, in order."""
    for fence in _FENCE.finditer(page):
        line = page.count("\n", 0, fence.start("body")) + 1
        if fence["language"] == "console":
            yield from _commands(fence["body"], line, int(fence["code"] or 0))
        elif fence["path"]:
            above = page[: fence.start()].rstrip().rpartition("\n\n")[2]
            yield File(fence["path"], fence["body"], f"`{fence['path']}`" in above)


def _commands(body: str, line: int, code: int) -> Iterator[Command]:
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    assert parts[0] == "", f"line {line}: output without a command"
    for number, part in enumerate(parts[1:], start=1):
        words, _, printed = part.partition("\n")
        yield Command(line, words, printed, code if number == len(parts) - 1 else 0)
        line += part.count("\n")


def agrees(shown: str, printed: str) -> bool:
    """Whether a command printed what the page shows. Every time of day is as good as another."""
    pattern = ""
    for line in _CLOCK.sub("…", shown).splitlines():
        if line == "…":
            pattern += r"(?:.*\n)*"
        else:
            pattern += ".*".join(re.escape(part.rstrip(" ")) + " *" for part in line.split("…")) + r"\n"
    return re.fullmatch(pattern, printed) is not None
