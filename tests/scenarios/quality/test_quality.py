"""Qualities of a command in a real sandbox: what is measured, what is missed, and that behaviour comes first."""

import pytest

from factory_tui.model.evaluation import Aspect, Result
from factory_tui.scenarios.gate import decide

NOTE_SOURCE = """\
#!/usr/bin/env python3
import os, pathlib, sys
verb = sys.argv[1]
if verb == "add":
    with open("notes.txt", "a") as file:
        file.write("x\\n")
    print("added")
elif verb == "set":
    pathlib.Path("notes.txt").write_text("x\\n")
    print("set")
elif verb == "fill":
    held = bytearray(int(sys.argv[2]) << 20)
elif verb == "print":
    print("x" * int(sys.argv[2]))
elif verb == "crash":
    raise KeyError("insides")
elif verb == "refuse":
    print("note: no such note", file=sys.stderr); sys.exit(2)
elif verb == "die":
    os.kill(os.getpid(), 11)
elif verb == "--help":
    print("Usage: note add TEXT\\n\\nExit codes: 0 fine, 2 refused")
elif verb == "twice":
    seen = pathlib.Path("seen"); code = 3 if seen.exists() else 0
    seen.touch(); sys.exit(code)
"""
NOTE = {"bin/note": NOTE_SOURCE}


def one_step(run: str, quality: str, expect: str = "") -> str:
    return f"steps:\n  - run: {run}\n    timeout: 10s\n    quality: {quality}\n    {expect}\n"


HELD = [
    ("note add", "{p95: 8s, times: 3}", "", [(Aspect.SPEED, "p95 of 3 calls")]),
    ("note fill 30", "{memory: 200MiB}", "", [(Aspect.MEMORY, "largest process")]),
    ("'true'", "{memory: 64MiB}", "", [(Aspect.MEMORY, "largest process, upper bound")]),
    ("note print 9", "{output: 10B}", "", [(Aspect.OUTPUT, "both streams")]),
    ("note refuse", "{no_traceback: true}", "expect: {exit: 2}", [(Aspect.ERRORS, "no traceback")]),
    ("note set", "{idempotent: true}", "", [(Aspect.IDEMPOTENCE, "a second call")]),
    ("note --help", "{help: [usage, add, exit codes]}", "", [(Aspect.HELP, "help text")]),
    ("'true'", "{check: lint}", "", [(Aspect.CHECK, "lint")]),
    ("note set", "{idempotent: true, output: 1kB, times: 2}", "", [(Aspect.OUTPUT, None), (Aspect.IDEMPOTENCE, None)]),
]


@pytest.mark.parametrize(("run", "quality", "expect", "measured"), HELD, ids=[f"{each[0]} {each[1]}" for each in HELD])
async def test_a_quality_that_holds_is_measured(judge, run, quality, expect, measured):
    result = await judge.one(NOTE, one_step(run, quality, expect))
    assert result.result is Result.PASS, result.evidence
    assert [each.aspect for each in result.measures] == [aspect for aspect, _ in measured]
    assert all(each.name == name for each, (_, name) in zip(result.measures, measured, strict=True) if name)
    assert all(each.holds and each.step == 1 for each in result.measures)


MISSED = [
    ("sleep 0.05", "{p95: 10ms, times: 40}", "", Aspect.SPEED, "p95", "already 3 of 3 calls took longer"),
    ("note fill 100", "{memory: 64MiB}", "", Aspect.MEMORY, "memory", "MiB, largest process"),
    ("note print 10000", "{output: 1kB}", "", Aspect.OUTPUT, "output size", "9.767 KiB, both streams"),
    ("note print 3000000", "{output: 1MiB}", "", Aspect.OUTPUT, "output size", "2.861 MiB, both streams"),
    ("note crash", "{no_traceback: true}", "expect: {exit: 1}", Aspect.ERRORS, "no traceback", "Python traceback:\nTr"),
    (
        "note die",
        "{no_traceback: true}",
        "expect: {exit: 139}",
        Aspect.ERRORS,
        "no traceback",
        "End by a signal:\nSegmentation fault",
    ),
    ("kill -9 $$", "{no_traceback: true}", "expect: {exit: 137}", Aspect.ERRORS, "no traceback", "by signal 9"),
    ("note print 3000000", "{no_traceback: true}", "", Aspect.ERRORS, "no traceback", "more than can be looked at"),
    ("note add", "{idempotent: true}", "", Aspect.IDEMPOTENCE, "idempotent", "changed files: notes.txt"),
    ("note twice", "{idempotent: true}", "", Aspect.IDEMPOTENCE, "idempotent", "exit 3 after 0"),
    ("date +%N", "{idempotent: true}", "", Aspect.IDEMPOTENCE, "idempotent", "printed:\nstdout: "),
    ("note --help", "{help: [usage, examples]}", "", Aspect.HELP, "help", "without examples\nstdout: Usage"),
    ("note --help >&2", "{help: []}", "", Aspect.HELP, "help", "nothing on standard output\nstderr: Usage"),
    ("note refuse", "{help: [usage]}", "", Aspect.HELP, "help", "exit 2\nstderr: note: no such note"),
    ("echo line too long; false", "{check: lint}", "", Aspect.CHECK, "lint", "1\nstdout: line too long"),
]


