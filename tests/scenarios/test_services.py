"""Services beside the steps: their order, and everything that a bad one does without disturbing what comes after it."""

import pytest

from factory_tui.model.evaluation import Result
from tests.scenarios.conftest import Judge, scenario

SERVE = """\
import http.server, os, signal, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/die":
            print("last words", flush=True); os._exit(7)
        self.send_response(200); self.end_headers(); self.wfile.write(b"here")
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer.daemon_threads = True
def serve(port): http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
if __name__ == "__main__": serve(int(sys.argv[1]))
"""

BAD = {
    "never ready": "print('waiting for nothing', flush=True)\nimport time; time.sleep(600)\n",
    "ends before it is ready": "print('no such database', flush=True)\nraise SystemExit(3)\n",
    "cannot be started": None,
    "ends while it is used": "import sys, serve; serve.serve(int(sys.argv[1]))\n",
    "goes to the background": """\
        import os, sys, time, serve
        leader = os.getpid()
        if os.fork() == 0:
            os.setsid(); os.close(0); os.close(1); os.close(2)
            while os.path.exists(f"/proc/{leader}"): time.sleep(0.01)
            serve.serve(int(sys.argv[1]))
        """,
    "forks out of its session and leaves": """\
        import os, sys, time, serve
        leader = os.getpid()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                while os.path.exists(f"/proc/{leader}"): time.sleep(0.01)
                serve.serve(int(sys.argv[1]))
            os._exit(0)
        """,
    "answers nothing but errors": """\
        import http.server, sys
        http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.BaseHTTPRequestHandler).serve_forever()
        """,
    "takes connections and is silent": """\
        import socket, sys, time
        server = socket.create_server(("127.0.0.1", int(sys.argv[1]))); time.sleep(600)
        """,
    "answers without end": """\
        import socket, sys
        server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
        while True:
            to, _ = server.accept()
            try:
                to.sendall(b"HTTP/1.1 200 OK\\r\\nX: ")
                while True: to.sendall(b"x" * 65536)
            except OSError: pass
        """,
}
"""Each is `bad.py PORT`; None is not there at all."""

FAILED_AS = {
    "never ready": ("service ready", "waiting for nothing"),
    "ends before it is ready": ("service", "ended with exit code 3\nstdout: no such database"),
    "cannot be started": ("service", "ended with exit code 2"),
    "ends while it is used": ("answer", ""),
    "goes to the background": ("service", "ended with exit code 0"),
    "forks out of its session and leaves": ("service", "ended with exit code 0"),
    "answers nothing but errors": ("service ready", "status 501"),
    "takes connections and is silent": ("service ready", "timed out"),
    "answers without end": ("service ready", ""),
}
"""Check of the first evidence, and what it shows."""

ONCE = """
id: bad
service:
  run: python3 bad.py 8765
  ready: {http: "http://127.0.0.1:8765/", within: 2s}
steps:
  - http: {url: "http://127.0.0.1:8765/die"}
    timeout: 5s
"""

NEXT = """
id: next
service:
  run: python3 serve.py 8765
  ready: {http: "http://127.0.0.1:8765/", within: 20s}
steps:
  - http: {url: "http://127.0.0.1:8765/"}
    expect: {body: here}
  - run: test -f proof && test ! -e left && touch left
trials: 2
"""
"""Wants the same port, and a fresh copy, twice."""


def artifact(program: str | None) -> dict[str, str]:
    return {"proof": "x", "serve.py": SERVE, **({} if program is None else {"bad.py": program})}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_service_is_the_artifacts_fault_and_gone_for_the_next(anywhere: Judge, name: str) -> None:
    evaluation = await anywhere(artifact(BAD[name]), scenario(ONCE), scenario(NEXT))
    bad, after = evaluation.scenarios
    check, shown = FAILED_AS[name]
    assert bad.result is Result.FAIL
    assert (bad.evidence[0].check, shown in bad.evidence[0].observed) == (check, True), bad.evidence
    assert (after.result, after.evidence) == (Result.PASS, ())


async def test_a_service_that_ended_under_the_steps_shows_its_last_words(anywhere: Judge) -> None:
    result = await anywhere.one(artifact(BAD["ends while it is used"]), ONCE)
    assert [(each.step, each.check) for each in result.evidence] == [(1, "answer"), (0, "service")]
    assert "ended with exit code 7\nstdout: last words" in result.evidence[1].observed


