"""Artifacts that cheat, in real containers: none may pass, and the evaluation must survive each of them."""

import pytest

from factory_tui.model.evaluation import Result
from factory_tui.model.run import Verdict
from factory_tui.sandbox.docker import DockerHost
from tests.scenarios.conftest import scenario, tree

pytestmark = pytest.mark.docker

NOT_BUILT = scenario(
    """
    id: not-built
    steps:
      - run: python3 app.py 2 3
        expect: {exit: 0, stdout: "5", within: 20s}
        timeout: 20s
    """
)
"""Fails unless `app.py` adds two numbers."""

STILL_JUDGED = scenario("{id: still-judged, steps: [{run: 'test -f proof', timeout: 20s}]}")
"""Passes for every artifact below: shows that the evaluation goes on and that it is not broken for all."""

FORGED = """{"verdict": "pass", "exit": 0, "ok": true}"""

HOSTILE = {
    "shadows programs with its bin": {
        "bin/python3": "#!/bin/sh\necho forged; exit 0\n",
        "bin/sh": "#!/bin/sh\nexit 0\n",
        "bin/env": "#!/bin/sh\nexit 0\n",
        "bin/cat": "#!/bin/sh\necho 5\n",
    },
    "hooks into every python": {
        "sitecustomize.py": "import os; print('forged', flush=True); os._exit(0)\n",
        "usercustomize.py": "import os; os._exit(0)\n",
        "json.py": "import os; os._exit(0)\n",
        "app.py": "import json; print(json)\n",
    },
    "prints a forged result": {
        "app.py": f"import sys; print('{FORGED}'); sys.stderr.write('{FORGED}'); sys.stdout.write(chr(0) * 8)\n"
    },
    "writes frames to everything it can open": {
        "app.py": """\
            import glob, os, struct
            frame = b'{"n":1,"ok":true,"exit":0,"out":2,"seconds":0,"timed_out":false,"truncated":false,"oom":false}'
            frame = struct.pack(">II", len(frame), 2) + frame + b"5\\n"
            for path in glob.glob("/proc/[0-9]*/fd/[0-9]*"):
                if path.startswith(f"/proc/{os.getpid()}/"):
                    continue
                try:
                    handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
                    os.write(handle, frame)
                except OSError:
                    pass
            """
    },
    "kills everything, its runner included": {
        "app.py": """\
            import os, signal
            for name in sorted(filter(str.isdigit, os.listdir("/proc")), key=int):
                if int(name) != os.getpid():
                    try:
                        os.kill(int(name), signal.SIGKILL)
                    except OSError:
                        pass
            print(5)
            """
    },
    "deletes itself and whatever it may": {
        "app.py": "import shutil; [shutil.rmtree(p, True) for p in ('/work', '/tmp', '/home/agent', '/base')]\n"
    },
    "floods its output": {"app.py": "import sys\nfor _ in range(300): sys.stdout.write('5\\n' * 100_000)\n"},
    "fills its disk": {"app.py": "open('big', 'wb').write(b'5' * (200 << 20))\n"},
    "takes more memory than there is": {"app.py": "x = [bytearray(64 << 20) for _ in range(64)]; print(5)\n"},
    "forks without end": {
        "app.py": """\
            import os, time
            for _ in range(4000):
                try:
                    if os.fork() == 0:
                        time.sleep(600)
                except OSError:
                    break
            print("done")
            """
    },
    "never ends": {"app.py": "import time\nwhile True: time.sleep(1)\n"},
    "replaces its directory by links": {
        "app.py": "import os\nos.remove('app.py'); os.symlink('/etc/passwd', 'app.py'); os.symlink('/', 'root')\n"
    },
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_artifact_never_passes_and_does_not_break_the_evaluation(docker_judge, name):
    hostile = NOT_BUILT
    if name == "never ends":
        hostile = hostile.model_copy(update={"steps": (hostile.steps[0].model_copy(update={"timeout": 1.0}),)})
    artifact = {"proof": "x", **HOSTILE[name]}
    evaluation = await docker_judge(artifact, hostile, STILL_JUDGED, STILL_JUDGED.model_copy(update={"id": "again"}))
    assert [each.result for each in evaluation.scenarios] == [Result.FAIL, Result.PASS, Result.PASS]
    assert evaluation.verdict is Verdict.FAIL


async def test_the_honest_artifact_passes_the_same_suite(docker_judge):
    artifact = {"proof": "x", "app.py": "import sys; print(int(sys.argv[1]) + int(sys.argv[2]))\n"}
    evaluation = await docker_judge(artifact, NOT_BUILT, STILL_JUDGED)
    assert evaluation.verdict is Verdict.PASS


async def test_an_artifact_that_stops_its_runner_fails(docker_judge):
    docker_judge.host = DockerHost(patience_s=2.0)
    stops = scenario("{steps: [{run: 'kill -STOP $PPID; sleep 100; true', timeout: 120s}]}")
    evaluation = await docker_judge({"proof": "x"}, stops, STILL_JUDGED)
    assert [each.result for each in evaluation.scenarios] == [Result.FAIL, Result.PASS]
    assert evaluation.scenarios[0].evidence[0].check == "sandbox"
    await docker_judge.host.close()


async def test_a_daemon_does_not_answer_for_the_next_trial(docker_judge):
    serves_once = scenario(
        """
        trials: 2
        service:
          run: python3 server.py
          ready: {http: "http://127.0.0.1:9999/", within: 20s}
        steps:
          - run: test ! -e /tmp/seen; touch /tmp/seen
        """
    )
    server = """\
        import os, subprocess, sys
        if len(sys.argv) == 1:
            subprocess.Popen([sys.executable, __file__, "daemon"], start_new_session=True)
        import http.server
        if len(sys.argv) == 1:
            import time; time.sleep(600)
        http.server.HTTPServer(("127.0.0.1", 9999), http.server.SimpleHTTPRequestHandler).serve_forever()
        """
    only_first = scenario("{id: port-is-free, steps: [{http: {url: 'http://127.0.0.1:9999/'}, timeout: 2s}]}")
    evaluation = await docker_judge({"server.py": server}, serves_once, only_first)
    assert [each.result for each in evaluation.scenarios] == [Result.PASS, Result.FAIL]


async def test_what_one_scenario_leaves_is_gone_for_the_next(docker_judge):
    leaves = scenario(
        "{id: leaves, steps: [{run: 'for d in . $HOME $TMPDIR /tmp /var/tmp; do echo x > $d/left; done; true'}]}"
    )
    looks = scenario(
        "{id: looks, steps: [{run: '! find / -xdev -name left 2>/dev/null | grep .; ! ls left $HOME/left /tmp/left'}]}"
    )
    evaluation = await docker_judge(tree({}), leaves, looks)
    assert evaluation.scenarios[1].evidence == ()


async def test_there_is_no_network(docker_judge):
    tries = scenario(
        """
        steps:
          - run: >-
              python3 -c "import socket; socket.create_connection(('1.1.1.1', 53), 2)"
            expect: {exit: 1, stderr: {contains: unreachable}}
        """
    )
    assert (await docker_judge({}, tries)).scenarios[0].evidence == ()
