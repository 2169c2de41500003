"""Python types from a JSON Schema: `generate.py SCHEMA --out FILE`."""

import argparse
import json
import keyword
import pprint
import sys

KEYWORDS = {
    "$schema", "$defs", "$ref", "title", "type", "properties", "required", "items", "enum", "minimum", "maximum",
}

CODE = '''

_TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}


def _fits(schema, value):
    kind = schema.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return schema.get("minimum", value) <= value <= schema.get("maximum", value)
    return True


def _read(schema, value, path):
    if "$ref" in schema:
        return _object(_DEFINITIONS[schema["$ref"]], value, path)
    if not _fits(schema, value):
        raise ValueError(f"invalid: {path}")
    if isinstance(value, list) and "items" in schema:
        return [_read(schema["items"], each, f"{path}[{n}]") for n, each in enumerate(value)]
    return value


def _object(kind, data, path):
    if not isinstance(data, dict):
        raise ValueError(f"invalid: {path}")
    values = {}
    for name, schema in kind._properties.items():
        place = f"{path}.{name}" if path else name
        if name in data:
            values[name] = _read(schema, data[name], place)
        elif name in kind._required:
            raise ValueError(f"missing: {place}")
    return kind(**values)
'''


class Unusable(Exception):
    """The schema cannot be turned into a module."""


def check(schema):
    for name in schema:
        if name not in KEYWORDS:
            raise Unusable(f"unsupported keyword: {name}")
    for group in ("$defs", "properties"):
        for name, each in schema.get(group, {}).items():
            if not name.isidentifier() or keyword.iskeyword(name):
                raise Unusable(f"not a name: {name}")
            check(each)
    if "items" in schema:
        check(schema["items"])


def class_text(name, schema):
    properties = schema.get("properties", {})
    lines = ["@dataclass", f"class {name}:"]
    lines += [f"    {field}: object = None" for field in properties]
    lines += [
        "",
        "    @classmethod",
        "    def from_dict(cls, data):",
        '        return _object(cls, data, "")',
        "",
        "",
        f"{name}._properties = {pprint.pformat(properties, width=100)}",
        f"{name}._required = {schema.get('required', [])!r}",
    ]
    return "\n".join(lines)


def module_text(schema):
    check(schema)
    classes = {name: "".join(part.capitalize() for part in name.split("_")) for name in schema.get("$defs", {})}
    parts = ["from dataclasses import dataclass" + CODE.rstrip()]
    parts += [class_text(classes[name], schema["$defs"][name]) for name in classes]
    parts.append(class_text(schema["title"], schema))
    table = ", ".join(f'"#/$defs/{name}": {each}' for name, each in classes.items())
    parts.append(f"_DEFINITIONS = {{{table}}}")
    return "\n\n\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("schema")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    try:
        with open(options.schema, encoding="utf-8") as file:
            schema = json.load(file)
    except (OSError, ValueError):
        print(f"cannot read {options.schema}", file=sys.stderr)
        return 2
    try:
        text = module_text(schema)
        with open(options.out, "w", encoding="utf-8") as file:
            file.write(text)
    except (Unusable, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


sys.exit(main())