@pytest.mark.parametrize(
    "program",
    [
        "import signal, sys, serve; signal.signal(signal.SIGTERM, signal.SIG_IGN); serve.serve(int(sys.argv[1]))\n",
        """\
        import os, sys, signal, serve, time
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            os.setsid(); time.sleep(600)
        serve.serve(int(sys.argv[1]))
        """,
        """\
        import sys, threading, serve
        def flood():
            while True: sys.stdout.write("x" * 65536); sys.stderr.write("\\0\\x9b\\n" * 999)
        threading.Thread(target=flood, daemon=True).start()
        serve.serve(int(sys.argv[1]))
        """,
        """\
        import os, sys, serve
        for _ in range(20):
            if os.fork() == 0:
                os.setsid()
                import time; time.sleep(600)
        serve.serve(int(sys.argv[1]))
        """,
    ],
    ids=["ignores TERM", "ignores TERM and leaves a daemon", "floods its output", "leaves twenty daemons"],
)
async def test_a_service_that_serves_may_behave_badly_and_nothing_of_it_stays(anywhere: Judge, program: str) -> None:
    good_for = ONCE.replace("/die", "/")
    alone = (
        "id: alone\nsteps:\n  - run: sleep 0.1; ps -eo args | grep -c '[b]ad.py'\n    expect: {exit: 1, stdout: '0'}\n"
    )
    evaluation = await anywhere(artifact(program), scenario(good_for), scenario(NEXT), scenario(alone))
    assert [(each.result, each.evidence) for each in evaluation.scenarios] == [(Result.PASS, ())] * 3


SEVERAL = """
services:
  - run: echo one >> log; sleep 0.1; touch one; trap 'echo stop-one >> log; exit' TERM; while :; do sleep 0.02; done
    ready: {file: one, within: 20s}
  - run: test -f one && echo two >> log; python3 serve.py $port2 & trap 'echo stop-two >> log; kill $!; exit' TERM; wait
    ready: {http: "http://127.0.0.1:${port2}/", within: 20s}
  - run: python3 serve.py $port3
    ready: {http: "http://127.0.0.1:${port3}/", within: 20s}
"""


async def test_several_are_started_in_order_each_ready_before_the_next(anywhere: Judge) -> None:
    steps = """
steps:
  - run: cat log
    expect: {stdout: "one\\ntwo"}
  - http: {url: "http://127.0.0.1:${port2}/"}
    expect: {body: here}
  - http: {url: "http://127.0.0.1:${port3}/"}
    expect: {body: here}
"""
    result = await anywhere.one(artifact(None), SEVERAL + steps)
    assert (result.result, result.evidence) == (Result.PASS, ())


async def test_several_are_stopped_in_reverse(anywhere: Judge) -> None:
    """Seen by one that is stopped last and waits for the word of the one stopped before it."""
    last = """
services:
  - run: |
      touch first; trap 'test -f second-is-gone || touch wrong-order; exit' TERM; while :; do sleep 0.02; done
    ready: {file: first, within: 20s}
  - run: |
      touch second; trap 'echo gone > second-is-gone; exit' TERM; while :; do sleep 0.02; done
    ready: {file: second, within: 20s}
steps: [{run: 'true'}]
"""
    stopping = Stopping(anywhere)
    await stopping.judge(last)
    assert stopping.order == ["second", "first"]


class Stopping:
    """Watches in which order services are stopped, through the real sandbox."""

    def __init__(self, bench: Judge) -> None:
        self.bench, self.order = bench, list[str]()

    async def judge(self, text: str) -> None:
        create = self.bench.host.create

        async def watched(request: object) -> object:
            sandbox = await create(request)  # type: ignore[arg-type]
            start = sandbox.start

            async def noted(command):
                process = await start(command)
                stop = process.stop
                name = command.argv[-1].split()[1].rstrip(";")

                async def stopped(grace_s: float = 2.0):
                    self.order.append(name)
                    return await stop(grace_s)

                process.stop = stopped
                return process

            sandbox.start = noted
            return sandbox

        self.bench.host.create = watched  # type: ignore[method-assign,assignment]
        assert (await self.bench.one({}, text)).result is Result.PASS


async def test_where_there_are_several_the_bad_one_is_named(anywhere: Judge) -> None:
    result = await anywhere.one(
        artifact(None),
        """
services:
  - {run: python3 serve.py $port, ready: {http: "http://127.0.0.1:${port}/", within: 20s}}
  - {run: echo broken; exit 4, ready: {http: "http://127.0.0.1:${port2}/", within: 20s}}
  - {run: touch third; sleep 600, ready: {file: third, within: 20s}}
steps: [{run: 'true'}]
""",
    )
    (evidence,) = result.evidence
    assert (result.result, evidence.step, evidence.check) == (Result.FAIL, 0, "service")
    assert evidence.expected == "service 2, echo broken; exit 4: keeps running"
    assert evidence.observed == "ended with exit code 4\nstdout: broken"
