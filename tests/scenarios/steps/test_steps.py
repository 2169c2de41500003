"""Every kind of step in a real sandbox."""

import pytest

from factory_tui.model.evaluation import Evidence, Result

GREET = {"bin/greet": '#!/bin/sh\necho "hello $1"\necho "bye" >&2\nexit ${2:-0}\n'}

SERVER = """\
import http.server, json, sys
class Handler(http.server.BaseHTTPRequestHandler):
    links = {}
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        code = self.path.strip("/")
        if code == "health":
            return self.answer(200, "ok")
        self.answer(200 if code in self.links else 404, {"url": self.links.get(code)})
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        code = f"c{len(self.links)}"
        self.links[code] = body["url"]
        self.answer(201, {"code": code, "number": len(self.links)})
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


async def test_a_command_is_judged_on_exit_code_and_output(judge):
    result = await judge.one(
        GREET,
        """
        steps:
          - run: greet ann 3
            stdin: ignored
            expect: {exit: 3, stdout: hello ann, stderr: {contains: by}, within: 20s}
        """,
    )
    assert result.result is Result.PASS
    assert result.trials[0].seconds > 0


@pytest.mark.parametrize(
    ("expect", "check", "expected"),
    [
        ("", "exit", "0"),
        ("expect: {exit: 0}", "exit", "0"),
        ("expect: {exit: {any_of: [0, 1]}}", "exit any_of", "0 or 1"),
        ("expect: {exit: 3, stdout: bye}", "stdout", "bye"),
        ("expect: {exit: 3, stderr: {matches: ^hello}}", "stderr matches", "^hello"),
        ("expect: {exit: 3, stdout: {lines: 2}}", "stdout lines", "2"),
    ],
)
async def test_what_does_not_hold_is_evidence(judge, expect, check, expected):
    result = await judge.one(GREET, f"steps:\n  - run: greet ann 3\n    {expect}\n")
    assert result.result is Result.FAIL
    assert [(each.step, each.check, each.expected) for each in result.evidence] == [(1, check, expected)]


async def test_the_exit_evidence_shows_what_the_command_said(judge):
    result = await judge.one({}, "steps: [{run: no-such-program}]")
    assert result.result is Result.FAIL
    assert result.evidence[0].observed.startswith("127\nstderr:")
    assert "not found" in result.evidence[0].observed


async def test_stdin_reaches_the_command(judge):
    result = await judge.one({}, "steps: [{run: 'cat', stdin: 'a b', expect: {stdout: a b}}]")
    assert result.result is Result.PASS


async def test_a_command_that_does_not_end_is_a_fail_not_an_error(judge):
    result = await judge.one({}, "steps: [{run: 'echo begun; sleep 60', timeout: 300ms}]")
    assert result.result is Result.FAIL
    assert result.evidence[0].check == "timeout"
    assert "begun" in result.evidence[0].observed


async def test_a_missed_limit_is_told_apart_and_later_steps_still_run(judge):
    result = await judge.one({}, "steps: [{run: 'sleep 0.2', expect: {within: 1ms}}, {run: 'exit 4'}]")
    assert [(each.step, each.check, each.is_limit) for each in result.evidence] == [
        (1, "within", True),
        (2, "exit", False),
    ]


async def test_the_first_step_with_wrong_behaviour_ends_the_trial(judge):
    result = await judge.one({}, "steps: [{run: 'exit 1'}, {run: 'exit 2'}]")
    assert [each.step for each in result.evidence] == [1]


async def test_a_flood_of_output_cannot_satisfy_a_check(judge):
    flood = {"bin/flood": "#!/bin/sh\nyes secret | head -c 3000000\necho done\n"}
    for expect in ("{stdout: {contains: done}}", "{stdout: {not: {contains: absent}}}"):
        result = await judge.one(flood, f"steps: [{{run: flood, expect: {expect}}}]")
        assert result.evidence[0].check == "stdout size"
    assert (await judge.one(flood, "steps: [{run: flood}]")).result is Result.PASS


async def test_files_are_placed_read_and_judged(judge):
    result = await judge.one(
        {"data.json/in-the-way": "x", "tool.sh": "echo '[{\"n\": 2}]' > data.json"},
        """
        files: {data.json: '[{"n": 1}]', deep/er/note.txt: hi}
        steps:
          - file: data.json
            expect: {json: {"$[0].n": 1}}
          - file: deep/er/note.txt
            expect: hi
          - run: sh tool.sh
          - file: data.json
            expect: {json: {"$[*].n": [2]}}
            capture: {n: "$[0].n"}
          - run: test "$n" = 2
          - file: gone
            expect: {exists: false}
        """,
    )
    assert result.evidence == ()


@pytest.mark.parametrize(
    "expect", ["", "expect: {contains: x}", "expect: {not: {contains: x}}", "expect: {exists: true}"]
)
async def test_a_missing_file_fails_every_check_of_what_it_holds(judge, expect):
    result = await judge.one({}, f"steps:\n  - file: nothing.txt\n    {expect}\n")
    assert result.result is Result.FAIL


async def test_special_files_are_no_files_and_pass_for_none_either(judge):
    for expect in ("{exists: false}", "{exists: true}"):
        for name in ("pipe", "dir"):
            steps = f"steps: [{{run: 'mkfifo pipe; mkdir dir'}}, {{file: {name}, expect: {expect}}}]"
            assert [each.check for each in (await judge.one({}, steps)).evidence] == [f"file {name} exists"]


async def test_a_service_is_asked_from_inside_and_captures_go_on(judge):
    result = await judge.one(
        {"server.py": SERVER},
        """
        service:
          run: python3 server.py ${port}
          ready: {http: "http://127.0.0.1:${port}/health", within: 20s}
        env: {WHERE: "http://127.0.0.1:${port}"}
        steps:
          - http: {method: POST, url: "http://127.0.0.1:${port}/links", json: {url: "https://example.org"}}
            expect: {status: 201, headers: {content-type: {contains: json}}, json: {"$.code": {matches: "^c\\\\d$"}}}
            capture: {code: "$.code", number: "$.number"}
          - http: {url: "http://127.0.0.1:${port}/${code}"}
            expect: {json: {url: "https://example.org"}, body: {contains: example}, within: 20s}
          - http: {url: "http://127.0.0.1:${port}/nope"}
            expect: {status: 404}
          - run: 'echo "$WHERE $code $number"'
            expect: {stdout: {matches: "^http://127.0.0.1:${port} ${code} 1$"}}
        """,
    )
    assert result.evidence == ()


async def test_a_request_without_expect_must_not_be_refused(judge):
    result = await judge.one(
        {"server.py": SERVER},
        """
        service: {run: "python3 server.py ${port}", ready: {http: "http://127.0.0.1:${port}/health", within: 20s}}
        steps: [{http: {url: "http://127.0.0.1:${port}/nope"}}]
        """,
    )
    assert result.evidence[0].check == "status lt"


async def test_no_answer_is_a_fail(judge):
    result = await judge.one({}, "steps: [{http: {url: 'http://127.0.0.1:${port}/'}, timeout: 1s}]")
    assert result.result is Result.FAIL
    assert result.evidence[0].check == "answer"


async def test_an_answer_that_is_not_json_is_a_fail(judge):
    result = await judge.one(
        {"index.html": "<p>"},
        """
        service:
          run: python3 -m http.server -b 127.0.0.1 ${port}
          ready: {http: "http://127.0.0.1:${port}/", within: 20s}
        steps: [{http: {url: "http://127.0.0.1:${port}/"}, expect: {json: {"$.a": 1}}}]
        """,
    )
    assert result.evidence[0].check == "json"


async def test_waiting_ends_when_the_condition_holds_or_its_bound_is_over(judge):
    result = await judge.one(
        {},
        """
        steps:
          - run: (sleep 0.2; echo x > late) >/dev/null 2>&1 &
          - wait: {file: late, within: 20s}
          - wait: {run: test -f late, within: 20s}
          - wait: 10ms
          - wait: {file: never, within: 200ms}
        """,
    )
    assert [(each.step, each.check, each.observed) for each in result.evidence] == [(5, "wait", "no such file")]


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("exit 3", "ended with exit code 3"),
        ("no-such-server", "ended with exit code 127"),
        ("sleep 60", "Connection refused"),
        ("(sleep 60 >/dev/null 2>&1 &)", "ended with exit code 0"),
    ],
)
async def test_a_service_that_never_serves_is_a_fail(judge, run, said):
    result = await judge.one(
        {},
        f"""
        service: {{run: "{run}", ready: {{http: "http://127.0.0.1:${{port}}/", within: 500ms}}}}
        steps: [{{run: "true"}}]
        """,
    )
    assert result.result is Result.FAIL
    assert result.evidence[0].step == 0
    assert said in result.evidence[0].observed


async def test_a_service_that_dies_under_the_steps_is_named(judge):
    result = await judge.one(
        {},
        """
        service: {run: "touch up; while test -f up; do sleep 0.02; done; exit 5", ready: {file: up, within: 20s}}
        steps: [{run: rm up}, {wait: {file: up, within: 500ms}}]
        """,
    )
    assert [(each.step, each.check) for each in result.evidence] == [(2, "wait"), (0, "service")]


async def test_captured_text_is_never_shell(judge):
    evil = {"bin/evil": "#!/bin/sh\necho '$(touch pwned); touch pwned #'\n"}
    result = await judge.one(
        evil,
        """
        steps:
          - run: evil
            capture: {what: "$"}
          - run: 'echo "$what" > copy'
          - run: 'echo ${what} > /dev/null'
          - file: pwned
            expect: {exists: false}
          - file: copy
            expect: {contains: "$(touch pwned)"}
        """,
    )
    assert result.evidence == ()


async def test_what_cannot_be_captured_is_a_fail(judge):
    result = await judge.one({}, "steps: [{run: 'echo no', capture: {id: '$.id'}}, {run: 'echo $id'}]")
    assert result.evidence == (Evidence(step=1, check="capture id", expected="a value at $.id", observed="no\n"),)


async def test_a_captured_path_cannot_lead_outside(judge):
    result = await judge.one({}, "steps: [{run: 'echo ../../etc/passwd', capture: {p: $}}, {file: '${p}'}]")
    assert result.result is Result.FAIL
    assert result.evidence[0].check == "capture in a path"


@pytest.mark.parametrize(
    "text",
    [
        "steps: [{run: 'true'}, {http: {url: 'http://127.0.0.1/${code}'}}]",
        "steps: [{run: 'true', expect: {stdout: {json: {'$..a': 1}}}}]",
        "steps: [{file: /etc/passwd}]",
        "steps: [{file: a/../../b}]",
        "steps: [{run: 'true', capture: {a: 'b'}}]",
        "{files: {../x: y}, steps: [{run: 'true'}]}",
        "{files: {a: y, a/b: z}, steps: [{run: 'true'}]}",
        "{env: {A: '${nope}'}, steps: [{run: 'true'}]}",
    ],
)
async def test_a_scenario_that_cannot_be_carried_out_is_an_error_before_anything_runs(judge, text):
    result = await judge.one({}, text)
    assert result.result is Result.ERROR
    assert result.evidence[0].check == "scenario"


async def test_commands_see_the_artifacts_bin_and_a_plain_environment(judge):
    result = await judge.one(
        {"bin/greet": "#!/bin/sh\necho mine\n"},
        """
        env: {GREETING: hej}
        steps:
          - run: greet
            expect: {stdout: mine}
          - run: 'echo "$LANG $GREETING"; test -d "$HOME"; test -w "$TMPDIR"; env'
            expect: {stdout: {contains: "C.UTF-8 hej", not: {contains: ANTHROPIC}}}
        """,
    )
    assert result.evidence == ()
