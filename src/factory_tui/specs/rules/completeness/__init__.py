"""C: what a spec must say before anybody can build it and prove that it was built."""

from factory_tui.specs.rules.completeness import (
    answers,
    cases,
    constraints,
    evaluation,
    head,
    holdout,
    inputs,
    measures,
    outputs,
    placeholders,
    questions,
    scope,
    traceability,
)
from factory_tui.specs.rules.rule import Family

FAMILY = Family(
    "C",
    "Completeness and traceability",
    (
        *questions.RULES,
        *placeholders.RULES,
        *answers.RULES,
        *traceability.RULES,
        *inputs.RULES,
        *outputs.RULES,
        *cases.RULES,
        *evaluation.RULES,
        *constraints.RULES,
        *measures.RULES,
        *scope.RULES,
        *holdout.RULES,
        *head.RULES,
    ),
)
