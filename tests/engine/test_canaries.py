"""A random string in every field of every scenario, and an agent that looks for it everywhere: nothing, anywhere."""

import asyncio
import gzip
import json
import secrets
import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from factory_tui.model.run import RunState
from factory_tui.twins import start_messages_twin
from tests.engine.factory import RIGHT, Factory, delivers

pytestmark = pytest.mark.docker

KEY = "sk-ant-canary-77c0de"

PATTERN = "zq[0-9a-f]{32}q[z]"
"""What a canary looks like; the brackets keep a search from finding itself."""

LOOKS = f"""
grep -rslaE '{PATTERN}' / --exclude-dir=sys --exclude-dir=proc 2>/dev/null
find / -xdev 2>/dev/null | grep -E '{PATTERN}'
cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline /proc/mounts /proc/keys 2>/dev/null | grep -caE '{PATTERN}'
readlink /proc/[0-9]*/fd/* /proc/[0-9]*/root /proc/[0-9]*/cwd 2>/dev/null | grep -cE '{PATTERN}'
env | grep -cE '{PATTERN}'
git -C / log --all 2>&1 | grep -cE '{PATTERN}'
ls -laR /base /dev/shm /run /var/tmp /mnt /media /srv 2>/dev/null | grep -cE '{PATTERN}'
cat /dev/shm/* /run/* 2>/dev/null | grep -caE '{PATTERN}'
echo searched
"""

EVERYWHERE = """\
# {canary}
id: greets-{lower}-by-name
covers: [R1]
given: A command that knows {canary} and a fixture with {canary} in it
when: It is called with {canary}
then: It greets {canary} and nobody else but {canary}
files:
  "{canary}.txt": "a line with {canary}\\n"
  "deep/{canary}/x.json": '{{"{canary}": "{canary}"}}'
fixtures: [names-{canary}]
env: {{"V_{canary}": "{canary}"}}
service:
  run: "touch up-{canary}; sleep 60"
  ready: {{file: "up-{canary}", within: 20s}}
steps:
  - run: bin/greet {canary}
    stdin: "{canary}\\n"
    expect: {{exit: 0, stdout: "hello {canary}", stderr: {{not: {{contains: "{canary}"}}}}}}
  - run: cat "{canary}.txt" "list-{canary}.csv" && echo $V_{canary} > out-{canary}
  - file: out-{canary}
    expect: {{contains: "{canary}"}}
"""

EXITS = """\
id: exits
covers: [R2]
given: A command and {canary}
when: It is called without a name, but for {canary}
then: Its exit code is two, {canary}
steps:
  - run: bin/greet
    expect: {{exit: 2}}
"""

FAILS = """\
id: refuses-{lower}
covers: [R2]
kind: negative
given: The command and {canary}
when: It is called without a name, beside a file that is called {canary}
then: It exits with code 2 and says {canary}
files: {{"{canary}": "{canary}"}}
steps:
  - run: bin/greet
    expect: {{exit: 2, stdout: ""}}
  - run: bin/greet < "{canary}" "{canary}" ; cat "{canary}" ; echo "{canary}" >&2; ls; exit 7
    expect: {{exit: 0, stdout: "not {canary}", stderr: {{contains: "neither {canary}"}}}}
"""
"""Shows what it knows in its message, on both streams and in the name of a file."""


@pytest.fixture
def canary() -> str:
    return f"zq{secrets.token_hex(16)}qz"


def suite_of(factory: Factory, spec: str, canary: str, *scenarios: str) -> None:
    folder = factory.workspace / "scenarios" / spec
    shutil.rmtree(folder)
    folder.mkdir()
    for each in scenarios:
        text = each.format(canary=canary, lower=canary)
        name = next(line.removeprefix("id: ") for line in text.splitlines() if line.startswith("id: "))
        (folder / f"{name}.yaml").write_text(text)
    fixture = folder / "fixtures" / f"names-{canary}"
    if any("fixtures:" in each for each in scenarios):
        fixture.mkdir(parents=True)
        (fixture / f"list-{canary}.csv").write_text(f"{canary};{canary}\n")


def docker(*arguments: str) -> bytes:
    return subprocess.run(["docker", *arguments], capture_output=True, check=True).stdout


def sandboxes(role: str) -> list[str]:
    return docker("ps", "-q", "--no-trunc", "--filter", f"label=factory.role={role}").decode().split()


def contents(archive: bytes) -> list[bytes]:
    """Every member of an archive, of archives in it, and all names."""
    found = [archive]
    with tarfile.open(fileobj=BytesIO(archive)) as opened:
        for member in opened:
            file = opened.extractfile(member) if member.isfile() else None
            data = file.read() if file else b""
            found.append(data if not data.startswith(b"\x1f\x8b") else gzip.decompress(data))
    return found


