"""Versions that a test recorded."""

from factory_tui.model.foreign import clean
from factory_tui.model.version import ItemChange, VersionView
from factory_tui.specs import differences, parse
from factory_tui.tui.source import SourceError

from .night import Night


class FakeVersions(Night):
    """Keeps the promises of `tui.source.versions.Versions`."""

    async def versions(self, spec: str) -> tuple[VersionView, ...]:
        self._ask()
        now = self.version(spec)
        views = self.version_views.get(spec, ())
        return tuple(each.model_copy(update={"current": each.version.hash == now}) for each in views)

    async def version_diff(self, spec: str, before: str, after: str) -> tuple[ItemChange, ...]:
        self._ask()
        texts = {each.version.hash: each.version.text for each in self.version_views.get(spec, ())}
        texts[""] = (await self.read_spec(spec)).text
        for each in (before, after):
            if each not in texts:
                raise SourceError(f"version {each[:12]} of {spec} is not on record", "look at the list again")
        old, new = (parse(self.spec_file(spec), clean(texts[each])) for each in (before, after))
        return differences(old, new)
