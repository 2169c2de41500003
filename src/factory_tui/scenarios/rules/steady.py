"""Q06 and Q07: a scenario gives the same result whenever and wherever it runs, and always comes to an end."""

import re
from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.scenario import LoadedScenario, Scenario
from factory_tui.model.step import Condition, DbExpect, Service, Step
from factory_tui.scenarios.rules.about import about, scenarios_of
from factory_tui.scenarios.rules.example_text import HEAD, STEPS
from factory_tui.scenarios.sql import is_ordered
from factory_tui.specs.rules.rule import Example, Rule, Subject

_CLOCK = re.compile(
    r"(?:\$\(|`|^|[;&|]\s?)\s?date\b(?![^\n)`;|&]{0,80}(?:\s-d|--date|\s-r\b|--reference))"
    r"|\bdatetime\.(?:now|utcnow|today)\(|\bdate\.today\(|\bDate\.now\(|\bnew Date\(\)"
    r"|\btime\.(?:strftime|localtime)\(",
    re.MULTILINE,
)
_CLOCK_IS_SET = re.compile(r"\bfaketime\b|FAKETIME|SOURCE_DATE_EPOCH")
_CHANCE = re.compile(
    r"\$\{?RANDOM\b|/dev/u?random\b|\bshuf\b|\buuidgen\b|\buuid[14]\(|\bsecrets\.\w+\(|\bMath\.random\("
    r"|\bopenssl rand\b|\brandom\.(?:random|randint|randrange|choices?|shuffle|sample|uniform|getrandbits)\("
)
_SEED = re.compile(r"\bseed\(\s?[^\s)]|\bRandom\(\s?[^\s)]|--random-source|\bRANDOM=\d|\bsrand\(\s?\d")
_GIVEN_SEED = re.compile(r"\bSEED\b")
"""What `seed:` sets. A program that does not read it draws as before."""
_URL = re.compile(r"\b(?:https?|ftp|ssh|git)://(?P<host>\[[^\]\s]{1,60}\]|[^/:?#\s\"'`$]{0,200})")
_FETCHES = re.compile(r"(?:^|[;&|(]\s?)\s{0,40}(?:curl|wget|git clone|git fetch|git pull)\b", re.MULTILINE)
_INSTALLS = re.compile(
    r"(?:^|[;&|(]\s?)\s{0,40}(?:(?:python3? -m )?pip3? install|npm (?:i|install|ci)|npx|yarn add"
    r"|apt(?:-get)? (?:install|update)|cargo install|go install|docker pull)\b"
    r"(?![^\n]{0,200}(?:--no-index|--offline|file:))",
    re.MULTILINE,
)
_LOCAL = re.compile(r"(?:127(?:\.\d{1,3}){3}|localhost|0\.0\.0\.0|\[::1?\]|)$", re.I)

_SQL_CLOCK = re.compile(r"'now'|\bcurrent_(?:date|time|timestamp)\b", re.I)
_SQL_CHANCE = re.compile(r"\brandom(?:blob)?\s?\(", re.I)

_LOOP = re.compile(r"\b(?:while|until)\b")
_PAUSE = re.compile(r"\bsleep\b")
_FOR_EVER = re.compile(r"\btail -[fF]\b|\bsleep infinity\b|\binotifywait\b|\bnc -l")
_ENDS = re.compile(r"\btimeout (?:-\S+ )?\d|\b(?:break|exit)\b|-lt |-gt |-le |-ge ")


def depends_on_nothing_outside(subject: Subject) -> Iterator[Finding]:
    """Q06: time, chance and the network have a fixture or a seed."""
    for scenario in scenarios_of(subject):
        said = scenario.scenario
        texts = list(_programs(said))
        is_set = said.clock is not None
        is_set = is_set or any(_CLOCK_IS_SET.search(text) for text in (*said.env, *(text for _, text in texts)))
        for place, text in texts:
            for what, quote, fix in _leans_on(text, clock_is_set=is_set, has_seed=said.seed is not None):
                message = f"its result depends on {what}: it may pass today and fail tomorrow"
                yield about(scenario, place, "Q06", message, fix, quote=quote, level=Level.WARNING)
        for place, query, rows in _queries(said):
            yield from _of_query(scenario, place, query, rows)
        for place, url in _requests(said):
            if _is_far(url):
                message = "its result depends on the network: it may pass today and fail tomorrow"
                fix = "start the service beside the steps, and ask 127.0.0.1"
                yield about(scenario, place, "Q06", message, fix, quote=url, level=Level.WARNING)


