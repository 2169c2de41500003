"""The `text_editor_20250728` tool: view, create, str_replace and insert, on files of the sandbox."""

import posixpath
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from factory_tui.agents.tool import ToolOutcome, ToolRefused, clipped
from factory_tui.sandbox.port import Exec, Sandbox

NAME = "str_replace_based_edit_tool"
_FILE_CAP = 1 << 20
_SNIPPET_LINES = 4

_LIST = r"""
if [ -d "$1" ]; then
  echo "Here are the files and directories up to 2 levels deep in $1, without hidden ones:"
  find "$1" -maxdepth 2 -not -path '*/.*' | LC_ALL=C sort | head -n 1000
  exit 0
fi
[ -e "$1" ] && exit 10
exit 11
"""


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    path: Annotated[str, Field(min_length=1, max_length=4096)]


class ViewInput(_Input):
    command: Literal["view"]
    view_range: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None


class CreateInput(_Input):
    command: Literal["create"]
    file_text: str


class ReplaceInput(_Input):
    command: Literal["str_replace"]
    old_str: Annotated[str, Field(min_length=1)]
    new_str: str = ""


class InsertInput(_Input):
    command: Literal["insert"]
    insert_line: Annotated[int, Field(ge=0)]
    insert_text: Annotated[str, Field(validation_alias=AliasChoices("insert_text", "new_str"))]


EditorInput = Annotated[ViewInput | CreateInput | ReplaceInput | InsertInput, Field(discriminator="command")]


@dataclass(slots=True)
class Editor:
    sandbox: Sandbox

    async def run(self, given: EditorInput, call_id: str) -> ToolOutcome:
        """One command of the tool. Raises `ToolRefused` with the reason in the tool's usual words."""
        if "\0" in given.path:
            raise ToolRefused("path: must not contain a NUL character")
        path = posixpath.normpath(posixpath.join(self.sandbox.work, given.path))
        try:
            match given:
                case ViewInput():
                    return ToolOutcome(await self._view(path, given.view_range, call_id))
                case CreateInput():
                    await self.sandbox.write(path, _encoded(given.file_text))
                    return ToolOutcome(f"File created successfully at: {path}")
                case ReplaceInput():
                    return ToolOutcome(await self._replace(path, given.old_str, given.new_str))
                case InsertInput():
                    return ToolOutcome(await self._insert(path, given.insert_line, given.insert_text))
        except OSError as error:
            raise ToolRefused(f"{path}: {error.strerror or error}") from None

    async def _view(self, path: str, lines: list[int] | None, call_id: str) -> str:
        raw = await self.sandbox.read(path, _FILE_CAP + 1)
        if raw is None:
            return await self._list(path, lines, call_id)
        text = _decoded(path, raw)
        content = text.split("\n")
        if content[-1] == "" and len(content) > 1:
            content.pop()
        first, last = _range(lines, len(content)) if lines is not None else (1, len(content))
        return clipped(
            f"Here's the content of {path} with line numbers:\n{_numbered(content[first - 1 : last], first)}"
        )

    async def _list(self, path: str, lines: list[int] | None, call_id: str) -> str:
        result = await self.sandbox.exec(
            Exec(argv=("/bin/sh", "-c", _LIST, "sh", path), call_id=call_id, timeout_s=30.0, output_cap=64 * 1024)
        )
        if result.exit_code == 11:
            raise ToolRefused(f"The path {path} does not exist. Please provide a valid path.")
        if result.exit_code != 0:
            raise ToolRefused(f"{path}: neither a regular file nor a directory that can be read")
        if lines is not None:
            raise ToolRefused("The `view_range` parameter is not allowed when `path` points to a directory.")
        return clipped(result.stdout.decode("utf-8", errors="replace").rstrip("\n"))

    async def _replace(self, path: str, old: str, new: str) -> str:
        text = await self._text(path)
        found = text.count(old)
        if found == 0:
            raise ToolRefused(
                f"No replacement was performed, old_str did not appear verbatim in {path}. "
                "Check the text, including its white space, and try again."
            )
        if found > 1:
            at = [text.count("\n", 0, start) + 1 for start in _starts(text, old)]
            raise ToolRefused(
                f"No replacement was performed. Found {found} matches of old_str, on lines "
                f"{', '.join(map(str, at[:20]))}. Give more context so that it is unique."
            )
        start = text.index(old)
        changed = text[:start] + new + text[start + len(old) :]
        await self.sandbox.write(path, _encoded(changed))
        return f"The file {path} has been edited.\n{_snippet(changed, start, len(new))}"

    async def _insert(self, path: str, line: int, inserted: str) -> str:
        text = await self._text(path)
        lines = text.split("\n")
        count = len(lines) - 1 if lines[-1] == "" else len(lines)
        if line > count:
            raise ToolRefused(f"Invalid `insert_line` parameter: {line}. It should be within 0 and {count}.")
        if not inserted.endswith("\n") and (line < count or text.endswith("\n")):
            inserted += "\n"
        before = "\n".join(lines[:line]) + ("\n" if line else "")
        if line == count and text and not text.endswith("\n"):
            before, after = text + "\n", ""
        else:
            after = text[len(before) :]
        await self.sandbox.write(path, _encoded(before + inserted + after))
        return f"The file {path} has been edited.\n{_snippet(before + inserted + after, len(before), len(inserted))}"

    async def _text(self, path: str) -> str:
        raw = await self.sandbox.read(path, _FILE_CAP + 1)
        if raw is None:
            raise ToolRefused(f"The path {path} does not exist or is not a file. Please provide a valid path.")
        return _decoded(path, raw)


def _decoded(path: str, raw: bytes) -> str:
    if len(raw) > _FILE_CAP:
        raise ToolRefused(f"{path}: larger than {_FILE_CAP // 1024} KiB; use bash to work on a part of it")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ToolRefused(f"{path}: not UTF-8 text; use bash to work on it") from None


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")


def _range(lines: list[int], count: int) -> tuple[int, int]:
    first, last = lines
    if not 1 <= first <= max(1, count):
        raise ToolRefused(f"Invalid `view_range`: {lines}. Its first element should be within 1 and {count}.")
    if last == -1:
        return first, count
    if last < first:
        raise ToolRefused(f"Invalid `view_range`: {lines}. Its second element should be -1 or at least {first}.")
    return first, min(last, count)


def _starts(text: str, part: str) -> list[int]:
    found, start = [], text.find(part)
    while start >= 0:
        found.append(start)
        start = text.find(part, start + len(part))
    return found


def _numbered(lines: list[str], first: int) -> str:
    return "\n".join(f"{number:6}\t{line}" for number, line in enumerate(lines, start=first))


def _snippet(text: str, start: int, length: int) -> str:
    """The changed place with a few lines around it, as the model would view it."""
    first = max(1, text.count("\n", 0, start) + 1 - _SNIPPET_LINES)
    last = text.count("\n", 0, start + length) + 1 + _SNIPPET_LINES
    return clipped(_numbered(text.split("\n")[first - 1 : last], first), 4000)
