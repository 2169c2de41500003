"""Failures and amendments that change as the operator decides."""

from factory_tui.model.amendment import AmendmentState
from factory_tui.model.failure import FailureClass
from factory_tui.tui.source import AmendmentView, LessonsView, SourceError
from tests.tui import morning, sample

from .night import Night


class FakeLearning(Night):
    """Keeps the promises of `tui.source.learning.Learning`."""

    async def lessons(self) -> LessonsView:
        self._ask()
        return self.lessons_view

    async def classify(self, failure: int, failure_class: FailureClass, reason: str = "") -> None:
        self._command(f"classify {failure} {failure_class}" + (f": {reason}" if reason else ""))
        records = tuple(record for group in self.groups for record in group.records)
        if all(record.id != failure for record in records):
            raise SourceError(f"there is no failure record {failure}", "`factory-tui failures list` shows them")
        self.groups = sample.groups(
            tuple(
                record.model_copy(
                    update={
                        "failure_class": failure_class,
                        "first_class": record.first_class or record.failure_class,
                        "reclassified": reason,
                    }
                )
                if record.id == failure
                else record
                for record in records
            )
        )

    async def propose(self) -> int:
        self._command("propose")
        if any(each.record.id == morning.PROPOSED.record.id for each in self.lessons_view.amendments):
            return 0
        self.lessons_view = LessonsView(self.lessons_view.recurring, (morning.PROPOSED, *self.lessons_view.amendments))
        return 1

    async def accept(self, amendment: int) -> str:
        self._command(f"accept {amendment}")
        self._decide(amendment, state=AmendmentState.ACCEPTED, template_after="feature@2", decided=sample.NOW)
        return "feature@2"

    async def reject(self, amendment: int, reason: str) -> None:
        self._command(f"reject {amendment}: {reason}")
        self._decide(amendment, state=AmendmentState.REJECTED, reason=reason, decided=sample.NOW)

    def _decide(self, number: int, **changes: object) -> None:
        view = next((each for each in self.lessons_view.amendments if each.record.id == number), None)
        if view is None:
            raise SourceError(f"there is no amendment {number}", "`factory-tui template history` lists them")
        if view.record.state is not AmendmentState.PROPOSED:
            raise SourceError(f"amendment {number} is {view.record.state} already", "nothing is left to decide")
        decided = AmendmentView(view.record.model_copy(update=changes), view.diff, view.failures)
        amendments = tuple(decided if each is view else each for each in self.lessons_view.amendments)
        self.lessons_view = LessonsView(self.lessons_view.recurring, amendments)
