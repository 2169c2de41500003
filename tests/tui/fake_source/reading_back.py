"""A read-back that takes as long as a test wants."""

from factory_tui.model.money import from_usd
from factory_tui.model.readback import ReadBack, ReadBackPlan, ReadBackQuestion
from factory_tui.model.spec import Status
from factory_tui.specs import parse
from factory_tui.specs.read_back import beside, with_read_back_answer
from factory_tui.tui.source import ReadBackView, SourceError
from tests.tui import reading

from .night import Night


class FakeReadingBack(Night):
    """Keeps the promises of `tui.source.reading_back.ReadingBack`."""

    async def plan_read_back(self, spec: str) -> ReadBackPlan:
        if self.read_only:
            raise SourceError("this control room is read-only", "open it without --read-only")
        recorded = self.read_backs.get(spec)
        return ReadBackPlan(
            spec=spec,
            hash=self.version(spec),
            model="claude-sonnet-4-6",
            charged=self.charged,
            most=from_usd("0.08"),
            reading=self.reading is not None,
            recorded=recorded is not None and recorded.hash == self.version(spec),
        )

    async def read_back(self, spec: str, *, fresh: bool = False) -> ReadBack:
        self._command(f"read back {spec}{' anew' if fresh else ''}")
        if self.reading is not None:
            await self.reading.wait()
        if self.read_back_fails is not None:
            raise self.read_back_fails
        read = self.read_backs[spec] = reading.READ_BACK.model_copy(update={"spec": spec, "hash": self.version(spec)})
        return read

    async def last_read_back(self, spec: str, text: str | None = None) -> ReadBackView | None:
        self._ask()
        read = self.read_backs.get(spec)
        if read is None:
            return None
        found = parse(self.spec_file(spec), self._text(spec) if text is None else text)
        return ReadBackView(beside(read, found), current=found.hash == read.hash)

    async def answer_read_back(self, spec: str, question: ReadBackQuestion, answer: str) -> bool:
        self._command(f"answer {spec} {question.text}: {answer}")
        self.texts[spec] = await self.with_answer(spec, self._text(spec), question, answer)
        row = next(each for each in self.spec_rows if each.id == spec)
        draft = row.model_copy(update={"status": Status.DRAFT})
        self.spec_rows = tuple(draft if each is row else each for each in self.spec_rows)
        return row.status is Status.READY

    async def with_answer(self, spec: str, text: str, question: ReadBackQuestion, answer: str) -> str:
        return with_read_back_answer(parse(self.spec_file(spec), text), question, answer)
