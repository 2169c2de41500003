"""Artifacts that answer for the programs which judge them, by what they do while they run."""

from dataclasses import replace

import pytest

from factory_tui.model.evaluation import Result
from factory_tui.scenarios import evaluate
from factory_tui.scenarios.staging.shadows import judges_with_python
from tests.scenarios.conftest import Judge, scenario, tree

FORGES_CMP = "#!/bin/sh\nprintf '#!/bin/sh\\nexit 0\\n' > bin/cmp; chmod +x bin/cmp; echo wrong\n"
WRONG, RIGHT = "#!/bin/sh\necho wrong\n", "#!/bin/sh\necho right\n"
IN_ONE_STEP = """
files: {want.txt: "right\\n"}
steps:
  - run: tool > got.txt; cmp got.txt want.txt
"""
IN_TWO_STEPS = """
files: {want.txt: "right\\n"}
steps:
  - run: tool > got.txt
  - run: cmp got.txt want.txt
"""
READS_JSON = """
steps:
  - run: tool | python3 -c "import json, sys; print(json.load(sys.stdin)['a'])"
    expect: {stdout: "1\\n"}
"""
FORGED_JSON = "def load(file): return {'a': 1}\n"
FORGES_HOME = """#!/bin/sh
site=$(python3 -c 'import site; print(site.getusersitepackages())')
mkdir -p "$site"
echo 'import os; os.write(1, b"1\\n"); os._exit(0)' > "$site/usercustomize.py"
echo wrong
"""


@pytest.mark.parametrize("steps", [IN_ONE_STEP, IN_TWO_STEPS], ids=["in one step", "in two"])
async def test_a_program_made_while_it_runs_does_not_judge(judge: Judge, steps: str) -> None:
    assert (await judge.one({"bin/tool": FORGES_CMP}, steps)).result is Result.FAIL
    assert (await judge.one({"bin/tool": RIGHT}, steps)).result is Result.PASS


async def test_a_program_made_by_set_up_does_not_judge(judge: Judge) -> None:
    files = {"bin/tool": WRONG, "prepare.sh": FORGES_CMP}
    assert (await judge.one(files, IN_ONE_STEP, setup=(("sh", "prepare.sh"),))).result is Result.FAIL


async def test_a_program_that_the_spec_wants_comes_before_the_sandboxes_own(judge: Judge) -> None:
    """Though no command of a scenario names it: the artifact's own programs may call it."""
    files = {"bin/tool": "#!/bin/sh\nsort\n", "bin/sort": "#!/bin/sh\necho mine\n"}
    job = judge.job(tree(files), scenario("{steps: [{run: tool, expect: {stdout: mine}}]}"))
    job = replace(job, spec=job.spec.model_copy(update={"text": "`bin/sort` must print mine"}))
    assert (await evaluate(job, judge.host)).scenarios[0].result is Result.PASS


@pytest.mark.parametrize("path", ["json.py", "json/__init__.py", "re.py"])
async def test_a_module_of_the_artifact_does_not_judge(judge: Judge, path: str) -> None:
    result = await judge.one({"bin/tool": WRONG, path: FORGED_JSON}, READS_JSON)
    assert (result.result, result.evidence[0].check) == (Result.FAIL, path)


async def test_a_module_that_set_up_makes_does_not_judge(judge: Judge) -> None:
    prepare = f'#!/bin/sh\necho "{FORGED_JSON.strip()}" > json.py\n'
    files = {"bin/tool": WRONG, "prepare.sh": prepare}
    result = await judge.one(files, READS_JSON, setup=(("sh", "prepare.sh"),))
    assert (result.result, result.evidence[0].check) == (Result.FAIL, "json.py")


async def test_a_module_of_the_base_or_of_the_spec_is_no_stand_in(judge: Judge) -> None:
    files = {"bin/tool": "#!/bin/sh\necho '{}'\n", "json.py": FORGED_JSON}
    reads = scenario(READS_JSON)
    job = judge.job(tree(files), reads)
    kept = replace(job, base=tree({"json.py": FORGED_JSON}))
    asked = replace(job, spec=job.spec.model_copy(update={"text": "It is written in `json.py`."}))
    assert [(await evaluate(each, judge.host)).scenarios[0].result for each in (kept, asked)] == [Result.PASS] * 2


@pytest.mark.docker
async def test_what_it_leaves_in_the_home_directory_does_not_judge(docker_judge: Judge) -> None:
    steps = READS_JSON.replace("tool |", "tool > got.txt; cat got.txt |")
    assert (await docker_judge.one({"bin/tool": FORGES_HOME}, steps)).result is Result.FAIL


@pytest.mark.parametrize(
    ("text", "judges"),
    [
        ("tool | python3 -c 'print(1)'", True),
        ("tool | python3 -m json.tool", True),
        ("python3 -bc 'print(1)'", True),
        ("python3 - <<'END'", True),
        ("python3 <<'END'", True),
        ("python3 oracle.py got.txt", True),
        ("python3 ./oracle.py", True),
        ("python3 -m shop --port 80", False),
        ("python3 shop.py", False),
        ("python3 -I -c 'print(1)'", False),
        ("python3 -Ic 'print(1)'", False),
        ("bin/python3-shop -c x", False),
        ("echo python", False),
    ],
)
def test_a_command_judges_with_python_where_the_code_is_not_the_artifacts(text: str, judges: bool) -> None:
    assert judges_with_python([text], frozenset({"oracle.py"})) is judges
