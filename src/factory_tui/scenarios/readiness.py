"""What decides Ready: the findings of a spec and of its scenarios together."""

from factory_tui.config import Settings
from factory_tui.model.finding import Finding
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import Spec
from factory_tui.scenarios.rules.lint import lint_subject
from factory_tui.scenarios.rules.waivers import waive_in
from factory_tui.specs import RULES, SpecLibrary, in_order
from factory_tui.specs.validate import judged, subject_of


def readiness(
    spec: Spec,
    library: SpecLibrary,
    suite: Suite,
    suite_findings: tuple[Finding, ...],
    settings: Settings | None = None,
) -> tuple[Finding, ...]:
    """Every finding that decides whether `spec` is Ready (`is_ready`), in order.

    Args:
        spec: the spec.
        library: the workspace's specs, for dependencies and templates.
        suite: its valid scenarios.
        suite_findings: what `load_suite` said about its files.
        settings: for profiles and caps.
    """
    subject = subject_of(spec, library, settings=settings, suite=suite)
    return in_order([*waive_in(suite, judged(subject), RULES), *suite_findings, *lint_subject(subject)])
