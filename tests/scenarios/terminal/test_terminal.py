"""The terminal outside the sandbox: what it draws, what it answers, which bytes a key is, what hostile bytes cost."""

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_tui.scenarios.terminal.emulator import ANSWERS, Emulator, Undrawable
from factory_tui.scenarios.terminal.keys import NAMES, UnknownKey, bytes_of
from factory_tui.scenarios.terminal.sequences import LONGEST, Cutter


def far() -> float:
    return time.monotonic() + 60


def drawn(data: bytes | str, columns: int = 20, rows: int = 5) -> str:
    emulator = Emulator(columns, rows)
    emulator.feed(data.encode() if isinstance(data, str) else data, far())
    return emulator.text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("one\r\n  two  \r\n\r\n", "one\n  two"),
        ("\x1b[3;5Hx", "\n\n    x"),
        ("a\tb", "a       b"),
        ("abc\b\bX", "aXc"),
        ("x" * 25, "x" * 20 + "\nxxxxx"),
        ("\x1b[?7l" + "x" * 24 + "y", "x" * 19 + "y"),
        ("1\r\n2\r\n3\r\n4\r\n5\r\n6", "2\n3\n4\n5\n6"),
        ("a\x1b[5b|", "aaaaaa|"),
        ("1\r\n2\r\n3\x1b[2S", "3"),
        ("1\r\n2\x1b[H\x1b[1T", "\n1\n2"),
        ("\x1b(0lqqk\x1b(Bq", "┌──┐q"),
        ("\x0e\x1b)0x\x0fx", "│x"),
        ("漢字x", "漢字x"),
        ("x" * 19 + "漢", "x" * 19 + "\n漢"),
        ("漢\x1b[2Gx", " x"),
        ("e\u0301a\u0308\u0301", "éä\u0301"),
        ("👩\u200d👧 ok", "👩\u200d👧 ok"),
        ("a\u202eb\u200bc\u2066", "abc"),
        ("main\x1b[?1049h\x1b[Hother\x1b[?1049l!", "main!"),
        ("main\x1b[?1049h\x1b[2;1Hother", "\nother"),
        ("\x1b[?1049h\x1b[?1049h1\x1b[?1049l\x1b[?1049l2", "2"),
        ("a\x1b]0;a title\x07b\x1b]2;another\x1b\\c", "abc"),
        ("a\x1bPq#0;2;0;0;0\x1b\\b\x1b_kitty\x1b\\c\x1b^pm\x1b\\d", "abcd"),
        ("a\x1b]0;no end \x1b[Hb", "b"),
        ("a\x1b[>4;1mb\x1b[<uc\x1b[=1ud\x1b[?25le", "abcde"),
        ("\x1b[?1000h\x1b[?1006h\x1b[?2004hx", "x"),
        ("\x1b[?3hx", "x"),
        ("\x1b7abc\x1b8x\x1b8y", "ybc"),
        ("\x1b7\x1b[3;5r\x1b8x", "x"),
        ("\x1b[3;2H\x1b[?1049h\x1b[?1049l\x1b[H\x1b8x", "\n\n x"),
        ("ab\x1b[?47h\x1b[3;1H\x1b[?47lx", "ab\n\nx"),
        ("\x1b[2;3rab\x1b[3;1Hc\n\nd", "ab\n\n d"),
        ("\x1b[1;3r\x1b[5;1Ha\nb", "\n\n\n\nab"),
        ("1\x1b[3;5r\x1b[2;1H2\x1bM\x1bM\x1bM3", "13\n2"),
        ("abc\x1b[1;2H\x1b[@", "a bc"),
        ("abc\x1b[1;2H\x1b[P", "ac"),
        ("abc\x1b[2X", "abc"),
        ("\x1bcx", "x"),
        (b"a\x00\x7f\xffb\xc3", "a\ufffdb"),
        ("a\x9b2Cb", "a  b"),
    ],
)
def test_a_screen_is_what_a_terminal_would_show(data: bytes | str, text: str) -> None:
    assert drawn(data) == text


