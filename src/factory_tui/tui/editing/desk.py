"""What an editor knows about the file of its text."""

from factory_tui.tui.source import SourceError
from factory_tui.tui.widgets.editor_text import Form, NotEditable, opened

CHANGED = "changed by another program; your text is kept, and F2 asks which one counts"


class Desk:
    """The file as it was read or saved last, and the way between it and the text that is typed."""

    def __init__(self, spec: str, text: str) -> None:
        """Raises `SourceError` when the text cannot be edited here."""
        self.spec = spec
        self.outside = ""
        """What another program did to the file, for the operator; empty when it is what was read."""
        self.gone = False
        """There is no such file any more, or none that can be read: the text exists here only."""
        self._form = Form()
        self.seen = self.shown = ""
        self.take(text)

    def take(self, text: str) -> None:
        """Count this as the content of the file. Raises `SourceError` when it cannot be edited here."""
        self.shown, self._form = self._opened(text)
        self.seen = text
        self.is_same()

    def typed(self, draft: str, seen: str) -> str:
        """Text that was typed over `seen`, as the editor holds it. Raises `SourceError`."""
        self.take(seen)
        shown, self._form = self._opened(draft)
        return shown

    def saved(self, text: str, shown: str) -> None:
        """The file holds `text` now, which is `shown` in the editor."""
        self.seen, self.shown = text, shown
        self.is_same()

    def is_same(self) -> None:
        """The file is what was read."""
        self.outside, self.gone = "", False

    def is_changed(self) -> None:
        """Another program wrote something else."""
        self.outside, self.gone = CHANGED, False

    def is_gone(self, why: str) -> None:
        """Another program deleted the file, renamed it, or made it unreadable."""
        self.outside, self.gone = f"{why}; your text is kept, and F2 saves it", True

    def file_text(self, shown: str) -> str:
        """What the file would hold."""
        return self._form.file_text(shown)

    def differs(self, shown: str) -> bool:
        """True when saving would change the file."""
        return shown != self.shown

    def _opened(self, text: str) -> tuple[str, Form]:
        try:
            return opened(text)
        except NotEditable as error:
            raise SourceError(f"{self.spec} cannot be edited here: {error}", "e opens it in $EDITOR") from None
