"""Read-backs for the screens: the engine has them made, the store keeps them, and answers go into spec files."""

from pathlib import Path

from factory_tui.model.readback import ReadBack, ReadBackPlan, ReadBackQuestion
from factory_tui.tui.live.told import told_of_specs
from factory_tui.tui.live.workspace import LiveWorkspace
from factory_tui.tui.source import ReadBackView


class LiveReadingBack(LiveWorkspace):
    """Implements `tui.source.reading_back.ReadingBack`."""

    async def plan_read_back(self, spec: str) -> ReadBackPlan:
        async with self._command() as client:
            return await client.plan_read_back(spec)

    async def read_back(self, spec: str, *, fresh: bool = False) -> ReadBack:
        async with self._command() as client:
            return await client.read_back(spec, fresh=fresh)

    async def last_read_back(self, spec: str, text: str | None = None) -> ReadBackView | None:
        return await self._ask(lambda: self._last_read_back(spec, text))

    def _last_read_back(self, spec: str, text: str | None) -> ReadBackView | None:
        from factory_tui.specs import SpecUnreadable, parse, read_spec
        from factory_tui.specs.read_back import beside

        read, path = self._reader.last_read_back(spec), self.spec_file(spec)
        if read is None:
            return None
        try:
            found = read_spec(path) if text is None else parse(path, text)
        except SpecUnreadable:
            return ReadBackView(read, current=False)
        return ReadBackView(beside(read, found), current=found.hash == read.hash)

    async def answer_read_back(self, spec: str, question: ReadBackQuestion, answer: str) -> bool:
        self._allowed()
        redrafted = await self._ask(lambda: _written(self.spec_file(spec), question, answer))
        self._triage.look_again()
        return redrafted

    async def with_answer(self, spec: str, text: str, question: ReadBackQuestion, answer: str) -> str:
        return await self._ask(lambda: _with_answer(self.spec_file(spec), text, question, answer))


def _written(path: Path, question: ReadBackQuestion, answer: str) -> bool:
    from factory_tui.specs.read_back import answer_read_back

    with told_of_specs():
        return answer_read_back(path, question, answer)


def _with_answer(path: Path, text: str, question: ReadBackQuestion, answer: str) -> str:
    from factory_tui.specs import parse
    from factory_tui.specs.read_back import with_read_back_answer

    with told_of_specs():
        return with_read_back_answer(parse(path, text), question, answer)