def test_a_stream_may_be_cut_anywhere() -> None:
    data = "\x1b[2;3H漢é\x1b]0;title\x1b\\x\x1b(0q\x1b(B\x1b[?1049h\x1b[1;1Hy\x1bPzz\x1b\\!".encode()
    whole, pieces = Emulator(20, 5), Emulator(20, 5)
    whole.feed(data, far())
    for byte in data:
        pieces.feed(bytes([byte]), far())
    assert pieces.text == whole.text == "y!"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("\x1b[c", "\x1b[?62;22c"),
        ("\x1b[0c", "\x1b[?62;22c"),
        ("\x1b[>c", "\x1b[>41;354;0c"),
        ("\x1b[5n", "\x1b[0n"),
        ("ab\x1b[6n", "\x1b[1;3R"),
        ("\x1b[9;99H\x1b[6n", "\x1b[5;20R"),
        ("x" * 20 + "\x1b[6n", "\x1b[1;20R"),
        ("\x1b[?6n", "\x1b[?1;1R"),
        ("\x1b[18t", "\x1b[8;5;20t"),
        ("\x1b[?2026$p", "\x1b[?2026;0$y"),
        ("\x1b[?25l\x1b[?25$p", "\x1b[?25;2$y"),
        ("\x1b]11;?\x07", "\x1b]11;rgb:0000/0000/0000\x1b\\"),
        ("\x1b]52;c;?\x07", ""),
        ("\x1bP+q544e\x1b\\", "\x1bP0+r\x1b\\"),
        ("\x1b[21t\x1b[?u", ""),
    ],
)
def test_programs_that_ask_a_terminal_are_answered(asked: str, answer: str) -> None:
    assert Emulator(20, 5).feed(asked.encode(), far()) == answer.encode()


def test_what_a_program_wrote_never_comes_back_as_keys() -> None:
    titled = Emulator(20, 5)
    assert titled.feed(b"\x1b]0;rm -rf\x07\x1b[21t\x1b[20t\x1bP$qm\x1b\\", far()) == b"\x1bP0$r\x1b\\"


def test_a_change_of_size_keeps_what_is_still_on_the_screen() -> None:
    emulator = Emulator(10, 4)
    emulator.feed(b"1\r\n2\r\n3\r\n4444444444", far())
    emulator.resize(4, 2)
    assert emulator.text == "3\n4444"
    emulator.resize(10, 4)
    emulator.feed(b"\r\nx", far())
    assert emulator.text == "3\n4444\nx"


FLOODS = {
    "text": b"x" * 60_000,
    "lines": b"y\n" * 30_000,
    "combining": b"a" + "\u0301".encode() * 20_000,
    "wide": "漢".encode() * 20_000,
    "digits": b"\x1b[" + b"9" * 60_000 + b"m",
    "numbers": b"\x1b[" + b"1;" * 30_000 + b"m",
    "huge numbers": b"\x1b[99999999999999999999;99999999999999999999H\x1b[99999999999L\x1b[99999999999@" * 500,
    "repeated": b"x\x1b[99999b" * 20,
    "escapes": b"\x1b" * 60_000,
    "saved": b"\x1b7" * 30_000,
    "no end": b"\x1b]0;" + b"z" * 60_000,
    "questions": b"\x1b[6n" * 10_000,
    "scrolled": b"\x1b[9999S\x1b[9999T" * 200,
    "tabs": b"\x1b[3g" + b"\t\x1bH" * 10_000,
    "screens": b"\x1b[?1049h\x1b[?1049l" * 3_000,
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_drawn_within_bounds(name: str) -> None:
    emulator = Emulator(80, 24)
    answers = emulator.feed(FLOODS[name], far())
    assert len(answers) <= ANSWERS
    assert len(emulator.text) <= 80 * 24 * 8 + 24
    emulator.feed(b"\x07\x1bc\x1b[2J\x1b[Hstill here", far())
    assert emulator.text == "still here"


def test_what_takes_too_long_ends() -> None:
    with pytest.raises(Undrawable, match="in time"):
        Emulator(300, 120).feed(b"\x1b#8" * 100_000, time.monotonic() + 0.2)


FRAGMENTS = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [b"\x1b[", b"\x1b]", b"\x1bP", b"\x9b", b"\xc2\x9b", b"?", b";", b":", b"99999999999", b"\x1b(0", b"\x1b#8"]
    ),
    st.sampled_from([bytes([final]) for final in range(0x40, 0x7F)]),
    st.sampled_from(["漢", "\u0301", "\u200d", "\u202e", "\ufe0f", "👩", "\U000e0041", "ﷺ"]).map(str.encode),
    st.builds(
        lambda private, numbers, between, final: f"\x1b[{private}{numbers}{between}{final}".encode(),
        st.sampled_from(["", "?", ">", "<", "="]),
        st.sampled_from(["", "0", "1", "2;3", "1049", "6", "4", "7", "999;999", "3;1"]),
        st.sampled_from(["", "!", "$", " "]),
        st.sampled_from([chr(final) for final in range(0x40, 0x7F)]),
    ),
)


