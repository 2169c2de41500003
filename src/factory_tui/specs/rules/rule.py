"""What a rule is, what it looks at, and how it says what it found."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from factory_tui.config.settings import Settings
from factory_tui.model.finding import Edit, Finding, Level
from factory_tui.model.glossary import Glossary
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import Kind, Question, Spec
from factory_tui.model.version import Earlier
from factory_tui.specs.errors import TemplateError
from factory_tui.specs.reading.english import english_sections
from factory_tui.specs.reading.front import SECTION as FRONT_MATTER
from factory_tui.specs.reading.inputs import Input, inputs
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.reading.placeholders import Placeholder, placeholders
from factory_tui.specs.reading.statements import Placed, Sample, Statement, Table, placed, samples, statements, tables
from factory_tui.specs.templates.template import Template

QUOTE_LIMIT = 120

_WORD = re.compile(r"[^\W_]+")
_APART = {code: " " for code in range(128) if not chr(code).isalnum()}
"""The characters of ASCII that are part of no word."""


@dataclass(frozen=True)
class Subject:
    """A spec and what it is judged against."""

    spec: Spec
    others: Mapping[SpecId, Spec] = field(default_factory=lambda: MappingProxyType({}))
    """Every readable spec of the workspace, this one included."""
    unreadable: frozenset[str] = frozenset()
    """Ids of specs whose file cannot be read."""
    templates: Mapping[Kind, Template] = field(default_factory=lambda: MappingProxyType({}))
    settings: Settings | None = None
    broken_templates: Mapping[Kind, TemplateError] = field(default_factory=lambda: MappingProxyType({}))
    """Why the workspace's own template of a kind is not the one in `templates`."""
    glossary: Glossary = field(default_factory=Glossary)
    suite: Suite | None = None
    """The spec's valid scenarios; None where nobody has looked for them."""
    earlier: tuple[Earlier, ...] = ()
    """Versions that became Ready before this text, oldest first, without this one."""

    @cached_property
    def lines(self) -> list[str]:
        """Lines of the file."""
        return split_lines(self.spec.text)

    @cached_property
    def line_end(self) -> str:
        """What ends a line that is added."""
        return "\r\n" if "\r\n" in self.spec.text else "\n"

    @cached_property
    def visible(self) -> list[str]:
        """Lines without front matter and comments."""
        return split_lines(self.spec.visible)

    @cached_property
    def prose(self) -> list[str]:
        """Lines without front matter, comments, code and quoted text."""
        return split_lines(self.spec.prose)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What the seven answers say, item by item."""
        return tuple(statements(self.spec, self._placed, self.visible, self.prose))

    @cached_property
    def said(self) -> Mapping[Question, tuple[Statement, ...]]:
        """The statements of each question that has one."""
        groups: dict[Question, list[Statement]] = {}
        for each in self.statements:
            groups.setdefault(each.question, []).append(each)
        return {question: tuple(each) for question, each in groups.items()}

    @cached_property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """What the author has still to answer."""
        front = self.spec.front
        if front is not None and front.kind in self.templates:
            left = self.templates[front.kind].sample_lines
        else:
            left = frozenset().union(*(template.sample_lines for template in self.templates.values()))
        return tuple(placeholders(self.lines, self.visible, self.prose, self.small, left))

    @cached_property
    def open_lines(self) -> frozenset[int]:
        """Lines with a placeholder: C02 is about them, so every other rule keeps silent there."""
        return frozenset(each.line for each in self.placeholders)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        return tuple(tables(self._placed, self.visible))

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """What INPUTS says of each input."""
        return tuple(inputs(self.tables, self.statements))

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """The code blocks of the seven answers."""
        return tuple(samples(self._placed, self.lines))

    @cached_property
    def small(self) -> str:
        """The prose in small letters, line by line as in the file."""
        return self.spec.prose.casefold()

    @cached_property
    def spelled(self) -> frozenset[str]:
        """Every word of the prose as it is written."""
        prose = self.spec.prose
        return frozenset(prose.translate(_APART).split() if prose.isascii() else _WORD.findall(prose))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the prose in small letters: a rule whose words are not among them has nothing to look for."""
        return frozenset(map(str.casefold, self.spelled))

    @cached_property
    def english(self) -> frozenset[Question]:
        """The questions that are answered in English: rules about words keep to these."""
        return english_sections(self.spec, self.words)

    @cached_property
    def asked(self) -> Mapping[Question, tuple[Statement, ...]]:
        """What the English answers ask for: without what is out of scope and what is still to be answered."""
        return {
            question: tuple(
                each
                for each in statements
                if "out of scope" not in each.subsection.casefold()
                and (
                    not self.open_lines
                    or self.open_lines.isdisjoint(range(each.line, each.line + each.prose.count("\n") + 1))
                )
            )
            for question, statements in self.said.items()
            if question in self.english
        }

    @cached_property
    def asked_lines(self) -> Mapping[int, Statement]:
        """1-based line → the statement of `asked` that holds it."""
        return {
            line: each
            for statements in self.asked.values()
            for each in statements
            for line in range(each.line, each.line + each.prose.count("\n") + 1)
        }

    def line(self, number: int) -> str:
        """The 1-based line as the file has it, without the space around it."""
        return self.lines[number - 1].strip() if 0 < number <= len(self.lines) else ""

    def section_of(self, line: int) -> str | None:
        """The question, or `front matter`, that a line belongs to."""
        index = bisect_right(self._starts, line) - 1
        if index >= 0:
            return self.spec.sections[index].question if line <= self._ends[index] else None
        before = self._first_heading is None or line < self._first_heading
        return FRONT_MATTER if before and self.spec.text.startswith("---") else None

    @cached_property
    def _placed(self) -> tuple[Placed, ...]:
        return tuple(placed(self.spec))

    @cached_property
    def _first_heading(self) -> int | None:
        return min((heading.line for heading in self.spec.headings), default=None)

    @cached_property
    def _starts(self) -> list[int]:
        return [section.line for section in self.spec.sections]

    @cached_property
    def _ends(self) -> list[int]:
        return [section.last_line for section in self.spec.sections]


