"""The contract of `sandbox.port`, run against every implementation; each is held to exactly what it declares."""

import asyncio
import contextlib
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from factory_tui.sandbox.port import (
    CollectRefused,
    Exec,
    Query,
    QueryFault,
    Sandbox,
    SandboxHost,
    SandboxLost,
    Terminal,
)
from tests.sandbox.making import call_id, command, contents, python, request, shell, tree

Make = Callable[..., Awaitable[Sandbox]]

HERE = Path(__file__).parent
FILL = """
import os, time
while True:
    try:
        os.fork() or time.sleep(600)
    except OSError:
        time.sleep(0.01)
"""
"""Takes every place for a process, also one that a short command has just left."""
SERVER = """
import http.server, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/slow":
            time.sleep(60)
        if self.path == "/drip":
            self.send_response(200); self.end_headers()
            while True:
                self.wfile.write(b"x"); self.wfile.flush(); time.sleep(0.05)
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/"); self.send_header("X-Seen", self.headers.get("X-Given", "-"))
        self.end_headers(); self.wfile.write(b"hello " + self.path.encode())
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201); self.end_headers(); self.wfile.write(body[::-1])
print("serving", flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

NO_WAY_OUT = """
import json, socket
found = {}
for name, family, address in [
    ("public", socket.AF_INET, ("1.1.1.1", 80)), ("metadata", socket.AF_INET, ("169.254.169.254", 80)),
    ("gateway", socket.AF_INET, ("172.17.0.1", 22)), ("private", socket.AF_INET, ("10.0.0.1", 80)),
    ("ipv6", socket.AF_INET6, ("2606:4700:4700::1111", 80)),
]:
    with socket.socket(family) as probe:
        probe.settimeout(5)
        try:
            probe.connect(address); found[name] = "connected"
        except OSError as error:
            found[name] = type(error).__name__
try:
    found["dns"] = socket.getaddrinfo("example.org", 80) and "resolved"
except OSError as error:
    found["dns"] = type(error).__name__
print(json.dumps(found))
"""

HARD_TO_KILL = """
import os, signal, time, ctypes
def daemon(work):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            work(); time.sleep(600)
        os._exit(0)
def undumpable():
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
def stopped():
    os.kill(os.getpid(), signal.SIGSTOP)
def deaf():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
daemon(undumpable); daemon(stopped); daemon(deaf)
if os.fork() == 0:
    time.sleep(600)
time.sleep(0.2)
"""


async def until(terminal: Terminal, wanted: bytes) -> bytes:
    """What is drawn up to and with `wanted`."""
    drawn = b""
    async with asyncio.timeout(20):
        while wanted not in drawn:
            drawn += (await terminal.take(5)).data
    return drawn


async def the_rest(terminal: Terminal) -> tuple[bytes, int]:
    """What is drawn until the program has ended, and its exit code."""
    drawn = b""
    async with asyncio.timeout(20):
        while True:
            piece = await terminal.take(5)
            drawn += piece.data
            if piece.exit_code is not None:
                return drawn, piece.exit_code


MAKE = """
import os, sqlite3
if not os.path.exists("x.db"):
    with sqlite3.connect("x.db") as made:
        made.executescript(open("sql").read())
"""
WRITER = """
import sqlite3, time
made = sqlite3.connect("x.db", isolation_level=None)
made.execute("pragma journal_mode = wal")
made.execute("create table t (n)")
for n in range(1, 1_000_000):
    made.execute("insert into t values (?)", (n,))
    if n == 20:
        open("ready", "w").close()
    time.sleep(0.001)
"""
DIES = """
import os, sqlite3
made = sqlite3.connect("x.db", isolation_level=None)
made.execute("pragma cache_size = 5")
made.execute("create table t (v)")
made.execute("begin")
made.executemany("insert into t values (?)", [("old" * 100,)] * 1000)
made.execute("commit")
made.execute("begin")
made.execute("update t set v = 'new'")
os._exit(0)
"""
"""With a cache so small that half of the change is in the file already."""
LOCK = """
import sqlite3, time
made = sqlite3.connect("x.db", isolation_level=None)
made.execute("begin exclusive")
open("ready", "w").close()
time.sleep(600)
"""
NUMBERS = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) select i from n"
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select i as id from n where i < 0"
LOOK = """
import json, os
seen, open_to = 0, []
for _ in range(100):
    for pid in os.listdir("/proc"):
        if not pid.isdigit() or int(pid) == os.getpid():
            continue
        try:
            if b"python" not in open(f"/proc/{pid}/comm", "rb").read():
                continue
            seen += 1
            for name in ("mem", "environ", "maps"):
                try:
                    open(f"/proc/{pid}/{name}", "rb").read(1)
                    open_to.append(name)
                except OSError as error:
                    pass
        except OSError:
            pass
