"""Artifacts that flood, fill, lock or delete what they stand in: a fail each, never an error, never a hang."""

import subprocess
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pytest

from factory_tui.model.evaluation import Result
from factory_tui.model.scenario import Scenario
from factory_tui.sandbox.local import LocalHost
from factory_tui.sandbox.machine import Isolation
from tests.scenarios.conftest import Judge, scenario

NEXT = scenario(
    """
    id: next
    trials: 2
    steps:
      - run: tool && echo x > mine && mkdir dir && echo x > "$HOME/mine" && echo x > "$TMPDIR/mine"
        expect: {stdout: tool}
      - file: kept
        expect: kept
    """
)
"""Passes for every artifact below, twice: each time in a whole and writable copy of it."""

KEPT = {"kept": "kept", "bin/tool": "#!/bin/sh\necho tool\n"}

PRINTED = {
    "every byte there is": "import os; os.write(1, bytes(range(256)) * 50)",
    "what is not UTF-8": r"import os; os.write(1, b'done\xff\xfe\xc3\xed\xa0\x80')",
    "text in UTF-16": "import os; os.write(1, 'done'.encode('utf-16'))",
    "NUL between letters": r"import os; os.write(1, b'd\0o\0n\0e')",
    "commands to a terminal": r"import os; os.write(1, b'\x1b]52;c;ZG9uZQ==\x07\x1b[2Jdone\x9b1A')",
    "one line without end": "import os\nfor _ in range(64): os.write(1, b'x' * (1 << 20))",
    "many short lines": "import os\nfor _ in range(64): os.write(1, b'done\\n' * 200_000)",
    "a flood on the other stream": "import os\nfor _ in range(64): os.write(2, b'x' * (1 << 20))",
    "digits without end": "import os; os.write(1, b'9' * 900_000)",
    "brackets without end": "import os; os.write(1, b'[' * 900_000)",
    "a result of its own": """print('{"verdict": "pass", "result": "pass", "ok": true, "exit": 0}')""",
}


@pytest.mark.parametrize("name", PRINTED)
@pytest.mark.parametrize("expect", ["stdout: done", "stdout: {json: {$.done: true}}", "stdout: {lt: 5}"])
async def test_what_is_printed_is_only_text_that_is_not_equal(judge: Judge, name: str, expect: str) -> None:
    steps = f"steps: [{{run: python3 print.py, expect: {{{expect}}}, timeout: 60s}}]"
    evaluation = await judge({**KEPT, "print.py": PRINTED[name] + "\n"}, scenario(steps), NEXT)
    first, after = evaluation.scenarios
    assert first.result is Result.FAIL
    assert len(first.model_dump_json().encode()) < 50_000, "evidence is bounded, and can be written down"
    assert after.evidence == ()


DOES = {
    "leaves a pipe": "mkfifo out",
    "leaves a socket": "python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('out')\"",
    "leaves a directory": "mkdir out",
    "leaves a link to a device without end": "ln -s /dev/zero out",
    "leaves a link to random bytes": "ln -s /dev/urandom out",
    "leaves a link to a terminal": "ln -s /dev/tty out",
    "leaves a link to nothing": "ln -s nowhere out",
    "leaves a link to itself": "ln -s out out",
    "leaves a link to its memory": "ln -s /proc/self/mem out",
    "leaves a link to its environment": "ln -s /proc/self/environ out",
    "leaves a link to a pipe of its own": "mkfifo p; ln -s p out",
    "leaves ten gigabytes of nothing": "truncate -s 10G out",
    "leaves a file that nobody may read": "echo done > out; chmod 000 out",
    "leaves a name that is too long for a link": "ln -s $(printf %04000d 0) out",
    "fills its disk": "head -c 200000000 /dev/zero > filling; echo done > out",
    "leaves more files than are taken over": "python3 -c \"for n in range(25_000): open(f'f{n}', 'w')\"; echo 4 > out",
    "deletes itself": "rm -rf -- * .[!.]*",
    "deletes what the commands are found by": "rm -rf bin; tool > out",
    "deletes the directory it stands in": 'd=$PWD; cd /; rm -rf "$d"',
    "locks the directory it stands in": "echo don > out; chmod 000 .",
    "locks everything": 'echo done > out; chmod -R 000 "$HOME" "$TMPDIR" . ; true',
    "makes everything read-only": "chmod -R a-w .; echo done > out",
    "puts links in the place of its programs": "rm -rf bin; ln -s / bin; echo 1 > out",
    "nests directories deeper than a path": (
        "python3 -c \"import os\nfor n in range(3000): os.mkdir('d' * 200); os.chdir('d' * 200)\""
    ),
    "kills its shell": "kill -9 $$",
    "writes a name that is no text": "python3 -c \"open(b'\\\\xff\\\\xfe', 'w')\"; echo 2 > out",
    "uses up its processes": "for i in $(seq 400); do sleep 600 & done; echo 3 > out",
}
"""Shell text of the artifact's program; after it the file `out` is not `done`, or the command has not ended well."""


