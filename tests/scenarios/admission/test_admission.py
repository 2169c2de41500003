"""Admission: what a scenario must show on the untouched base and on a stub build before it is taken for evidence."""

from dataclasses import replace

import pytest

from factory_tui.model.evaluation import Result
from factory_tui.sandbox.port import Role
from factory_tui.scenarios import admit
from tests.scenarios.breaking import BrokenAfter
from tests.scenarios.conftest import scenario, tree

FAILS = scenario("{id: fails, steps: [{run: 'false'}]}")

BANK = """#!/bin/sh
[ -s accounts ] || { echo no accounts >&2; exit 3; }
cat accounts
"""


async def test_admission_wants_a_fail_on_the_base_or_a_pass_to_preserve(judge):
    preserve = scenario("{id: preserve, base: pass, steps: [{file: a, expect: {contains: b}}]}")
    broken = scenario("{id: broken, base: pass, steps: [{run: 'false'}]}")
    vacuous = scenario("{id: vacuous, steps: [{run: 'true'}]}")
    missing = scenario("{id: missing, steps: [{run: bank, expect: {stdout: '5'}}]}")
    admissions = await judge.admit({"a": "b"}, preserve, broken, vacuous, missing)
    assert [(each.scenario, each.admitted) for each in admissions] == [
        ("preserve", True),
        ("broken", False),
        ("vacuous", False),
        ("missing", True),
    ]
    assert [each.observed for each in admissions] == [Result.PASS, Result.FAIL, Result.PASS, Result.FAIL]
    assert [each.on_stub for each in admissions] == [Result.FAIL, None, None, Result.FAIL]
    assert "no behaviour to preserve" in admissions[1].reason
    assert "cannot show" in admissions[2].reason


async def test_admission_runs_in_a_sandbox_of_its_own_role_even_for_reserve_and_without_a_base(judge):
    judge.host = BrokenAfter(judge.host, 1)
    reserve = scenario("{id: spare, layer: reserve, steps: [{run: 'test -e built'}]}")
    admissions = await judge.admit(None, reserve)
    assert [each.admitted for each in admissions] == [True]
    assert [each.labels.role for each in judge.host.requests] == [Role.PROOF]


async def test_a_base_that_cannot_be_set_up_fails(judge):
    preserve = scenario("{id: preserve, base: pass, steps: [{run: 'true'}]}")
    admissions = await judge.admit({}, FAILS, preserve, setup=(("false",),))
    assert [(each.observed, each.admitted) for each in admissions] == [(Result.FAIL, True), (Result.FAIL, False)]


async def test_known_admissions_are_not_run_again(judge):
    first = await judge.admit({}, FAILS)
    judge.host = BrokenAfter(judge.host, 0)
    known = {each.scenario_hash: each for each in first}
    assert await judge.admit({}, FAILS, known=known) == first


async def test_a_scenario_that_could_not_be_run_is_not_admitted(judge):
    unsound = scenario("{id: unsound, steps: [{file: '${nope}'}]}")
    (admission,) = await judge.admit({}, unsound)
    assert not admission.admitted
    assert admission.observed is Result.ERROR
    judge.host = BrokenAfter(judge.host, 0)
    (admission,) = await judge.admit({}, FAILS)
    assert not admission.admitted
    assert "no engine answers" in admission.reason


def printing(expect: str, **more: object):
    return scenario(f"{{steps: [{{run: bank, expect: {expect}}}]}}", **more)


@pytest.mark.parametrize(
    ("expect", "on_stub"),
    [
        ("{exit: 0}", Result.PASS),
        ('{exit: 0, stdout: ""}', Result.PASS),
        ("{stdout: {not: {contains: error}}}", Result.PASS),
        ("{exit: 3}", Result.FAIL),
        ("{stdout: {contains: '5'}}", Result.FAIL),
    ],
)
async def test_what_a_program_that_does_nothing_passes_proves_nothing(judge, expect, on_stub):
    (admission,) = await judge.admit(None, printing(expect))
    assert (admission.observed, admission.on_stub) == (Result.FAIL, on_stub)
    assert admission.admitted is (on_stub is Result.FAIL)
    if not admission.admitted:
        assert "check what they print or change" in admission.reason


async def test_behaviour_to_preserve_is_seen_on_the_base_and_not_on_a_stub(judge):
    keeps = printing("{stdout: '5'}", base="pass")
    hollow = printing("{exit: 0}", base="pass", id="hollow")
    admissions = await judge.admit({"bin/bank": BANK, "accounts": "5\n"}, keeps, hollow)
    assert [(each.observed, each.on_stub, each.admitted) for each in admissions] == [
        (Result.PASS, Result.FAIL, True),
        (Result.PASS, Result.PASS, False),
    ]


async def test_a_stub_gets_the_files_of_the_scenario(judge):
    reads_its_own = scenario(
        "{base: pass, files: {accounts: '5'}, steps: [{run: cat accounts, expect: {stdout: '5'}}]}"
    )
    (admission,) = await judge.admit({"accounts": "4"}, reads_its_own)
    assert admission.on_stub is Result.PASS
    assert not admission.admitted


async def test_the_commands_of_the_sandbox_work_on_a_stub(judge):
    counts = scenario("{steps: [{run: 'bank > out; test $(wc -c < out) -eq 0 && ! grep -q 5 out'}]}")
    (admission,) = await judge.admit({"bin/bank": "#!/bin/sh\necho 5\n"}, counts)
    assert admission.on_stub is Result.PASS


async def test_any_number_of_names_can_be_asked_for(judge):
    words = "\n".join(f"word-{number}-{'x' * 150} y" for number in range(3000))
    much = scenario("{steps: [{run: bank, expect: {stdout: '5'}}]}", files={"all.sh": f"#!/bin/sh\n{words}\n"})
    (admission,) = await judge.admit(None, much)
    assert admission.admitted


async def test_a_service_that_does_nothing_is_none(judge):
    serves = scenario("{service: {run: served, ready: {file: up, within: 5s}}, steps: [{run: 'true'}]}")
    (admission,) = await judge.admit(None, serves)
    assert (admission.on_stub, admission.admitted) == (Result.FAIL, True)


async def test_base_and_stub_are_set_up_once_each(judge):
    made = scenario("{id: made, base: pass, steps: [{file: made, expect: {contains: '5'}}]}")
    again = made.model_copy(update={"id": "again"})
    host = BrokenAfter(judge.host, 10)
    job = judge.job(tree({}), made, again, setup=(("sh", "-c", "cat accounts > made"),))
    admissions = await admit(replace(job, base=tree({"accounts": "5"})), host, {})
    assert [(each.observed, each.on_stub, each.admitted) for each in admissions] == [
        (Result.PASS, Result.FAIL, True)
    ] * 2
    assert sum("cat accounts" in each for each in host.commands) == 2


async def test_a_stub_that_cannot_be_set_up_fails(judge):
    keeps = scenario("{base: pass, steps: [{run: 'true'}]}")
    (admission,) = await judge.admit({"accounts": "5"}, keeps, setup=(("sh", "-c", "test -s accounts"),))
    assert (admission.on_stub, admission.admitted) == (Result.FAIL, True)


async def test_a_stub_that_cannot_be_run_is_no_answer(judge):
    breaks = scenario("{steps: [{run: 'break the sandbox'}]}")
    (admission,) = await admit(judge.job(tree({}), breaks), BrokenAfter(judge.host, 2), {})
    assert (admission.observed, admission.on_stub) == (Result.FAIL, Result.ERROR)
    assert not admission.admitted
    assert "could not be run on a stub" in admission.reason
