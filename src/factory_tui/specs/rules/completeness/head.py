"""C15: the front matter is valid, means something here, and its dependencies can be met."""

import re
from collections.abc import Iterator
from typing import Literal

from factory_tui.model.finding import Edit, Finding, Level
from factory_tui.model.ids import SpecId
from factory_tui.model.spec import ID_PATTERN, FrontMatter, Kind
from factory_tui.specs.reading.front import SECTION
from factory_tui.specs.reading.schema_errors import nearest
from factory_tui.specs.rules.completeness.places import replaced
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.templates.template import parse_version

_BRANCH = re.compile(r"^(?![-/.])(?!.*(?:\.\.|//|@\{|\.lock(?:/|$)|/\.|[\x00-\x20\x7f~^:?*\[\\]))[^\s]+(?<![/.])$")
"""What `git check-ref-format --branch` takes, leaving out names nobody needs."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def front_matter(subject: Subject) -> Iterator[Finding]:
    """C15: everything that is wrong with the head of a spec."""
    for each in subject.spec.problems:
        yield each.model_copy(update={"edit": _edit_of(subject, each)})
    yield from _name(subject)
    front = subject.spec.front
    if front is None:
        return
    yield from _template(subject, front)
    yield from _repository(subject, front)
    yield from _dependencies(subject, front)
    yield from _twins(subject, front)
    yield from _guardrails(subject, front)
    yield from _profile(subject, front)


_MEANT = re.compile(r"write ([\w.-]+)(?: \(one of .*\))?\Z", re.DOTALL)
_ENTRY = re.compile(
    r"(?P<key>[A-Za-z_]\w*)(?P<colon>\s*:\s+)(?P<mark>[\"']?)(?P<value>[^\s#\"'\[{&*]+)(?P=mark)\s*(?:#.*)?\Z"
)


def _edit_of(subject: Subject, problem: Finding) -> Edit | None:
    """The nearest known key or value in the place of one that is nearly it; None when that would be a guess."""
    meant = _MEANT.match(problem.fix)
    if meant is None:
        return None
    if problem.message.startswith("there is no key "):
        is_free = meant[1] not in subject.spec.front_lines
        return _written(subject, problem.line, meant[1], "key") if is_free else None
    return _written(subject, problem.line, meant[1], "value")


def _written(subject: Subject, line: int, text: str, part: Literal["key", "value"] = "value") -> Edit | None:
    """`text` as the key or the plain value of one line of the front matter."""
    entry = _ENTRY.match(subject.lines[line - 1]) if line else None
    return replaced(line, entry.start(part) + 1, entry[part], text) if entry is not None else None


def _name(subject: Subject) -> Iterator[Finding]:
    spec = subject.spec
    if not re.fullmatch(ID_PATTERN, spec.id) or len(spec.id) > 64:
        yield _c15(
            subject,
            "id",
            f"the file name {spec.path.name} is no id: ids become names of branches and directories",
            "rename the file: a lower case letter, then lower case letters, digits and dashes, then .md; at most 64",
        )
    elif spec.front is not None and spec.front.id != spec.id:
        yield _c15(
            subject,
            "id",
            f"id is {spec.front.id}, but the file is {spec.path.name}: a run could not find its spec",
            f"write id: {spec.id}, or rename the file to {spec.front.id}.md",
            edit=_written(subject, spec.front_lines.get("id", 0), spec.id),
        )


def _template(subject: Subject, front: FrontMatter) -> Iterator[Finding]:
    if "template" not in subject.spec.front_lines:
        return
    version = parse_version(front.template)
    if version is None or version[0] not in {kind.value for kind in Kind}:
        best = nearest(front.template.partition("@")[0], [kind.value for kind in Kind]) or front.kind.value
        current = subject.templates[Kind(best)].name if Kind(best) in subject.templates else f"{best}@1"
        yield _c15(
            subject,
            "template",
            f"template {front.template} is not known",
            f"write template: {current}",
            edit=_written(subject, subject.spec.front_lines["template"], current),
        )
        return
    current_template = subject.templates.get(Kind(version[0]))
    if version[0] != front.kind:
        yield _c15(
            subject,
            "template",
            f"the template is for kind {version[0]}, the spec is of kind {front.kind}",
            f"write template: {front.kind}@{version[1]}, or change kind",
            level=Level.WARNING,
        )
    elif (
        current_template is not None
        and front.kind not in subject.broken_templates
        and version[1] > current_template.version
    ):
        yield _c15(
            subject,
            "template",
            f"template {front.template} is newer than {current_template.name} here: what it asks is not checked",
            f"update specs/_templates/{front.kind}.md, or write template: {current_template.name}",
            level=Level.WARNING,
        )


def _repository(subject: Subject, front: FrontMatter) -> Iterator[Finding]:
    if front.target.startswith("-") or _CONTROL.search(front.target) or front.target != front.target.strip():
        yield _c15(
            subject,
            "target",
            "target is neither a path nor a URL of a git repository",
            "write a path relative to the workspace such as targets/bank, or a URL",
        )
    if not _BRANCH.match(front.base):
        yield _c15(subject, "base", f"base {front.base[:40]!r} cannot be the name of a branch", "write base: main")


def _dependencies(subject: Subject, front: FrontMatter) -> Iterator[Finding]:
    own = subject.spec.id
    for name in dict.fromkeys(front.depends_on):
        if name == own:
            yield _c15(subject, "depends_on", f"{own} depends on itself: it could never start", f"remove {own}")
        elif name in subject.unreadable:
            yield _c15(
                subject, "depends_on", f"the spec {name} cannot be read: it can never ship", f"mend specs/{name}.md"
            )
        elif SpecId(name) not in subject.others:
            best = nearest(name, [each for each in subject.others if each != own])
            fix = f"write {best}" if best else f"create specs/{name}.md, or remove it from depends_on"
            yield _c15(subject, "depends_on", f"there is no spec {name} to depend on: this spec could never start", fix)
    cycle = _cycle(subject)
    if cycle:
        yield _c15(
            subject,
            "depends_on",
            f"dependencies go round in a circle ({' → '.join(cycle)}): none of them could ever start",
            "remove one of these dependencies",
        )


def _cycle(subject: Subject) -> list[str]:
    """The shortest way from this spec back to itself through at least one other; empty when there is none."""
    own = subject.spec.id
    paths: list[list[str]] = [[own]]
    seen = {own}
    for path in paths:
        spec = subject.spec if path[-1] == own else subject.others.get(SpecId(path[-1]))
        for name in spec.front.depends_on if spec and spec.front else ():
            if name == own and len(path) > 1:
                return [*path, own]
            if name not in seen:
                seen.add(SpecId(name))
                paths.append([*path, name])
    return []


def _twins(subject: Subject, front: FrontMatter) -> Iterator[Finding]:
    if front.twins:
        yield _c15(
            subject,
            "twins",
            f"service twins ({', '.join(front.twins)}) cannot be started yet: the run would miss them",
            "write twins: [], and put a stand-in for the service into the scenario's files",
        )


def _guardrails(subject: Subject, front: FrontMatter) -> Iterator[Finding]:
    if front.guardrails and front.kind is not Kind.ARCHITECTURAL:
        yield _c15(
            subject,
            "guardrails",
            f"guardrails hold for every run of a target, but this spec is of kind {front.kind}: they would not be run",
            "move them to an architectural spec of the same target, or write kind: architectural",
        )


def _profile(subject: Subject, front: FrontMatter) -> Iterator[Finding]:
    settings = subject.settings
    if settings is None:
        return
    if front.agent is not None and front.agent not in settings.profiles:
        best = nearest(front.agent, settings.profiles)
        fix = f"write agent: {best}" if best else f"profiles: {', '.join(settings.profiles)}"
        edit = _written(subject, subject.spec.front_lines.get("agent", 0), best) if best else None
        yield _c15(subject, "agent", f"factory.toml has no profile named {front.agent}", fix, edit=edit)


def _c15(
    subject: Subject, key: str, message: str, fix: str, *, level: Level = Level.ERROR, edit: Edit | None = None
) -> Finding:
    line = subject.spec.front_lines.get(key, 1)
    return found(
        subject,
        "C15",
        message,
        fix,
        line=line,
        quote=subject.line(subject.spec.front_lines.get(key, 0)),
        section=SECTION,
        level=level,
        edit=edit,
    )


RULES = (
    Rule(
        "C15",
        Level.ERROR,
        "the factory reads its orders from the front matter",
        front_matter,
        waivable=False,
        requires="the front matter is valid, its id is the file's name, and its dependencies exist and form no circle",
        example=Example("front matter", good="priority: 1\nstatus: ready", bad="priority: high\nstatus: redy"),
    ),
)
