"""The trace matrix: where each rule is evaluated, and which scenarios prove it."""

from collections.abc import Iterable

from factory_tui.model.foreign import clean_line
from factory_tui.model.scenario import Layer, Suite
from factory_tui.model.spec import Spec
from factory_tui.model.trace import TraceRow

LONGEST_TEXT = 500
"""Characters of a rule's text that a row keeps."""


def trace_rows(spec: Spec, suite: Suite) -> tuple[TraceRow, ...]:
    """A row for each rule, in the order of the spec; a rule that is written twice has two. Texts are clean."""
    evaluation = _by_rule((item.id, item.covers) for item in spec.evaluation if item.id.startswith("E"))
    gate, reserve = (
        _by_rule((each.id, each.scenario.covers) for each in suite.scenarios if each.scenario.layer is layer)
        for layer in (Layer.GATE, Layer.RESERVE)
    )
    return tuple(
        TraceRow(
            rule=item.id,
            text=clean_line(item.text, limit=LONGEST_TEXT),
            line=item.line,
            evaluation=evaluation.get(item.id, ()),
            scenarios=gate.get(item.id, ()),
            reserve=reserve.get(item.id, ()),
        )
        for item in spec.rules
        if item.id.startswith("R")
    )


def _by_rule(named: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Rule → what names it, each once, in order."""
    found: dict[str, dict[str, None]] = {}
    for name, covers in named:
        for rule in covers:
            found.setdefault(rule, {})[name] = None
    return {rule: tuple(names) for rule, names in found.items()}
