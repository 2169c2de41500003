"""Claims without proof: what makes a failed attempt a false "done". Each finding quotes what it rests on, verbatim."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from factory_tui.feedback.words import ClaimKind, words
from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.model.build import ToolUse

_LONGEST_FILE = 200_000
"""Bytes of a test file that are looked at."""

_NEW_BLOCK = re.compile(r"\n(?=[^\S\n]*(?:[-*•#>|]|\d+[.)]\s|\n|$))")
"""A line end that ends a sentence: before an empty line, a list item, a heading. Other lines are only wrapped.

It looks no further than the next line: a megabyte of line ends would else keep the engine busy for hours.
"""

_SENTENCE = re.compile(r"[^.!?]+(?:\.(?=\w)[^.!?]+)*[.!?]?")
_RULE_IN_TEST = r"(?<![A-Za-z0-9])[{first_lower}{first_upper}]{rest}(?![0-9])"


@dataclass(frozen=True, slots=True)
class Finding:
    """Why the attempt's "done" is not believed."""

    cause: str
    """The rest of a sentence that starts with "the agent"."""
    quote: str
    """Verbatim, from the last words, the transcript or a test file."""


def weakened_tests(base: Artifact, artifact: Artifact) -> Finding | None:
    """Tests of the base that were deleted, lost a check, or were switched off. New tests are no finding."""
    after = {each.path: each for each in artifact if _is_test(each)}
    for before in filter(_is_test, base):
        kept = after.get(before.path)
        if kept is None:
            return Finding(f"deleted the test file {before.path}", str(before.path))
        if before.content == kept.content:
            continue
        if lost := _lost_checks(before, kept):
            return Finding(f"removed or changed a check in {before.path}", lost)
    before_skips = _skips(base)
    for line, times in _skips(artifact).items():
        if times > before_skips[line]:
            return Finding("switched a test off", line)
    return None


def claim_without_check(final_text: str, tools: Sequence[ToolUse]) -> Finding | None:
    """The first claim of the last words whose check the transcript never ran, or that failed when it last ran."""
    for sentence in _sentences(final_text):
        unwrapped = " ".join(sentence.split())
        if words().hedges.search(unwrapped):
            continue
        for kind in words().kinds:
            if not kind.claims.search(unwrapped):
                continue
            runs = [tool for tool in tools if _is_check(tool, kind)]
            if not runs:
                return Finding(f"says that {kind.name}, but the transcript has no command that checks it", sentence)
            if kind.commands is not None and kind.commands.search(runs[-1].summary) and _failed(runs[-1]):
                cause = (
                    f"says that {kind.name}, but when `{runs[-1].summary}` last ran (turn {runs[-1].turn}) it failed"
                )
                return Finding(cause, sentence)
    return None


def own_test_is_green(rule: str, artifact: Artifact, tools: Sequence[ToolUse]) -> Finding | None:
    """An own test names the rule, and the last test run of the transcript passed."""
    tests_kind = words().kinds[0]
    runs = [tool for tool in tools if _is_check(tool, tests_kind)]
    if not runs or _failed(runs[-1]):
        return None
    green = words().passed.search(runs[-1].observation)
    if green is None:
        return None
    pattern = re.compile(
        _RULE_IN_TEST.format(first_lower=rule[:1].lower(), first_upper=rule[:1].upper(), rest=re.escape(rule[1:]))
    )
    named = next((each for each in artifact if _is_test(each) and pattern.search(_text(each))), None)
    if named is None:
        return None
    line = _line_at(runs[-1].observation, green.start())
    return Finding(f"tested {rule} itself in {named.path} and saw it pass (turn {runs[-1].turn})", line)


def _sentences(text: str) -> Iterator[str]:
    """Sentences as they stand in `text`, verbatim."""
    for block in _NEW_BLOCK.split(text):
        for match in _SENTENCE.finditer(block):
            if sentence := match[0].strip():
                yield sentence


def _is_check(tool: ToolUse, kind: ClaimKind) -> bool:
    """Whether the command is that check, or may be: of a summary that was cut (`…`) the rest is not known."""
    if tool.name != "bash":
        return False
    if tool.summary.endswith("…"):
        return True
    if kind.commands is not None:
        return kind.commands.search(tool.summary) is not None
    firsts = [part.split()[0] for part in re.split(r"&&|\|\||[;|\n]", tool.summary) if part.split()]
    return any(first.rsplit("/", 1)[-1] not in kind.looking for first in firsts)


def _failed(tool: ToolUse) -> bool:
    return not tool.ok or words().failed.search(tool.observation) is not None


def _is_test(file: ArtifactFile) -> bool:
    return words().test_paths.search(str(file.path)) is not None


def _text(file: ArtifactFile) -> str:
    return file.content[:_LONGEST_FILE].decode("utf-8", errors="replace")


def _lost_checks(before: ArtifactFile, after: ArtifactFile) -> str | None:
    """The first checking line of `before` that `after` no longer has as often."""
    left = Counter(line.strip() for line in _text(after).splitlines())
    for line in _text(before).splitlines():
        if not words().assertions.search(line):
            continue
        left[line.strip()] -= 1
        if left[line.strip()] < 0:
            return line.strip()
    return None


def _skips(tree: Artifact) -> Counter[str]:
    lines = (line.strip() for each in tree if _is_test(each) for line in _text(each).splitlines())
    return Counter(line for line in lines if words().skips.search(line))


def _line_at(text: str, position: int) -> str:
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return text[start : end if end >= 0 else len(text)].strip()
