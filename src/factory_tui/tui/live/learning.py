"""What failures of a workspace teach: its recurring failures and amendments, and what the operator decides on them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from factory_tui.config import FeedbackSettings
from factory_tui.model.amendment import AmendmentRecord, AmendmentState
from factory_tui.model.failure import FailureClass, FailureRecord
from factory_tui.model.foreign import clean
from factory_tui.store.reader import Reader
from factory_tui.tui.live.workspace import LiveWorkspace
from factory_tui.tui.source import AmendmentView, LessonsView


class LiveLearning(LiveWorkspace):
    """Implements `tui.source.learning.Learning`."""

    async def lessons(self) -> LessonsView:
        return await self._ask(lambda: lessons_of(self._workspace, self._settings.feedback, self._reader))

    async def classify(self, failure: int, failure_class: FailureClass, reason: str = "") -> None:
        async with self._command() as client:
            await client.classify(failure, failure_class, reason)

    async def propose(self) -> int:
        async with self._command() as client:
            return len(await client.propose())

    async def accept(self, amendment: int) -> str:
        async with self._command() as client:
            version = await client.accept(amendment)
        self._triage.look_again()
        return version

    async def reject(self, amendment: int, reason: str) -> None:
        async with self._command() as client:
            await client.reject(amendment, reason)


def lessons_of(workspace: Path, settings: FeedbackSettings, reader: Reader) -> LessonsView:
    """What the history teaches now. Raises what the reader raises."""
    from factory_tui.feedback import recurring
    from factory_tui.specs import template_problems

    now = datetime.now(UTC)
    records = reader.lessons_records(now - timedelta(days=settings.window_days))
    amendments = _in_order(reader.amendments())
    by_number = {each.id: each for each in records}
    for number in {number for each in amendments for number in each.group.records} - by_number.keys():
        older = reader.failure(number)
        by_number |= {number: older} if older else {}
    problems = template_problems(workspace)
    return LessonsView(
        amendments=tuple(_view(workspace, each, by_number) for each in amendments),
        recurring=recurring(records, settings, now),
        problem=clean("; ".join(f"{each.path.name}: {each.what} ({each.todo})" for each in problems)),
    )


def _in_order(records: Sequence[AmendmentRecord]) -> list[AmendmentRecord]:
    """Those to decide on first, then the decided ones, newest first."""
    return sorted(records, key=lambda each: (each.state is not AmendmentState.PROPOSED, -each.id))


def _view(workspace: Path, record: AmendmentRecord, failures: Mapping[int, FailureRecord]) -> AmendmentView:
    from factory_tui.specs import TemplateError, amendment_diff

    behind = tuple(failures[number] for number in reversed(record.group.records) if number in failures)
    try:
        return AmendmentView(record, amendment_diff(workspace, record), behind)
    except TemplateError as error:
        return AmendmentView(record, (), behind, stale=clean(f"{error.path.name}: {error.what}; {error.todo}"))