print(json.dumps({"closed": seen >= 100, "open": sorted(set(open_to))}))
"""
"""Looks at every other Python: the runner, and who asks for it."""


async def made(sandbox: Sandbox, sql: str) -> None:
    """A database x.db, and nothing else."""
    await sandbox.write("sql", sql.encode())
    await sandbox.write("make.py", MAKE.encode())
    assert (await shell(sandbox, "python3 make.py && rm make.py sql")).stderr == b""


READS = [
    ("select integrity_check from pragma_integrity_check", (("ok",),)),
    ("select name, type from pragma_table_info('t')", (("id", "INTEGER"), ("tags", ""))),
    ("select user_version from pragma_user_version", ((7,),)),
    ("select value from t, json_each(t.tags) order by 1", (("a",), ("b",))),
    ("select body from words where words match 'quick'", (("the quick fox",),)),
    ("select name from sqlite_master where name = 't'", (("t",),)),
    (
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) select sum(i) from n",
        ((6,),),
    ),
    ("values (1, 'x')", ((1, "x"),)),
]

NAMES = ["größe ?#%41&mode=rwc.db", "deep/er/x.db", ":memory:", "file:x.db?mode=rwc", "-x'\"\n.db"]

NO_QUESTIONS = [
    "selec 1",
    "select 1; select 2",
    "select * from t; drop table t",
    "insert into t values (1)",
    "with x as (select 1) delete from nothing",
    "pragma user_version = 7",
    "update sqlite_master set sql = ''",
    "pragma query_only = 0",
    "attach 'other.db' as o",
    "vacuum into 'other.db'",
    "select load_extension('x')",
    "select nosuchfunction(id) from t",
    "select :unbound",
    "",
]

DAMAGES = [
    ("true", "no such table: t"),
    (": > x.db", "no such table: t"),
    ("echo 'create table t (other)' > sql", "no such column: id"),
    ("head -c 5000 /dev/urandom > x.db", "not a database"),
    (
        "echo 'create table t (id); insert into t values (1)' > sql",
        "malformed|no such table|not a database",
    ),
    ("echo 'create view t as select nosuchfunction(1) as id' > sql", "no such function"),
    ("echo 'create view t as select load_extension(1) as id' > sql", "not authorized|unsafe"),
    ("echo 'create view t as select zeroblob(999999999) as id' > sql", "out of memory|MemoryError"),
    ("echo \"create view t as select printf('%.*c', 999999990, 'x') as id\" > sql", "memory|no answer|too big"),
    (f'echo "create view t as {ENDLESS}" > sql', "no answer within"),
]
"""Shell text that makes or spoils x.db → why its table cannot be read."""

NO_FILES = ["rm -f x.db", "mkdir x.db", "mkfifo x.db", "ln -s /proc/self/mem x.db", "ln -s gone x.db"]


class SandboxContract:
    """Subclasses provide the fixture `host`."""

    @pytest.fixture
    async def make(self, host: SandboxHost) -> AsyncIterator[Make]:
        made: list[Sandbox] = []

        async def make(workspace: str | None = None, **settings: object) -> Sandbox:
            made.append(await host.create(await request(host, workspace, **settings)))
            return made[-1]

        yield make
        for sandbox in made:
            await sandbox.destroy()

    @pytest.fixture
    async def sandbox(self, make: Make) -> Sandbox:
        return await make()

    # Files

    async def test_files_come_out_as_they_went_in(self, sandbox: Sandbox) -> None:
        files = {
            "bin/tool": b"#!/bin/sh\necho ran\n",
            "daten/größe – 漢字.txt": "Übergrößenträger\n".encode(),
            "empty": b"",
            "binary.dat": bytes(range(256)) * 20_000,
            "with space/and\nnewline": b"x",
        }
        sent = tree(files, executable=("bin/tool",))
        await sandbox.put(sent)
        assert (await shell(sandbox, "bin/tool")).stdout == b"ran\n"
        back = await sandbox.collect()
        assert back.files == sent.files
        assert back.hash == sent.hash

    async def test_many_files_arrive(self, sandbox: Sandbox) -> None:
        sent = tree({f"d{number % 7}/f{number}": b"%d" % number for number in range(2000)})
        await sandbox.put(sent)
        assert (await sandbox.collect()).hash == sent.hash

    async def test_put_replaces_links_files_and_directories_in_its_way(self, sandbox: Sandbox) -> None:
        await shell(sandbox, "mkdir real; ln -s real link; ln -s real/kept file; echo old > dir; echo kept > real/kept")
        await sandbox.put(tree({"link/new": b"1", "file": b"2", "dir/new": b"3"}))
        files = contents(await sandbox.collect())
        assert files == {"real/kept": b"kept\n", "link/new": b"1", "file": b"2", "dir/new": b"3"}

    async def test_clear_leaves_nothing_anywhere_a_command_can_write(self, sandbox: Sandbox) -> None:
        await shell(sandbox, 'echo 1 > "$HOME/.profile"; echo 1 > "$TMPDIR/x"; echo 1 > .hidden; ln -s / root')
        await shell(sandbox, "mkdir -p locked/in; echo 1 > locked/in/f; chmod 000 locked/in locked")
        deep = "import os\nfor _ in range(1500):\n os.mkdir('d' * 50); os.chdir('d' * 50)\n"
        assert (await python(sandbox, deep)).exit_code == 0
        await sandbox.put(tree({"only": b"this"}), clear=True)
        left = await shell(sandbox, 'ls -A; ls -A "$HOME"; ls -A "$TMPDIR"')
        assert left.stdout == b"only\n"

    @pytest.mark.parametrize(
        "made_of_it",
        [
            'chmod 000 "$HOME" . ; true',
            'd=$PWD; cd /; rm -rf "$d" "$HOME"',
            'd=$PWD; cd /; rmdir "$d" && ln -s /etc "$d"',
            'd=$PWD; cd /; rmdir "$d" && mkfifo "$d"',
        ],
    )
    async def test_clear_gives_a_whole_directory_whatever_was_made_of_it(
        self, sandbox: Sandbox, made_of_it: str
    ) -> None:
        await shell(sandbox, made_of_it)
        await sandbox.put(tree({"only": b"this"}), clear=True)
        left = await shell(sandbox, 'ls -A && echo x > mine && echo x > "$HOME/mine" && cat only')
        assert (left.exit_code, left.stdout) == (0, b"only\nthis")

    async def test_clear_leaves_no_shared_memory_queue_or_semaphore(self, host: SandboxHost, sandbox: Sandbox) -> None:
        if not host.capabilities().holdout_isolated:
            pytest.skip("shares the IPC namespace of the machine, whose other programs must not lose theirs")
        made = "import ctypes; c = ctypes.CDLL(None); print(c.shmget(7, 9, 950), c.msgget(7, 950), c.semget(7, 1, 950))"
        assert b"-1" not in (await python(sandbox, made)).stdout
        await sandbox.put(tree({}), clear=True)
        left = await shell(sandbox, "cat /proc/sysvipc/shm /proc/sysvipc/msg /proc/sysvipc/sem | grep -vc key")
        assert left.stdout == b"0\n"

    async def test_put_refuses_a_path_that_leads_out(self, sandbox: Sandbox) -> None:
        for name in ("../out", "/etc/out", "a/../../out"):
            with pytest.raises(Exception, match="not a path below"):
                await sandbox.put(tree({name: b""}))

    async def test_the_base_is_readable_and_not_writable(self, host: SandboxHost, sandbox: Sandbox) -> None:
        await sandbox.put_base(tree({"old/file": b"before", "tool": b"#!/bin/sh\necho base\n"}, ("tool",)))
        await sandbox.put_base(tree({"file": b"base", "tool": b"#!/bin/sh\necho base\n"}, ("tool",)))
        seen = await shell(sandbox, 'cat "$FACTORY_BASE/file"; "$FACTORY_BASE/tool"; ls "$FACTORY_BASE"')
        assert seen.stdout == b"basebase\nfile\ntool\n"
        assert await sandbox.read(f"{sandbox.base}/file") == b"base"
        if host.capabilities().separate_user or host.capabilities().fixed_paths:
            tried = await shell(
                sandbox, 'rm -f "$FACTORY_BASE/file"; echo x > "$FACTORY_BASE/file"; echo x > "$FACTORY_BASE/n"'
            )
            assert tried.exit_code != 0
            assert (await shell(sandbox, 'cat "$FACTORY_BASE/file"; ls "$FACTORY_BASE"')).stdout == b"basefile\ntool\n"

    async def test_paths_are_as_declared(self, host: SandboxHost, sandbox: Sandbox) -> None:
        assert (await shell(sandbox, "pwd")).stdout.decode().strip() == sandbox.work
        assert (sandbox.work, sandbox.base) == ("/work", "/base") or not host.capabilities().fixed_paths

    async def test_reading_one_file(self, sandbox: Sandbox) -> None:
        await shell(sandbox, "printf 0123456789 > file; ln -s file link; mkfifo pipe; mkdir dir")
        assert await sandbox.read("file") == b"0123456789"
        assert await sandbox.read("link") == b"0123456789"
        assert await sandbox.read(f"{sandbox.work}/file", cap=4) == b"0123"
        for name in ("missing", "dir", "pipe", "file/below", "nul\0"):
            assert await sandbox.read(name) is None

    async def test_what_cannot_be_read_does_not_pass_for_absent(self, sandbox: Sandbox) -> None:
        await shell(sandbox, "echo x > file; mkdir dir; echo x > dir/file; chmod 000 file dir")
        if (await shell(sandbox, "cat file")).exit_code == 0:
            pytest.skip("commands are root, to whom nothing is closed")
        for name in ("file", "dir/file"):
            with pytest.raises(PermissionError):
                await sandbox.read(name)

    async def test_writing_one_file(self, sandbox: Sandbox) -> None:
        await sandbox.write("made/on/the/way", b"x" * 3_000_000)
        await sandbox.write(f"{sandbox.work}/short", b"long content")
        await sandbox.write("short", b"new")
        assert (await shell(sandbox, "wc -c < made/on/the/way; cat short")).stdout == b"3000000\nnew"
        for name in ("made", "short/below"):
            with pytest.raises(OSError, match=r"directory|Directory"):
                await sandbox.write(name, b"")

    async def test_only_regular_files_are_collected(self, sandbox: Sandbox) -> None:
        await sandbox.put(tree({"kept": b"1", ".GIT/config": b"2", "__pycache__/a.pyc": b"3", "m.pyc": b"4"}))
        await shell(sandbox, "ln -s /etc/passwd link; ln -s .. up; mkfifo pipe; ln kept hard; chmod 000 hard")
        await python(sandbox, "import os; open(os.fsencode('not-') + b'\\xff', 'w')")
        back = await sandbox.collect()
        assert contents(back) == {"kept": b"1", "hard": b"1"}
        reasons = dict(line.split(": ", 1) for line in back.dropped)
        assert reasons["link"] == "symbolic link"
        assert reasons["up"] == "symbolic link"
        assert reasons["pipe"] == "named pipe"
        assert reasons[".GIT"] == "git's own directory"
        assert any("not UTF-8" in reason for reason in reasons.values())

    async def test_a_tree_beyond_the_caps_is_refused_and_the_sandbox_stays_usable(self, sandbox: Sandbox) -> None:
        await shell(sandbox, "truncate -s 50G sparse")
        with pytest.raises(CollectRefused, match="MB"):
            await sandbox.collect()
        await shell(sandbox, "rm sparse")
        await python(sandbox, "import os\nfor _ in range(100):\n os.mkdir('d'); os.chdir('d')")
        with pytest.raises(CollectRefused, match="deep"):
            await sandbox.collect()
        await sandbox.put(tree({"fine": b""}), clear=True)
        assert contents(await sandbox.collect()) == {"fine": b""}

    # Commands

    async def test_a_command_gets_its_input_environment_and_directory(self, sandbox: Sandbox) -> None:
        await shell(sandbox, "mkdir sub")
        done = await shell(sandbox, 'cat; echo "$WHO"; pwd', stdin=b"in\0put\n", env={"WHO": "ü $HOME `x`"}, cwd="sub")
        assert done.stdout.decode() == f"in\0put\nü $HOME `x`\n{sandbox.work}/sub\n"
        assert (await shell(sandbox, "pwd", cwd="/usr")).stdout == b"/usr\n"
        large = await shell(sandbox, "wc -c", stdin=b"x" * 5_000_000)
        assert large.stdout.strip() == b"5000000"
        assert (await shell(sandbox, "exec <&-; true", stdin=b"x" * 5_000_000)).exit_code == 0

    async def test_path_of_a_command_replaces_ours(self, sandbox: Sandbox) -> None:
        await sandbox.put(tree({"bin/python": b"#!/bin/sh\necho mine\n"}, ("bin/python",)))
        own = f"{sandbox.work}/bin:{sandbox.path}"
        assert (await shell(sandbox, "python", env={"PATH": own})).stdout == b"mine\n"
        assert (await shell(sandbox, "python --version", env={"PATH": "/usr/bin:/bin"})).stdout.startswith(b"Python 3")

    async def test_exit_codes_are_a_shells(self, sandbox: Sandbox) -> None:
        codes = {"exit 3": 3, "kill -TERM $$": 143, "kill -KILL $$": 137, "/nowhere": 127, "/etc": 126}
        assert {text: (await shell(sandbox, text)).exit_code for text in codes} == codes

    async def test_what_cannot_start_has_an_exit_code_and_a_reason(self, sandbox: Sandbox) -> None:
        for program, code in {"no-such-program": 127, "/etc": 126, "a\0b": 126, "/etc/passwd": 126}.items():
            done = await sandbox.exec(Exec([program], call_id()))
            assert (program, done.exit_code) == (program, code)
            assert b"cannot start" in done.stderr
        assert (await sandbox.exec(Exec(["true"], call_id(), cwd="no/such/dir"))).exit_code == 126

    async def test_output_beyond_the_cap_loses_its_middle(self, sandbox: Sandbox) -> None:
        done = await shell(sandbox, "printf abcdefghij; printf 0123456789 >&2", output_cap=6)
        assert (done.stdout, done.stderr, done.truncated) == (b"abchij", b"012789", True)
        whole = await shell(sandbox, "printf abcdef", output_cap=6)
        assert (whole.stdout, whole.truncated) == (b"abcdef", False)
        assert (await shell(sandbox, "printf abc", output_cap=0)).stdout == b""

    async def test_a_flood_of_output_is_kept_within_the_cap(self, sandbox: Sandbox) -> None:
        flood = "(echo first; head -c 100000000 /dev/zero; echo; echo last) | tee /dev/stderr"
        done = await shell(sandbox, flood, output_cap=1000, timeout_s=60)
        assert done.exit_code == 0
        assert len(done.stdout) == len(done.stderr) == 1000
        assert done.stdout.startswith(b"first\n")
        assert done.stdout.endswith(b"\nlast\n")
        assert done.truncated

    async def test_what_was_printed_is_counted_beyond_the_cap(self, sandbox: Sandbox) -> None:
        done = await shell(sandbox, "head -c 3000000 /dev/zero; printf abc >&2", output_cap=1000)
        assert (done.printed, done.truncated) == (3_000_003, True)

    async def test_the_memory_of_the_largest_process_is_told(self, sandbox: Sandbox) -> None:
        small = await shell(sandbox, "true")
        assert 0 < small.peak <= small.floor + (1 << 20)
        large = await shell(sandbox, "python3 -c 'bytearray(90 << 20)' | cat; true")
        assert large.floor < 64 << 20 < 90 << 20 <= large.peak < 200 << 20

    async def test_much_output_does_not_hide_how_small_a_later_command_is(self, sandbox: Sandbox) -> None:
        for _ in range(8):
            await shell(sandbox, "head -c 4000000 /dev/zero; head -c 4000000 /dev/zero >&2", output_cap=1 << 20)
        assert (await shell(sandbox, "true")).floor <= 32 << 20

    async def test_output_of_any_bytes_arrives(self, sandbox: Sandbox) -> None:
        done = await python(sandbox, "import sys; sys.stdout.buffer.write(bytes(range(256)) * 100)")
        assert done.stdout == bytes(range(256)) * 100

    async def test_a_timeout_kills_the_whole_group_and_its_session(self, sandbox: Sandbox) -> None:
        text = "echo begun; set -m; sleep 600 & (sleep 601; echo never) & sleep 602"
        done = await shell(sandbox, text, timeout_s=1)
        assert (done.exit_code, done.timed_out, done.stdout) == (124, True, b"begun\n")
        assert await sandbox.kill_all() == 0

    async def test_a_daemon_that_holds_the_output_does_not_hold_the_command(self, sandbox: Sandbox) -> None:
        done = await shell(sandbox, "setsid sleep 600 & echo started", timeout_s=60)
        assert (done.exit_code, done.stdout, done.timed_out) == (0, b"started\n", False)
        flooding = await shell(sandbox, "yes & echo $!", timeout_s=60)
        assert flooding.exit_code == 0

    async def test_calls_run_at_the_same_time(self, sandbox: Sandbox) -> None:
        await shell(sandbox, "mkfifo pipe")
        async with asyncio.timeout(30):
            reading = asyncio.create_task(shell(sandbox, "cat pipe"))
            await shell(sandbox, "echo through > pipe")
            assert (await reading).stdout == b"through\n"

    async def test_a_call_id_is_never_started_twice(self, sandbox: Sandbox) -> None:
        await shell(sandbox, "mkfifo gate")
        once = command("echo x >> count; cat gate; echo done", call_id="same")
        first, second = asyncio.create_task(sandbox.exec(once)), asyncio.create_task(sandbox.exec(once))
        await shell(sandbox, "echo open > gate")
        assert (await first).stdout == (await second).stdout == b"open\ndone\n"
        assert (await sandbox.exec(once)).stdout == b"open\ndone\n"
        assert await sandbox.read("count") == b"x\n"

    async def test_a_cancelled_call_is_stopped(self, sandbox: Sandbox) -> None:
        await shell(sandbox, "mkfifo ready")
        call = asyncio.create_task(shell(sandbox, "echo $$ > pid; echo > ready; exec sleep 600"))
        await shell(sandbox, "cat ready")
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        async with asyncio.timeout(20):
            while (await shell(sandbox, "kill -0 $(cat pid)")).exit_code == 0:
                pass

    async def test_the_environment_of_the_engine_stays_outside(
        self, host: SandboxHost, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SECRET_CANARY", "canary-91f3")
        sandbox = await make(env={"GIVEN": "yes"})
        done = await shell(sandbox, "env")
        assert b"GIVEN=yes" in done.stdout
        assert b"canary-91f3" not in done.stdout

    # Services and requests

    async def test_a_service_is_started_asked_and_stopped(self, sandbox: Sandbox) -> None:
        await sandbox.put(tree({"server.py": SERVER.encode()}))
        port = await sandbox.free_port()
        service = await sandbox.start(command(f"python3 server.py {port}"))
        url = f"http://127.0.0.1:{port}"
        async with asyncio.timeout(30):
            while (answer := await sandbox.http("GET", f"{url}/", {}, b"", 5)).error is not None:
                assert await service.poll() is None
        assert (answer.status, answer.body) == (200, b"hello /")
        given = await sandbox.http("GET", f"{url}/a?b=c", {"X-Given": "seen"}, b"", 5)
        assert given.body == b"hello /a?b=c"
        assert ("X-Seen", "seen") in given.headers
        assert (await sandbox.http("POST", url, {}, b"abc" * 1000, 5)).body == b"cba" * 1000
        moved = await sandbox.http("GET", f"{url}/moved", {}, b"", 5)
        assert (moved.status, moved.body) == (302, b"hello /moved")
        assert len((await sandbox.http("GET", f"{url}/drip", {}, b"", 5, cap=10)).body) == 10
        for path in ("slow", "drip"):
            late = await sandbox.http("GET", f"{url}/{path}", {}, b"", 0.4)
            assert (late.error, late.status) == ("timed out", 0)
        ended = await service.stop()
        assert ended.stdout == b"serving\n"
        assert ended.exit_code == 143
        assert await service.poll() == 143
        gone = await sandbox.http("GET", url, {}, b"", 5)
        assert "refused" in (gone.error or "")

    async def test_a_service_that_dies_says_so(self, sandbox: Sandbox) -> None:
        service = await sandbox.start(command("echo dying >&2; exit 7"))
        async with asyncio.timeout(20):
            while await service.poll() is None:
                pass
        ended = await service.stop()
        assert (ended.exit_code, ended.stderr) == (7, b"dying\n")

    async def test_a_service_that_ignores_the_request_to_stop_is_killed(self, sandbox: Sandbox) -> None:
        await shell(sandbox, "mkfifo ready")
        service = await sandbox.start(command("trap '' TERM; echo > ready; sleep 600 & while :; do wait; done"))
        await shell(sandbox, "cat ready")
        assert (await service.stop(grace_s=0.2)).exit_code == 137
        assert await sandbox.kill_all() == 0

    async def test_a_service_ends_with_its_longest_life(self, sandbox: Sandbox) -> None:
        service = await sandbox.start(command("sleep 600", timeout_s=0.3))
        async with asyncio.timeout(20):
            while await service.poll() is None:
                pass
        assert await service.poll() == 124

    async def test_an_address_that_cannot_be_asked_is_an_answer_without_status(self, sandbox: Sandbox) -> None:
        for url in ("https://127.0.0.1/", "file:///etc/passwd", "http://", "http://[::1", "nonsense"):
            answer = await sandbox.http("GET", url, {}, b"", 5)
            assert (url, answer.status) == (url, 0)
            assert answer.error, url

    async def test_kill_all_reaches_every_process(self, sandbox: Sandbox) -> None:
        assert (await python(sandbox, HARD_TO_KILL)).exit_code == 0
        await shell(sandbox, "setsid sh -c 'while :; do sh -c : & wait; done' > /dev/null 2>&1 &")
        assert await sandbox.kill_all() >= 5
        assert await sandbox.kill_all() == 0
        assert (await shell(sandbox, "echo still here")).stdout == b"still here\n"

    # Terminals

    async def test_a_program_has_a_terminal_of_its_own(self, sandbox: Sandbox) -> None:
        text = 'test -t 0 && test -t 1 && test -t 2 && stty size; echo "${LINES-} ${COLUMNS-}"; read x < /dev/tty; '
        opened = command(f'{text} echo "got $x"; exit 3', env={"LINES": "7", "COLUMNS": "7"})
        terminal = await sandbox.terminal(opened, 100, 30)
        drawn = await until(terminal, b"30 100\r\n \r\n")
        assert await terminal.type("größe\r".encode()) == 8
        rest, code = await the_rest(terminal)
        assert (drawn, rest, code) == (b"30 100\r\n \r\n", "größe\r\ngot größe\r\n".encode(), 3)
        await terminal.stop()

    async def test_a_change_of_size_is_told_to_the_program(self, sandbox: Sandbox) -> None:
        terminal = await sandbox.terminal(
            command("trap 'stty size; exit' WINCH; echo go; while :; do sleep 0.05; done"), 80, 24
        )
        await until(terminal, b"go")
        await terminal.resize(132, 50)
        assert await the_rest(terminal) == (b"50 132\r\n", 0)

    async def test_a_program_that_draws_for_ever_has_to_wait_and_is_killed_with_its_session(
        self, sandbox: Sandbox
    ) -> None:
        terminal = await sandbox.terminal(command("sleep 600 & echo $! > pid; yes"), 80, 24)
        taken = sum([len((await terminal.take(5, cap=1 << 16)).data) for _ in range(20)])
        assert 20 <= taken <= 20 << 16
        await terminal.stop()
        async with asyncio.timeout(20):  # who was killed is gone when the machine comes to it
            while (await shell(sandbox, 'grep -qs "^State:.[^ZX]" "/proc/$(cat pid)/status"')).exit_code == 0:
                pass
        assert await sandbox.kill_all() == 0

    async def test_keys_wait_for_a_program_that_does_not_read_within_a_bound(self, sandbox: Sandbox) -> None:
        terminal = await sandbox.terminal(command("stty raw -echo; echo ready; exec sleep 600"), 80, 24)
        await until(terminal, b"ready")
        taken = [await terminal.type(b"x" * 10_000) for _ in range(20)]
        assert (taken[0], taken[-1]) == (10_000, 0)
        await terminal.stop()

    async def test_any_bytes_are_drawn_and_typed(self, sandbox: Sandbox) -> None:
        every = bytes(range(256))
        reads = "import os, sys, tty; tty.setraw(0); os.write(1, b'>'); data = b''\n"
        reads += "while len(data) < 256: data += os.read(0, 256)\n"
        reads += "os.write(1, data)"
        await sandbox.write("echo.py", reads.encode())
        terminal = await sandbox.terminal(command("python3 echo.py"), 80, 24)
        await until(terminal, b">")
        await terminal.type(every)
        assert await the_rest(terminal) == (every, 0)

    async def test_a_daemon_that_holds_the_terminal_does_not_hold_its_end(self, sandbox: Sandbox) -> None:
        terminal = await sandbox.terminal(command("setsid sleep 600 & echo started; exit 5"), 80, 24)
        assert await the_rest(terminal) == (b"started\r\n", 5)

    async def test_a_terminal_ends_with_its_longest_life(self, sandbox: Sandbox) -> None:
        terminal = await sandbox.terminal(command("exec sleep 600", timeout_s=0.3), 80, 24)
        assert await the_rest(terminal) == (b"", 137)

    async def test_a_program_that_cannot_be_started_says_so(self, sandbox: Sandbox) -> None:
        terminal = await sandbox.terminal(Exec(["no-such-program"], call_id()), 80, 24)
        drawn, code = await the_rest(terminal)
        assert (b"cannot start" in drawn, code) == (True, 126)

    async def test_a_terminal_of_a_lost_sandbox_is_lost(self, sandbox: Sandbox) -> None:
        terminal = await sandbox.terminal(command("exec sleep 600"), 80, 24)
        await sandbox.destroy()
        for attempt in (terminal.take(1), terminal.type(b"x"), terminal.resize(80, 24), terminal.stop()):
            with pytest.raises(SandboxLost):
                await attempt

    # Databases

    async def test_a_database_is_asked(self, sandbox: Sandbox) -> None:
        await made(
            sandbox,
            """
            create table t (id integer, name text, data blob, price real);
            insert into t values (1, 'größe', x'00ff', 1.5), (9223372036854775807, null, null, 9e999),
                                 (2, cast(x'61ff62' as text), zeroblob(2), -0.25);
        """,
        )
        table = await sandbox.query(Query("x.db", "select * from t order by rowid"))
        assert table.columns == ("id", "name", "data", "price")
        assert table.rows == (
            (1, "größe", {"blob": "00ff"}, 1.5),
            (9223372036854775807, None, None, "Infinity"),
            (2, "a\ufffdb", {"blob": "0000"}, -0.25),
        )
        named = await sandbox.query(Query("x.db", "select name from t where id = :id or :no", {"id": 1, "no": False}))
        assert named.rows == (("größe",),)
        injected = await sandbox.query(Query("x.db", "select :it", {"it": "1; drop table t"}))
        assert injected.rows == (("1; drop table t",),)
        assert (await sandbox.query(Query("x.db", "select count(*) from t where price > 1e9"))).rows == ((1,),)

    async def test_whatever_only_reads_may_be_asked(self, sandbox: Sandbox) -> None:
        await made(
            sandbox,
            """
            create table t (id integer, tags); insert into t values (1, '["b", "a"]'); pragma user_version = 7;
            create virtual table words using fts5(body); insert into words values ('the quick fox');
            """,
        )
        for text, rows in READS:
            table = await sandbox.query(Query("x.db", text))
            assert (text, table.rows, table.why) == (text, rows, "")

    async def test_a_database_is_read_while_a_service_writes_to_it(self, sandbox: Sandbox) -> None:
        await sandbox.write("writer.py", WRITER.encode())
        service = await sandbox.start(command("python3 writer.py"))
        async with asyncio.timeout(20):
            while await sandbox.read("ready") is None:
                assert await service.poll() is None
        counts = [await sandbox.query(Query("x.db", "select count(*), max(n) from t")) for _ in range(5)]
        assert [each.why for each in counts] == [""] * 5
        assert all(count == most for ((count, most),) in (each.rows for each in counts))
        await service.stop()

    async def test_a_database_may_have_any_name(self, sandbox: Sandbox) -> None:
        await made(sandbox, "create table t (id); insert into t values (5)")
        for name in NAMES:
            await sandbox.write(name, await sandbox.read("x.db") or b"")
        await shell(sandbox, "rm x.db")
        before = await sandbox.collect()
        for name in NAMES:
            assert (name, (await sandbox.query(Query(name, "select id from t"))).rows) == (name, ((5,),))
        assert (await sandbox.query(Query("gone.db", "select 1"))).fault is QueryFault.MISSING
        assert (await sandbox.collect()).hash == before.hash

    async def test_an_unfinished_write_of_a_dead_program_is_not_seen(self, sandbox: Sandbox) -> None:
        await sandbox.write("dies.py", DIES.encode())
        assert (await shell(sandbox, "python3 dies.py; ls")).stdout.split() == [b"dies.py", b"x.db", b"x.db-journal"]
        table = await sandbox.query(Query("x.db", "select count(*), min(v) from t"))
        assert (table.rows, table.why) == (((1000, "old" * 100),), "")

    async def test_a_question_that_is_none_is_told_from_a_wrong_answer(self, sandbox: Sandbox) -> None:
        await made(sandbox, "create table t (id integer)")
        before = await sandbox.read("x.db")
        for text in NO_QUESTIONS:
            table = await sandbox.query(Query("x.db", text))
            assert table.fault is QueryFault.QUESTION or "authori" in table.why, (text, table)
            assert table.rows == ()
            assert await sandbox.read("x.db") == before, text
            assert (await shell(sandbox, "ls")).stdout.split() == [b"x.db"], text

    async def test_what_the_artifact_made_of_the_file_is_its_fault(self, sandbox: Sandbox) -> None:
        for prepare, why in DAMAGES:
            damage = (
                "printf 'garbage garbage' | dd of=x.db bs=1 seek=4096 conv=notrunc" if "values" in prepare else "true"
            )
            await sandbox.put(tree({"make.py": MAKE.encode()}), clear=True)
            await shell(sandbox, f": > sql; {prepare}; python3 make.py; {damage}", timeout_s=30)
            table = await sandbox.query(Query("x.db", "select id from t", timeout_s=2.0))
            assert table.fault is QueryFault.FILE, prepare
            assert re.search(why, table.why), (prepare, table.why)

    async def test_what_is_no_file_is_no_database(self, sandbox: Sandbox) -> None:
        for prepare in NO_FILES:
            await shell(sandbox, f"rm -rf x.db; {prepare}")
            assert (await sandbox.query(Query("x.db", "select 1", timeout_s=5))).fault is QueryFault.MISSING, prepare

    async def test_a_locked_database_is_waited_for_and_told(self, sandbox: Sandbox) -> None:
        await made(sandbox, "create table t (id)")
        await sandbox.write("lock.py", LOCK.encode())
        service = await sandbox.start(command("python3 lock.py"))
        async with asyncio.timeout(20):
            while await sandbox.read("ready") is None:
                assert await service.poll() is None
        table = await sandbox.query(Query("x.db", "select * from t", timeout_s=1.0))
        assert (table.fault, table.why) == (QueryFault.FILE, "OperationalError: database is locked")
        await service.stop()

    async def test_an_answer_is_kept_within_its_caps(self, sandbox: Sandbox) -> None:
        await made(sandbox, f"create table t (id); insert into t {NUMBERS}")
        counted = await sandbox.query(Query("x.db", "select id from t", row_cap=10))
        assert (len(counted.rows), counted.truncated) == (10, True)
        sized = await sandbox.query(Query("x.db", "select id from t", byte_cap=1000))
        assert (0 < len(sized.rows) < 1000, sized.truncated) == (True, True)
        large = await sandbox.query(Query("x.db", "select zeroblob(3000000)"))
        assert (large.rows, large.truncated) == ((), True)

    async def test_who_asks_a_database_cannot_be_read_by_commands(self, host: SandboxHost, sandbox: Sandbox) -> None:
        if not host.capabilities().fixed_paths and os.geteuid() == 0:
            pytest.skip("declared: commands run as the operator, who is root")
        await made(sandbox, f"create view t as {ENDLESS}")
        asking = asyncio.create_task(sandbox.query(Query("x.db", "select * from t", timeout_s=3)))
        await sandbox.write("look.py", LOOK.encode())
        found = await shell(sandbox, "python3 look.py")
        assert json.loads(found.stdout) == {"closed": True, "open": []}
        assert (await asking).fault is QueryFault.FILE

    async def test_a_question_whose_process_is_killed_has_no_answer(self, host: SandboxHost, sandbox: Sandbox) -> None:
        await made(sandbox, f"create view t as {ENDLESS}")
        asking = asyncio.create_task(sandbox.query(Query("x.db", "select * from t", timeout_s=20)))
        while not asking.done():
            await sandbox.kill_all()
        assert (await asking).fault is QueryFault.FILE
        assert (await sandbox.query(Query("x.db", "select 1"))).rows == ((1,),)

    # Isolation, as declared

    async def test_commands_have_no_privileges(self, host: SandboxHost, sandbox: Sandbox) -> None:
        if not host.capabilities().fixed_paths:
            pytest.skip("declared: commands run as the operator")
        status = (await shell(sandbox, "cat /proc/self/status")).stdout.decode()
        fields = dict(line.split(":\t", 1) for line in status.splitlines())
        assert {fields[name] for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
        assert fields["NoNewPrivs"] == "1"
        assert (await shell(sandbox, "id -un")).stdout == b"agent\n"
        assert (await shell(sandbox, "id -u")).stdout != b"0\n"

    async def test_the_root_is_read_only(self, host: SandboxHost, sandbox: Sandbox) -> None:
        if not host.capabilities().read_only_root:
            pytest.skip("declared: the root can be written where the operator can")
        done = await shell(
            sandbox, "for d in / /usr /usr/bin /etc /opt /home /dev; do touch $d/probe && echo wrote $d; done"
        )
        assert done.stdout == b""

    async def test_there_is_no_network(self, host: SandboxHost, sandbox: Sandbox) -> None:
        if not host.capabilities().network_isolated:
            pytest.skip("declared: commands share the network of the machine")
        done = await python(sandbox, NO_WAY_OUT, timeout_s=60)
        answers = json.loads(done.stdout)
        assert len(answers) == 6
        assert not {"connected", "resolved"} & set(answers.values())

    async def test_files_of_the_host_cannot_be_found(self, host: SandboxHost, sandbox: Sandbox, tmp_path: Path) -> None:
        if not host.capabilities().holdout_isolated:
            pytest.skip("declared: commands see the files of the machine")
        canary = "canary-5d0a77c1"
        (tmp_path / canary).write_text(canary)
        os.chmod(tmp_path, 0o755)
        assert (await shell(sandbox, f"cat {tmp_path / canary}")).exit_code != 0
        assert (await shell(sandbox, f"find / -xdev -name '*{canary}*' 2>/dev/null")).stdout == b""
        told = await shell(sandbox, "cat /proc/*/cmdline /proc/*/environ 2>/dev/null")
        assert str(HERE).encode() not in told.stdout

    async def test_the_runner_cannot_be_read(self, host: SandboxHost, sandbox: Sandbox) -> None:
        if not host.capabilities().fixed_paths and os.geteuid() == 0:
            pytest.skip("declared: commands run as the operator, who is root")
        done = await shell(
            sandbox,
            "cd /proc/$PPID; readlink exe fd/*; cat maps; cat environ; head -c 1 mem; for n in 0 1 2 3 4 5 6 7; do"
            " (echo x > fd/$n); head -c 1 fd/$n; done",
        )
        assert done.stdout == b""
        assert done.stderr.lower().count(b"denied") >= 3

    @pytest.mark.parametrize("limit", ["NOFILE", "NPROC", "FSIZE"])
    async def test_a_runner_whose_limits_a_command_changed_gives_no_results(
        self, host: SandboxHost, sandbox: Sandbox, limit: str
    ) -> None:
        await shell(sandbox, "echo x > file")
        lowered = f"import os, resource; resource.prlimit(os.getppid(), resource.RLIMIT_{limit}, (0, 0))"
        with contextlib.suppress(SandboxLost):
            await python(sandbox, lowered)
        with pytest.raises(SandboxLost):
            await sandbox.read("file")

    async def test_the_channel_cannot_be_reached_through_the_runner(self, sandbox: Sandbox) -> None:
        for name in ("environ", "mem", "cmdline", *(f"fd/{number}" for number in range(12))):
            with contextlib.suppress(PermissionError):
                assert await sandbox.read(f"/proc/self/{name}") is None
            with pytest.raises(OSError, match=r".+"):
                await sandbox.write(f"/proc/self/{name}", b"x" * 100)
        assert (await shell(sandbox, "echo fine")).stdout == b"fine\n"

    async def test_memory_is_limited(self, host: SandboxHost, make: Make) -> None:
        if not host.capabilities().limits_memory:
            pytest.skip("declared: memory is not limited")
        sandbox = await make(memory_mb=96)
        done = await python(sandbox, "b = bytearray(400 << 20); b[::4096] = b'x' * len(b[::4096])")
        assert (done.exit_code, done.oom) == (137, True)
        fine = await shell(sandbox, "echo fine")
        assert (fine.stdout, fine.oom) == (b"fine\n", False)

    async def test_disk_is_limited(self, host: SandboxHost, make: Make) -> None:
        if not host.capabilities().limits_disk:
            pytest.skip("declared: disk is not limited")
        sandbox = await make(disk_mb=8)
        for place in (sandbox.work, "$HOME", "$TMPDIR"):
            done = await shell(sandbox, f'head -c 64M /dev/zero > "{place}/big"')
            assert b"No space left" in done.stderr
        with pytest.raises(OSError, match="No space left"):
            await sandbox.write("more", b"x" * 100_000)
        await sandbox.put(tree({"a": b"1"}), clear=True)

    async def test_a_fork_bomb_ends_in_its_own_sandbox(self, host: SandboxHost, make: Make) -> None:
        if not host.capabilities().limits_pids:
            pytest.skip("declared: processes are not limited")
        victim, other = await make(pids=48), await make(pids=48)
        bomb = asyncio.create_task(shell(victim, "f() { f | f & }; f; sleep 600", timeout_s=2))
        for _ in range(5):
            assert (await shell(other, "echo fine")).stdout == b"fine\n"
        await bomb
        await victim.kill_all()
        assert (await shell(victim, "echo recovered")).stdout == b"recovered\n"

    async def test_a_command_that_finds_no_room_for_a_process_has_a_result(self, host: SandboxHost, make: Make) -> None:
        if not host.capabilities().limits_pids:
            pytest.skip("declared: processes are not limited")
        sandbox = await make(pids=24)
        await sandbox.write("fill.py", FILL.encode())
        await sandbox.start(command("exec python3 fill.py"))
        async with asyncio.timeout(60):
            while (done := await shell(sandbox, "true")).exit_code == 0:
                pass
        assert done.exit_code in (2, 126, 254)
        await sandbox.kill_all()
        assert (await shell(sandbox, "true")).exit_code == 0

    # End

    async def test_a_destroyed_sandbox_is_lost_and_destroyed_again_without_complaint(self, sandbox: Sandbox) -> None:
        running = asyncio.create_task(shell(sandbox, "sleep 600"))
        await shell(sandbox, "true")
        await sandbox.destroy()
        await sandbox.destroy()
        with pytest.raises(SandboxLost):
            await running
        for attempt in (sandbox.collect(), sandbox.read("x"), shell(sandbox, "true"), sandbox.kill_all()):
            with pytest.raises(SandboxLost):
                await attempt

    async def test_a_sweep_takes_its_workspace_and_spares_the_rest(self, host: SandboxHost, make: Make) -> None:
        mine, kept, foreign = await make("swept"), await make("swept"), await make("foreign")
        assert await host.sweep("swept", keep=frozenset({kept.id})) == (mine.id,)
        with pytest.raises(SandboxLost):
            await shell(mine, "true")
        for alive in (kept, foreign):
            assert (await shell(alive, "echo alive")).stdout == b"alive\n"
        assert await host.sweep("swept") == (kept.id,)
        assert await host.sweep("swept") == ()

    async def test_a_sandbox_ends_itself_after_its_time(self, make: Make) -> None:
        sandbox = await make(ttl_s=1)
        with pytest.raises(SandboxLost):
            await shell(sandbox, "sleep 600")

    async def test_closing_the_host_removes_what_it_made(self, host: SandboxHost, make: Make) -> None:
        sandbox = await make("closing")
        await host.close()
        with pytest.raises(SandboxLost):
            await shell(sandbox, "true")
