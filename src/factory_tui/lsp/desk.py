"""Which workspace a document belongs to, and what its rooms say about the text."""

import threading
from dataclasses import dataclass
from pathlib import Path

from factory_tui.checker import Checker
from factory_tui.config import FILE_NAME, ConfigError, Settings, load
from factory_tui.model.finding import Finding
from factory_tui.model.glossary import Glossary
from factory_tui.model.spec import Spec
from factory_tui.model.trace import TraceRow
from factory_tui.specs import is_spec_path, parse, specs_dir
from factory_tui.specs.glossary import load_glossary
from factory_tui.store.reader import Reader

MAX_CHARACTERS = 1_000_000
"""As for files: a longer text is not judged."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One text of a spec and what was found."""

    text: str
    spec: Spec
    findings: tuple[Finding, ...]
    """Those with a path are about scenario files."""
    workspace: Path
    left_out: str = ""
    """What did not count, and why."""

    @property
    def own(self) -> tuple[Finding, ...]:
        """Findings about the spec itself."""
        return tuple(each for each in self.findings if each.path is None)


class NotJudged(Exception):
    """The text cannot be judged; the message says why and what to do."""


class Desk:
    """Judges texts of any workspace. May be used from several threads; they take turns."""

    def __init__(self) -> None:
        self._checkers: dict[Path, Checker] = {}
        self._lock = threading.Lock()

    def judge(self, path: Path, text: str) -> Judgement | None:
        """What there is to say about a text at a path; None when it is no spec.

        Raises:
            NotJudged: the configuration of its workspace is broken, or the text is too long.
        """
        workspace = workspace_of(path)
        if workspace is None:
            return None
        if len(text) > MAX_CHARACTERS:
            raise NotJudged(f"{path.name} is longer than {MAX_CHARACTERS:,} characters: split it into several specs")
        settings = _settings(workspace)
        with self._lock:
            checker = self._checker(workspace)
            findings, error = checker.check(path, text, settings), checker.left_out
        left_out = f"earlier versions are left out: {error.what} · {error.todo}" if error else ""
        return Judgement(text, parse(path, text), findings, workspace, left_out)

    def trace(self, path: Path, judgement: Judgement) -> tuple[TraceRow, ...]:
        """Rules × evaluation × scenarios."""
        with self._lock:
            return self._checker(judgement.workspace).trace(path, judgement.text, _settings(judgement.workspace))

    def glossary(self, judgement: Judgement) -> Glossary:
        return load_glossary(judgement.workspace)

    def forget(self) -> None:
        """A file changed: what is around the texts is read anew."""
        with self._lock:
            for checker in self._checkers.values():
                checker.forget()

    def _checker(self, workspace: Path) -> Checker:
        if workspace not in self._checkers:
            self._checkers[workspace] = Checker(workspace, Reader(workspace / "runs.db"))
        return self._checkers[workspace]


def workspace_of(path: Path) -> Path | None:
    """The workspace that has this file as a spec; None when it is none: a README, a template, any other Markdown."""
    folder = path.parent
    workspace = folder.parent
    try:
        is_spec = folder == specs_dir(workspace) and is_spec_path(path)
        return workspace if is_spec and (workspace / FILE_NAME).exists() else None
    except OSError:  # no file can have this name
        return None


def _settings(workspace: Path) -> Settings:
    try:
        return load(workspace)
    except ConfigError as error:
        raise NotJudged(" · ".join(str(error).splitlines())) from None
