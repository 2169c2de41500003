"""Writing what a command made into a file that the operator names."""

from pathlib import Path

from factory_tui.cli.output import CommandFailed
from factory_tui.whole_file import mode_of_new_files, replace_whole


def write_page(path: Path, text: str) -> None:
    """Replace `path` at once, so that no reader finds half a page; what is no regular file is written as it is."""
    place = path.resolve()
    try:
        if place.exists() and not place.is_file():
            place.write_text(text, encoding="utf-8", newline="\n")
            return
        mode = place.stat().st_mode & 0o777 if place.exists() else mode_of_new_files()
        replace_whole(place, text.encode("utf-8"), mode)
    except OSError as error:
        raise CommandFailed(
            f"{path}: cannot be written: {error.strerror}", "name a file in a directory that exists and is yours"
        ) from None
