"""No agent of the bundled batch is taken to have seen a scenario, whatever its tools and its own tests show it."""

from collections.abc import AsyncIterator, Iterator, Sequence

import pytest

from factory_tui.config import SandboxSettings
from factory_tui.model.artifact import Artifact
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import Kind
from factory_tui.sandbox import open_host
from factory_tui.sandbox.port import Exec, Role, SandboxHost
from factory_tui.scenarios.leaks import Leaks
from factory_tui.twins.messages.script import Tool, load_script

from .bundled import READY, ROOT, SCRIPTS, SPECS, library, suite
from .replay import base_of, built, request, use

AFTER = {"rotate-docs": "rotate-logs", "invoice-discount": "invoice-rounding"}
LOOKS = (
    "find . -type f | xargs cat",
    "find . -type f | xargs cat -n",
    "python3 -m unittest discover -v; python3 -m unittest discover -v tests; for each in tests/*.sh; do sh $each; done",
)
"""What an agent does that wants to see its work and run its own tests."""

ENOUGH_S = 5.0
"""For one command: one of the scripts waits for what never comes."""


@pytest.fixture
async def host() -> AsyncIterator[SandboxHost]:
    opened = open_host(SandboxSettings(backend="local"), hide=[ROOT])
    yield opened
    await opened.close()


def words_of(tool: Tool) -> Iterator[str]:
    yield tool.bash or ""
    if tool.write is not None:
        yield tool.write.content
    if tool.edit is not None:
        yield tool.edit.new


async def shown(host: SandboxHost, spec: str, start: Artifact) -> tuple[list[str], list[str]]:
    """What the agent said, and what it was shown, in all its attempts."""
    said: list[str] = []
    seen: list[str] = []
    for turns in load_script(SCRIPTS / f"{spec}.yaml").attempts:
        sandbox = await host.create(request(Role.BUILD))
        try:
            await sandbox.put(start)
            for number, tool in enumerate(tool for turn in turns for tool in turn.tools):
                said += words_of(tool)
                seen.append(await use(sandbox, tool, f"call-{number}", ENOUGH_S))
            for number, command in enumerate(LOOKS):
                done = await sandbox.exec(Exec(["bash", "-c", command], f"look-{number}", output_cap=1 << 22))
                seen.append((done.stdout + b"\n" + done.stderr).decode("utf-8", errors="replace"))
            await sandbox.kill_all()
            start = await sandbox.collect()
        finally:
            await sandbox.destroy()
    return said, seen


def leaks_of(suites: Sequence[Suite], spec: str, base: Artifact) -> Leaks:
    """Scenarios, and what the agent of a spec may know of them."""
    scenarios = tuple(each for suite in suites for each in suite.scenarios)
    leaks = Leaks.of(
        suites[0].model_copy(update={"scenarios": scenarios}), {each.id: each.path.read_text() for each in scenarios}
    )
    for each in library().specs.values():
        if each.id == spec or (each.front is not None and each.front.kind is not Kind.FEATURE):
            leaks.tell(each.text)
    leaks.tell(*(each.read_text() for each in (ROOT / "context").glob("*.md")))
    leaks.tell(*(each.content.decode("utf-8", errors="replace") for each in base))
    return leaks


@pytest.mark.parametrize("spec", READY)
async def test_no_transcript_burns_any_of_the_scenarios_of_the_workspace(host: SandboxHost, spec: str):
    earlier = AFTER.get(spec)
    start = await built(host, earlier, 1, base_of(earlier)) if earlier else base_of(spec)
    said, seen = await shown(host, spec, start)
    leaks = leaks_of([suite(each) for each in SPECS], spec, start)
    leaks.tell(*said)
    assert [leak for text in seen for leak in leaks.found_in(text)] == []


@pytest.mark.parametrize("spec", SPECS)
def test_every_scenario_of_the_workspace_is_recognised_when_its_file_is_shown(spec: str):
    """What several scenarios have in common, such as their service, burns each of them."""
    leaks = leaks_of([suite(spec)], spec, base_of(spec))
    for each in suite(spec).scenarios:
        text = each.path.read_text()
        numbered = "".join(f"{number:6}\t{line}\n" for number, line in enumerate(text.splitlines(), start=1))
        searched = "".join(f"{each.path.name}:{number}:{line}\n" for number, line in enumerate(text.splitlines(), 1))
        for way in (text, numbered, searched):
            assert each.id in {leak.scenario for leak in leaks.found_in(way)}
