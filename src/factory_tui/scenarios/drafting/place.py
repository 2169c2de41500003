"""Drafts as files beside the other scenarios of a spec; a file that exists is never touched."""

from pathlib import Path

from factory_tui.scenarios.drafting.draft import Draft, text_of
from factory_tui.scenarios.drafting.item import UnknownItem, draft_of
from factory_tui.specs import read_spec
from factory_tui.specs.errors import SpecFileError


class DraftRefused(SpecFileError):
    """No file was written."""


def new_scenario(spec_file: Path, item: str, holdout: Path) -> Path:
    """Write the skeleton that an evaluation item asks for; the new file.

    Args:
        spec_file: the spec.
        item: id of the item, such as `E2`.
        holdout: directory of all scenarios.

    Raises:
        SpecUnreadable: of the spec.
        DraftRefused: there is no such item, or its scenario is there already.
    """
    spec = read_spec(spec_file)
    try:
        draft = draft_of(spec, item)
    except UnknownItem as unknown:
        raise DraftRefused(spec_file, f"there is no evaluation item {item}", str(unknown)) from None
    return write_draft(holdout / spec.id, draft)


def write_draft(directory: Path, draft: Draft) -> Path:
    """Write a draft into the directory of its spec, whole or not at all; the new file. Raises `DraftRefused`."""
    path = directory / f"{draft.id}.yaml"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file = path.open("x", encoding="utf-8", newline="\n")
    except FileExistsError as error:
        if error.filename != str(path):
            raise DraftRefused(
                directory, "it is not a directory", "keep scenarios in a directory for each spec"
            ) from None
        raise DraftRefused(path, "it exists already", "complete that one, or delete it first") from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with file:
            file.write(text_of(draft))
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from None
    return path


def _unwritable(path: Path, error: OSError) -> DraftRefused:
    return DraftRefused(path, f"it cannot be written: {error.strerror}", "check permissions and free space")
