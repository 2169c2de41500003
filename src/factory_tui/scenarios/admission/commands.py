"""Which commands a shell text calls, as far as that can be read off it: plain words where a command begins.

Not a shell: a word that is made at run time (`"$tool" …`) is not found, and a word of a here-document may be taken for
a command. Who asks must be content with that.
"""

import re
import shlex
from collections.abc import Iterator

_SHELLS = frozenset({"sh", "bash", "dash"})
_INTERPRETERS = _SHELLS | {"python", "python3", "perl", "ruby", "node"}
_KEYWORDS = frozenset({"if", "then", "else", "elif", "while", "until", "do", "!", "{"})
_CALLERS = frozenset(
    {"time", "exec", "eval", "command", "env", "nohup", "setsid", "xargs", "timeout", "nice", "stdbuf"}
)
_BEFORE_COMMANDS = _KEYWORDS | _CALLERS
"""Words after which another command begins."""

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_OPTION_OR_NUMBER = re.compile(r"-|\d+(\.\d+)?[smhd]?$")
_SUBSTITUTED = re.compile(r"\$\(([^()]*)\)|`([^`]*)`")
_PLAIN = re.compile(r"[\w./+][\w./+-]{0,200}$", re.ASCII)


def called_in(text: str) -> frozenset[str]:
    """Words of `text` that are called as commands, and scripts that are given to an interpreter.

    A word without a slash is looked up on PATH; one with a slash is a path.
    """
    return frozenset(word for word in _called(text) if _PLAIN.match(word) and not word.isdigit())


def _called(text: str) -> Iterator[str]:
    for plain, quoted in _SUBSTITUTED.findall(text):
        yield from _called(plain or quoted)
    for words in _simple_commands(text):
        yield from _of_one(words)


def _of_one(words: list[str]) -> Iterator[str]:
    """The command of one list of words, and what it calls by its arguments."""
    left = iter(words)
    wrapped = False
    for word in left:
        if _ASSIGNMENT.match(word) or (wrapped and _OPTION_OR_NUMBER.match(word)):
            continue
        if word in _BEFORE_COMMANDS:
            wrapped = True
            yield word
            continue
        yield word
        if word.rpartition("/")[2] in _INTERPRETERS:
            yield from _interpreted(word, list(left))
        return


def _interpreted(interpreter: str, arguments: list[str]) -> Iterator[str]:
    for number, argument in enumerate(arguments):
        if argument in ("-c", "-e", "-m"):
            if argument == "-c" and interpreter in _SHELLS:
                yield from _called(" ".join(arguments[number + 1 : number + 2]))
            return
        if not argument.startswith("-"):
            if "." in argument or "/" in argument:
                yield argument if "/" in argument else f"./{argument}"
            return


def _simple_commands(text: str) -> Iterator[list[str]]:
    """The words between `;`, `|`, `&`, parentheses and line ends, without redirections and comments."""
    words: list[str] = []
    skip_word = in_comment = False
    for token in _tokens(text):
        if token[0] in "<>":
            skip_word = True
            if words and words[-1].isdigit():  # the number of what is redirected
                words.pop()
        elif token[0] in ";&|()\n":
            in_comment = in_comment and "\n" not in token
            if not in_comment:
                yield words
                words = []
            skip_word = False
        elif in_comment or token.startswith("#"):
            in_comment = True
        elif skip_word:
            skip_word = False
        else:
            words.append(token)
    yield words


def _tokens(text: str) -> Iterator[str]:
    """Words with their quotes taken off, and runs of punctuation; up to where a quote is not closed."""
    lexer = shlex.shlex(text.replace("\\\n", " "), posix=True, punctuation_chars=";&|()<>\n")
    lexer.whitespace, lexer.commenters, lexer.whitespace_split = " \t\r", "", True
    while True:
        try:
            token = lexer.get_token()
        except ValueError:
            return
        if token is None:
            return
        if token:
            yield token
