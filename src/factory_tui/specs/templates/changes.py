"""What an amendment does to its template file, as the operator sees it before and after deciding."""

import difflib
from pathlib import Path

from factory_tui.model.amendment import AmendmentRecord, AmendmentState
from factory_tui.model.foreign import clean
from factory_tui.model.spec import Kind
from factory_tui.specs.errors import TemplateError
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.templates.amending import amended
from factory_tui.specs.templates.history import template_history
from factory_tui.specs.templates.template import load_template, template_text


def amendment_diff(workspace: Path, record: AmendmentRecord) -> tuple[str, ...]:
    """Unified diff, cleaned, a line each: of the file as it would change, or as it did change once accepted.

    Empty when the versions that it changed are no longer kept.

    Raises:
        TemplateError: the template cannot be used, or the amendment no longer fits it.
    """
    kind = record.amendment.template
    if record.state is AmendmentState.ACCEPTED:
        texts = {each.name: each.text for each in template_history(workspace, kind)}
        before, after = texts.get(record.template_before), texts.get(record.template_after or "")
        if before is None or after is None:
            return ()
        names = (record.template_before, record.template_after or "")
    else:
        before = template_text(workspace, kind)
        after = amended(before, kind, record.amendment, record.id)
        version = load_template(workspace, kind).version
        names = (f"{kind}@{version}", f"{kind}@{version + 1}")
    lines = difflib.unified_diff(split_lines(before), split_lines(after), *names, n=2, lineterm="")
    return tuple(clean(line, limit=500) for line in lines)


def template_problems(workspace: Path) -> tuple[TemplateError, ...]:
    """The templates of a workspace that cannot be used, each with its reason."""
    found = []
    for kind in Kind:
        try:
            load_template(workspace, kind)
        except TemplateError as error:
            found.append(error)
    return tuple(found)
