"""Do in a local sandbox what a script tells the agent to do, without agent, engine or waiting."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from factory_tui.config import Gate
from factory_tui.model.admission import Admission
from factory_tui.model.artifact import EMPTY, Artifact, ArtifactFile
from factory_tui.model.evaluation import Evaluation
from factory_tui.model.ids import SpecId
from factory_tui.sandbox.port import Exec, Labels, Role, Sandbox, SandboxHost, SandboxRequest
from factory_tui.scenarios import EvaluationJob, admit, evaluate
from factory_tui.scenarios.directory import read_directory
from factory_tui.twins.messages.script import Tool, load_script

from .bundled import ROOT, SCRIPTS, library, suite


def request(role: Role) -> SandboxRequest:
    now = datetime.now(UTC)
    labels = Labels("workspace-tests", "replay", 1, role, now + timedelta(minutes=10))
    return SandboxRequest(labels, image="none", ttl_s=600)


def base_of(spec: str) -> Artifact:
    """The code that the spec's target starts from; for a dependent spec, what its dependency's script leaves."""
    front = library().specs[SpecId(spec)].front
    assert front is not None
    source = ROOT / "scripts" / front.target
    if not source.is_dir():
        return EMPTY
    return Artifact.of(
        replace(each, executable=each.content.startswith(b"#!"))
        for each in read_directory(source)
        if each.path.suffix != ".pyc"
    )


async def built(host: SandboxHost, spec: str, attempt: int, start: Artifact) -> Artifact:
    """What is in the work directory after the script's turns of `attempt`, from `start`."""
    script = load_script(SCRIPTS / f"{spec}.yaml")
    sandbox = await host.create(request(Role.BUILD))
    try:
        await sandbox.put(start)
        calls = [tool for turn in script.attempts[attempt - 1] for tool in turn.tools]
        for number, tool in enumerate(calls):
            await use(sandbox, tool, f"call-{number}")
        await sandbox.kill_all()
        return await sandbox.collect()
    finally:
        await sandbox.destroy()


async def judged(host: SandboxHost, spec: str, artifact: Artifact, base: Artifact) -> Evaluation:
    return await evaluate(_job(spec, artifact, base, Role.EVALUATE), host)


async def admitted(host: SandboxHost, spec: str, base: Artifact) -> tuple[Admission, ...]:
    return await admit(_job(spec, EMPTY, base, Role.PROOF), host, {})


def _job(spec: str, artifact: Artifact, base: Artifact, role: Role) -> EvaluationJob:
    return EvaluationJob(library().specs[SpecId(spec)], suite(spec), artifact, base, "base", Gate(), request(role))


async def use(sandbox: Sandbox, tool: Tool, call: str, longest_s: float = 120.0) -> str:
    """What the tool shows of what it did."""
    if tool.bash is not None:
        done = await sandbox.exec(Exec(["bash", "-c", tool.bash], call, timeout_s=longest_s))
        return (done.stdout + b"\n" + done.stderr).decode("utf-8", errors="replace")
    if tool.write is not None:
        await sandbox.write(f"{sandbox.work}/{tool.write.path}", tool.write.content.encode())
    elif tool.edit is not None:
        path = f"{sandbox.work}/{tool.edit.path}"
        text = (await sandbox.read(path) or b"").decode()
        assert text.count(tool.edit.old) == 1, tool.edit
        await sandbox.write(path, text.replace(tool.edit.old, tool.edit.new).encode())
    else:
        raise AssertionError(f"the bundled scripts use bash, write and edit only: {tool}")
    return ""


def overlaid(base: Artifact, extra: Artifact) -> Artifact:
    """`base` with the files of `extra` put over it."""
    files: dict[PurePosixPath, ArtifactFile] = {each.path: each for each in (*base, *extra)}
    return Artifact.of(files.values())
