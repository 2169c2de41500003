"""`tui` steps with real small programs in a real sandbox."""

import pytest

from factory_tui.model.evaluation import Result

MENU = """\
#!/usr/bin/env python3
import curses
def main(screen):
    curses.curs_set(0)
    items, at = ["bread", "milk", "salt"], 0
    while True:
        screen.erase()
        screen.box()
        rows, columns = screen.getmaxyx()
        screen.addstr(1, 2, f"{columns}x{rows}")
        for number, item in enumerate(items):
            screen.addstr(2 + number, 2, ("> " if number == at else "  ") + item)
        screen.refresh()
        key = screen.getch()
        if key == curses.KEY_DOWN: at = min(at + 1, 2)
        elif key == curses.KEY_F2: items[at] = items[at].upper()
        elif key == 27: return 0
        elif key in (10, 13): return 7
raise SystemExit(curses.wrapper(main))
"""


async def test_a_program_that_draws_with_curses_is_driven_and_seen(judge):
    result = await judge.one(
        {"bin/menu": MENU},
        """
        steps:
          - tui:
              run: menu
              size: 40x8
              do:
                - see: {contains: "> bread"}
                - press: [down, f2]
                - see: {contains: ["> MILK", "40x8"]}
                - resize: 60x12
                - see: {matches: "^┌─{58}┐\\n│ 60x12 "}
                - press: down
                - press: enter
            expect: {exit: 7, within: 20s}
            capture: {all: $}
          - run: 'test -z "$all"'
        """,
    )
    assert result.evidence == ()


async def test_lines_are_typed_at_a_prompt_and_answers_are_captured(judge):
    ask = "import readline\nname = input('Name: ')\nprint('Hello', name)\nwhile input('> ') != 'quit': print('what?')\n"
    result = await judge.one(
        {"bin/ask": f"#!/usr/bin/env python3\n{ask}"},
        """
        steps:
          - {run: 'printf "Zoë; touch pwned"', capture: {who: $}}
          - tui:
              run: ask
              do:
                - see: "Name:"
                - type: ${who}
                - press: [backspace, backspace, ctrl+a, delete, Z, enter]
                - see: {contains: "Hello Zoë; touch pwn"}
                - press: up
                - type: "\\n"
                - see: {contains: "what?"}
                - type: "quit\\n"
            expect: {exit: 0, screen: {lines: {gt: 3}}}
            capture: {all: $}
          - {run: 'echo "$all" | grep -c Hello', expect: {stdout: "1"}}
          - {file: pwned, expect: {exists: false}}
        """,
    )
    assert result.evidence == ()


PAGER = """\
#!/usr/bin/env python3
import os, sys, termios, tty
lines = [f"line {number}" for number in range(1, 101)]
def ask_where():
    os.write(1, b"\\x1b[6n")
    answer = b""
    while not answer.endswith(b"R"):
        answer += os.read(0, 1)
    return answer
def draw(top):
    columns, rows = os.get_terminal_size(1)
    shown = "\\r\\n".join(lines[top:top + rows - 1])
    os.write(1, f"\\x1b[H\\x1b[2J{shown}\\r\\n\\x1b[7m({top + 1})\\x1b[0m".encode())
before = termios.tcgetattr(0)
tty.setraw(0)
os.write(1, b"\\x1b[?1049h\\x1b[?1000h\\x1b[?1006h\\x1b[?1h")
try:
    where = ask_where()
    top = 0
    draw(top)
    while True:
        key = os.read(0, 16)
        if key == b"q": break
        if key == b"\\x1b[6~": top += os.get_terminal_size(1)[1] - 1
        if key == b"\\x1bOA": top -= 1
        if key == b"w": lines[top] = repr(where)
        draw(top)
finally:
    os.write(1, b"\\x1b[?1000l\\x1b[?1l\\x1b[?1049l")
    termios.tcsetattr(0, termios.TCSADRAIN, before)
"""


async def test_a_pager_has_the_alternate_screen_to_itself(judge):
    result = await judge.one(
        {"bin/page": PAGER},
        """
        steps:
          - tui:
              run: echo before; page; echo after
              size: 30x6
              do:
                - see: {lines: [line 1, line 2, line 3, line 4, line 5, (1)]}
                - press: pagedown
                - see: {contains: (6)}
                - press: up
                - see: {matches: "^line 5\\n(.*\\n)+\\\\(5\\\\)$"}
                - press: w
                - see: {contains: "b'\\\\x1b[2;1R'"}
                - press: q
            expect: {exit: 0, screen: {equals: "before\\nafter"}}
        """,
    )
    assert result.evidence == ()


