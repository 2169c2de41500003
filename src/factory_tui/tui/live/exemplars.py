"""A spec to learn from: one that an agent understood at once."""

from pathlib import Path

from factory_tui.model.foreign import clean
from factory_tui.model.spec import Kind
from factory_tui.store.reader import Reader
from factory_tui.tui.source import Exemplar

MOST_LOOKED_AT = 50
"""Versions that shipped with their first attempt, newest first, among which one of the kind is looked for."""

LONGEST_ANSWER = 20_000
"""Characters of one section."""


def exemplar(reader: Reader, kind: Kind, without: str) -> Exemplar | None:
    """The newest version of a kind that shipped with its first attempt, not of the spec `without`."""
    from factory_tui.specs import parse

    shipped = [each for each in reader.first_time_shipped() if each[0] != without]
    for spec, version in shipped[:MOST_LOOKED_AT]:
        text = reader.version_text(spec, version)
        found = parse(Path(f"{spec}.md"), text) if text is not None else None
        if found is not None and found.front is not None and found.front.kind is kind:
            answers = {each.question: clean(each.body, limit=LONGEST_ANSWER) for each in reversed(found.sections)}
            return Exemplar(spec, found.front.title, answers)
    return None
