"""L10 and L11: one name for one thing, and every name explained."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from factory_tui.model.finding import Edit, Finding, Level
from factory_tui.model.glossary import Term
from factory_tui.model.spec import Question
from factory_tui.specs.reading.quantities import units
from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.language.wording import MOST_IN_SPEC
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.words import word_list

_ACRONYM = re.compile(r"[A-Z]{2}[A-Z0-9]{0,4}(?!\w)")
_WORD = re.compile(r"[^\W_]+")
_JOINTS = frozenset("-_/.@#$%&+=<>{}'’")
"""What makes a longer name of letters: a part number, a path, a code."""

_LONGEST = 6
_CAPITALS = re.compile(r"[A-Z][a-z]{2,20}\s[A-Z][a-z]{2}")
_NAMED = re.compile(
    r"(?:\b(?:the|an?|each|every|no|any|their|its|our|this|that|these|those)\s)(?P<term>[A-Z][a-z]{2,20}(?:\s[A-Z][a-z]{2,20}){1,3})(?![\w-])(?!\s\()"
)
"""A name of several words behind an article: things that have one name only go without."""


def undefined_terms(subject: Subject) -> Iterator[Finding]:
    """L10: an acronym, or a term with capitals, that is explained nowhere."""
    names = (
        frozenset(
            word for word in filter(str.isupper, subject.spelled) if len(word) <= _LONGEST and word[1:2].isalpha()
        )
        - _known()
    )
    if names and (unknown := names - _explained(subject, names)):
        yield from islice(_acronyms(subject, unknown), MOST_IN_SPEC)
    if _CAPITALS.search(subject.spec.prose):
        yield from islice(_named(subject), MOST_IN_SPEC)


def _acronyms(subject: Subject, unknown: frozenset[str]) -> Iterator[Finding]:
    """Each of these names where it stands first."""
    seen: set[str] = set()
    for statement in subject.statements:
        if statement.question not in subject.english:
            continue
        for match in _ACRONYM.finditer(statement.prose):
            name = match[0]
            if name not in unknown or name in seen or not _is_acronym(match, statement.prose):
                continue
            seen.add(name)
            if not _is_defined(name, subject.spec.visible):
                yield _undefined(
                    subject,
                    statement,
                    match.start(),
                    name,
                    f"{name} is explained neither here nor in the glossary: a reader who does not know it guesses",
                    f"write it in full once, with {name} in brackets, or add to context/glossary.md: "
                    f"- **{name}**: what it means",
                )


@cache
def _known() -> frozenset[str]:
    return word_list("common_acronyms") | word_list("shouted_words") | units().keys()


def _is_acronym(match: re.Match[str], text: str) -> bool:
    start, end = match.start(), match.end()
    beside = text[start - 1 : start] + text[end : end + 1]
    return (
        not (start and (text[start - 1].isalnum() or text[start - 1] in _JOINTS))
        and not (text[end : end + 1] in _JOINTS and text[end + 1 : end + 2].isalnum())
        and "/" not in beside
    )


def _explained(subject: Subject, names: frozenset[str]) -> frozenset[str]:
    """Those that the glossary knows, that code or quoted text shows, or that name the row of a table."""
    found = {name for name in names if name.casefold() in subject.glossary.terms}
    if names - found:
        found |= names.intersection(*[_WORD.findall(" ".join(term.name for term in subject.glossary.terms.values()))])
    found |= {name for name in names - found if subject.spec.visible.count(name) > subject.spec.prose.count(name)}
    if names - found:
        found |= names & frozenset(
            word for table in subject.tables for row in table.rows if row for word in _WORD.findall(row[0].text)
        )
    return frozenset(found)


def _is_defined(name: str, text: str) -> bool:
    """`full name (ABC)`, `ABC (full name)`, `ABC: …`, `ABC is …`, `ABC, the …`, `ABC means …`, `**ABC**`."""
    name = rf"{name}s?"
    ways = (
        rf"\({name}[),;]",
        rf"\b{name}\s\([^()\W\d_][^()\n]{{4,100}}\)",
        rf"\*\*{name}\*\*",
        rf"^[\s*+|-]{{0,8}}{name}\s?[:=–—|]",
        rf"\b{name},? (?:is|are|means|names|stands|being|holds|the|an?|which)\b",
        rf"\b(?:called|named|as|variable) {name}\b",
    )
    return re.search("|".join(ways), text, re.MULTILINE) is not None


def _named(subject: Subject) -> Iterator[Finding]:
    seen: set[str] = set()
    for statement in subject.statements:
        if statement.question not in subject.english:
            continue
        for match in _NAMED.finditer(statement.prose):
            term = " ".join(match["term"].split())
            small = term.casefold()
            if small in seen or small in subject.glossary.terms or small.removesuffix("s") in subject.glossary.terms:
                continue
            seen.add(small)
            if not _is_defined(re.escape(term), subject.spec.visible):
                yield _undefined(
                    subject,
                    statement,
                    match.start("term"),
                    term,
                    f"{term} is written like a term with a meaning of its own, and explained nowhere",
                    f"add to context/glossary.md: - **{small}**: what it means; or write it in small letters",
                )


def _undefined(subject: Subject, statement: Statement, at: int, name: str, message: str, fix: str) -> Finding:
    line, column = statement.place(at)
    return found(subject, "L10", message, fix, line=line, column=column, quote=name, level=Level.WARNING)


def one_name(subject: Subject) -> Iterator[Finding]:
    """L11: a thing of the glossary goes by the name that the glossary gives it."""
    avoided = {
        name: term
        for name, term in subject.glossary.avoided.items()
        if name not in subject.glossary.terms and _WORD.search(name) and _may_hold(subject.words, name)
    }
    if avoided:
        yield from islice(_other_names(subject, avoided), MOST_IN_SPEC)


def _may_hold(words: frozenset[str], name: str) -> bool:
    """Whether all words of a name, the last one in the plural perhaps, are among those of the spec."""
    *before, last = _WORD.findall(name)
    return words.issuperset(before) and (last in words or f"{last}s" in words)


def _other_names(subject: Subject, avoided: dict[str, Term]) -> Iterator[Finding]:
    names = sorted(avoided, key=lambda each: (-len(each), each))
    ways = "|".join(r"\s{1,20}".join(map(re.escape, each.split())) for each in names)
    pattern = re.compile(rf"(?<![\w-])(?P<name>{ways})(?P<many>s?)(?![\w-])", re.IGNORECASE)
    for statement in subject.statements:
        for match in pattern.finditer(statement.prose):
            term = avoided[" ".join(match["name"].casefold().split())]
            name = _in_the_form_of(term.name, match)
            line, column = statement.place(match.start())
            end_line, end_column = statement.place(match.end())
            yield found(
                subject,
                "L11",
                f"“{match[0]}” is another name for {term.name}: readers take two names for two things",
                f"write {name}, as context/glossary.md does",
                line=line,
                column=column,
                quote=match[0].partition("\n")[0],
                level=Level.WARNING,
                edit=Edit(line=line, column=column, end_line=end_line, end_column=end_column, text=name),
            )


def _in_the_form_of(name: str, match: re.Match[str]) -> str:
    """The name with the capital and the plural of what it takes the place of."""
    if match[0][0].isupper():
        name = name[0].upper() + name[1:]
    return f"{name}s" if match["many"] and not name.endswith("s") else name


_ANSWER = "An editor who wants to know whether a text keeps the limit of {}."

RULES = (
    Rule(
        "L10",
        Level.WARNING,
        "a name that is not explained is guessed",
        undefined_terms,
        requires="acronyms and terms with capitals that the spec or the glossary explains",
        example=Example(Question.WHO, _ANSWER.format("the word limit office (WLO)"), _ANSWER.format("the WLO")),
    ),
    Rule(
        "L11",
        Level.WARNING,
        "two names are taken for two things",
        one_name,
        requires="the name that the glossary gives a thing: - **term** (not: other name, another): meaning",
        example=Example(
            Question.WHAT,
            "A command `count-words` that prints how many words a text file holds.",
            "A command `count-words` that prints how many tokens a text file holds.",
        ),
    ),
)
