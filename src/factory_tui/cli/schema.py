"""`schema NAME`: the JSON Schema of a file or event, made from the model that reads it."""

import inspect
from types import ModuleType
from typing import Any

import click
from pydantic import BaseModel

from factory_tui.cli.output import print_json
from factory_tui.docstrings import attribute_docstrings

NAMES = ("spec", "scenario", "config", "event")


@click.command("schema")
@click.argument("name", type=click.Choice(NAMES))
def schema(name: str) -> None:
    """Print the JSON Schema of a spec's front matter, a scenario, factory.toml or an event."""
    print_json(json_schema(name))


def json_schema(name: str) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of what `name` stands for."""
    model = _model(name)
    made = model.model_json_schema()
    if name == "event":
        made["properties"].pop("data")
        made["description"] += " The fields of its type stand beside these; ignore types and fields you do not know."
    described: dict[str, dict[str, str]] = {each.__name__: attribute_docstrings(each) for each in _family(model)}
    for title, part in {model.__name__: made, **made.get("$defs", {})}.items():
        for key, value in part.get("properties", {}).items():
            text = described.get(title, {}).get(key)
            if text and "description" not in value:
                value["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": name}


def _model(name: str) -> type[BaseModel]:
    if name == "spec":
        from factory_tui.model.spec import FrontMatter

        return FrontMatter
    if name == "scenario":
        from factory_tui.model.scenario import Scenario

        return Scenario
    if name == "config":
        from factory_tui.config import Settings

        return Settings
    from factory_tui.model.event import Event

    return Event


def _family(model: type[BaseModel]) -> list[type[BaseModel]]:
    """Every model in the modules that a schema's parts come from, and in those that theirs come from."""
    found: dict[type[BaseModel], None] = {model: None}
    for known in (modules := [inspect.getmodule(model)]):
        of_module = [each for each in vars(known).values() if inspect.isclass(each) and issubclass(each, BaseModel)]
        found |= dict.fromkeys(each for each in of_module if each is not BaseModel)
        modules += [each for each in map(inspect.getmodule, of_module) if each not in modules and _is_ours(each)]
    return list(found)


def _is_ours(module: ModuleType | None) -> bool:
    return module is not None and module.__name__.startswith("factory_tui.model.")
