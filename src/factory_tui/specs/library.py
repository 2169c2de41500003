"""Spec files of a workspace: reading one, reading all."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from factory_tui.model.glossary import Glossary
from factory_tui.model.ids import SpecId
from factory_tui.model.spec import Kind, Spec
from factory_tui.model.version import Earlier
from factory_tui.specs.errors import SpecUnreadable, TemplateError
from factory_tui.specs.glossary import load_glossary
from factory_tui.specs.parse import parse
from factory_tui.specs.templates.template import Template, load_templates

SPECS = "specs"
MAX_BYTES = 1_000_000


class SpecsOnDemand(Mapping[SpecId, Spec]):
    """Specs by id, each parsed when somebody looks at it: to judge one of a thousand takes one or two."""

    def __init__(self, ids: Iterable[SpecId], parsed: Callable[[SpecId], Spec]) -> None:
        """`parsed` is asked for these ids only, once for each unless two threads ask at once."""
        self._specs: dict[SpecId, Spec | None] = dict.fromkeys(ids)
        self._parsed = parsed

    def __getitem__(self, spec: SpecId) -> Spec:
        found = self._specs[spec]
        if found is None:
            found = self._specs[spec] = self._parsed(spec)
        return found

    def __contains__(self, spec: object) -> bool:
        return spec in self._specs

    def __iter__(self) -> Iterator[SpecId]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)


@dataclass(frozen=True, slots=True)
class SpecLibrary:
    """Every spec of a workspace, by id in the order of the ids."""

    specs: Mapping[SpecId, Spec] = field(default_factory=lambda: MappingProxyType({}))
    unreadable: tuple[SpecUnreadable, ...] = ()
    templates: Mapping[Kind, Template] = field(default_factory=lambda: MappingProxyType({}))
    broken_templates: Mapping[Kind, TemplateError] = field(default_factory=lambda: MappingProxyType({}))
    """Why the workspace's own template of a kind cannot be used: `templates` has the packaged one instead."""
    glossary: Glossary = field(default_factory=Glossary)
    earlier: Mapping[SpecId, tuple[Earlier, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """What recorded versions of each spec said, oldest first. Files do not tell: whoever has a store adds it."""

    def with_spec(self, spec: Spec) -> "SpecLibrary":
        """The library with `spec` in the place of the one of its id, or added."""
        before = self.specs
        specs = SpecsOnDemand((*before, spec.id), lambda each: spec if each == spec.id else before[each])
        return replace(self, specs=specs)


def specs_dir(workspace: Path) -> Path:
    """Where a workspace keeps its specs."""
    return workspace / SPECS


def read_bytes(path: Path) -> bytes:
    """Content of a spec file, at most 1 MB. Raises `SpecUnreadable`."""
    try:
        if not path.exists():
            if path.is_symlink():
                raise SpecUnreadable(path, "it is a link to no file", "link it to a file that is there, or remove it")
            raise SpecUnreadable(path, "there is no such file", "check the name, or create it with spec new")
        if not path.is_file():
            raise SpecUnreadable(path, "it is not a regular file", "keep a spec in a regular file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SpecUnreadable(path, f"it cannot be read: {error.strerror or error}", "check its permissions") from None
    if len(data) > MAX_BYTES:
        raise SpecUnreadable(
            path, f"it is larger than {MAX_BYTES:,} bytes", "split it into several specs; a spec is a few pages"
        )
    return data


def read_spec(path: Path) -> Spec:
    """The spec in the file `path`. Raises `SpecUnreadable` as `read_text` does."""
    return _parsed(path, read_text(path))


def read_text(path: Path) -> str:
    """The text of a spec's file, byte order mark and line ends included.

    Raises:
        SpecUnreadable: missing, not a regular file, larger than 1 MB, not UTF-8 or binary.
    """
    data = read_bytes(path)
    if b"\0" in data:
        raise SpecUnreadable(path, f"it is binary (NUL at byte {data.index(0)})", "save it as plain text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SpecUnreadable(path, f"it is not UTF-8 (byte {error.start}, line {line})", "save it as UTF-8") from None


@lru_cache(maxsize=4096)
def _parsed(path: Path, text: str) -> Spec:
    """Kept by content: a spec is frozen, and the control room reads all of them whenever a file changes."""
    return parse(path, text)


def spec_paths(workspace: Path) -> list[Path]:
    """Files below `specs/` that hold a spec, by name; names that start with `_` or `.` and README are left out."""
    try:
        found = sorted(specs_dir(workspace).glob("*.md"))
    except OSError:
        return []
    return [each for each in found if is_spec_path(each)]


def is_spec_path(path: Path) -> bool:
    """Whether a file of `specs/` holds a spec, by its name."""
    return path.suffix == ".md" and path.name[0] not in "_." and path.name.lower() != "readme.md"


def load_specs(workspace: Path) -> SpecLibrary:
    """Every spec of a workspace; what cannot be read, a spec or the whole directory, is listed, not raised."""
    texts: dict[SpecId, tuple[Path, str]] = {}
    unreadable = list(_closed(specs_dir(workspace)))
    for path in spec_paths(workspace):
        try:
            texts[SpecId(path.name.removesuffix(".md"))] = path, read_text(path)
        except SpecUnreadable as error:
            unreadable.append(error)
    specs = SpecsOnDemand(texts, lambda each: _parsed(*texts[each]))
    templates = load_templates(workspace)
    return SpecLibrary(specs, tuple(unreadable), templates.usable, templates.problems, load_glossary(workspace))


def _closed(folder: Path) -> Iterator[SpecUnreadable]:
    """That there are no specs and that they cannot be seen are told apart."""
    try:
        next(folder.iterdir(), None)
    except FileNotFoundError:
        return
    except OSError as error:
        yield SpecUnreadable(
            folder, f"it cannot be read: {error.strerror}", "make it a directory that this user can read"
        )
