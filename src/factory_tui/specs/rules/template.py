"""T01 and T02: a spec answers what its template has asked since, and the template can be used."""

import re
from collections.abc import Iterator

from factory_tui.model.amendment import Ask
from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import FrontMatter, Section
from factory_tui.specs.reading.front import SECTION
from factory_tui.specs.rules.rule import Example, Family, Rule, Subject, found
from factory_tui.specs.templates.template import holds_stem, parse_version, starts_with


def template_asks(subject: Subject) -> Iterator[Finding]:
    """T01: what recurring failures have added to the template of the spec's kind is answered."""
    front = subject.spec.front
    template = subject.templates.get(front.kind) if front is not None else None
    if front is None or template is None:
        return
    for ask in template.asks:
        section = subject.spec.section(ask.section)
        if section is not None and not _is_answered(subject, section, ask):
            yield _unanswered(subject, front, section, ask, template.to_answer(ask))


def _is_answered(subject: Subject, section: Section, ask: Ask) -> bool:
    lines = _below(subject, section, ask)
    if ask.label:
        answered = any(starts_with(line, ask.label) and _says_more(line, ask.label) for _, line in lines)
    else:
        answered = any(re.search(r"\w", line) for _, line in lines)
    return answered or holds_stem("\n".join(subject.visible[section.body_line - 1 : section.last_line]), ask.words)


def _says_more(line: str, label: str) -> bool:
    _, _, rest = line.casefold().partition(label.casefold())
    return re.search(r"\w", rest) is not None


def _below(subject: Subject, section: Section, ask: Ask) -> list[tuple[int, str]]:
    """Visible lines, with their numbers, of the sub-section that the answer belongs to."""
    heading = _heading(section, ask)
    if heading is None:
        return []
    end = min((line - 1 for _, line in section.subsections if line > heading), default=section.last_line)
    return [(number, subject.visible[number - 1]) for number in range(heading + 1, end + 1)]


def _heading(section: Section, ask: Ask) -> int | None:
    return next((line for title, line in section.subsections if title.casefold() == ask.subsection.casefold()), None)


def _unanswered(subject: Subject, front: FrontMatter, section: Section, ask: Ask, to_answer: str) -> Finding:
    against = parse_version(front.template)
    is_older = against is None or against[0] != front.kind or against[1] < ask.since
    what = ask.label or ask.subsection
    heading = _heading(section, ask)
    line = heading or section.line
    return found(
        subject,
        "T01",
        f"template {front.kind}@{ask.since} {'also asks' if is_older else 'asks'}: {what}",
        _fix(subject, section, ask, to_answer),
        line=line,
        quote=subject.line(line),
        level=Level.WARNING,
    )


def _fix(subject: Subject, section: Section, ask: Ask, to_answer: str) -> str:
    """The line to add, in the form of those beside it, and where."""
    rows = [(number, line) for number, line in _below(subject, section, ask) if line.strip()]
    waive = "or waive it with the reason"
    if not ask.label:
        return f"add ### {ask.subsection} below ## {ask.section} and answer it, {waive}"
    is_table = bool(rows) and rows[-1][1].lstrip().startswith("|")
    row = f"| {ask.label} | {to_answer} |" if is_table else f"- {ask.label}: {to_answer}"
    if rows:
        return f"add {row} below line {rows[-1][0]}, {waive}"
    place = f"### {ask.subsection}"
    where = place if _heading(section, ask) else f"{place}, a new sub-section of ## {ask.section}"
    return f"add {row} below {where}, {waive}"


def template_is_usable(subject: Subject) -> Iterator[Finding]:
    """T02: the workspace's own template of the spec's kind can be read."""
    front = subject.spec.front
    error = subject.broken_templates.get(front.kind) if front is not None else None
    if front is None or error is None:
        return
    line = subject.spec.front_lines.get("template", subject.spec.front_lines.get("kind", 1))
    packaged = subject.templates.get(front.kind)
    used = f", so {packaged.name} of the program is used" if packaged else ""
    yield found(
        subject,
        "T02",
        f"the template cannot be used: {error.path.name}: {error.what}{used}",
        f"in specs/_templates/{error.path.name}: {error.todo}",
        line=line,
        quote=subject.line(line),
        section=SECTION,
        level=Level.WARNING,
    )


_ASKS = """\
template: feature@2
asks:
  - {{section: RULES, subsection: Edge cases, label: {label}, since: 2}}"""

RULES = (
    Rule(
        "T01",
        Level.WARNING,
        "specs that did not say it failed",
        template_asks,
        requires="every line that its template has come to ask for is answered",
        example=Example("template", _ASKS.format(label="Duplicate"), _ASKS.format(label="Interrupted half-way")),
    ),
    Rule(
        "T02",
        Level.WARNING,
        "what a template asks is only checked when it can be read",
        template_is_usable,
        requires="the workspace's own template of the spec's kind can be read",
        example=Example("template", "template: feature@1", "template: features"),
    ),
)

FAMILY = Family("T", "Template", RULES)
