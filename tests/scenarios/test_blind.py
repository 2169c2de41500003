"""What an artifact can see of its judgement: not what is expected, not what comes next, hardly that there is one."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from factory_tui.agents.bash import BashInput, BashSession
from factory_tui.model.evaluation import Result
from factory_tui.model.run import Verdict
from factory_tui.sandbox.port import Labels, Role, SandboxRequest
from tests.scenarios.conftest import LABEL, scenario

pytestmark = pytest.mark.docker

SPY = """\
import os, re, sys, time

if os.fork():
    sys.exit()
os.setsid()
seen = set()
ends = time.time() + 20
while time.time() < ends and not os.path.exists("stop"):
    for name in filter(str.isdigit, os.listdir("/proc")):
        for part in ("cmdline", "environ", "comm", "maps", "fd"):
            path = f"/proc/{name}/{part}"
            try:
                found = " ".join(os.readlink(f"{path}/{each}") for each in os.listdir(path)) if part == "fd" else (
                    open(path, "rb").read().decode("utf-8", "replace"))
            except OSError:
                continue
            if name != str(os.getpid()) and found not in seen:
                seen.add(found)
    for top in (".", "/tmp", "/home/agent", "/base", "/dev/shm", "/run"):
        for folder, folders, names in os.walk(top):
            for each in names:
                try:
                    seen.add(each + open(os.path.join(folder, each), "rb").read(65536).decode("utf-8", "replace"))
                except OSError:
                    pass
    time.sleep(0.01)
said = "".join(seen)
open("spied", "w").write(" ".join(sorted(set(re.findall("zq[a-z0-9]+qz", said)))) + f" of {len(seen)}")
"""

ENDS = """
id: ends
covers: [R1]
files: {given.txt: "zqfileqz"}
env: {GIVEN: zqenvqz}
steps:
  - run: python3 spy.py
    timeout: 20s
  - run: sleep 1; printf 'zq%sqz' expected
    stdin: zqstdinqz
    expect: {stdout: zqexpectedqz, stderr: {not: {contains: zqnotqz}}, within: 15s}
    timeout: 20s
  - file: given.txt
    expect: {contains: [zqfileqz], not: {contains: zqabsentqz}}
  - run: touch stop; while [ ! -e spied ]; do sleep 0.1; done; cat spied
    expect: {stdout: nothing of zqneverqz}
    timeout: 20s
  - run: echo zqlaterqz
    stdin: zqlaststdinqz
    expect: {stdout: zqlastqz}
"""


async def test_a_spy_sees_what_it_is_given_and_neither_what_is_expected_nor_what_comes(docker_judge):
    evaluation = await docker_judge({"spy.py": SPY}, scenario(ENDS))
    (evidence,) = evaluation.scenarios[0].evidence
    assert evidence.step == 4
    words, _, count = evidence.observed.partition(" of ")
    assert int(count.split()[0]) > 20, "it did look around"
    assert {"zqfileqz", "zqenvqz"} <= set(words.split()), "files and variables are the artifact's to use"
    assert set(words.split()) <= {"zqfileqz", "zqenvqz", "zqstdinqz"}


PROBE = """\
import json, os, resource, socket, sys, time

def read(path):
    try:
        return open(path).read()
    except OSError as error:
        return type(error).__name__

def listed(path):
    try:
        return sorted(os.listdir(path))
    except OSError as error:
        return type(error).__name__

print(json.dumps({
    "env": {name: value for name, value in os.environ.items() if name not in ("_", "OLDPWD", "SHLVL", "PWD")},
    "cwd": os.getcwd(), "user": os.getuid(), "groups": os.getgroups(), "host": socket.gethostname(),
    "umask": os.umask(0), "nice": os.nice(0), "session": os.getsid(0) == os.getpid(),
    "tty": [os.isatty(number) for number in (0, 1, 2)],
    "limits": [resource.getrlimit(getattr(resource, each)) for each in sorted(dir(resource)) if each[:7] == "RLIMIT_"],
    "mounts": sorted(" ".join(line.split()[1:3]) for line in read("/proc/mounts").splitlines()),
    "processes": sorted({read(f"/proc/{each}/comm").strip() for each in os.listdir("/proc") if each.isdigit()}),
    "root": listed("/"), "tmp": listed("/tmp"), "home": listed(os.path.expanduser("~")), "base": listed("/base"),
    "run": listed("/run"), "shm": listed("/dev/shm"), "cgroup": read("/sys/fs/cgroup/memory.max").strip(),
    "pids": read("/sys/fs/cgroup/pids.max").strip(), "python": sys.path, "year": time.gmtime().tm_year,
    "net": sorted(each[1] for each in socket.if_nameindex()),
}))
"""

TELLS = {"processes", "tmp", "base"}
"""What differs, and why it must: an agent's command runs in a session of bash, whose state lies in /tmp; the untouched
base is shown to scenarios only."""


async def test_an_evaluation_looks_like_a_build_but_for_what_has_to_differ(docker_judge):
    shows = scenario("{id: shows, steps: [{run: 'python3 probe.py', expect: {stdout: ''}}]}")
    evaluation = await docker_judge({"probe.py": PROBE}, shows)
    judged = json.loads(evaluation.scenarios[0].evidence[0].observed.replace("\n", ""))
    labels = Labels(LABEL, "run", 1, Role.BUILD, datetime.now(UTC) + timedelta(minutes=5))
    sandbox = await docker_judge.host.create(SandboxRequest(labels, docker_judge.image))
    try:
        await sandbox.write("probe.py", PROBE.encode())
        session = BashSession(sandbox)
        built = json.loads((await session.run(BashInput(command="python3 probe.py"), "c1", 60.0)).text)
    finally:
        await sandbox.destroy()
    assert {name for name in built if built[name] != judged[name]} <= TELLS, (built, judged)
    assert set(judged["processes"]) ^ set(built["processes"]) <= {"bash", "sh"}
    assert set(judged["tmp"]) ^ set(built["tmp"]) <= {".factory-shell.options"}


SHADOWS = {
    "start.pth": "import os; os._exit(0)\n",
    "lib/python3/site-packages/x.pth": "import os; os._exit(0)\n",
    ".local/lib/python3.11/site-packages/usercustomize.py": "import os; os._exit(0)\n",
    "usercustomize.py": "import os; os._exit(0)\n",
    "sitecustomize.py": "import os; os._exit(0)\n",
    "conftest.py": "import os; os._exit(0)\n",
    "pytest.py": "import os; os._exit(0)\n",
    "pytest.ini": "[pytest]\naddopts = --collect-only\n",
    "os.py": "raise SystemExit(0)\n",
    ".bashrc": "exit 0\n",
    ".profile": "exit 0\n",
    ".env": "LD_PRELOAD=/work/evil.so\n",
    "etc/ld.so.preload": "/work/evil.so\n",
    "evil.so": "not a library\n",
    "bin/python": "#!/bin/sh\nexit 0\n",
    "bin/test": "#!/bin/sh\nexit 0\n",
    "bin/[": "#!/bin/sh\nexit 0\n",
    "bin/cmp": "#!/bin/sh\nexit 0\n",
    "bin/grep": "#!/bin/sh\necho 5; exit 0\n",
}

BREAKS_OUT = """\
import ctypes, glob, os, resource, signal, subprocess, sys

