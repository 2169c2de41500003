"""Parts of a page of the reference: paragraphs, tables, and the models of the code as tables of fields."""

import ast
import inspect
import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from pydantic import BaseModel

from factory_tui.docstrings import attribute_docstrings

Schema = Mapping[str, Any]

_WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": "null"}
_DURATION = "(ms|s|m)?$"
"""How the pattern of a duration ends."""
_MOST_WORDS = 10
"""Of a choice that a cell still shows."""
_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def say(*texts: str) -> Iterator[str]:
    """One paragraph."""
    yield from textwrap.wrap(" ".join(texts), 118, break_long_words=False, break_on_hyphens=False)
    yield ""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table; bars in cells are escaped, line ends become blanks."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def fields(schema: Schema, parts: Schema) -> Iterator[str]:
    """The properties of one model. `parts` are the models that it names."""
    required = set(schema.get("required", ()))
    rows = []
    for name, field in schema.get("properties", {}).items():
        default = "required" if name in required else _default(field)
        # The code says None where a file says null.
        meaning = re.sub(r"\bNone\b", "`null`", field.get("description", ""))
        rows.append((code_word(name), words(field, parts), default, meaning))
    yield from table(("field", "takes", "default", "meaning"), rows)


def _default(field: Schema) -> str:
    return code(field["default"]) if field.get("default") is not None else ""


def words(field: Schema, parts: Schema) -> str:
    """What a field takes."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        part = parts[name]
        return f"[{name}](#{name.lower()})" if has_section(part) else words(part, parts)
    if "allOf" in field:
        return words(field["allOf"][0], parts)
    if "anyOf" in field:
        if any(str(each.get("pattern", "")).endswith(_DURATION) for each in field["anyOf"]):
            others = [each for each in field["anyOf"] if "type" not in each or each["type"] not in ("string", "number")]
            kinds = [words(each, parts) for each in others if each.get("type") != "null"]
            return " or ".join([*kinds, "a duration: `500ms`, `5s`, `2m`, or seconds"])
        kinds = [words(each, parts) for each in field["anyOf"]]
        return " or ".join(dict.fromkeys(each for each in kinds if each != "null")) or "null"
    if len(field.get("enum", ())) > _MOST_WORDS:
        return f"one of {len(field['enum'])} words"
    if "enum" in field:
        return ", ".join(map(code, field["enum"]))
    if "const" in field:
        return code(field["const"])
    return _typed(field, parts)


def has_section(part: Schema) -> bool:
    """Whether a model or a choice is told in a section of its own."""
    return "properties" in part or len(part.get("enum", ())) > _MOST_WORDS


def _typed(field: Schema, parts: Schema) -> str:
    kind = field.get("type")
    if kind == "array":
        if "prefixItems" in field:
            return (
                f"list of {len(field['prefixItems'])}: {', '.join(words(each, parts) for each in field['prefixItems'])}"
            )
        return f"list of {words(field.get('items', {}), parts)}"
    if kind == "object":
        inner = field.get("additionalProperties")
        return f"mapping to {words(inner, parts)}" if isinstance(inner, Mapping) else "mapping"
    if kind is None:
        return str(field.get("description", "any value")) if "properties" not in field else "mapping"
    bounds = [f"{sign} {field[key]}" for key, sign in _BOUNDS.items() if key in field]
    if "maxLength" in field:
        bounds.append(f"≤ {field['maxLength']} characters")
    if "pattern" in field:
        bounds.append(code_word(field["pattern"]))
    return ", ".join((_WORDS.get(kind, str(kind)), *bounds))


def code(value: object) -> str:
    """A value as it is written in a file."""
    return (
        code_word(json.dumps(value, ensure_ascii=False))
        if not isinstance(value, str) or not value
        else code_word(value)
    )


def code_word(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def described(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a model with the texts below its fields."""
    made = model.model_json_schema(by_alias=True)
    made = {**made, **made["$defs"][model.__name__]} if "$ref" in made else made
    family = {each.__name__: each for each in _models_near(model)}
    for name, part in {model.__name__: made, **made.get("$defs", {})}.items():
        texts = attribute_docstrings(family[name]) if name in family else {}
        for key, field in part.get("properties", {}).items():
            if key in texts:
                field["description"] = texts[key]
    return made


def _models_near(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The models that its module defines or imports."""
    for each in vars(sys.modules[model.__module__]).values():
        if inspect.isclass(each) and issubclass(each, BaseModel) and each is not BaseModel:
            yield each


def sections(shown: Schema, parts: Schema) -> Iterator[str]:
    for name, part in shown.items():
        yield from (f"## {name}", "")
        text = part.get("description", "")
        if text and "An enumeration" not in text:
            yield from (" ".join(text.split()), "")
        if "enum" in part:
            yield from say(", ".join(map(code, part["enum"])))
        else:
            yield from fields(part, parts)


def members(kind: type[Enum]) -> str:
    return ", ".join(code(each.value) for each in kind)


def member_texts(kind: type[Enum]) -> dict[Any, str]:
    """Member → the text below it in the source."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for member, text in zip(body.body, body.body[1:], strict=False):
        if isinstance(member, ast.Assign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            target = member.targets[0]
            assert isinstance(target, ast.Name)
            found[kind[target.id]] = str(text.value.value)
    return found
