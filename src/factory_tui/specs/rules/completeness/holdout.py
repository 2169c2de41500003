"""C14: nothing that only the holdout knows stands in the spec, which the agent reads.

That a text stands in both proves nothing: a scenario takes file names, headers and messages from the spec. Proven is a
copy only of what nobody writes twice by chance, see `_is_distinctive`.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from factory_tui.model.finding import Finding, Level
from factory_tui.model.scenario import LoadedScenario, Suite
from factory_tui.model.spec import Question
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.rules.rule import Example, Rule, Subject, found

ID_WORDS = 3
"""Words of a scenario's id that nobody joins with dashes by chance."""
ID_LENGTH = 12
DATA_LENGTH = 20
DATA_WORDS = 5
"""A line of data with a digit in it."""
TEXT_LENGTH = 40
TEXT_WORDS = 7
"""A line of plain text."""
MOST = 200_000
"""Characters of a suite that are looked at."""
MOST_OF_A_FIXTURE = 20_000
"""Bytes of one fixture, so that a large one does not hide the others."""

_WORD = re.compile(r"\w+")
_PROGRAMS = frozenset(
    {".py", ".sh", ".js", ".ts", ".rb", ".go", ".rs", ".java", ".c", ".h", ".cpp", ".cs", ".php", ".pl", ".sql", ".mk"}
)
"""A fixture that is a program calls what the spec describes, in the words of the spec."""


def nothing_of_the_holdout(subject: Subject) -> Iterator[Finding]:
    """C14: no id of a scenario and no line of its fixtures or of its standard input stands in the spec."""
    if subject.suite is None:
        return
    text, own = subject.spec.text, subject.spec.id
    for loaded in subject.suite.scenarios:
        if loaded.id in text and str(loaded.id) != own:
            yield from _named(subject, loaded)
    for scenario, line in _inputs(subject.suite):
        if line in text and _is_distinctive(line):
            yield from _copied(subject, scenario, line)


def _named(subject: Subject, loaded: LoadedScenario) -> Iterator[Finding]:
    pattern = re.compile(rf"(?<![\w-]){re.escape(loaded.id)}(?![\w-])(?P<file>\.ya?ml\b)?")
    is_long = loaded.id.count("-") + 1 >= ID_WORDS and len(loaded.id) >= ID_LENGTH
    for number, line in enumerate(subject.lines, start=1):
        match = pattern.search(line) if loaded.id in line else None
        if match is not None and (is_long or match["file"]):
            yield _finding(subject, number, match.start() + 1, match[0], f"the scenario {loaded.id} is named here")
            return


def _copied(subject: Subject, scenario: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(subject.lines, start=1):
        column = line.find(text)
        if column >= 0:
            yield _finding(subject, number, column + 1, text, f"this is an input of the scenario {scenario}")
            return


def _inputs(suite: Suite) -> Iterator[tuple[str, str]]:
    """Long lines of what scenarios put in, each once, with the id of the first that has it."""
    seen: set[str] = set()
    left = MOST
    for loaded in suite.scenarios:
        for text in _texts(loaded):
            for line in split_lines(text[:left]):
                stripped = line.strip()
                if len(stripped) >= DATA_LENGTH and stripped not in seen:
                    seen.add(stripped)
                    yield loaded.id, stripped
            left -= min(left, len(text))


def _texts(loaded: LoadedScenario) -> Iterator[str]:
    scenario = loaded.scenario
    for name, text in scenario.files.items():
        if PurePosixPath(name).suffix not in _PROGRAMS:
            yield text
    for each in loaded.fixtures:
        if each.path.suffix not in _PROGRAMS:
            yield each.text(MOST_OF_A_FIXTURE)
    for step in scenario.steps:
        yield from (each for each in (step.stdin, step.http.body if step.http else None) if each)


def _is_distinctive(line: str) -> bool:
    """A record such as `31,Ödön Szabó,1987-04-30,0.10`, or a whole sentence; no header, no name, no single value."""
    count = len(_WORD.findall(line))
    if any(map(str.isdecimal, line)):
        return count >= DATA_WORDS
    return len(line) >= TEXT_LENGTH and count >= TEXT_WORDS


def _finding(subject: Subject, line: int, column: int, quote: str, what: str) -> Finding:
    return found(
        subject,
        "C14",
        f"{what}: an agent that reads what it is judged by can satisfy it without doing the work",
        "write another example here, or another input in the scenario",
        line=line,
        column=column,
        quote=quote,
    )


RULES = (
    Rule(
        "C14",
        Level.ERROR,
        "what an agent has seen judges nothing any more",
        nothing_of_the_holdout,
        requires="nothing of the holdout stands in the spec: no scenario's id, no line of its fixtures or input",
        example=Example(
            Question.WHAT,
            good="A command `count-words` that prints how many words a text file holds.",
            bad="A command `count-words` that prints how many words a text file holds, see words-of-a-letter.",
        ),
    ),
)
