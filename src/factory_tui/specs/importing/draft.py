"""Parts of a foreign text → the body of a spec. What nothing answers stays empty: the validator names it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from factory_tui.model.foreign import clean_line
from factory_tui.model.spec import Question
from factory_tui.specs.importing.foreign import Part
from factory_tui.specs.importing.items import Numbers, is_text, joined_steps, plain_steps, with_ids, without_ids
from factory_tui.specs.importing.placing import Place, place_of, says_only_where, with_labels

_REQUIREMENT = re.compile(r"^Requirement:\s*(?P<name>\S.*)$", re.IGNORECASE)
_SCENARIO = re.compile(r"^Scenario:\s*(?P<name>\S.*)$", re.IGNORECASE)
_NUMBERED = {Question.RULES: "R", Question.EVALUATION: "E"}
_FREE = ("Edge cases",)
"""Sub-sections whose items are no rules."""


@dataclass
class Draft:
    """The answers as they are gathered."""

    answers: dict[Place, list[str]] = field(default_factory=dict)
    """Lines below each place, in the order in which they came."""
    numbers: Mapping[str, Numbers] = field(default_factory=lambda: {each: Numbers(each) for each in ("R", "E")})
    requirement: str = ""
    """Id of the rule that scenarios belong to now."""

    def take(self, parts: Iterable[Part]) -> None:
        """Place each part, in order."""
        for part in (each for whole in parts for each in with_labels(whole)):
            requirement, scenario = _REQUIREMENT.match(part.title), _SCENARIO.match(part.title)
            if requirement:
                self._add_requirement(requirement["name"], part)
            elif scenario and self.requirement:
                self._add_scenario(scenario["name"], part)
            else:
                self.requirement = ""
                self._add(part)

    def body(self, guidance: Mapping[Question, str]) -> str:
        """What stands below the front matter: the seven questions, each with its guidance and what was found."""
        sections = []
        for question in Question:
            said = guidance.get(question, "").replace("--", "-")
            parts = [f"## {question}", *([f"<!-- {said} -->"] if said else [])]
            parts += self._section(question)
            sections.append("\n\n".join(parts))
        return "\n\n".join(sections) + "\n"

    def _section(self, question: Question) -> Iterator[str]:
        places = [each for each in self.answers if each.question is question]
        for place in sorted(places, key=lambda each: bool(each.subsection)):
            text = "\n".join(self.answers[place]).strip("\n")
            yield f"### {place.subsection}\n\n{text}" if place.subsection else text

    def _add_requirement(self, name: str, part: Part) -> None:
        self.requirement = self.numbers["R"].fresh()
        removed = [title for title in part.above if title.casefold().startswith(("removed", "renamed"))]
        mark = f" ({removed[-1]})" if removed else ""
        first, rest = (part.body[0].strip(), part.body[1:]) if part.body else ("", ())
        lead = f"- {self.requirement} {name}{mark}{':' if first else ''}"
        if not is_text(first):
            first, rest = "", part.body
        below = (f"  {line}".rstrip() for line in without_ids(rest))
        self._lines(Place(Question.RULES), [f"{lead} {first}".rstrip(), *below])

    def _add_scenario(self, name: str, part: Part) -> None:
        item = f"- {self.numbers['E'].fresh()} ({self.requirement}): {joined_steps(part.body)} [{name}]"
        self._lines(Place(Question.EVALUATION), [item])

    def _add(self, part: Part) -> None:
        place = place_of(part)
        title = "" if says_only_where(part.title) else clean_line(part.title)
        if not part.body:
            self._lines(place, [title] if title and not part.is_title else [])
            return
        if title and not place.subsection and not part.is_title:
            place = Place(place.question, title)
        prefix = _NUMBERED.get(place.question)
        lines = [each if each.startswith("    ") else plain_steps(each) for each in part.body]
        if prefix is not None:
            free = place.subsection in _FREE
            lines = list(without_ids(lines) if free else with_ids(lines, self.numbers[prefix]))
        self._lines(place, lines)

    def _lines(self, place: Place, lines: list[str]) -> None:
        if not lines:
            return
        held = self.answers.setdefault(place, [])
        both_items = held and held[-1].startswith(("- ", "  ")) and lines[0].startswith("- ")
        if held and held[-1].strip() and not both_items:
            held.append("")
        held += lines
