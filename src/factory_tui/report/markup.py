"""HTML that cannot be broken by what it says: a plain text becomes markup only by being escaped. Pure."""

import html

from factory_tui.model.foreign import clean

LIMIT = 4_000
"""Characters of one text."""


class Html(str):
    """Markup made here, as opposed to text."""

    __slots__ = ()


def el(name: str, *children: str, **attributes: str) -> Html:
    """An element. Children that are not `Html` are text and escaped; `class_` is `class`, `data_label` `data-label`."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{given}>{join(*children)}</{name}>")


def join(*children: str) -> Html:
    """Markup and texts one after the other."""
    return Html("".join(child if isinstance(child, Html) else escaped(child) for child in children))


def prose(text: str) -> Html:
    """A sentence in which `words in backticks` are code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return join(text)
    return join(*(el("code", part) if index % 2 else part for index, part in enumerate(parts)))


def escaped(text: str) -> str:
    """Text for an element or an attribute in quotes."""
    return html.escape(clean(text, limit=LIMIT), quote=True)
