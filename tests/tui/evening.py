"""What the operator writes in the evening: a spec, what is said about it, and one to learn from."""

from factory_tui.model.finding import Edit, Finding, Level
from factory_tui.model.spec import Question
from factory_tui.model.trace import TraceRow
from factory_tui.tui.source import Exemplar

SPEC_TEXT = """---
id: {id}
title: {title}
kind: feature
category: crud
status: draft
template: feature@1
target: targets/todo
---
## WHAT

A to-do list over HTTP that keeps its items in SQLite.

## WHO

One person with a browser, who wants to see the list again tomorrow.

## INPUTS

| name | type | bounds | invalid case and its result |
|---|---|---|---|
| text | string | 1 to 200 characters | empty: status 400, R5 |

## OUTPUTS

- Channel: HTTP. Format: TBD

## RULES

- R1 `GET /items` must answer with every item.
- R4 A restart must keep every item.

## EVALUATION

- E1 (R1): given an empty list, when it is read, then it is empty.

## CONSTRAINTS

- Touch nothing but `todo/`.
"""

GUIDANCE = {
    Question.WHAT: "What it is, in two or three sentences, for a reader who has never seen the product.",
    Question.WHO: "Who uses it, and what they want to achieve with it.",
    Question.INPUTS: "Every input with type, bounds, and what happens to an invalid one.",
    Question.OUTPUTS: "Every output with its channel and format, an example, and what a failure prints.",
    Question.RULES: "One rule a line, numbered R1, R2: when … then must …. Edge cases below.",
    Question.EVALUATION: "How each rule is shown to hold: given … when … then …, with the rules in brackets.",
    Question.CONSTRAINTS: "What must not be touched, and the limits on time, size and cost.",
}


def findings(text: str) -> tuple[Finding, ...]:
    """What the fake says about a text: a placeholder and a missing section, at the lines where they are."""
    lines = text.split("\n")
    found = [
        Finding(
            rule="C02",
            level=Level.ERROR,
            section="OUTPUTS",
            line=number,
            quote=line.strip(),
            message="A placeholder is left, and the agent would have to guess.",
            fix="say which format, with one example",
        )
        for number, line in enumerate(lines, start=1)
        if "TBD" in line
    ]
    found += [
        Finding(
            rule="C01",
            level=Level.ERROR,
            line=len(lines),
            message=f"The section {question} is missing.",
            fix=f"add `## {question}`",
        )
        for question in Question
        if f"## {question}" not in [line.upper() for line in lines]
    ]
    found += [
        Finding(
            rule="C01",
            level=Level.ERROR,
            section=line[3:].upper(),
            line=number,
            quote=line,
            message="The heading is not written as the question is.",
            fix=f"write {line.upper()}",
            edit=Edit(line=number, column=4, end_line=number, end_column=len(line) + 1, text=line[3:].upper()),
        )
        for number, line in enumerate(lines, start=1)
        if line.upper() != line and line.upper() in {f"## {question}" for question in Question}
    ]
    return tuple(sorted(found, key=lambda each: each.line))


def trace(text: str) -> tuple[TraceRow, ...]:
    """What the fake says about the rules of a text: R1 is proven, others have less."""
    rules = [
        (row.split()[1], " ".join(row.split()[2:]), number)
        for number, row in enumerate(text.split("\n"), start=1)
        if row.startswith("- R")
    ]
    proofs = {"R1": ("empty-list", "list-of-many"), "R2": ("add-one",)}
    return tuple(
        TraceRow(
            rule=rule,
            text=said,
            line=number,
            evaluation=("E1",) if rule == "R1" else (),
            scenarios=proofs.get(rule, ()),
            reserve=("restart",) if rule == "R4" else (),
        )
        for rule, said, number in rules
    )


EXEMPLAR = Exemplar(
    "csv-report",
    "A report of the month as CSV",
    {
        Question.OUTPUTS: (
            "\nSuccess: standard output, CSV with the header `day,amount`, exit code 0.\n\n"
            "```text\nday,amount\n2026-03-14,12.50\n```\n\n"
            "Failure: one line on standard error, exit code 2.\n"
        ),
        Question.RULES: "\n- R1 The report must have one row for each day of MONTH.\n",
    },
)
