"""The suite against small changes of what passes it: caught, unnoticed, too slow, not tried."""

import asyncio
from datetime import UTC, datetime

import pytest

from factory_tui.model.mutation import Fate, MutationReport
from factory_tui.scenarios.mutation import CheckRefused, MutationOrder, check_mutants, lines
from tests.scenarios.breaking import BrokenAfter
from tests.scenarios.conftest import Judge, scenario, tree

DOOR = {
    "door.py": """\
    import sys

    age = int(sys.argv[1])
    if age >= 18:
        print("open")
    else:
        sys.exit(3)
    """
}
GROWN_UP = scenario("{id: grown-up, covers: [R1, R2], steps: [{run: python3 door.py 40, expect: {stdout: open}}]}")
CHILD = scenario("{id: child, steps: [{run: python3 door.py 4, expect: {exit: 3}}]}")
AT_THE_BOUND = scenario("{id: at-the-bound, steps: [{run: python3 door.py 18, expect: {stdout: open}}]}")


def now() -> datetime:
    return datetime.now(UTC)


async def check(judge: Judge, *scenarios, artifact=DOOR, **more) -> MutationReport:
    job = judge.job(tree(artifact), *scenarios, **more.pop("job", {}))
    return await check_mutants(MutationOrder(job, "r1", **more), judge.host, now)


def unnoticed(report: MutationReport) -> set[str]:
    return {each.mutant.what for each in report.survived}


async def test_a_change_at_a_bound_that_no_scenario_looks_at_is_a_missing_scenario(judge):
    report = await check(judge, GROWN_UP, CHILD)
    assert unnoticed(report) == {"`>=` becomes `>`", "`18` becomes `19`"}
    assert report.untried == 0
    assert report.caught == len(report.fates) - 2
    (line,) = [each for each in lines(report) if "`>=` becomes `>`" in each]
    assert line.startswith(
        "  • Nothing notices when `>=` becomes `>` in door.py line 4: a scenario at the bound itself"
    )


async def test_with_that_scenario_nothing_survives_and_the_widest_scenario_is_asked_first(judge):
    report = await check(judge, CHILD, GROWN_UP, AT_THE_BOUND)
    assert report.survived == ()
    first = next(each for each in report.fates if each.mutant.what == '`"open"` becomes empty')
    assert first.caught_by == "grown-up"


async def test_what_does_not_pass_unchanged_is_refused_with_what_to_do(judge):
    wrong = scenario("{id: wrong, steps: [{run: python3 door.py 4}]}")
    with pytest.raises(CheckRefused, match=r"does not pass the suite as it is now: .* wrong") as refused:
        await check(judge, wrong)
    assert "run thing again" in refused.value.todo


async def test_reserve_burned_and_timed_scenarios_take_no_part(judge):
    reserve = scenario("{id: in-reserve, layer: reserve, steps: [{run: 'false'}]}")
    timed = scenario("{id: quick, kind: limit, steps: [{run: python3 door.py 18, expect: {within: 9s}}]}")
    report = await check(judge, GROWN_UP, CHILD, reserve, timed)
    assert set(report.left_out) == {"in-reserve", "quick"}
    assert "`>=` becomes `>`" in unnoticed(report)
    with pytest.raises(CheckRefused, match="no scenario of thing could notice"):
        await check(judge, reserve, timed)


async def test_a_change_that_runs_for_ever_is_caught_by_whoever_waits(judge, monkeypatch):
    monkeypatch.setattr("factory_tui.scenarios.mutation.check._PATIENCE_S", 0.5)
    loop = {"count.py": "n = 3\nwhile n > 0:\n    n = n - 1\nprint('done')\n"}
    ends = scenario("{id: ends, steps: [{run: python3 count.py, expect: {stdout: done}}]}")
    report = await check(judge, ends, artifact=loop)
    turned = next(each for each in report.fates if each.mutant.what == "`-` becomes `+`")
    assert (turned.fate, turned.caught_by) == (Fate.CAUGHT, "ends")


async def test_a_mutant_that_cannot_be_set_up_is_caught(judge):
    built = {"build.py": "open('out', 'w').write('x' if 1 else '')\n"}
    shows = scenario("{id: shows, steps: [{run: cat out, expect: {stdout: x}}]}")
    job = {"setup": (("python3", "build.py"), ("test", "-s", "out"))}
    report = await check(judge, shows, artifact=built, job=job)
    assert {each.caught_by for each in report.fates if each.mutant.what == "`'x'` becomes empty"} == {"set-up"}


async def test_the_time_and_the_operator_end_a_check_and_say_so(judge):
    report = await check(judge, GROWN_UP, minutes=1e-6)
    assert {each.fate for each in report.fates} == {Fate.UNTRIED}
    assert "minutes were over" in report.fates[0].why
    stop = asyncio.Event()
    stop.set()
    report = await check(judge, GROWN_UP, stop=stop)
    assert {each.why for each in report.fates} == {"stopped"}


async def test_a_broken_sandbox_says_nothing_about_the_suite(judge):
    job = judge.job(tree(DOOR), GROWN_UP, CHILD)
    told = []

    async def landed(fate, done, total):
        told.append((fate.fate, done, total))

    report = await check_mutants(MutationOrder(job, "r1"), BrokenAfter(judge.host, 1), now, landed)
    assert {(each.fate, each.why) for each in report.fates} == {(Fate.UNTRIED, "no engine answers")}
    assert [done for _, done, _ in told] == list(range(1, len(report.fates) + 1))


async def test_nothing_to_change_is_said(judge):
    data = {"table.csv": "a,1\n"}
    there = scenario("{id: there, steps: [{run: test -s table.csv}]}")
    report = await check(judge, there, artifact=data)
    assert (report.candidates, report.fates) == (0, ())
    assert "nothing to change" in next(iter(lines(report)))


async def test_only_as_many_as_asked_for_are_tried(judge):
    report = await check(judge, GROWN_UP, CHILD, limit=3)
    assert len(report.fates) == 3
    assert report.candidates > 3


@pytest.mark.docker
async def test_lanes_in_containers_find_the_same_and_leave_nothing(docker_judge):
    report = await check(docker_judge, GROWN_UP, CHILD)
    assert unnoticed(report) == {"`>=` becomes `>`", "`18` becomes `19`"}
