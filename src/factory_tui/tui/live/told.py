"""Errors of the rooms below, in the words of the screen."""

from collections.abc import Iterator
from contextlib import contextmanager

from factory_tui.config import FILE_NAME, ConfigError
from factory_tui.control import ControlError
from factory_tui.model.foreign import clean
from factory_tui.store import StoreError
from factory_tui.tui.source import SourceError


@contextmanager
def told() -> Iterator[None]:
    """Of the workspace, its history and its engine."""
    try:
        yield
    except (ControlError, StoreError) as error:
        raise SourceError(clean(error.what), clean(error.todo)) from error
    except ConfigError as error:
        what, _, todo = str(error).partition("\n")
        raise SourceError(clean(what), clean(todo.strip()) or f"mend {FILE_NAME}") from error
    except OSError as error:
        raise SourceError(clean(str(error)), "check that the workspace is there and readable") from error


@contextmanager
def told_of_specs() -> Iterator[None]:
    """Of spec files and templates, by the name of the file."""
    from factory_tui.specs.errors import SpecFileError

    try:
        yield
    except SpecFileError as error:
        raise SourceError(clean(f"{error.path.name}: {error.what}"), clean(error.todo)) from error
