"""`tui` steps with real small programs in a real sandbox."""

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