async def made(tmp_path: Path, url: str, **settings: int) -> Factory:
    factory = Factory.at(tmp_path / "ws", backend="docker", base_url=url, **settings)
    config = factory.workspace / "factory.toml"
    config.write_text(config.read_text().replace("[sandbox]", "[sandbox]\nallow_unsafe_local = true"))
    return factory


async def test_a_whole_batch_leaves_no_trace_of_a_scenario_where_an_agent_could_look(
    tmp_path: Path, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    recorded, scripts = tmp_path / "requests.jsonl", tmp_path / "scripts"
    scripts.mkdir()
    images, volumes = docker("images", "-aq"), docker("volume", "ls", "-q")
    exported: list[bytes] = []
    async with start_messages_twin(scripts, record=recorded) as url:
        factory = await made(tmp_path, url, attempts=2)
        slow = {"tools": [{"bash": "touch /tmp/looked; sleep 6"}]}
        looks = [{"tools": [{"bash": LOOKS}]}, slow]
        factory.add("greet", [*looks, *delivers('#!/bin/sh\necho "hello $1"\n')], [*looks, *delivers(RIGHT)])
        (factory.workspace / "twins" / "anthropic" / "greet.yaml").rename(scripts / "greet.yaml")
        suite_of(factory, "greet", canary, EVERYWHERE, EXITS)
        async with factory.engine() as client:
            await client.run(("greet",))
            batch = asyncio.create_task(factory.until("batch.finished"))
            while not batch.done():
                for each in sandboxes("build"):
                    tar = subprocess.run(["docker", "export", each], capture_output=True)
                    inside = (
                        "exec",
                        "-u",
                        "0",
                        each,
                        "tar",
                        "-C",
                        "/",
                        "-cf",
                        "-",
                        "work",
                        "tmp",
                        "home",
                        "base",
                        "dev/shm",
                    )
                    live = subprocess.run(["docker", *inside], capture_output=True)
                    exported += [tar.stdout, live.stdout, docker("inspect", each)] if tar.returncode == 0 else []
                await asyncio.sleep(0.5)
            await batch
    run = factory.run_of("greet")
    assert run.row.state is RunState.SHIPPED, run.row.why
    assert [each.verdict for each in run.attempts] == ["fail", "pass"]
    assert sum(map(len, exported)) > 10_000_000, "a container was looked into while an agent worked in it"
    secret = canary.encode()
    assert not any(secret in each for each in exported)
    assert docker("images", "-aq") == images, "no image was made of a sandbox"
    assert docker("volume", "ls", "-q") == volumes
    saved = docker("save", factory.settings().sandbox.image)
    assert not any(secret in each for each in contents(saved))
    requests = recorded.read_text()
    assert requests.count("searched") >= 2
    assert requests.count('"messages"') >= 8
    assert canary not in requests
    for each in (line for line in requests.splitlines() if "searched" in line):
        assert '"0\\n0\\n0\\n0\\n0\\n0\\nsearched' in json.dumps(json.loads(each)), each[-2000:]
    for repository in (
        *(factory.workspace / "targets").iterdir(),
        *(factory.workspace / ".factory" / "targets").iterdir(),
    ):
        objects = ["git", "-C", str(repository), "cat-file", "--batch-all-objects", "--batch"]
        assert secret not in subprocess.run(objects, capture_output=True, check=True).stdout
    assert not [each for each in factory.events() if each.type == "scenario.burned"]
    assert [each.feedback is not None for each in run.disclosures] == [True]


async def test_a_failing_scenario_tells_the_next_attempt_nothing_but_what_is_on_record(
    tmp_path: Path, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    recorded, scripts = tmp_path / "requests.jsonl", tmp_path / "scripts"
    scripts.mkdir()
    async with start_messages_twin(scripts, record=recorded) as url:
        factory = await made(tmp_path, url, attempts=2)
        again = [{"tools": [{"bash": LOOKS}, {"bash": "ls -laR /; cat -n bin/greet"}]}, {"text": "Done."}]
        factory.add("greet", delivers(RIGHT), again)
        (factory.workspace / "twins" / "anthropic" / "greet.yaml").rename(scripts / "greet.yaml")
        suite_of(factory, "greet", canary, EVERYWHERE, FAILS)
        await factory.run_batch()
    run = factory.run_of("greet")
    assert (run.row.state, len(run.attempts)) == (RunState.FAILED, 2)
    evidence = json.dumps([each.model_dump(mode="json") for each in run.attempts[0].scenarios])
    assert evidence.count(canary) > 5, "the operator sees it"
    requests = recorded.read_text()
    assert canary not in requests
    (told,) = run.disclosures
    assert told.feedback is not None
    assert [(rule, status.value) for rule, status in told.feedback.rules] == [
        ("R1", "satisfied"),
        ("R2", "not satisfied"),
    ]
    second = requests[requests.index("# Attempt 2") :]
    assert "1 of 2 hidden scenarios passed.\\n- R1: satisfied\\n- R2: not satisfied\\n\\nMake the files" in second