@pytest.mark.parametrize(
    ("program", "step", "check", "observed"),
    [
        ("sleep 600", "do: [{see: here, within: 300ms}]", "do[0] screen", "an empty screen"),
        ("echo gone; exit 3", "do: [{see: here}]", "do[0] screen", "gone\nthe program has ended with exit code 3"),
        ("nonsense", "do: [{see: ready}]", "do[0] screen", "not found"),
        ("echo on; sleep 600", "do: [{see: on}, {see: off, within: 200ms}]", "do[1] screen", "on"),
        ("kill -SEGV $$", "do: [{see: ready}]", "do[0] screen", "exit code 139"),
        ("echo 1; sleep 600", "EXIT", "timeout", "still running, killed\n1"),
        ("echo bye; exit 4", "EXIT", "exit", "4\nbye"),
        ("echo no; sleep 600", "SCREEN", "screen contains", "no"),
        ("yes no", "SCREEN", "screen contains", "no\nno"),
        ("stty raw; sleep 600", f"do: [{{type: {'x' * 70_000}}}]", "keys", "it reads nothing"),
    ],
)
async def test_what_a_program_does_not_do_is_a_fail_with_its_screen(judge, program, step, check, observed):
    expects = {"EXIT": "expect: {exit: 0}", "SCREEN": "expect: {screen: {contains: yes!}}"}
    do = "" if step in expects else step
    text = f"steps: [{{tui: {{run: '{program}', size: 40x5, {do}}}, timeout: 2s, {expects.get(step, '')}}}]"
    result = await judge.one({}, text)
    assert result.result is Result.FAIL
    assert [each.check for each in result.evidence] == [check]
    assert observed in result.evidence[0].observed


@pytest.mark.parametrize(
    "writes",
    [
        "b'\\x1b#8' * 9999",
        "b'\\x1b[9999999;9999999r\\x1b[999999b\\x1b]0;' + b'x' * 9999",
        "bytes(range(256))",
        "os.urandom(65536)",
        "b'\\x1b[6n\\x1b[c\\x1bP+q\\x1b\\\\' * 999",
        "'漢\\u0301\\u200d\\u202e'.encode() * 9999",
    ],
)
async def test_a_flood_of_anything_ends_in_a_result(judge, writes):
    flood = f"import os, threading\nwhile True: os.write(1, {writes})"
    text = "steps: [{tui: {run: python3 flood.py, size: 200x60, do: [{see: never}]}, timeout: 2s}]"
    result = await judge.one({"flood.py": flood}, text)
    assert result.result is Result.FAIL
    assert result.evidence[0].check in ("do[0] screen", "screen", "screen size")


async def test_a_missed_time_is_told_apart(judge):
    text = "steps: [{tui: {run: sleep 0.2}, expect: {exit: 0, within: 10ms}}]"
    result = await judge.one({}, text)
    assert [(each.check, each.is_limit) for each in result.evidence] == [("within", True)]


async def test_the_screen_of_a_program_that_never_ends_is_kept_and_the_program_is_killed(judge):
    result = await judge.one(
        {},
        """
        steps:
          - tui: {run: 'echo $$ > pid; echo "on $TERM ${LINES-none}"; exec sleep 600', do: [{see: {contains: on}}]}
            expect: {screen: on xterm-256color none}
            capture: {seen: $}
          - run: test "$seen" = "on xterm-256color none" && ! kill -0 "$(cat pid)" 2>/dev/null
        """,
    )
    assert result.evidence == ()


async def test_keys_that_an_artifact_chose_are_not_pressed(judge):
    result = await judge.one(
        {}, """steps: [{run: "printf 'a\\\\003b'", capture: {it: $}}, {tui: {run: cat, do: [{type: "${it}"}]}}]"""
    )
    assert [each.check for each in result.evidence] == ["capture in typed text"]


async def test_a_program_that_kills_everything_is_a_fail(judge):
    text = "steps: [{tui: {run: 'kill -9 -1; kill -9 $PPID; sleep 600', do: [{see: here, within: 1s}]}}]"
    assert (await judge.one({}, text)).result is Result.FAIL


@pytest.mark.parametrize(
    "step",
    ["tui: {run: x, do: [{press: entre}]}", "tui: {run: x, size: 400x400}", "tui: {run: x, do: [{type: '${a}'}]}"],
)
async def test_a_session_that_cannot_be_held_is_the_scenarios_error(judge, step):
    assert (await judge.one({}, f"steps: [{{{step}}}]")).result is Result.ERROR


@pytest.mark.docker
async def test_a_program_is_driven_in_a_container(docker_judge):
    result = await docker_judge.one(
        {"bin/menu": MENU, "bin/page": PAGER},
        """
        steps:
          - tui: {run: menu, size: 40x8, do: [{see: {contains: "> bread"}}, {press: [down, f2]}, {press: enter}]}
            expect: {exit: 7}
          - tui:
              run: page
              size: 30x6
              do: [{see: {contains: (1)}}, {press: pagedown}, {see: {contains: line 6}}, {press: q}]
            expect: {exit: 0, screen: ""}
        """,
    )
    assert result.evidence == ()


async def test_what_is_captured_is_waited_for(judge):
    result = await judge.one(
        {},
        """
        steps:
          - tui: {run: 'sleep 0.4; echo ...; sleep 0.4; clear; echo "[{\\"item\\": \\"bread\\"}]"; read x'}
            capture: {item: "$[0].item"}
          - tui: {run: 'sleep 0.4; echo "<$item>"; read x'}
            capture: {all: $}
          - {run: 'echo "$all"', expect: {stdout: "<bread>"}}
        """,
    )
    assert result.evidence == ()


async def test_a_capture_that_never_comes_fails_at_the_end_of_the_step(judge):
    result = await judge.one({}, """steps: [{tui: {run: "read x"}, timeout: 1s, capture: {item: $.item}}]""")
    assert [each.check for each in result.evidence] == ["capture item"]