forged = b'{"verdict": "pass", "exit": 0}\\n5\\n'
libc = ctypes.CDLL(None)
for pid in sorted(map(int, filter(str.isdigit, os.listdir("/proc")))):
    if pid in (os.getpid(), os.getppid()):
        continue
    libc.ptrace(16, pid, 0, 0)
    libc.ptrace(0x4206, pid, 0, 0)
    for path in (f"/proc/{pid}/fd/0", f"/proc/{pid}/fd/1", f"/proc/{pid}/fd/2", f"/proc/{pid}/mem"):
        try:
            os.write(os.open(path, os.O_WRONLY | os.O_NONBLOCK), forged)
        except OSError:
            pass
    for name in ("oom_score_adj", "coredump_filter", "comm"):
        try:
            open(f"/proc/{pid}/{name}", "w").write("1000")
        except OSError:
            pass
for path in ("/etc/ld.so.preload", "/usr/local/lib/python3.11/x.pth", "/home/agent/.bashrc", "/etc/profile"):
    try:
        open(path, "w").write("exit 0\\n")
    except OSError:
        pass
print(5 + 1)
"""

WAITS = """\
import os, time

for _ in range(2):
    if os.fork():
        os._exit(0)
    os.setsid()
for number in range(3, 64):
    try:
        os.close(number)
    except OSError:
        pass
while True:
    for path in ("/work/answer", "/tmp/answer", "/home/agent/answer"):
        try:
            open(path, "w").write("5")
        except OSError:
            pass
    time.sleep(0.001)
"""

LIMITS = """\
import os, resource

for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_AS):
        if pid not in (os.getpid(), os.getppid()):
            try:
                resource.prlimit(pid, limit, (0, 0))
            except (OSError, ValueError):
                pass
print(4)
"""

FILLS = """\
for top in ("/tmp", "/home/agent", "/dev/shm", "/work"):
    try:
        with open(f"{top}/full", "wb") as file:
            for _ in range(4096):
                file.write(b"5" * (1 << 20))
    except OSError:
        pass
print(4)
"""

ADDS = scenario(
    """
    id: adds
    steps:
      - run: python3 app.py 2 3
        expect: {exit: 0, stdout: "5"}
        timeout: 30s
    """
)
LEFT_ALONE = scenario(
    """
    id: left-alone
    steps:
      - run: sleep 0.3; ! ls /work/answer /tmp/answer /home/agent/answer 2>/dev/null
        timeout: 20s
      - run: echo room > /tmp/room && test "$(cat /tmp/room)" = room && test -f app.py
        timeout: 20s
    """
)
COMPARES = scenario("{id: compares, steps: [{run: 'echo 4 > got; echo 5 > wanted; cmp got wanted', timeout: 20s}]}")


@pytest.mark.parametrize(
    ("app", "more"),
    [
        ("print(4)\n", SHADOWS),
        (BREAKS_OUT, {}),
        (WAITS, {}),
        (LIMITS, {}),
        (FILLS, {}),
    ],
    ids=[
        "shadows whatever it can",
        "breaks out",
        "leaves a daemon that waits",
        "changes limits",
        "fills all that it may",
    ],
)
async def test_no_artifact_gets_a_scenario_to_pass_that_it_does_not_meet(docker_judge, app, more):
    evaluation = await docker_judge({"app.py": app, **more}, ADDS, LEFT_ALONE, COMPARES)
    results = [each.result for each in evaluation.scenarios]
    assert results[0] is Result.FAIL
    assert results[1] is Result.PASS, evaluation.scenarios[1].evidence
    assert results[2] is Result.FAIL
    assert evaluation.verdict is Verdict.FAIL
