"""What a client is answered about one text: diagnostics, fixes, explanations, an outline. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from lsprotocol import types

from factory_tui.lsp.places import Places
from factory_tui.model.finding import Finding, Level
from factory_tui.model.foreign import clean_line
from factory_tui.model.glossary import Glossary, Term
from factory_tui.model.spec import Item, Section, Spec
from factory_tui.model.trace import TraceRow

SOURCE = "factory-tui"

_SEVERITY = {
    Level.ERROR: types.DiagnosticSeverity.Error,
    Level.WARNING: types.DiagnosticSeverity.Warning,
    Level.INFO: types.DiagnosticSeverity.Information,
}
_WORD = re.compile(r"[\w-]+")
_NAME = 80
"""Characters of an item in an outline."""


def diagnostics(findings: Iterable[Finding], places: Places) -> list[types.Diagnostic]:
    """Each finding about this text, in the order of the findings."""
    return [diagnostic(each, places) for each in findings]


def diagnostic(finding: Finding, places: Places) -> types.Diagnostic:
    return types.Diagnostic(
        range=places.of_finding(finding),
        message=f"{finding.message}\n→ {finding.fix}",
        severity=_SEVERITY[finding.level],
        code=finding.rule,
        source=SOURCE,
    )


def fixes(uri: str, findings: Iterable[Finding], places: Places, wanted: types.Range) -> list[types.CodeAction]:
    """The fixes that decide nothing, of findings on the lines that were asked about."""
    return [
        types.CodeAction(
            title=f"{each.rule}: {each.fix}",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic(each, places)],
            is_preferred=True,
            edit=types.WorkspaceEdit(changes={uri: [types.TextEdit(places.of_edit(each.edit), each.edit.text)]}),
        )
        for each in findings
        if each.edit is not None and wanted.start.line <= each.line - 1 <= wanted.end.line
    ]


def hover(
    spec: Spec,
    findings: Sequence[Finding],
    trace: Sequence[TraceRow],
    glossary: Glossary,
    places: Places,
    position: types.Position,
) -> types.Hover | None:
    """What is to be said about a place: findings there, the rule that is named there, the meaning of a term."""
    line, column = places.line_and_column(position)
    parts = [_explained(each) for each in findings if _covers(places.of_finding(each), position)]
    word = next(
        (each for each in _WORD.finditer(places.lines[line - 1]) if each.start() < column <= each.end() + 1), None
    )
    if word is not None:
        parts += _of_item(word[0], spec, trace)
        parts += _of_term(places.lines[line - 1], word.start(), glossary)
    if not parts:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(parts)))


def _covers(where: types.Range, position: types.Position) -> bool:
    on_line = where.start.line == position.line
    return on_line and where.start.character <= position.character <= where.end.character


def _explained(finding: Finding) -> str:
    return f"**{finding.rule}** ({finding.level.value}): {finding.message}\n\n→ {finding.fix}"


def _of_item(word: str, spec: Spec, trace: Sequence[TraceRow]) -> Iterator[str]:
    row = next((each for each in trace if each.rule == word), None)
    item = next((each for each in (*spec.rules, *spec.evaluation) if each.id == word), None)
    if item is not None:
        yield f"**{item.id}** {clean_line(item.text, limit=500)}"
    if row is not None:
        yield (
            f"evaluation: {', '.join(row.evaluation) or 'none'} · scenarios: {', '.join(row.scenarios) or 'none'}"
            + (f" · reserve: {', '.join(row.reserve)}" if row.reserve else "")
        )


def _of_term(line: str, start: int, glossary: Glossary) -> Iterator[str]:
    """The longest term of the glossary that starts here, in any case."""
    rest = line[start:].casefold()
    names = [name for name in (*glossary.terms, *glossary.avoided) if rest.startswith(name)]
    if names:
        name = max(names, key=len)
        term = glossary.terms.get(name)
        yield _meaning(term) if term else f"say **{glossary.avoided[name].name}**: {glossary.avoided[name].meaning}"


def _meaning(term: Term) -> str:
    return f"**{clean_line(term.name)}**: {clean_line(term.meaning, limit=500)}"


def outline(spec: Spec, places: Places) -> list[types.DocumentSymbol]:
    """The seven questions with their sub-sections and items."""
    return [_section(each, places) for each in spec.sections]


def _section(section: Section, places: Places) -> types.DocumentSymbol:
    parts = [*section.subsections, ("", section.last_line + 1)]
    children = [_item(each, places) for each in section.items if each.line < parts[0][1]]
    for (title, line), (_, after) in pairwise(parts):
        items = [_item(each, places) for each in section.items if line < each.line < after]
        children.append(_symbol(title, types.SymbolKind.Namespace, line, after - 1, places, items))
    return _symbol(section.question.value, types.SymbolKind.Module, section.line, section.last_line, places, children)


def _item(item: Item, places: Places) -> types.DocumentSymbol:
    name = f"{item.id} {clean_line(item.text, limit=_NAME)}"
    return _symbol(name, types.SymbolKind.Field, item.line, item.line, places, [])


def _symbol(
    name: str,
    kind: types.SymbolKind,
    line: int,
    last: int,
    places: Places,
    children: list[types.DocumentSymbol],
) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=clean_line(name) or "(untitled)",
        kind=kind,
        range=places.of_lines(line, max(line, last)),
        selection_range=places.of_lines(line, line),
        children=children,
    )
