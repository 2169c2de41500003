"""C06: outputs name a channel and a format, show an example, and say what failure looks like."""

import re
from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Question
from factory_tui.specs.rules.completeness.places import finished, heading_of, is_understood, text_of
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.words.groups import Words, word_groups

_QUOTED = re.compile(r"\"[^\"\n]+\"|“[^”\n]+”|«[^»\n]+»|^[ \t]{0,3}>|!\[", re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
_NAME = re.compile(r"[A-Z][A-Z0-9_]+")
_COMMAND = re.compile(r"(?:\./|/|-|bin/|[\w.-]+/[\w./-]*(?:\s|$))")
_NOTHING = re.compile(r"\W*(?:none|nothing|no output)\b.{0,80}?\b(?:because|since|as|:)", re.I | re.DOTALL)

_MISSING = {
    "channel": ("does not say where it appears", "the channel (standard output, exit code, file, response)"),
    "format": ("names no format", "the format (one line, JSON with these keys, a PDF of one page)"),
    "example": ("shows no example", "an example in a code fence"),
    "failure": (
        "does not say what failure looks like",
        "what is seen on failure: channel, format, exit code or status",
    ),
}


def outputs_can_be_checked(subject: Subject) -> Iterator[Finding]:
    """C06: OUTPUTS has channel, format, an example and the output of a failure."""
    section = finished(subject, Question.OUTPUTS)
    if section is None or not is_understood(subject, Question.OUTPUTS):
        return
    text = text_of(subject.said.get(Question.OUTPUTS, ()))
    if _NOTHING.match(text):
        return
    samples = [sample for sample in subject.samples if sample.question is Question.OUTPUTS]
    is_shown = bool(samples) or _QUOTED.search(section.body) is not None or _shows_a_value(subject, text)
    words = Words.of("\n".join([text, *(title for title, _ in section.subsections), *(each.text for each in samples)]))
    said = word_groups("output_words")
    missing = [name for name in ("channel", "failure") if not said[name].is_in(words)]
    if not is_shown and not said["example"].is_in(words):
        missing.append("example")
        if not said["format"].is_in(words):
            missing.append("format")
    if missing:
        yield found(
            subject,
            "C06",
            f"OUTPUTS {_joined([_MISSING[name][0] for name in _MISSING if name in missing])}: "
            "whoever tests it has to guess what right looks like",
            f"write {_joined([_MISSING[name][1] for name in _MISSING if name in missing])}",
            line=section.line,
            quote=heading_of(section),
        )


def _shows_a_value(subject: Subject, text: str) -> bool:
    """Inline code that is neither a command nor a form with the name of an input in it, such as `hello NAME`."""
    names = set(_NAME.findall(text_of(subject.said.get(Question.INPUTS, ()))))
    return any(names.isdisjoint(_NAME.findall(code)) and not _COMMAND.match(code) for code in _CODE.findall(text))


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


RULES = (
    Rule(
        "C06",
        Level.ERROR,
        "only an output with a known form can be checked",
        outputs_can_be_checked,
        requires="outputs name channel and format, show an example, and state the output of a failure",
        example=Example(
            Question.OUTPUTS,
            good=(
                "Success: one line on standard output, the number of words.\n\n```text\n42\n```\n\n"
                "Failure: one line on standard error, `no such file: letter.txt`, with exit code 3."
            ),
            bad="It prints the result.",
        ),
    ),
)
