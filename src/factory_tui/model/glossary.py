"""The words of a workspace: what its specs mean by them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of `context/glossary.md`."""

    name: str
    """As the glossary writes it."""
    meaning: str
    instead_of: tuple[str, ...] = ()
    """Names that are not to be used for it: `- **customer** (not: client, buyer): who pays.`"""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms of a workspace."""

    terms: Mapping[str, Term] = field(default_factory=lambda: MappingProxyType({}))
    """By name in small letters."""
    avoided: Mapping[str, Term] = field(default_factory=lambda: MappingProxyType({}))
    """Name that is not to be used, in small letters → the term to use."""
