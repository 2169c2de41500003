from dataclasses import dataclass

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


@dataclass
class Customer:
    name: object = None
    country: object = None

    @classmethod
    def from_dict(cls, data):
        return _object(cls, data, "")


Customer._properties = {'country': {'enum': ['AT', 'CH', 'DE', 'FR'], 'type': 'string'}, 'name': {'type': 'string'}}
Customer._required = ['name', 'country']


@dataclass
class OrderLine:
    article: object = None
    quantity: object = None
    category: object = None

    @classmethod
    def from_dict(cls, data):
        return _object(cls, data, "")


OrderLine._properties = {'article': {'type': 'string'},
 'category': {'$ref': '#/$defs/category'},
 'quantity': {'maximum': 999, 'minimum': 1, 'type': 'integer'}}
OrderLine._required = ['article', 'quantity']


@dataclass
class Category:
    name: object = None
    parent: object = None

    @classmethod
    def from_dict(cls, data):
        return _object(cls, data, "")


Category._properties = {'name': {'type': 'string'}, 'parent': {'$ref': '#/$defs/category'}}
Category._required = ['name']


@dataclass
class Order:
    number: object = None
    customer: object = None
    lines: object = None
    note: object = None
    express: object = None

    @classmethod
    def from_dict(cls, data):
        return _object(cls, data, "")


Order._properties = {'customer': {'$ref': '#/$defs/customer'},
 'express': {'type': 'boolean'},
 'lines': {'items': {'$ref': '#/$defs/order_line'}, 'type': 'array'},
 'note': {'type': 'string'},
 'number': {'type': 'string'}}
Order._required = ['number', 'customer', 'lines']


_DEFINITIONS = {"#/$defs/customer": Customer, "#/$defs/order_line": OrderLine, "#/$defs/category": Category}