WORKS = "steps: [{run: sh work.sh, timeout: 60s}, {file: out, expect: done}]"


@pytest.mark.parametrize("name", DOES)
async def test_what_an_artifact_leaves_or_takes_away_is_its_own_fault(judge: Judge, name: str) -> None:
    evaluation = await judge({**KEPT, "work.sh": DOES[name] + "\n"}, scenario(WORKS), NEXT)
    first, after = evaluation.scenarios
    assert first.result is Result.FAIL, (first.result, first.evidence)
    assert (after.result, after.evidence) == (Result.PASS, ())


@pytest.mark.docker
async def test_one_container_bears_them_all(docker_judge: Judge) -> None:
    bad = [scenario(WORKS, id=f"bad{n}", files={"work.sh": text + "\n"}) for n, text in enumerate(DOES.values())]
    await assert_each_fails_and_the_next_passes(docker_judge, {}, bad)


async def assert_each_fails_and_the_next_passes(
    judge: Judge, artifact: dict[str, str], bad: Sequence[Scenario]
) -> None:
    pairs = ((each, NEXT.model_copy(update={"id": f"after-{each.id}"})) for each in bad)
    evaluation = await judge({**KEPT, **artifact}, *chain.from_iterable(pairs))
    found = {each.id: each for each in evaluation.scenarios}
    for each in bad:
        first, after = found[each.id], found[f"after-{each.id}"]
        assert first.result is Result.FAIL, (each.files, first.evidence)
        assert (after.result, after.evidence) == (Result.PASS, ()), each.files
        assert len(first.model_dump_json().encode()) < 50_000


@pytest.mark.parametrize("name", ["mkfifo out", "mkdir out", "ln -s /dev/zero out", "ln -s . out"])
@pytest.mark.parametrize("expect", ["{exists: false}", "{not: {contains: x}}", "{exists: true}", "''"])
async def test_what_is_no_file_passes_neither_for_one_nor_for_none(judge: Judge, name: str, expect: str) -> None:
    result = await judge.one({}, f"steps: [{{run: {name}}}, {{file: out, expect: {expect}}}]")
    assert [(each.step, each.check) for each in result.evidence] == [(2, "file out exists")]
    assert result.evidence[0].observed == "a directory, a pipe or a device, and no file"


@pytest.mark.parametrize(
    "name",
    ["deletes itself", "deletes the directory it stands in", "locks everything", "leaves a pipe"],
)
async def test_where_nothing_is_enclosed_the_next_scenario_has_its_directory_too(name: str) -> None:
    host = LocalHost(isolation=Isolation.NONE)
    plain = Judge(host, await host.resolve_image("local"))
    bad = "steps: [{run: sh work.sh, timeout: 60s}, {file: out, expect: other}]"
    evaluation = await plain({**KEPT, "work.sh": DOES[name] + "\n"}, scenario(bad), NEXT)
    await host.close()
    assert [each.result for each in evaluation.scenarios] == [Result.FAIL, Result.PASS], evaluation.scenarios