@settings(max_examples=300, deadline=None)
@given(
    pieces=st.lists(FRAGMENTS, max_size=60),
    size=st.tuples(st.integers(1, 30), st.integers(1, 10)),
    later=st.tuples(st.integers(1, 30), st.integers(1, 10)),
)
def test_no_bytes_are_an_error(pieces: list[bytes], size: tuple[int, int], later: tuple[int, int]) -> None:
    emulator = Emulator(*size)
    for piece in pieces:
        emulator.feed(piece, far())
    emulator.resize(*later)
    emulator.feed(b"".join(pieces), far())
    lines = emulator.text.split("\n")
    assert len(lines) <= later[1]
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for line in lines for char in line)


@settings(max_examples=200, deadline=None)
@given(pieces=st.lists(FRAGMENTS, max_size=40))
def test_what_waits_for_more_is_bounded(pieces: list[bytes]) -> None:
    cutter = Cutter()
    for piece in pieces:
        list(cutter.cut(piece.decode("utf-8", "replace") * 20))
        assert len(cutter._rest) <= LONGEST


@pytest.mark.parametrize(
    ("key", "sent"),
    [
        ("enter", "\r"), ("tab", "\t"), ("escape", "\x1b"), ("esc", "\x1b"), ("backspace", "\x7f"), ("space", " "),
        ("delete", "\x1b[3~"), ("insert", "\x1b[2~"), ("pageup", "\x1b[5~"), ("pagedown", "\x1b[6~"),
        ("up", "\x1b[A"), ("down", "\x1b[B"), ("right", "\x1b[C"), ("left", "\x1b[D"), ("home", "\x1b[H"),
        ("end", "\x1b[F"), ("f1", "\x1bOP"), ("f4", "\x1bOS"), ("f5", "\x1b[15~"), ("f10", "\x1b[21~"),
        ("f12", "\x1b[24~"), ("ctrl+c", "\x03"), ("ctrl+C", "\x03"), ("ctrl+a", "\x01"), ("ctrl+space", "\0"),
        ("ctrl+[", "\x1b"), ("ctrl+_", "\x1f"), ("alt+x", "\x1bx"), ("alt+enter", "\x1b\r"), ("ctrl+alt+a", "\x1b\x01"),
        ("shift+tab", "\x1b[Z"), ("shift+a", "A"), ("ctrl+left", "\x1b[1;5D"), ("shift+up", "\x1b[1;2A"),
        ("alt+f4", "\x1b[1;3S"), ("ctrl+delete", "\x1b[3;5~"), ("shift+f5", "\x1b[15;2~"), ("x", "x"), ("X", "X"),
        ("é", "é"), ("+", "+"), ("ctrl++", None), ("alt++", "\x1b+"), ("Enter", "\r"), ("CTRL+X", "\x18"),
    ],
)  # fmt: skip
def test_a_key_is_what_xterm_sends(key: str, sent: str | None) -> None:
    if sent is None:
        with pytest.raises(UnknownKey):
            bytes_of(key)
    else:
        assert bytes_of(key) == sent.encode()


def test_cursor_keys_follow_the_mode_that_the_program_asked_for() -> None:
    emulator = Emulator(20, 5)
    assert not emulator.application_keys
    emulator.feed(b"\x1b[?1h\x1b=", far())
    assert emulator.application_keys
    assert bytes_of("up", application=True) == b"\x1bOA"
    assert bytes_of("home", application=True) == b"\x1bOH"
    assert bytes_of("ctrl+up", application=True) == b"\x1b[1;5A"
    emulator.feed(b"\x1b[?1049h\x1b[?1l\x1b[?1049l", far())
    assert not emulator.application_keys


def test_every_name_has_bytes_and_no_two_are_alike() -> None:
    assert len({bytes_of(name) for name in NAMES}) == len(NAMES)


@given(st.text(max_size=12))
def test_any_name_is_a_key_or_told_with_what_to_do(name: str) -> None:
    with contextlib.suppress(UnknownKey):
        assert bytes_of(name)
    assert UnknownKey(name).todo
