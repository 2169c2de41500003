"""The themes of `themes.toml`: what failures have in common, and what a template asks about it."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from factory_tui.model.failure import Failure, FailureClass
from factory_tui.model.spec import Question

LONGEST = 4_000
"""Characters of a text that are looked at."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Something that goes wrong in many programs in the same way."""

    id: str
    label: str
    """First words of the row that asks for it."""
    guidance: str
    """What the row asks for."""
    finds: tuple[str, ...]
    """Stems and phrases, lower case, that a text about it holds."""
    answers: tuple[str, ...]
    """Stems by which a spec says something about it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked when failures recur that have no theme."""

    failure_class: FailureClass
    section: Question
    title: str
    guidance: str


@dataclass(frozen=True, slots=True)
class Themes:
    themes: tuple[Theme, ...]
    questions: tuple[Wanted, ...]

    def named(self, name: str) -> Theme | None:
        return next((each for each in self.themes if each.id == name), None)


@cache
def themes() -> Themes:
    raw = tomllib.loads(files("factory_tui.feedback").joinpath("themes.toml").read_text("utf-8"))
    return Themes(
        tuple(
            Theme(
                name,
                each["label"],
                each["guidance"],
                tuple(each["finds"]),
                tuple(each["answers"]),
            )
            for name, each in raw["themes"].items()
        ),
        tuple(
            Wanted(FailureClass(each["class"]), Question(each["section"]), each["title"], each["guidance"])
            for each in raw["questions"]
        ),
    )


_ALIKE = frozenset(
    {
        FailureClass.BUDGET,
        FailureClass.STUCK,
        FailureClass.NO_DELIVERY,
        FailureClass.REGRESSION,
        FailureClass.LIMIT_MISSED,
    }
)
"""Classes whose failures have their cause in common already, whatever the scenario was about."""


def theme_of(failure: Failure) -> str:
    """Id of the theme of a failure; empty when its words belong to none, or its class says enough.

    The first text that belongs to a theme decides, from the author's own words to those of the machine.
    """
    if failure.failure_class in _ALIKE:
        return ""
    condition, _, result = failure.sentence.partition(" · then ")
    named = f"{(failure.scenario or '').replace('-', ' ')} {condition}"
    observed = " ".join(f"{each.check} {each.observed}" for each in failure.evidence[:1])
    texts = (named, result, failure.spec_quote, observed, failure.cause)
    return next(filter(None, map(theme_in, texts)), "")


def theme_in(text: str) -> str:
    """Id of the theme with the most stems in `text`, the first of those with equally many; empty without any."""
    return _theme_in(" ".join(text[:LONGEST].casefold().split()))


@lru_cache(maxsize=16_384)
def _theme_in(small: str) -> str:
    """Kept by text: the same records are looked at whenever the screen of failures is."""
    scores = {each.id: sum(_holds(small, stem) for stem in each.finds) for each in themes().themes}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else ""


def _holds(small: str, stem: str) -> bool:
    return stem in small and re.search(rf"(?<!\w){re.escape(stem)}", small) is not None


def is_about(text: str, label: str) -> bool:
    """Whether a text is about what a template asks by this label: of its theme, or with all its longer words."""
    theme = next((each.id for each in themes().themes if each.label.casefold() == label.casefold()), None)
    if theme is not None:
        return theme_in(text) == theme
    small = text[:LONGEST].casefold()
    words = [word[:7] for word in re.findall(r"[^\W\d_]{4,}", label.casefold())]
    return bool(words) and all(_holds(small, word) for word in words)


def label_of(theme: str) -> str:
    """The theme in words; empty for none."""
    found = themes().named(theme)
    return found.label if found else ""
