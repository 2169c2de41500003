"""A spec: one Markdown file that answers seven questions."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator

from factory_tui.model.finding import Finding
from factory_tui.model.ids import SpecId
from factory_tui.model.money import MOST_USD

ID_PATTERN = r"^[a-z][a-z0-9-]*$"

A_YEAR_OF_MINUTES = 365 * 24 * 60
"""The longest run: no clock of the program is asked to wait longer."""


class Kind(StrEnum):
    """Something to build, how things are built, or what always holds; each kind has a template."""

    FEATURE = "feature"
    ARCHITECTURAL = "architectural"
    CONSTRAINT = "constraint"


class Category(StrEnum):
    """The type of work: what a profile is routed by and a history is told by."""

    INTEGRATION = "integration"
    MIGRATION = "migration"
    CRUD = "crud"
    CODEGEN = "codegen"
    INFRASTRUCTURE = "infrastructure"
    BUGFIX = "bugfix"
    FEATURE = "feature"
    PERFORMANCE = "performance"
    DOCS = "docs"
    TESTS = "tests"


class Status(StrEnum):
    """What the operator wants done with the spec. Never the state of a run."""

    DRAFT = "draft"
    READY = "ready"
    PARKED = "parked"


class Question(StrEnum):
    """The seven questions, in the order in which a spec answers them."""

    WHAT = "WHAT"
    WHO = "WHO"
    INPUTS = "INPUTS"
    OUTPUTS = "OUTPUTS"
    RULES = "RULES"
    EVALUATION = "EVALUATION"
    CONSTRAINTS = "CONSTRAINTS"


class Guardrail(BaseModel):
    """A mechanical rule of an architectural spec: a command that is run on what an agent left, and what it teaches."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    run: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
    """The command as a list of words; it is kept when its exit code is 0."""
    message: Annotated[str, Field(min_length=1, max_length=2000)]
    """What the agent is told when it is not: why the rule exists, and how to keep it."""


class FrontMatter(BaseModel):
    """The YAML head of a spec."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: Annotated[str, Field(pattern=ID_PATTERN, max_length=64)]
    """Equals the file name without `.md`."""
    title: Annotated[str, Field(min_length=1, max_length=200)]
    """One line; also the message of the commit that ships."""
    kind: Kind
    """Which template it answers."""
    category: Category
    """The type of work: what a profile is routed by."""
    status: Status = Status.DRAFT
    """What the operator wants done with it."""
    template: str = "feature@1"
    """Template version that the spec was written against, as `kind@number`."""
    target: Annotated[str, Field(min_length=1)]
    """Path (relative to the workspace) or URL of a git repository; created empty when missing."""
    base: Annotated[str, Field(min_length=1)] = "main"
    """Branch of the target that the work starts from and ships to."""
    agent: str | None = None
    """Profile in `factory.toml`; None leaves the choice to `[routing]`."""
    priority: Annotated[int, Field(ge=0, le=4, strict=True)] = 2
    """0 is the highest, 4 the lowest."""
    depends_on: tuple[str, ...] = ()
    """Ids of specs that have to ship first."""
    budget_usd: Annotated[float, Field(gt=0, le=MOST_USD, strict=True)] | None = None
    """Cap of one run, in dollars; None leaves it to `[limits]`."""
    deadline_minutes: Annotated[float, Field(gt=0, le=A_YEAR_OF_MINUTES, strict=True)] | None = None
    """Longest run, in minutes; None leaves it to `[limits]`."""
    twins: tuple[str, ...] = ()
    """Services that it needs twins of. Refused while not empty: they come later."""
    setup: tuple[tuple[str, ...], ...] = ()
    """Commands as argv lists, run once on the artifact before its scenarios."""

    guardrails: tuple[Guardrail, ...] = ()
    """Of an architectural spec: commands that hold for every later run of its target, with what they teach."""

    @field_validator("setup")
    @classmethod
    def _refuse_empty_commands(cls, setup: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        if any(not argv for argv in setup):
            raise ValueError("a command needs at least one word; write [program, argument]")
        return setup


class Item(BaseModel):
    """One line of RULES or EVALUATION that starts with a stable id."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    """`R1`, `E1`."""
    text: str
    covers: tuple[str, ...] = ()
    """Rule ids in brackets, for an evaluation item."""
    line: int
    column: int = 1


class Section(BaseModel):
    """The answer to one question."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    question: Question
    title: str = ""
    """The heading as written; equals the question in a valid spec."""
    line: int
    """1-based line of the `##` heading."""
    heading_lines: int = 1
    """2 for a heading that is underlined instead of marked with `##`."""
    body: str
    """Text below the heading up to the next `##`, verbatim."""
    items: tuple[Item, ...] = ()
    subsections: tuple[tuple[str, int], ...] = ()
    """Title and 1-based line of each `###` heading."""

    @property
    def body_line(self) -> int:
        """1-based line on which `body` starts."""
        return self.line + self.heading_lines

    @property
    def last_line(self) -> int:
        """1-based last line of the section."""
        return self.body_line + self.body.count("\n")


