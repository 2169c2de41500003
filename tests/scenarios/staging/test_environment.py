"""What the commands of a scenario find in their environment: its variables, its seed, its ports."""

import pytest

from factory_tui.model.evaluation import Result
from factory_tui.scenarios.soundness import faults_of
from factory_tui.scenarios.staging.environment import PORTS, ports_of, refused_variables
from tests.scenarios.conftest import scenario

TRUE = "steps: [{run: 'true'}]"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("PATH", "decides which programs run"),
        ("LD_PRELOAD", "decides which programs run"),
        ("LD_LIBRARY_PATH", "decides which programs run"),
        ("LD_AUDIT", "decides which programs run"),
        ("DATEFUDGE", "decides which programs run"),
        ("FACTORY_BASE", "decides which programs run"),
        ("GCONV_PATH", "decides which programs run"),
        ("BASH_ENV", "decides which programs run"),
        ("PYTHONSTARTUP", "decides which programs run"),
        ("PYTHONHOME", "decides which programs run"),
        ("", "is not a name"),
        ("A B", "is not a name"),
        ("A=B", "is not a name"),
        ("1A", "is not a name"),
        ("A\0", "is not a name"),
        ("Ä", "is not a name"),
        ("A" * 101, "is not a name"),
        ("port", "a variable of the scenario itself"),
        ("port3", "a variable of the scenario itself"),
        ("found", "a variable of the scenario itself"),
    ],
)
def test_a_variable_that_cannot_or_may_not_be_set_is_a_fault(name: str, says: str) -> None:
    given = scenario("steps: [{run: echo x, capture: {found: $}}]", env={name: "x"})
    (fault,) = faults_of(given)
    assert says in fault.what
    assert fault.todo
    assert fault.place == f"env.{name}"


@pytest.mark.parametrize("value", ["a\0b", "x" * 200_000])
def test_a_value_that_no_environment_holds_is_a_fault(value: str) -> None:
    assert [what for _, what, _ in refused_variables(scenario(TRUE, env={"A": value}))] == [
        "the value of A cannot stand in an environment"
    ]


def test_what_programs_are_usually_told_may_be_set() -> None:
    names = ("LANG", "LC_ALL", "TZ", "HOME", "PYTHONPATH", "NO_COLOR", "ENV", "DEBUG", "SEED", "PYTHONHASHSEED", "_x")
    assert list(faults_of(scenario(TRUE, env=dict.fromkeys(names, "x")))) == []


def test_the_clock_and_the_seed_are_not_contradicted() -> None:
    clock = {"at": "2026-03-01 09:00"}
    given = scenario(TRUE, clock=clock, seed=1, env={"TZ": "UTC", "SEED": "2", "PYTHONHASHSEED": "3"})
    assert sorted(fault.place for fault in faults_of(given)) == ["env.PYTHONHASHSEED", "env.SEED", "env.TZ"]


async def test_a_scenario_with_such_a_variable_is_an_error_and_never_runs(judge) -> None:
    result = await judge.one({}, f"env: {{LD_PRELOAD: /work/mine.so}}\n{TRUE}")
    assert result.result is Result.ERROR
    assert "env.LD_PRELOAD" in result.evidence[0].observed


async def test_a_seed_reaches_commands_and_services(judge) -> None:
    draws = "import os, random; random.seed(os.environ['SEED']); print(random.random(), hash('word'))"
    result = await judge.one(
        {"draw.py": draws},
        """
        seed: 7
        service: {run: 'python3 draw.py > draft; mv draft served; sleep 600', ready: {file: served, within: 20s}}
        steps: [{run: 'test $SEED$PYTHONHASHSEED = 77 && python3 draw.py > drawn && cmp served drawn'}]
        """,
    )
    assert result.evidence == ()


async def test_without_a_seed_neither_is_set(judge) -> None:
    result = await judge.one({}, "steps: [{run: 'test -z \"$SEED$PYTHONHASHSEED\"'}]")
    assert result.evidence == ()


def test_ports_are_those_that_are_mentioned() -> None:
    assert ports_of(scenario("steps: [{run: 'serve $port2 ${port}; report $portal $port10 $port1 $import'}]")) == (
        "port",
        "port2",
    )
    assert ports_of(scenario(TRUE)) == ()
    assert ports_of(scenario("env: {A: '${port9}'}\n" + TRUE)) == ("port9",)


async def test_every_port_is_free_and_another(judge) -> None:
    names = " ".join(f"${name}" for name in PORTS)
    listens = (
        "import socket, sys; open_ = [socket.create_server(('127.0.0.1', int(p))) for p in sys.argv[1:]]; "
        "print(len(set(sys.argv[1:])))"
    )
    result = await judge.one(
        {"listen.py": listens}, f"steps: [{{run: python3 listen.py {names}, expect: {{stdout: '{len(PORTS)}'}}}}]"
    )
    assert result.evidence == ()
