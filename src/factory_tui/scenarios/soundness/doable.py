"""What no terminal and no database can be asked: a fault of the scenario, told before it is run."""

from collections.abc import Iterator, Set
from typing import NamedTuple

from factory_tui.model.step import DbQuery, Step, TuiSession
from factory_tui.scenarios.matching.captures import references_in
from factory_tui.scenarios.sql import fault_of, names_in
from factory_tui.scenarios.staging.placing import is_inside
from factory_tui.scenarios.terminal.keys import UnknownKey, bytes_of
from factory_tui.scenarios.terminal.size import size_of


class Undoable(NamedTuple):
    """A part of a step that cannot be carried out."""

    part: str
    """Below the step, such as `tui.do[1].press`."""
    what: str
    todo: str
    quote: str


def undoable(step: Step, known: Set[str]) -> Iterator[Undoable]:
    """What is wrong with a step at a terminal or a database.

    Args:
        step: of any kind.
        known: names that earlier steps capture.
    """
    if step.tui is not None:
        yield from _sitting(step.tui)
    if step.db is not None:
        yield from _question(step.db, known)


def _sitting(session: TuiSession) -> Iterator[Undoable]:
    yield from _size("tui.size", session.size)
    for index, action in enumerate(session.do):
        place = f"tui.do[{index}]"
        if action.resize is not None:
            yield from _size(f"{place}.resize", action.resize)
        for key in (action.press,) if isinstance(action.press, str) else action.press or ():
            try:
                bytes_of(key)
            except UnknownKey as unknown:
                yield Undoable(f"{place}.press", str(unknown), unknown.todo, key)


def _size(part: str, size: str) -> Iterator[Undoable]:
    try:
        size_of(size)
    except ValueError as error:
        yield Undoable(part, str(error), "write a size that people use, such as 80x24 or 120x40", size)


def _question(asked: DbQuery, known: Set[str]) -> Iterator[Undoable]:
    if not is_inside(asked.file):
        what = f"{asked.file} is not a path inside the work directory"
        yield Undoable("db.file", what, "write a relative path without ..", asked.file)
    fault = fault_of(asked.query)
    if fault is not None:
        yield Undoable("db.query", fault.what, fault.todo, fault.quote)
    for name in sorted(references_in(asked.query)):
        yield Undoable("db.query", f"${{{name}}} is not replaced in a query", f"write :{name}", f"${{{name}}}")
    for name in sorted({*names_in(asked.query)} - known):
        yield Undoable(
            "db.query",
            f":{name} is used, but no earlier step captures {name}",
            f"add capture: {{{name}: …}} to the step that sees it",
            f":{name}",
        )
