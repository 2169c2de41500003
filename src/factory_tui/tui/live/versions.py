"""Versions of specs for the screens: from the history, compared with each other and with the file."""

from pathlib import Path

from factory_tui.model.foreign import clean
from factory_tui.model.version import ItemChange, VersionView
from factory_tui.tui.live.told import told_of_specs
from factory_tui.tui.live.workspace import LiveWorkspace
from factory_tui.tui.source import SourceError


class LiveVersions(LiveWorkspace):
    """Implements `tui.source.versions.Versions`."""

    async def versions(self, spec: str) -> tuple[VersionView, ...]:
        return await self._ask(lambda: self._versions(spec))

    async def version_diff(self, spec: str, before: str, after: str) -> tuple[ItemChange, ...]:
        return await self._ask(lambda: self._version_diff(spec, before, after))

    def _versions(self, spec: str) -> tuple[VersionView, ...]:
        from factory_tui.specs import SpecUnreadable, read_spec

        try:
            now = read_spec(self.spec_file(spec)).hash
        except SpecUnreadable:
            now = ""  # the versions of a spec outlive its file
        found = self._reader.versions(spec)
        return tuple(each.model_copy(update={"current": each.version.hash == now}) for each in found)

    def _version_diff(self, spec: str, before: str, after: str) -> tuple[ItemChange, ...]:
        """Both texts are cleaned before they are compared, so what changed is clean too."""
        from factory_tui.specs import differences, parse

        old, new = (parse(Path(f"{spec}.md"), self._text(spec, each)) for each in (before, after))
        return differences(old, new)

    def _text(self, spec: str, version: str) -> str:
        from factory_tui.specs import read_spec

        if version:
            text = self._reader.version_text(spec, version)
            if text is None:
                raise SourceError(f"version {version[:12]} of {clean(spec)} is not on record", "look at the list again")
            return text
        with told_of_specs():
            return clean(read_spec(self.spec_file(spec)).text)
