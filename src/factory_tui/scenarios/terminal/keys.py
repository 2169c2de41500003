"""Keys by name, as xterm sends them.

Source: "XTerm Control Sequences", PC-style function keys; the same bytes as terminfo's xterm-256color.
"""

from factory_tui.specs.reading.schema_errors import nearest

_ESC = "\x1b"

_PLAIN = {
    "enter": "\r",
    "tab": "\t",
    "escape": _ESC,
    "backspace": "\x7f",
    "space": " ",
}

_CURSOR = {"up": "A", "down": "B", "right": "C", "left": "D", "end": "F", "home": "H"}
"""Keys whose bytes depend on the mode: `ESC O A` in application cursor mode, else `ESC [ A`."""

_EDITING = {"insert": 2, "delete": 3, "pageup": 5, "pagedown": 6}

_FUNCTION = {"f1": "P", "f2": "Q", "f3": "R", "f4": "S"}

_MORE_FUNCTION = {"f5": 15, "f6": 17, "f7": 18, "f8": 19, "f9": 20, "f10": 21, "f11": 23, "f12": 24}

_SYNONYMS = {"esc": "escape", "return": "enter", "del": "delete", "page_up": "pageup", "page_down": "pagedown"}

_MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}

NAMES = (*_PLAIN, *_CURSOR, *_EDITING, *_FUNCTION, *_MORE_FUNCTION)
"""Every key that has a name; any single character is a key too."""

ESCAPE = "escape"


class UnknownKey(ValueError):
    """No key has that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no key {name!r}")
        self.name = name

    @property
    def todo(self) -> str:
        """What to write instead."""
        *modifiers, key = self.name.lower().split("+")
        best = nearest(key, [*NAMES, *_SYNONYMS, *_MODIFIERS])
        if best is None or best == key:
            return "name one key: enter, tab, escape, up, f1, ctrl+c, alt+x or a single character; text is for type"
        return f"write {'+'.join([*modifiers, _SYNONYMS.get(best, best)])}; text is for type"


def bytes_of(name: str, *, application: bool = False) -> bytes:
    """What a terminal sends for a key, with modifiers before it: `ctrl+c`, `shift+tab`, `alt+left`.

    Args:
        name: names are read without case; a single character stands for itself.
        application: whether the program has asked for application cursor keys (DECCKM).

    Raises:
        UnknownKey: no key has that name, or a terminal has no bytes for it with these modifiers.
    """
    if not name:
        raise UnknownKey(name)
    if len(name) == 1:
        return name.encode("utf-8", errors="replace")
    modifiers, key = _read(name)
    if key in _CURSOR:
        return _cursor(_CURSOR[key], modifiers, "O" if application else "[")
    if key in _FUNCTION:
        return _cursor(_FUNCTION[key], modifiers, "O")
    number = _EDITING.get(key) or _MORE_FUNCTION.get(key)
    if number is not None:
        return f"{_ESC}[{number}{f';{1 + modifiers}' if modifiers else ''}~".encode()
    return _character(name, _PLAIN.get(key, key), modifiers)


def _read(name: str) -> tuple[int, str]:
    """Modifiers as xterm counts them, and the key; `ctrl++` is the plus key."""
    head, _, key = name[:-1].rpartition("+")
    key += name[-1]
    modifiers = 0
    for each in head.split("+") if head else ():
        if each.lower() not in _MODIFIERS:
            raise UnknownKey(name)
        modifiers |= _MODIFIERS[each.lower()]
    if len(key) == 1:
        return modifiers, key
    small = _SYNONYMS.get(key.lower(), key.lower())
    if small not in NAMES:
        raise UnknownKey(name)
    return modifiers, small


def _cursor(final: str, modifiers: int, introducer: str) -> bytes:
    return (f"{_ESC}[1;{1 + modifiers}{final}" if modifiers else f"{_ESC}{introducer}{final}").encode()


def _character(name: str, character: str, modifiers: int) -> bytes:
    if modifiers & _MODIFIERS["shift"]:
        if character == "\t":
            return _with_alt(f"{_ESC}[Z", modifiers)
        if character not in "\r \x7f\x1b":
            character = character.upper()
    if modifiers & _MODIFIERS["ctrl"]:
        character = _control(name, character)
    return _with_alt(character, modifiers)


def _with_alt(sent: str, modifiers: int) -> bytes:
    return f"{_ESC if modifiers & _MODIFIERS['alt'] else ''}{sent}".encode("utf-8", errors="replace")


def _control(name: str, character: str) -> str:
    """`ctrl` with a character: letters and the signs beside them in ASCII are the codes below 32."""
    if character in " @2`":
        return "\0"
    if character in "\x7f?8":
        return "\x08" if character == "\x7f" else "\x7f"
    if character in "\r\t\x1b":
        return character
    if character in "34567/":
        return {"3": _ESC, "4": "\x1c", "5": "\x1d", "6": "\x1e", "7": "\x1f", "/": "\x1f"}[character]
    code = ord(character.upper())
    if 64 < code < 96:
        return chr(code & 31)
    raise UnknownKey(name)