Check = Callable[[Subject], Iterable[Finding]]


Part = Question | Literal["front matter", "spec", "scenario", "template"]
"""What an example shows: the answer to a question, lines of the front matter, a whole spec, a scenario's file, or lines
of the front matter of the spec's template."""


@dataclass(frozen=True, slots=True)
class Example:
    """A rule kept and broken, as an operator would write it: documentation, and a test.

    The text takes the place of that part in the example workspace (`rules.examples`), which has no finding otherwise.
    """

    part: Part
    good: str
    bad: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the validator."""

    id: str
    level: Level
    """The highest level of its findings."""
    why: str
    """Why it matters, as the end of a sentence."""
    check: Check
    waivable: bool = True
    """False where a waiver would make no sense: the rest cannot be judged without it."""
    requires: str = ""
    """What it asks for, in a few words, for listings."""
    example: Example | None = None
    decided: str = ""
    """Where it is decided when no file tells, so that it has no example; empty for all others."""


@dataclass(frozen=True, slots=True)
class Family:
    """Rules of one kind: completeness, language, consistency, template, scenarios."""

    letter: str
    """First letter of their ids."""
    title: str
    rules: tuple[Rule, ...]


def found(
    subject: Subject,
    rule: str,
    message: str,
    fix: str,
    *,
    line: int = 1,
    column: int = 1,
    quote: str = "",
    section: str | None = None,
    level: Level = Level.ERROR,
    edit: Edit | None = None,
) -> Finding:
    """A finding about the spec itself; its section follows from the line when none is given."""
    return Finding(
        rule=rule,
        level=level,
        section=section or subject.section_of(line),
        line=line,
        column=column,
        quote=quote[:QUOTE_LIMIT],
        message=message,
        fix=fix,
        edit=edit,
    )
