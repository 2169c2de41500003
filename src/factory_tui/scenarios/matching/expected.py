"""What a step expects, whatever its kind: one walk for all who ask what a scenario asserts."""

from collections.abc import Iterator
from enum import Enum, auto

from pydantic import JsonValue

from factory_tui.model.matcher import Matcher
from factory_tui.model.step import DbExpect, HttpExpect, RunExpect, Step, TuiExpect


class Of(Enum):
    """What a matcher of a step is held against."""

    SIGHT = auto()
    """The screen while a user works at it; what is not there yet may come."""
    CODE = auto()
    """An exit code or a status."""
    HEADER = auto()
    """A header of an answer."""
    CONTENT = auto()
    """What is printed, answered, shown at the end, stored or found in a file."""


def matchers_of(step: Step, *only: Of) -> Iterator[Matcher]:
    """The matchers of a step in the order in which it is carried out, without those inside of others.

    An answer that is compared as JSON is a matcher of it like any other.

    Args:
        step: of any kind; one that expects nothing has none.
        only: what they are held against; anything when nothing is named.
    """
    yield from (matcher for of, matcher in _expected(step) if matcher is not None and (not only or of in only))


def _expected(step: Step) -> Iterator[tuple[Of, Matcher | None]]:
    if step.tui is not None:
        yield from ((Of.SIGHT, each.see) for each in step.tui.do)
    expect = step.expect
    if isinstance(expect, Matcher):
        yield Of.CONTENT, expect
    elif isinstance(expect, RunExpect):
        yield Of.CODE, expect.exit
        yield from ((Of.CONTENT, each) for each in (expect.stdout, expect.stderr))
    elif isinstance(expect, HttpExpect):
        yield Of.CODE, expect.status
        yield from ((Of.HEADER, each) for each in (expect.headers or {}).values())
        yield from ((Of.CONTENT, each) for each in (expect.body, _document(expect.json_)))
    elif isinstance(expect, TuiExpect):
        yield Of.CONTENT, expect.screen
        yield Of.CODE, expect.exit
    elif isinstance(expect, DbExpect):
        yield from ((Of.CONTENT, each) for each in (expect.value, expect.rows, _document(expect.json_)))


def _document(expected: JsonValue) -> Matcher | None:
    """It was read with the step, so it is not read again."""
    return Matcher.model_construct({"json_"}, json_=expected) if expected is not None else None