def _programs(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """What is run, and the files that may be: programs are often written as files of the scenario."""
    for name, text in scenario.files.items():
        if text.startswith("#!") or name.endswith((".py", ".sh", ".js", ".mjs", ".rb", ".pl", ".ts")):
            yield f"files.{name}", text
    yield from ((place, service.run) for place, service in _services(scenario))
    for index, step in enumerate(scenario.steps):
        if step.command is not None:
            yield f"steps[{index}]", step.command


def _queries(scenario: Scenario) -> Iterator[tuple[str, str, bool]]:
    """What is asked of databases, and whether the order of the rows is compared."""
    for index, step in enumerate(scenario.steps):
        if step.db is not None:
            yield f"steps[{index}]", step.db.query, _compares_order(step.db_expect)


def _compares_order(expect: DbExpect) -> bool:
    """Several rows stand one after the other in it, or one of them is picked by its number."""
    listed = expect.rows.equals if expect.rows is not None else None
    if isinstance(expect.json_, dict):
        return any(re.match(r"\$\[-?\d", path) and not path.startswith("$[0]") for path in expect.json_)
    return any(isinstance(each, list) and len(each) > 1 for each in (listed, expect.json_))


def _of_query(scenario: LoadedScenario, place: str, query: str, ordered: bool) -> Iterator[Finding]:
    if ordered and not is_ordered(query):
        message = "it compares rows in an order that the query does not state: SQLite may give them in any"
        yield about(scenario, place, "Q06", message, "add ORDER BY", quote=query, level=Level.WARNING)
    for what, pattern in (("the time of day", _SQL_CLOCK), ("chance", _SQL_CHANCE)):
        found = pattern.search(query)
        if found is not None:
            message = f"its result depends on {what}: it may pass today and fail tomorrow"
            fix = "ask for a fixed value, or for a difference of two that are in the file"
            yield about(scenario, place, "Q06", message, fix, quote=found[0], level=Level.WARNING)


def _services(scenario: Scenario) -> Iterator[tuple[str, Service]]:
    if scenario.service is not None:
        yield "service", scenario.service
    yield from ((f"services[{index}]", each) for index, each in enumerate(scenario.services))


def _leans_on(text: str, *, clock_is_set: bool, has_seed: bool) -> Iterator[tuple[str, str, str]]:
    clock = None if clock_is_set else _CLOCK.search(text)
    if clock is not None:
        yield "the time of day", clock[0].strip(), "give the time: as a fixed date in the input, or with clock:"
    chance = _CHANCE.search(text)
    if chance is not None and not _SEED.search(text) and not (has_seed and _GIVEN_SEED.search(text)):
        yield "chance", chance[0], "write the values down, or draw them from a fixed seed, such as the SEED of seed:"
    fetched = _INSTALLS.search(text)
    if fetched is None and _FETCHES.search(text):
        fetched = next(filter(_is_far_match, _URL.finditer(text)), None)
    if fetched is not None:
        yield "the network", fetched[0].strip(" ;&|("), "bring what it fetches as a file of the scenario"


def _requests(scenario: Scenario) -> Iterator[tuple[str, str]]:
    yield from ((place, service.ready.http) for place, service in _services(scenario) if service.ready.http)
    for index, step in enumerate(scenario.steps):
        url = step.http.url if step.http is not None else _awaited(step)
        if url:
            yield f"steps[{index}]", url


def _awaited(step: Step) -> str | None:
    return step.wait.http if isinstance(step.wait, Condition) else None


def _is_far(url: str) -> bool:
    match = _URL.match(url)
    return match is not None and _is_far_match(match)


def _is_far_match(match: re.Match[str]) -> bool:
    return _LOCAL.match(match["host"].rpartition("@")[2]) is None


def waits_are_bounded(subject: Subject) -> Iterator[Finding]:
    """Q07: a command that waits has a bound of its own. A wait without `within` is not even read: told when loaded."""
    for scenario in scenarios_of(subject):
        for index, step in enumerate(scenario.scenario.steps):
            endless = _waits(step.command or "") if step.timeout is None and _is_waited_for(step) else None
            if endless is not None:
                yield about(
                    scenario,
                    f"steps[{index}]",
                    "Q07",
                    "it waits without a bound of its own: when what it waits for never comes, only the limit for any "
                    "command ends it",
                    "add timeout: 10s to the step, or use a wait step with within",
                    quote=endless,
                    level=Level.WARNING,
                )


def _is_waited_for(step: Step) -> bool:
    """A program at a terminal may run on while its screen is looked at, unless its end is asked for."""
    return step.run is not None or step.tui_expect.exit is not None


def _waits(text: str) -> str | None:
    for_ever = _FOR_EVER.search(text)
    loop = _LOOP.search(text) if _PAUSE.search(text) else None
    found = for_ever or loop
    return found[0] if found is not None and not _ENDS.search(text) else None


_GOOD = f"{HEAD}{STEPS}"

RULES = (
    Rule(
        "Q06",
        Level.WARNING,
        "a result that changes by itself proves nothing about the artifact",
        depends_on_nothing_outside,
        requires="time, chance and the network only with a fixture or a seed",
        example=Example(
            "scenario",
            _GOOD,
            f'{HEAD}steps:\n  - run: count-words "$(date +%A).txt"\n    timeout: 10s\n    expect: {{exit: 3}}\n',
        ),
    ),
    Rule(
        "Q07",
        Level.ERROR,
        "a wait without a bound keeps a run from ending",
        waits_are_bounded,
        requires="every wait says how long at most",
        example=Example(
            "scenario",
            _GOOD.replace("steps:\n", "steps:\n  - wait: {file: note.txt, within: 5s}\n"),
            _GOOD.replace("steps:\n", "steps:\n  - wait: {file: note.txt}\n"),
        ),
    ),
)