class Heading(BaseModel):
    """A second level heading, whether or not it is one of the seven questions."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    title: str
    line: int
    underlined: bool = False
    """Marked by a line of `---` below it."""


class BlockKind(StrEnum):
    """What a part of a Markdown text is."""

    ITEM = "item"
    """A list item without those nested in it."""
    ROW = "row"
    """A row of a table's body."""
    HEAD = "head"
    """The row that names a table's columns."""
    PARAGRAPH = "paragraph"
    """A paragraph outside of lists and quotes."""
    CODE = "code"
    """A code block, its fences included."""


class Block(NamedTuple):
    """A part of a Markdown text. Lines are 1-based, both included."""

    kind: BlockKind
    line: int
    last: int
    info: str = ""
    """Language of a code block, as written after its fence."""


class Waiver(BaseModel):
    """`<!-- allow C02: reason -->`: the operator takes a finding on this line or the next one knowingly."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    rule: str
    reason: str
    """Empty when none was given; such a waiver allows nothing."""
    line: int
    """1-based line on which the comment starts."""
    column: int
    covers: tuple[int, ...]
    """Lines on which a finding of this rule is waived."""
    quote: str


class Spec(BaseModel):
    """A parsed spec. Broken parts are absent here and described by findings."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: SpecId
    """Taken from the file name, so that a broken file still has a name."""
    path: Path
    text: str
    front: FrontMatter | None
    """None when the front matter is missing or invalid."""
    front_lines: dict[str, int] = {}
    """1-based line of each front matter key."""
    sections: tuple[Section, ...] = ()
    headings: tuple[Heading, ...] = ()
    """Every second level heading, in order."""
    visible: str = ""
    """`text` with front matter and comments blanked; lines and columns are those of `text`."""
    prose: str = ""
    """`visible` with code and quoted text blanked as well: what language rules read."""
    blocks: tuple[Block, ...] = ()
    """Items, rows, paragraphs and code blocks, in the order of the file."""
    waivers: tuple[Waiver, ...] = ()
    problems: tuple[Finding, ...] = ()
    """What could not be read: front matter that is missing, broken or invalid."""
    hash: str
    """Version of the spec: SHA-256 (hex) of the body plus kind, category, target, base, twins, setup and guardrails.

    Status, priority, agent and caps are left out: changing them does not make another spec.
    """

    def section(self, question: Question) -> Section | None:
        """The first section that answers `question`."""
        return next((each for each in self.sections if each.question is question), None)

    @property
    def rules(self) -> tuple[Item, ...]:
        found = self.section(Question.RULES)
        return found.items if found else ()

    @property
    def evaluation(self) -> tuple[Item, ...]:
        found = self.section(Question.EVALUATION)
        return found.items if found else ()
