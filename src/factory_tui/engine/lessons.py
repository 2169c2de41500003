"""What a batch teaches: recurring failures propose amendments; the operator classifies, accepts, rejects."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from factory_tui.engine.commands import CommandRefused
from factory_tui.engine.plant import Plant
from factory_tui.feedback import propose, recurring
from factory_tui.model.amendment import Amendment, AmendmentRecord, AmendmentState, RecurringGroup
from factory_tui.model.failure import FailureClass, FailureRecord
from factory_tui.model.spec import Kind, Spec
from factory_tui.specs import TemplateError, accept_amendment, load_specs, load_template, version_with

log = logging.getLogger(__name__)


class Lessons:
    """Carries out what the operator decides about failures and amendments."""

    def __init__(self, plant: Plant) -> None:
        self._plant, self._store = plant, plant.store
        self._one_at_a_time = asyncio.Lock()
        """A template file and its row change together: two viewers may accept at once."""

    async def propose(self) -> tuple[int, ...]:
        """File one amendment for each recurring group that has none yet; their numbers.

        A group that was rejected comes back only with as many new records as make a group recur. A template that
        cannot be read proposes nothing: `spec lint` and the failures screen say why.
        """
        settings, now = self._plant.settings.feedback, self._plant.now()
        async with self._one_at_a_time:
            records = await self._store.failure_records(since=now - timedelta(days=settings.window_days))
            by_number = {each.id: each for each in records}
            before = await self._store.amendments()
            decided = _newest_of_each_group(before)
            asked = [each.amendment for each in before if each.state is AmendmentState.PROPOSED]
            library = await asyncio.to_thread(load_specs, self._plant.workspace)
            specs = {str(name): spec for name, spec in library.specs.items()}
            numbers = []
            for group in recurring(records, settings, now):
                if not _is_news(group, decided.get(group.key), settings.min_failures):
                    continue
                found = await self._amendment_for(group, by_number, specs)
                if found is None or any(_adds_the_same(found[0], each) for each in asked):
                    continue
                asked.append(found[0])
                numbers.append(await self._store.propose_amendment(found[0], group, found[1]))
            return tuple(numbers)

    async def _amendment_for(
        self, group: RecurringGroup, records: Mapping[int, FailureRecord], specs: Mapping[str, Spec]
    ) -> tuple[Amendment, str] | None:
        """What the group proposes, and the template version it is for."""
        behind = [specs[name] for name in group.specs if name in specs]
        try:
            template = await asyncio.to_thread(load_template, self._plant.workspace, _usual_kind(behind))
        except TemplateError as error:
            log.warning("no amendment for %s: %s", group.key, error)
            return None
        amendment = propose(group, [records[number] for number in group.records], template, behind)
        return (amendment, template.name) if amendment is not None else None

    async def settle(self) -> None:
        """At start: what an earlier engine wrote into a template without recording it is accepted all the same."""
        async with self._one_at_a_time:
            for each in await self._store.amendments():
                if each.state is AmendmentState.PROPOSED:
                    await self._make_up_for(each)

    async def _make_up_for(self, record: AmendmentRecord) -> str | None:
        """The template version that has the amendment all the same, which is on record then; None when none has."""
        try:
            version = await asyncio.to_thread(version_with, self._plant.workspace, record.amendment, record.id)
        except TemplateError as error:
            log.warning("amendment %d is left as it is: %s", record.id, error)
            return None
        if version is not None:
            await self._store.accept_amendment(record.id, version)
        return version

    async def classify(self, failure: int, failure_class: FailureClass, reason: str) -> None:
        """The operator's class of a record; the rule's stays readable beside it."""
        try:
            await self._store.reclassify(failure, failure_class, reason)
        except LookupError as error:
            raise CommandRefused(str(error), "`factory-tui failures list` numbers them") from error

    async def accept(self, number: int) -> str:
        """Write the next template version, then record it: `feature@2`.

        After a crash between the two the template has the amendment already, and `settle` makes up for the record.
        """
        async with self._one_at_a_time:
            record = await self._open_amendment(number)
            try:
                version = await asyncio.to_thread(accept_amendment, self._plant.workspace, record.amendment, record.id)
            except TemplateError as error:
                raise CommandRefused(f"{error.path.name}: {error.what}", error.todo) from error
            await self._store.accept_amendment(number, version)
            return version

    async def reject(self, number: int, reason: str) -> None:
        """Close an amendment with a reason; the template stays as it is."""
        async with self._one_at_a_time:
            if not reason.strip():
                raise CommandRefused("a rejection needs a reason", "say why the template should not ask this")
            version = await self._make_up_for(await self._open_amendment(number))
            if version is not None:
                raise _is_part_of(number, version)
            await self._store.reject_amendment(number, reason.strip())

    async def _open_amendment(self, number: int) -> AmendmentRecord:
        try:
            record = await self._store.amendment(number)
        except LookupError as error:
            raise CommandRefused(str(error), "`factory-tui template show` lists the amendments") from error
        if record.state is AmendmentState.ACCEPTED:
            raise _is_part_of(number, record.template_after)
        if record.state is AmendmentState.REJECTED:
            raise CommandRefused(f"amendment {number} was rejected: {record.reason}", "nothing is left to do")
        return record


def _is_part_of(number: int, version: str | None) -> CommandRefused:
    return CommandRefused(f"amendment {number} is already part of {version}", "nothing is left to do")


def _newest_of_each_group(records: list[AmendmentRecord]) -> dict[str, AmendmentRecord]:
    return {each.group.key: each for each in sorted(records, key=lambda each: each.id)}


def _is_news(group: RecurringGroup, before: AmendmentRecord | None, min_failures: int) -> bool:
    """True when the operator has not been asked about these failures yet."""
    if before is None:
        return True
    if before.state is AmendmentState.PROPOSED:
        return False
    known = max(before.group.records, default=0)
    return sum(number > known for number in group.records) >= min_failures


def _adds_the_same(one: Amendment, other: Amendment) -> bool:
    """Two groups may lead to one question: it is proposed once."""
    places = [(each.template, each.ask.section, each.ask.subsection, each.ask.label) for each in (one, other)]
    return places[0] == places[1]


def _usual_kind(specs: list[Spec]) -> Kind:
    """The kind of most of these specs: the template to amend."""
    kinds = Counter(spec.front.kind for spec in specs if spec.front is not None)
    return kinds.most_common(1)[0][0] if kinds else Kind.FEATURE
