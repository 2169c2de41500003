"""C02: no placeholder and no untouched line of the template stands where an answer should be."""

import re
from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.specs.rules.rule import Rule, Subject, found
from factory_tui.specs.words import word_list

_ELLIPSIS = r"(?<![^\s(\[|:])(?:…|\.\.\.)(?![^\s)\]|.,;:])"
_PLACEHOLDERS = re.compile(
    "|".join(
        (
            r"\b(?:TBD|TBC|TBA|FIXME)\b|\b(?:tbd|tbc|fixme)\b|\bT\.B\.D\.?|\b(?:TODO|XXX+)\b",
            r"\b[Tt]o be (?:defined|determined|decided|confirmed|announced|specified|written|filled in|discussed)\b",
            r"\b[Ll]orem ipsum\b|\bLOREM IPSUM\b",
            r"\?\?\?+",
            r"\b_{3,}(?!\w)|(?<![\w_])_{3,}(?![\w_])",
            r"\{\{[^{}\n]{0,200}\}\}",
            r"\[(?:[Ii]nsert|[Yy]our|[Ff]ill|[Dd]escribe|[Pp]laceholder|[Nn]ame of|todo)\b[^\]\n]{0,200}\](?!\()",
            r"\[\s*(?:…|\.\.\.)[^\]\n]{0,200}\]",
            r"(?<![\w>])<(?P<angle>[^\W\d_][^<>\n]{0,200}|\s*…\s*|\.\.\.)>",
            _ELLIPSIS,
        )
    )
)
"""Text that stands where an answer should be."""

_HINTS = ("tb", "t.b", "fixme", "todo", "xxx", "to be ", "lorem", "???", "___", "{{", "[", "<", "…", "...")
"""A line that holds none of these, in small letters, matches none of the placeholders."""

_WHOLE_LINE = re.compile(
    r"^(?:[-*+|]\s*)?(?:placeholder|fill (?:this |me )?in|coming soon|todo|to do|xxx)[.!:]?\s*\|?$", re.I
)

_BESIDE = 100
"""Characters of a line that are looked at on each side of an ellipsis."""

_HTML = word_list("html_elements")
"""Elements that people write in Markdown."""


def no_placeholders(subject: Subject) -> Iterator[Finding]:
    """C02: no TBD, no `<angle>` placeholder, no line of the template left as it was."""
    visible = subject.visible
    samples = _sample_lines(subject)
    for number, line in enumerate(subject.prose, start=1):
        if not line or line.isspace():
            continue
        whole = visible[number - 1].strip()
        if whole in samples:
            yield _untouched(subject, number, visible[number - 1])
            continue
        for match in _PLACEHOLDERS.finditer(line) if _may_hold_one(line) else ():
            if not _means_itself(match, line):
                yield _placeholder(subject, number, match.start() + 1, subject.lines[number - 1][slice(*match.span())])
        if _WHOLE_LINE.match(line.strip()):
            yield _placeholder(subject, number, len(line) - len(line.lstrip()) + 1, line.strip())
    yield from _front_matter_placeholders(subject)


def _may_hold_one(line: str) -> bool:
    """Whether looking closely is worth it: the search takes most of the time of a lint."""
    small = line.casefold()
    return any(hint in small for hint in _HINTS)


def _means_itself(match: re.Match[str], line: str) -> bool:
    """HTML, links, and an ellipsis in a series (`1, 2, … 10`, `R1 … R5`) are no placeholders."""
    angle = match["angle"]
    if angle is not None:
        word = re.match(r"/?[A-Za-z0-9]*", angle)
        name = word[0].strip("/").lower() if word else ""
        rest = angle[len(name) :].strip()
        is_element = name in _HTML and (not rest or rest == "/" or "=" in rest)
        return is_element or bool(re.match(r"[a-z][a-z0-9+.-]*:\S|[^\s@]+@[^\s@]+$", angle))
    if match[0] in ("…", "..."):
        # No further than a word goes: a line that is nothing but ellipses would else take minutes.
        before = re.search(r"(\S+)\s*$", line[max(0, match.start() - _BESIDE) : match.start()])
        after = re.match(r"\s*(\S+)", line[match.end() : match.end() + _BESIDE])
        if before is None:
            return False
        ends = before[1].endswith((",", ";"))
        series = after is not None and any(each.isdigit() for each in before[1]) and any(map(str.isdigit, after[1]))
        return ends or series
    return False


def _sample_lines(subject: Subject) -> frozenset[str]:
    front = subject.spec.front
    if front is not None and front.kind in subject.templates:
        return subject.templates[front.kind].sample_lines
    return frozenset().union(*(template.sample_lines for template in subject.templates.values()))


def _untouched(subject: Subject, line: int, text: str) -> Finding:
    return found(
        subject,
        "C02",
        "this line of the template was left as it is: an agent takes it for the answer, or guesses",
        "replace it with the answer, or remove the line",
        line=line,
        column=len(text) - len(text.lstrip()) + 1,
        quote=text.strip(),
    )


def _placeholder(subject: Subject, line: int, column: int, quote: str, section: str | None = None) -> Finding:
    if quote.startswith("<"):
        fix = "write the answer; if the text is meant as it stands (a name in a usage line), put it in `backticks`"
    else:
        fix = "write the answer; if it is not known, decide it now or move it out of scope"
    return found(
        subject,
        "C02",
        f"{quote[:40]} stands where an answer should be: an agent guesses what a spec leaves open",
        fix,
        line=line,
        column=column,
        quote=quote,
        section=section,
    )


def _front_matter_placeholders(subject: Subject) -> Iterator[Finding]:
    front = subject.spec.front
    if front is None:
        return
    for key, value in (("title", front.title), ("target", front.target)):
        match = _PLACEHOLDERS.search(value)
        line = subject.spec.front_lines.get(key)
        if line and match and not _means_itself(match, value):
            column = subject.lines[line - 1].find(match[0]) + 1
            yield _placeholder(subject, line, max(1, column), match[0])


RULES = (Rule("C02", Level.ERROR, "a placeholder is a question that nobody answered", no_placeholders),)