async def test_a_directory_that_became_a_link_is_not_emptied_through_it(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    host = LocalHost(isolation=Isolation.NONE)
    plain = Judge(host, await host.resolve_image("local"))
    turns = f'steps: [{{run: "d=$PWD; cd /; rm -rf $d; ln -s {tmp_path} $d; exit 1"}}]'
    evaluation = await plain(KEPT, scenario(turns), NEXT)
    await host.close()
    assert [each.result for each in evaluation.scenarios] == [Result.FAIL, Result.PASS]
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize(
    "name",
    ["leaves ten gigabytes of nothing", "leaves a pipe", "leaves more files than are taken over", "locks everything"],
)
async def test_a_set_up_that_leaves_such_a_tree_does_not_hang_or_break_the_harness(anywhere: Judge, name: str) -> None:
    work = {**KEPT, "work.sh": DOES[name] + "\n"}
    evaluation = await anywhere(work, NEXT, setup=(("sh", "work.sh"),))
    assert evaluation.verdict.value in ("fail", "pass"), evaluation.reason


SERVES = {
    "a body without end": "s.sendall(b'HTTP/1.1 200 OK\\r\\n\\r\\n')\nwhile True: s.sendall(b'x' * 65536)",
    "a body that is no text": "s.sendall(b'HTTP/1.1 200 OK\\r\\n\\r\\n' + bytes(range(256)))",
    "less than it announces": "s.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 99\\r\\n\\r\\ndone')",
    "a length that is no number": "s.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: many\\r\\n\\r\\n')",
    "chunks that are none": "s.sendall(b'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\ndone')",
    "a chunk of eight exabytes": (
        "s.sendall(b'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n7fffffffffffffff\\r\\ndone')"
    ),
    "a head without end": "s.sendall(b'HTTP/1.1 200 OK\\r\\n')\nwhile True: s.sendall(b'A: b\\r\\n')",
    "a status that is none": "s.sendall(b'HTTP/1.1 done OK\\r\\n\\r\\n')",
    "another protocol": "s.sendall(b'220 done ready\\r\\n')",
    "nothing": "pass",
    "a redirect to elsewhere": "s.sendall(b'HTTP/1.1 302 OK\\r\\nLocation: http://127.0.0.1:1/\\r\\n\\r\\n')",
    "headers that are no text": "s.sendall(b'HTTP/1.1 200 OK\\r\\nX: \\xff\\xfe\\x00\\x1b[2J\\r\\n\\r\\n{}')",
}

LISTENS = """\
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
open("listening", "w").close()
while True:
    s, _ = server.accept()
    try:
        s.recv(65536)
        exec(open("answer.py").read())
    except OSError:
        pass
    s.close()
"""


ASKS = """
service: {run: 'python3 listen.py $port', ready: {file: listening, within: 20s}}
steps: [{http: {url: 'http://127.0.0.1:${port}/'}, timeout: 5s, expect: {status: 200, json: {$.done: true}}}]
"""


@pytest.mark.docker
async def test_one_container_bears_all_their_answers(docker_judge: Judge) -> None:
    bad = [scenario(ASKS, id=f"bad{n}", files={"answer.py": text + "\n"}) for n, text in enumerate(SERVES.values())]
    await assert_each_fails_and_the_next_passes(docker_judge, {"listen.py": LISTENS}, bad)


@pytest.mark.parametrize("name", SERVES)
async def test_what_a_service_answers_is_bounded_and_its_own_fault(judge: Judge, name: str) -> None:
    artifact = {**KEPT, "listen.py": LISTENS, "answer.py": SERVES[name] + "\n"}
    evaluation = await judge(artifact, scenario(ASKS), NEXT)
    first, after = evaluation.scenarios
    assert first.result is Result.FAIL
    assert len(first.model_dump_json().encode()) < 50_000
    assert after.evidence == ()


MEASURED = """\
import asyncio, resource, sys
sys.path.insert(0, sys.argv[1])
from tests.scenarios.conftest import Judge, scenario
from factory_tui.sandbox.local import LocalHost
FLOOD = "import os\\nfor _ in range(1024): os.write(1, b'x' * (1 << 20))\\n"
SERVE = '''
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
open("listening", "w").close()
s, _ = server.accept()
s.sendall(b"HTTP/1.1 200 OK\\\\r\\\\n\\\\r\\\\n")
for _ in range(1024): s.sendall(b"x" * (1 << 20))
'''
STEPS = '''
service: {run: 'python3 serve.py $port', ready: {file: listening, within: 20s}}
steps:
  - {run: python3 flood.py, timeout: 300s}
  - {run: python3 flood.py >&2, timeout: 300s}
  - {run: truncate -s 10G sparse}
  - {http: {url: 'http://127.0.0.1:${port}/'}, timeout: 300s, capture: {all: $}}
'''
async def measured():
    host = LocalHost()
    judge = Judge(host, await host.resolve_image("local"))
    await judge.one({}, "steps: [{run: 'true'}]")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = await judge.one({"flood.py": FLOOD, "serve.py": SERVE}, STEPS)
    sparse = await judge.one({}, "steps: [{run: truncate -s 10G sparse}, {file: sparse}]")
    await host.close()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(result.result.value, sparse.result.value, [each.check for each in result.evidence], (after - before) // 1024)
asyncio.run(measured())
"""


def test_a_line_of_a_gigabyte_costs_the_engine_no_memory() -> None:
    """Resident memory of the process that judges, which is not the one that runs the commands, in a fresh process."""
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", MEASURED, root], capture_output=True, text=True, check=False)
    words = done.stdout.split()
    assert done.returncode == 0, done.stderr[-2000:]
    assert words[:2] == ["fail", "fail"], done.stdout
    assert int(words[-1]) < 64, f"{words[-1]} MB more for four gigabytes"
