"""The workspace in which a rule's example stands: the packaged skeleton's spec and suite, with one part exchanged."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from types import MappingProxyType

from factory_tui.model.spec import Kind, Question
from factory_tui.specs.rules.rule import Example
from factory_tui.specs.templates.template import packaged_text

SPEC = "count-words"
"""Id of the spec that every example is a change of."""
SCENARIO = "example"
"""Id of the scenario that an example adds."""

_KEY = re.compile(r"^([A-Za-z_]\w*):")


@dataclass(frozen=True, slots=True)
class ExampleFiles:
    """The files of an example workspace, as texts."""

    spec: str
    scenarios: Mapping[str, str]
    """Name of the file → its text."""
    template: str
    """Of the spec's kind."""
    glossary: str


@cache
def untouched() -> ExampleFiles:
    """What `init` writes: a spec and a suite without any finding."""
    skeleton = resources.files("factory_tui.skeleton")
    suite = skeleton.joinpath("scenarios", SPEC)
    return ExampleFiles(
        spec=skeleton.joinpath("specs", f"{SPEC}.md").read_text(encoding="utf-8"),
        scenarios=MappingProxyType(
            {
                each.name: each.read_text(encoding="utf-8")
                for each in sorted(suite.iterdir(), key=lambda each: each.name)
            }
        ),
        template=packaged_text(Kind.FEATURE),
        glossary=skeleton.joinpath("context", "glossary.md").read_text(encoding="utf-8"),
    )


def placed(example: Example, text: str, files: ExampleFiles) -> ExampleFiles:
    """`files` with `text`, one of the two texts of `example`, in its place."""
    text = text.strip("\n")
    match example.part:
        case "spec":
            return replace(files, spec=f"{text}\n")
        case "front matter":
            return replace(files, spec=_with_keys(files.spec, text))
        case "scenario":
            return replace(files, scenarios=MappingProxyType({**files.scenarios, f"{SCENARIO}.yaml": f"{text}\n"}))
        case "template":
            return replace(files, template=_with_keys(files.template, text))
        case Question() as question:
            return replace(files, spec=_with_answer(files.spec, question, text))


def _with_answer(spec: str, question: Question, answer: str) -> str:
    before, heading, rest = spec.partition(f"\n## {question}\n")
    _, following, after = rest.partition("\n## ")
    return f"{before}{heading}\n{answer}\n{following}{after}"


def _with_keys(text: str, lines: str) -> str:
    """Keys of the front matter with the lines that belong to them exchanged; those that it lacks come last."""
    head, body = text.removeprefix("---\n").split("\n---\n", 1)
    keys = {**_by_key(head), **_by_key(lines)}
    return "---\n" + "\n".join(keys.values()) + f"\n---\n{body}"


def _by_key(head: str) -> dict[str, str]:
    """Key → its line and the indented ones below it; what stands before the first key is lost."""
    found: dict[str, str] = {}
    key = ""
    for line in head.split("\n"):
        match = _KEY.match(line)
        if match is not None:
            key = match[1]
            found[key] = line
        elif key:
            found[key] += f"\n{line}"
    return found
