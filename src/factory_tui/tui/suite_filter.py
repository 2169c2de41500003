"""Which suites, and which scenarios of one, the operator wants to see. Pure."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import NamedTuple

from factory_tui.model.evidence_views import ScenarioRow, SuiteRow
from factory_tui.model.mutation import MutationReport
from factory_tui.model.scenario import Layer, OnBase, ScenarioKind
from factory_tui.tui.row_filter import RowFilter, Wanted, one_of, parse_words
from factory_tui.tui.suite_cells import last_span
from factory_tui.tui.trust import scenario_trust, suite_troubles


class Known(NamedTuple):
    """A scenario in its suite as it is compared: made once, and asked for every letter that is typed."""

    suite: SuiteRow
    scenario: ScenarioRow | None
    """None stands for a suite without any."""
    words: str
    tokens: frozenset[str]
    """Ids of rules, which a part of them does not mean."""
    states: tuple[str, ...]

    @staticmethod
    def of(suite: SuiteRow, scenario: ScenarioRow | None, troubles: tuple[str, ...]) -> "Known":
        if scenario is None:
            return Known(suite, None, " ".join((suite.spec, suite.title, *troubles)).casefold(), frozenset(), troubles)
        # What a whole suite lacks is said of each of its scenarios.
        states = (scenario_trust(scenario).word, *(each for each in troubles if each in _WHOLE))
        words = [suite.spec, suite.title, scenario.id, scenario.kind, scenario.layer, scenario.admitted]
        words += [last_span(scenario).text, *states]
        words += ["flaky"] * bool(scenario.satisfaction.flaky) + ["burned"] * bool(scenario.burned)
        tokens = frozenset(map(str.casefold, scenario.covers))
        return Known(suite, scenario, " ".join(words).casefold(), tokens, states)


_WHOLE = frozenset({"over-fits", "mutants", "uncovered"})


class SuiteSearch:
    """Looks among suites, or among the scenarios of one, as somebody types."""

    def __init__(self, suites: Iterable[SuiteRow]) -> None:
        self._known: dict[str, list[Known]] = {}
        self.needs_me = 0
        """Suites that need the operator."""
        for each in suites:
            troubles = suite_troubles(each)
            self.needs_me += any(trouble.needs_me for trouble in troubles)
            words = tuple(trouble.word for trouble in troubles)
            self._known[each.spec] = [Known.of(each, one, words) for one in each.scenarios or (None,)]

    def suites(self, typed: str, rows: Iterable[SuiteRow]) -> list[SuiteRow]:
        """Suites in which one scenario has all that was typed; with a leading `!` those in which none has."""
        asked = parse_suite_filter(typed)
        if asked.problem:
            return []
        if not asked.parts:
            return list(rows)
        return [row for row in rows if any(map(asked.fits, self._known[row.spec])) is not asked.inverse]

    def scenarios(self, typed: str, spec: str, rows: Iterable[ScenarioRow]) -> list[ScenarioRow]:
        asked = parse_suite_filter(typed)
        wanted = {each.scenario.id for each in self._known[spec] if each.scenario is not None and asked.wanted(each)}
        return [row for row in rows if row.id in wanted]


def parse_suite_filter(typed: str) -> RowFilter[Known]:
    """See `row_filter.parse_words`."""
    return parse_words(typed, _KEYS, _word, _thing)


def _word(word: str) -> Wanted[Known]:
    if word[:1] == "r" and word[1:].isdecimal():
        return _rule(word)
    return lambda known: word in known.words


def _thing(key: str) -> str | None:
    return next((f"has:{each}" for each in get_close_matches(key, _HAS, 1)), None)


def _spec(value: str) -> Wanted[Known]:
    return lambda known: value in known.suite.spec.casefold()


def _id(value: str) -> Wanted[Known]:
    return lambda known: known.scenario is not None and value in known.scenario.id.casefold()


def _rule(value: str) -> Wanted[Known]:
    return lambda known: value in known.tokens


def _kind(value: str) -> Wanted[Known]:
    kind = one_of("kind", value, {each.value: each for each in ScenarioKind})
    return lambda known: known.scenario is not None and known.scenario.kind is kind


def _layer(value: str) -> Wanted[Known]:
    layer = one_of("layer", value, {each.value: each for each in Layer})
    return lambda known: known.scenario is not None and known.scenario.layer is layer


def _base(value: str) -> Wanted[Known]:
    base = one_of("base", value, {each.value: each for each in OnBase})
    return lambda known: known.scenario is not None and known.scenario.base is base


def _last(value: str) -> Wanted[Known]:
    def fits(known: Known) -> bool:
        last = known.scenario.last if known.scenario is not None else None
        return (last or "none").startswith(value)

    return fits


def _state(value: str) -> Wanted[Known]:
    return lambda known: any(each.startswith(value) for each in known.states)


def _has(value: str) -> Wanted[Known]:
    return one_of("has", value, _HAS)


def _survivors(report: MutationReport | None) -> bool:
    return report is not None and bool(report.survived)


_HAS: dict[str, Wanted[Known]] = {
    "findings": lambda known: bool(known.suite.findings),
    "gap": lambda known: known.suite.gap is not None,
    "mutants": lambda known: _survivors(known.suite.mutation),
    "trials": lambda known: known.scenario is not None and known.scenario.satisfaction.trials > 0,
    "uncovered": lambda known: bool(known.suite.uncovered),
}

_KEYS: dict[str, Callable[[str], Wanted[Known]]] = {
    "spec": _spec,
    "id": _id,
    "rule": _rule,
    "kind": _kind,
    "layer": _layer,
    "base": _base,
    "last": _last,
    "state": _state,
    "has": _has,
}
