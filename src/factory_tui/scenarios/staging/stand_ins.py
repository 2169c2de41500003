"""Programs of the artifact that stand in for the sandbox's own in the commands of a scenario.

`bin/` of the artifact is on PATH. Without more, a `bin/cmp` that always succeeds would pass every scenario that
compares with `cmp`, and a `bin/sort` would falsify an oracle that the base brings along. So what lies there beforehand
is looked at; and all of it comes behind the sandbox's own programs, for the sake of what is put there later, unless
spec or base want a program that the sandbox has as well.
"""

import re
from collections.abc import Iterator

from factory_tui.model.artifact import EMPTY, Artifact
from factory_tui.model.evaluation import Evidence
from factory_tui.model.scenario import LoadedScenario, Scenario
from factory_tui.model.step import Condition
from factory_tui.sandbox.port import Exec, Sandbox
from factory_tui.scenarios.job import EvaluationJob
from factory_tui.scenarios.staging.shadows import judges_with_python, shadowed

_IS_PROGRAM = 'for name; do case $(command -v -- "$name") in /*) echo yes ;; *) echo no ;; esac; done'
"""Builtins of the shell are not looked up on PATH, so nothing can stand in for them."""

_IS_KNOWN = 'for name; do if command -v -- "$name" >/dev/null; then echo yes; else echo no; fi; done'

NAMES_AT_ONCE = 1000
"""Of a question to the shell: the names of files have 255 bytes at most, and a command's arguments 2 MiB together."""

MOST_OF_A_FIXTURE = 100_000
"""Bytes of one; a program is seldom longer."""

_INTERPRETERS = frozenset({"sh", "bash", "dash", "env", "python", "python3", "perl", "awk", "node", "pytest"})


async def known_to(sandbox: Sandbox, names: frozenset[str]) -> frozenset[str]:
    """Those of `names` that a command of the sandbox can begin with: programs, builtins and keywords of its shell."""
    return await _answered(_IS_KNOWN, "known-to", sandbox, names)


async def programs_of(sandbox: Sandbox, names: frozenset[str]) -> frozenset[str]:
    """Those of `names` that the sandbox has a program of its own for. Nothing of the artifact may have run in it."""
    return await _answered(_IS_PROGRAM, "stand-ins", sandbox, names)


async def _answered(question: str, call_id: str, sandbox: Sandbox, names: frozenset[str]) -> frozenset[str]:
    ordered, known = sorted(names), set[str]()
    for start in range(0, len(ordered), NAMES_AT_ONCE):
        asked = ordered[start : start + NAMES_AT_ONCE]
        argv = ("/bin/sh", "-c", question, "sh", *asked)
        command = Exec(argv=argv, call_id=f"{call_id}-{start}", env={"PATH": sandbox.path}, timeout_s=30.0)
        said = (await sandbox.exec(command)).stdout.decode().split()
        known |= {name for name, answer in zip(asked, said, strict=False) if answer == "yes"}
    return frozenset(known)


def programs_in(artifact: Artifact) -> frozenset[str]:
    """Names of what lies in its `bin/`."""
    return frozenset(each.path.name for each in artifact if str(each.path.parent) == "bin")


def own_programs(job: EvaluationJob) -> frozenset[str]:
    """What the artifact has in `bin/` that is neither in the base as it is nor asked for by the spec."""
    untouched = set(job.base or ())
    names = programs_in(Artifact.of(each for each in job.artifact if each not in untouched))
    return frozenset(name for name in names if not _asked_for(name, job.spec.text))


def stand_ins(
    loaded: LoadedScenario, programs: frozenset[str], modules: dict[str, str], base: Artifact | None
) -> tuple[Evidence, ...]:
    """What of the artifact would answer for the programs that judge it.

    Args:
        loaded: the scenario that judges.
        programs: of the artifact, which the sandbox has as well.
        modules: of the artifact, which Python has as well: name → path.
        base: what the scenario may call upon.
    """
    found = evidence_of(relied_on(loaded.scenario, programs, base, loaded.fixtures))
    texts = [*_texts(loaded.scenario, None), *(each.text(MOST_OF_A_FIXTURE) for each in loaded.fixtures)]
    scripts = frozenset({*loaded.scenario.files, *(str(each.path) for each in loaded.fixtures)})
    judging = bool(modules) and judges_with_python(texts, scripts)
    return (*found, *shadowed(modules)) if judging else found


def relied_on(
    scenario: Scenario, names: frozenset[str], base: Artifact | None, fixtures: Artifact = EMPTY
) -> frozenset[str]:
    """Those of `names` that occur in what the scenario runs: its commands, its files, the base it calls upon."""
    if not names:
        return names
    texts = [*_texts(scenario, base), *(each.text(MOST_OF_A_FIXTURE) for each in fixtures)]
    return frozenset(name for name in names if any(_mentions(text, name) for text in texts))


def evidence_of(names: frozenset[str]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            step=0,
            check=f"bin/{name}",
            expected=f"the sandbox's own {name}, on which this scenario relies",
            observed=f"the artifact brings a {name} that would run instead (a spec that wants that says bin/{name})",
        )
        for name in sorted(names)
    )


def _texts(scenario: Scenario, base: Artifact | None) -> Iterator[str]:
    commands = [each.run for each in scenario.beside]
    commands += [step.command for step in scenario.steps if step.command is not None]
    waits = [step.wait for step in scenario.steps if isinstance(step.wait, Condition)]
    waits += [each.ready for each in scenario.beside]
    commands += [each.run for each in waits if each.run is not None]
    yield from commands
    yield from scenario.files.values()
    if base is not None and any("FACTORY_BASE" in each or "/base" in each for each in commands):
        yield from (each.content.decode("utf-8", errors="replace") for each in base)


def _asked_for(name: str, spec: str) -> bool:
    """The spec says `bin/NAME`, or shows a call of NAME: in backquotes or after a prompt.

    A spec names the language it wants, too, which asks for no interpreter.
    """
    if _mentions(spec, f"bin/{name}"):
        return True
    call = rf"(?:`|\$ ){re.escape(name)}(?![\w-])"
    return name not in _INTERPRETERS and re.search(call, spec) is not None


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) is not None
