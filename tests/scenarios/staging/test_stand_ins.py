"""An artifact's `bin/` is first on PATH, and must not answer for the programs that a scenario judges with."""

from dataclasses import replace

import pytest

from factory_tui.model.evaluation import Result
from factory_tui.scenarios import evaluate
from tests.scenarios.conftest import Judge, scenario, tree

YES = "#!/bin/sh\nexit 0\n"
SILENT = YES
COMPARES = """
files: {wanted.txt: "42"}
steps:
  - run: report > got.txt; cmp wanted.txt got.txt
"""
WRONG, RIGHT = "#!/bin/sh\necho 41\n", "#!/bin/sh\nprintf 42\n"


async def test_the_sandboxes_own_program_judges_a_right_artifact(judge: Judge) -> None:
    assert (await judge.one({"bin/report": RIGHT, "bin/other": YES}, COMPARES)).result is Result.PASS


@pytest.mark.parametrize("report", [WRONG, RIGHT], ids=["wrong", "right"])
async def test_an_artifact_that_brings_the_judging_program_fails(judge: Judge, report: str) -> None:
    result = await judge.one({"bin/report": report, "bin/cmp": YES}, COMPARES)
    assert result.result is Result.FAIL
    assert result.evidence[0].check == "bin/cmp"


async def test_an_oracle_of_the_base_is_not_falsified(judge: Judge) -> None:
    old = {"report.sh": "#!/bin/sh\nseq 3 | sort -r\n"}
    text = """
    steps:
      - run: sh "$FACTORY_BASE/report.sh" > wanted.txt; report > got.txt; cmp wanted.txt got.txt
    """
    forged = {"bin/report": SILENT, "bin/sort": SILENT, **old}
    result = await judge.one(forged, text, base=tree(old))
    assert (result.result, result.evidence[0].check) == (Result.FAIL, "bin/sort")


async def test_a_test_of_the_scenario_is_not_run_by_the_artifacts_interpreter(judge: Judge) -> None:
    text = """
    files: {oracle.py: "raise SystemExit(1)"}
    steps:
      - run: python3 oracle.py
    """
    assert (await judge.one({"bin/python3": YES}, text)).evidence[0].check == "bin/python3"


async def test_what_the_spec_asks_for_or_the_base_has_is_no_stand_in(judge: Judge) -> None:
    sorts = scenario("{steps: [{run: 'sort x', expect: {stdout: mine}}]}")
    mine = {"bin/sort": "#!/bin/sh\necho mine\n"}
    job = judge.job(tree(mine), sorts)
    asked = replace(job, spec=job.spec.model_copy(update={"text": "- R1 `bin/sort FILE` must print mine"}))
    kept = replace(job, base=tree(mine))
    changed = replace(job, base=tree({"bin/sort": "#!/bin/sh\necho other\n"}))
    results = [(await evaluate(each, judge.host)).scenarios[0].result for each in (asked, kept, changed)]
    assert results == [Result.PASS, Result.PASS, Result.FAIL]


@pytest.mark.parametrize(
    ("name", "said", "result"),
    [
        ("sort", "R1 `sort FILE` must print mine", Result.PASS),
        ("sort", "```\n$ sort names.txt\nmine\n```", Result.PASS),
        ("sort", "The command must sort the names.", Result.FAIL),
        ("python3", "Compatibility: `python3`, standard library only", Result.FAIL),
    ],
)
async def test_a_spec_that_shows_a_call_asks_for_the_program_but_not_for_an_interpreter(
    judge: Judge, name: str, said: str, result: Result
) -> None:
    runs = scenario(f"{{steps: [{{run: '{name} x', expect: {{stdout: mine}}}}]}}")
    job = judge.job(tree({f"bin/{name}": "#!/bin/sh\necho mine\n"}), runs)
    job = replace(job, spec=job.spec.model_copy(update={"text": said}))
    assert (await evaluate(job, judge.host)).scenarios[0].result is result


async def test_a_name_that_no_scenario_uses_and_a_builtin_are_no_stand_ins(judge: Judge) -> None:
    assert (
        await judge.one({"bin/test": YES, "bin/install": YES}, "steps: [{run: 'test 1 = 1'}]")
    ).result is Result.PASS