@pytest.mark.parametrize(
    ("run", "quality", "expect", "aspect", "check", "seen"), MISSED, ids=[f"{e[0]} {e[1]}" for e in MISSED]
)
async def test_a_quality_that_is_missed_is_evidence_of_its_aspect(judge, run, quality, expect, aspect, check, seen):
    result = await judge.one(NOTE, one_step(run, quality, expect))
    assert result.result is Result.FAIL
    assert [(each.aspect, each.check, each.step) for each in result.evidence] == [(aspect, check, 1)]
    assert seen in result.evidence[0].observed
    assert [each.holds for each in result.measures] == [False]


async def test_a_missed_quality_lets_the_later_steps_go_on(judge):
    text = one_step("note add", "{idempotent: true}") + "  - file: notes.txt\n    expect: {lines: 3}\n"
    result = await judge.one(NOTE, text)
    assert [(each.step, each.aspect) for each in result.evidence] == [(1, Aspect.IDEMPOTENCE), (2, Aspect.FUNCTION)]


async def test_wrong_behaviour_is_not_called_again(judge):
    text = one_step("note add; exit 4", "{p95: 5s, idempotent: true, output: 1kB}")
    result = await judge.one(NOTE, text + "  - file: notes.txt\n    expect: {lines: 3}\n")
    assert [(each.step, each.check, each.aspect) for each in result.evidence] == [(1, "exit", Aspect.FUNCTION)]
    assert [each.aspect for each in result.measures] == [Aspect.OUTPUT]


async def test_calls_that_end_otherwise_than_the_first_are_wrong_behaviour(judge):
    result = await judge.one(NOTE, one_step("note twice", "{p95: 5s, times: 3}"))
    (evidence,) = result.evidence
    assert (evidence.check, evidence.aspect) == ("call 2 for the p95", Aspect.FUNCTION)
    assert evidence.observed == "exit 3 after 0"


async def test_calls_that_do_less_than_the_first_are_not_timed(judge):
    """Else the first could work for seconds and the others return at once."""
    lazy = "#!/bin/sh\ntest -e done && exit; touch done; sleep 0.6; echo right\n"
    text = one_step("tool", "{p95: 300ms, times: 3}", "expect: {stdout: right}")
    (evidence,) = (await judge.one({"bin/tool": lazy}, text)).evidence
    assert (evidence.check, evidence.aspect) == ("call 2 for the p95, stdout", Aspect.FUNCTION)
    assert (evidence.expected, evidence.observed) == ("right", "")


async def test_a_call_that_hangs_is_a_slow_one(judge):
    hangs_later = "test -e once && sleep 60; touch once"
    text = f"steps:\n  - run: {hangs_later}\n    timeout: 300ms\n    quality: {{p95: 250ms, times: 2}}\n"
    result = await judge.one({}, text)
    assert [(each.check, each.aspect) for each in result.evidence] == [("p95", Aspect.SPEED)]


async def test_within_is_a_measure_of_speed_and_its_evidence_keeps_its_name(judge):
    result = await judge.one({}, "steps: [{run: sleep 0.1, expect: {within: 50ms}}]")
    (evidence,) = result.evidence
    assert (evidence.check, evidence.aspect, evidence.expected) == ("within", Aspect.SPEED, "0.05 s")
    (measure,) = result.measures
    assert (measure.name, measure.holds, measure.limit) == ("one call", False, 0.05)
    assert measure.value > 0.05
    kept = await judge.one({}, "steps: [{run: 'true', expect: {within: 20s}}]")
    assert [each.holds for each in kept.measures] == [True]


async def test_a_missed_quality_fails_the_gate_as_any_check(judge):
    result = await judge.one(NOTE, one_step("note --help", "{help: [nonsense]}"))
    assert decide([result]).verdict == "fail"


@pytest.mark.docker
async def test_qualities_are_measured_in_a_container_as_beside_it(docker_judge):
    text = (
        one_step("note fill 100", "{memory: 64MiB}") + one_step("note add", "{idempotent: true, p95: 9s, times: 2}")[7:]
    )
    result = await docker_judge.one(NOTE, text)
    assert [each.aspect for each in result.evidence] == [Aspect.MEMORY, Aspect.IDEMPOTENCE]
    memory, second, speed = result.measures
    assert 100 << 20 < memory.value < 200 << 20
    assert (second.holds, speed.holds) == (False, True)
    small = await docker_judge.one(NOTE, one_step("'true'", "{memory: 32MiB, no_traceback: true}"))
    assert small.result is Result.PASS
    assert small.measures[0].name == "largest process, upper bound"
