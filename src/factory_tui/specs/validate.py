"""The validator: every rule over one spec. Pure; the same spec gives the same findings in the same order."""

from collections.abc import Iterable

from factory_tui.config.settings import Settings
from factory_tui.model.finding import Finding, Level
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import Spec
from factory_tui.specs.library import SpecLibrary
from factory_tui.specs.reading.schema_errors import nearest
from factory_tui.specs.rules import FAMILIES
from factory_tui.specs.rules.rule import Rule, Subject

RULES: dict[str, Rule] = {
    rule.id: rule for rule in sorted((rule for family in FAMILIES for rule in family.rules), key=lambda each: each.id)
}
"""The rules about the spec itself, by id. Those about scenarios are in `factory_tui.scenarios.rules`."""

_ELSEWHERE = "Q"
"""Letter of the rules about scenarios, which `factory_tui.scenarios` knows."""

_LEVELS = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}


def validate(
    spec: Spec, library: SpecLibrary, *, settings: Settings | None = None, suite: Suite | None = None
) -> tuple[Finding, ...]:
    """Findings about the spec itself, in the order of the file; waived ones are infos.

    What its scenarios lack is added by `factory_tui.scenarios.readiness.readiness`, which decides Ready.

    Args:
        spec: the spec.
        library: the workspace's specs, templates, glossary and earlier versions.
        settings: for profiles and caps.
        suite: its valid scenarios; None where nobody has looked for them.
    """
    return judged(subject_of(spec, library, settings=settings, suite=suite))


def subject_of(
    spec: Spec, library: SpecLibrary, *, settings: Settings | None = None, suite: Suite | None = None
) -> Subject:
    """A spec and what it is judged against; see `validate`."""
    return Subject(
        spec,
        library.specs,
        frozenset(error.path.name.removesuffix(".md") for error in library.unreadable),
        library.templates,
        settings,
        library.broken_templates,
        library.glossary,
        suite,
        tuple(each for each in library.earlier.get(spec.id, ()) if each.hash != spec.hash),
    )


def judged(subject: Subject) -> tuple[Finding, ...]:
    """What the rules about the spec itself say; see `validate`."""
    found = [finding for rule in RULES.values() for finding in rule.check(subject)]
    return in_order([*waive(subject.spec, found, RULES), *idle_waivers(subject.spec, RULES)])


def is_ready(findings: Iterable[Finding]) -> bool:
    """Ready ⇔ no finding is an error."""
    return all(finding.level is not Level.ERROR for finding in findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The spec's findings by place, then those of other files by path and place; without repetitions."""
    unique = dict.fromkeys(findings)
    return tuple(
        sorted(
            unique,
            key=lambda each: (each.path or "", each.line, each.column, _LEVELS[each.level], each.rule, each.message),
        )
    )


def waive(spec: Spec, findings: Iterable[Finding], rules: dict[str, Rule]) -> Iterable[Finding]:
    """Findings with those that a waiver of the spec allows turned into infos that name the reason."""
    for finding in findings:
        rule = rules.get(finding.rule)
        waiver = next(
            (
                each
                for each in spec.waivers
                if each.rule == finding.rule and each.reason and finding.line in each.covers and finding.path is None
            ),
            None,
        )
        if waiver is None or rule is None or not rule.waivable:
            yield finding
        else:
            said = f"waived ({waiver.reason}): {finding.message}"
            yield finding.model_copy(update={"level": Level.INFO, "message": said})


def idle_waivers(spec: Spec, rules: dict[str, Rule]) -> Iterable[Finding]:
    """Waivers that allow nothing: no reason given, or of a rule that cannot be waived or does not exist."""
    for waiver in spec.waivers:
        rule = rules.get(waiver.rule)
        if rule is None and not waiver.rule.startswith(_ELSEWHERE):
            what = f"there is no rule {waiver.rule}, so the waiver allows nothing"
            fix = f"write the id that the finding shows, such as {nearest(waiver.rule, rules) or 'C05'}"
        elif rule is not None and not rule.waivable:
            what, fix = f"{waiver.rule} cannot be waived: without it nothing else can be judged", "remove the waiver"
        elif not waiver.reason:
            what = "the waiver gives no reason, so it allows nothing"
            fix = f"write <!-- allow {waiver.rule}: why it is right here -->"
        else:
            continue
        yield Finding(
            rule=waiver.rule,
            level=Level.WARNING,
            section=Subject(spec).section_of(waiver.line),
            line=waiver.line,
            column=waiver.column,
            quote=waiver.quote,
            message=what,
            fix=fix,
        )
