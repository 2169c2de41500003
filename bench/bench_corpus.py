"""How good the rules are: seeded defects that they find, what else they say then, and errors on text that is right.

No time is measured here. The corpus is that of the tests: `tests/specs/corpus`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"

GOALS = {"foreign_language_errors_per_requirement": 0.05, "missed_share": 0.05, "errors_on_clean": 0.0}
"""The most that each may be."""


def measure() -> dict[str, float]:
    """Shares of the mutations, numbers of findings on clean text, findings for each foreign requirement."""
    sys.path.insert(0, str(TESTS))
    try:
        from specs.corpus import score
    finally:
        sys.path.remove(str(TESTS))
    from factory_tui.model.finding import Level

    found = score.outcomes()
    requirements = score.foreign_requirements()
    foreign = [each for _, each in score.on_foreign()]
    language = [each for each in foreign if score.is_about_language(each)]
    return {
        "mutations": len(found),
        "recall": score.recall(found),
        "missed_share": 1 - score.recall(found),
        "unseen_mutations": len(score.unseen_outcomes()),
        "unseen_recall": score.recall(score.unseen_outcomes()),
        "right_place_share": sum(each.placed for each in found) / len(found),
        "other_errors_per_mutation": score.collateral(found),
        "errors_on_clean": len(score.on_clean(Level.ERROR)),
        "warnings_on_clean": len(score.on_clean(Level.WARNING)),
        "foreign_requirements": requirements,
        "foreign_language_errors_per_requirement": _share(language, Level.ERROR, requirements),
        "foreign_language_warnings_per_requirement": _share(language, Level.WARNING, requirements),
        "foreign_other_errors": sum(each.level is Level.ERROR for each in foreign if each not in language),
        **dict(_by_rule(found)),
    }


def _share(findings: list, level: str, requirements: int) -> float:
    return sum(each.level is level for each in findings) / requirements


def _by_rule(found: tuple) -> Iterator[tuple[str, float]]:
    for rule in sorted({each.mutation.rule for each in found}):
        of_rule = [each for each in found if each.mutation.rule == rule]
        yield f"recall_{rule}", sum(each.found for each in of_rule) / len(of_rule)


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value:.3f}")
