"""When another sandbox is worth it, and what must not run beside what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.scenarios.spread import WORTH_S, kept_apart, worth_another
from tests.scenarios.conftest import scenario

OPENING_S = 0.3
"""As measured for a container on two cores."""


@pytest.mark.parametrize(
    ("left", "lanes", "seconds", "worth"),
    [
        (19, 1, [0.014], False),  # twenty cheap ones are through before a container is there
        (7, 1, [0.2], True),
        (1, 1, [0.5], False),
        (1, 1, [30.0], True),
        (7, 2, [0.2], False),
        (70, 2, [0.2], True),
        (100, 1, [], False),
        (0, 1, [100.0], False),
    ],
)
def test_it_is_worth_it_when_it_saves_more_than_it_costs(left: int, lanes: int, seconds: list[float], worth: bool):
    assert worth_another(left, lanes, seconds, OPENING_S) is worth


@given(st.integers(0, 200), st.integers(1, 16), st.lists(st.floats(0, 100), max_size=20))
def test_it_is_never_worth_it_for_less_work_than_a_sandbox_takes_to_open(left: int, lanes: int, seconds: list[float]):
    work = left * sum(seconds) / len(seconds) if seconds else 0.0
    assert not worth_another(left, lanes, seconds, OPENING_S) or work >= OPENING_S + WORTH_S


@given(st.integers(1, 200), st.integers(1, 16), st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_what_is_worth_it_stays_so_with_more_work(left: int, lanes: int, seconds: list[float]):
    assert worth_another(left + 1, lanes, seconds, OPENING_S) or not worth_another(left, lanes, seconds, OPENING_S)


def test_a_machine_that_is_slow_to_open_one_is_not_made_busier():
    assert worth_another(5, 1, [0.3], OPENING_S)
    assert not worth_another(5, 1, [0.3], 1.5)


SHARES = "{run: 'index --one', ready: {file: up, within: 1s}, shared: true}"
OWN = "{run: 'index --one', ready: {file: up, within: 1s}}"


def test_those_that_share_a_service_are_kept_apart():
    first = scenario(f"{{service: {SHARES}, steps: [{{run: a}}]}}")
    second = scenario(f"{{services: [{OWN.replace('one', 'two')}, {SHARES}], steps: [{{run: b}}]}}")
    alone = scenario(f"{{service: {OWN}, steps: [{{run: a}}]}}")
    assert kept_apart(first, own_network=True) & kept_apart(second, own_network=True)
    assert not kept_apart(alone, own_network=True)


def test_on_one_network_those_with_a_service_or_a_port_are_kept_apart():
    serves = scenario(f"{{service: {OWN}, steps: [{{run: a}}]}}")
    listens = scenario("{steps: [{run: 'listen $port & ask', expect: {stdout: '${port}'}}]}")
    plain = scenario("{steps: [{run: a}]}")
    assert kept_apart(serves, own_network=False) & kept_apart(listens, own_network=False)
    assert not kept_apart(plain, own_network=False)
