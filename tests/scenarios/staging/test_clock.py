"""The clock of a scenario: a date that its commands see, while what measures time goes on."""

import glob

import pytest

from factory_tui.model.evaluation import Result
from factory_tui.model.scenario import Clock
from factory_tui.scenarios.soundness import faults_of
from factory_tui.scenarios.staging.moment import moment
from tests.scenarios.conftest import Judge, scenario

CLOCK = "clock: {at: '2026-03-01 09:00', zone: Europe/Berlin}\n"

TIMEOUTS = """\
import asyncio, queue, signal, socket, subprocess, threading, time
begun = time.monotonic()
time.sleep(0.05)
try:
    queue.Queue().get(timeout=0.05)
except queue.Empty:
    pass
lock = threading.Lock(); lock.acquire(); assert not lock.acquire(timeout=0.05)
condition = threading.Condition()
with condition:
    assert not condition.wait(0.05)
try:
    subprocess.run(["sleep", "600"], timeout=0.05)
except subprocess.TimeoutExpired:
    pass
try:
    asyncio.run(asyncio.wait_for(asyncio.sleep(600), 0.05))
except TimeoutError:
    pass
with socket.create_server(("127.0.0.1", 0)) as server:
    server.settimeout(0.05)
    try:
        server.accept()
    except TimeoutError:
        pass
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.05)
signal.pause()
assert 0.4 < time.monotonic() - begun, "a wait ended at once"
print("waited")
"""

SERVER = """\
import datetime, http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(datetime.date.today().isoformat().encode())
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

needs_datefudge = pytest.mark.skipif(
    not glob.glob("/usr/lib/*/datefudge/datefudge.so"), reason="the machine has no datefudge"
)


@pytest.fixture(params=[pytest.param("docker", marks=pytest.mark.docker), pytest.param("local", marks=needs_datefudge)])
def bench(request: pytest.FixtureRequest) -> Judge:
    return request.getfixturevalue("docker_judge" if request.param == "docker" else "judge")


async def test_commands_and_services_see_the_date_in_its_zone(bench: Judge) -> None:
    result = await bench.one(
        {"server.py": SERVER},
        CLOCK
        + """
service: {run: 'python3 server.py $port', ready: {http: 'http://127.0.0.1:${port}/', within: 20s}}
steps:
  - run: date '+%F %H %Z'; python3 -c 'import datetime; print(datetime.date.today())'
    expect: {stdout: "2026-03-01 09 CET\\n2026-03-01"}
  - http: {url: 'http://127.0.0.1:${port}/'}
    expect: {body: '2026-03-01'}
  - run: sqlite3 ":memory:" "select date('now')"
    expect: {stdout: '2026-03-01'}
""",
    )
    assert result.evidence == ()


async def test_the_date_goes_on_from_step_to_step(bench: Judge) -> None:
    steps = "steps: [{run: 'date +%s > before; sleep 1.1'}, {run: 'test $(date +%s) -gt $(cat before)'}]"
    result = await bench.one({}, CLOCK + steps)
    assert result.evidence == ()


async def test_a_frozen_clock_stands_still(bench: Judge) -> None:
    frozen = CLOCK.replace("}", ", frozen: true}")
    steps = "steps: [{run: 'date +%s > before; sleep 1.1'}, {run: 'test $(date +%s) = $(cat before)'}]"
    result = await bench.one({}, frozen + steps)
    assert result.evidence == ()


@pytest.mark.parametrize("frozen", ["false", "true"])
async def test_timeouts_inside_of_programs_work(bench: Judge, frozen: str) -> None:
    clock = CLOCK.replace("}", f", frozen: {frozen}}}")
    steps = "steps:\n  - run: timeout 1 sleep 600 || python3 waits.py\n    expect: {stdout: waited}\n"
    result = await bench.one({"waits.py": TIMEOUTS}, clock + steps)
    assert result.evidence == ()


async def test_the_next_scenario_has_the_real_date(bench: Judge) -> None:
    first = scenario(f"{CLOCK}id: first\nsteps: [{{run: 'test $(date +%Y) = 2026'}}]")
    second = scenario("id: second\nsteps: [{run: 'test -z \"$LD_PRELOAD$TZ$DATEFUDGE\"'}]")
    evaluation = await bench({}, first, second)
    assert [each.result for each in evaluation.scenarios] == [Result.PASS, Result.PASS]


async def test_a_limit_on_time_is_measured_by_the_real_clock(bench: Judge) -> None:
    frozen = CLOCK.replace("}", ", frozen: true}")
    result = await bench.one({}, frozen + "steps: [{run: 'sleep 0.5', expect: {within: 100ms}}]")
    assert [each.check for each in result.evidence] == ["within"]


@pytest.mark.skipif(bool(glob.glob("/usr/lib/*/datefudge/datefudge.so")), reason="the machine has datefudge")
async def test_a_machine_that_cannot_set_the_date_is_an_error_that_says_what_to_do(judge: Judge) -> None:
    given = scenario(CLOCK + "steps: [{run: 'true'}]")
    evaluation = await judge({}, given)
    assert evaluation.scenarios[0].result is Result.ERROR
    assert "install the package datefudge" in evaluation.scenarios[0].evidence[0].observed
    (admission,) = await judge.admit({}, given)
    assert not admission.admitted
    assert "datefudge" in admission.reason


@pytest.mark.parametrize(
    ("at", "zone", "says", "place"),
    [
        ("2026-02-30 09:00", "UTC", "there is no 2026-02-30 09:00", "clock.at"),
        ("2026-13-01 09:00", "UTC", "there is no 2026-13-01", "clock.at"),
        ("2026-01-01 24:61", "UTC", "there is no 2026-01-01 24:61", "clock.at"),
        ("0000-01-01 09:00", "UTC", "there is no 0000-01-01", "clock.at"),
        ("1900-01-01 09:00", "UTC", "beyond the years", "clock.at"),
        ("9999-12-31 23:59", "America/New_York", "beyond the years", "clock.at"),
        ("2026-03-29 02:30", "Europe/Berlin", "the clocks go forward then", "clock.at"),
        ("2026-03-01 09:00", "Europe/Berln", "no time zone 'Europe/Berln'", "clock.zone"),
        ("2026-03-01 09:00", "Europe", "no time zone 'Europe'", "clock.zone"),
        ("2026-03-01 09:00", "../../etc/passwd", "no time zone", "clock.zone"),
        ("2026-03-01 09:00", "/etc/localtime", "no time zone", "clock.zone"),
        ("2026-03-01 09:00", "", "no time zone ''", "clock.zone"),
        ("2026-03-01 09:00", "CET\0", "no time zone", "clock.zone"),
        ("2026-03-01 09:00", "x" * 5000, "no time zone", "clock.zone"),
    ],
)
def test_a_time_that_there_is_not_is_a_fault(at: str, zone: str, says: str, place: str) -> None:
    given = scenario("steps: [{run: 'true'}]", clock={"at": at, "zone": zone})
    (fault,) = faults_of(given)
    assert fault.place == place
    assert says in fault.what
    assert fault.todo


def test_a_zone_that_is_nearly_one_is_named() -> None:
    given = scenario("steps: [{run: 'true'}]", clock={"at": "2026-03-01 09:00", "zone": "Europe/Berln"})
    assert next(faults_of(given)).todo == "write Europe/Berlin"


def test_a_time_that_comes_twice_is_the_first() -> None:
    there = moment(Clock(at="2026-10-25 02:30", zone="Europe/Berlin"))
    assert there.tzname() == "CEST"
