"""What each page of the reference says, made from the code."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel
from scripts.reference_json import json_output
from scripts.reference_parts import (
    code,
    described,
    fields,
    has_section,
    member_texts,
    members,
    say,
    sections,
    table,
)
from scripts.reference_rules import rules

from factory_tui import config
from factory_tui.cli.main import COMMANDS, LATER, cli
from factory_tui.cli.output import Exit
from factory_tui.cli.schema import json_schema
from factory_tui.model import report
from factory_tui.model.event import EVENT_MEANS, EVENT_TYPES
from factory_tui.model.failure import CLASS_MEANS, NOT_THE_SPEC, UNCHARGED, FailureClass, FailureLayer, Qualifier
from factory_tui.model.matcher import MATCHER_WORDS, Matcher
from factory_tui.model.spec import Kind, Question
from factory_tui.model.step import DbExpect, HttpExpect, HttpRequest, RunExpect, TuiExpect
from factory_tui.specs.templates.template import packaged_text
from factory_tui.tui.actions import MOVEMENT, Where, actions_of, show_key
from factory_tui.twins.messages import script

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "src" / "factory_tui" / "skeleton"


def commands() -> Iterator[str]:
    """Every command: how it is called, what it takes, what it does."""
    yield from say(
        "`factory-tui` without a command opens the control room. `factory` is a short name of it.",
    )
    yield from _command(cli, None, "factory-tui", 0)
    yield "## Exit codes"
    yield ""
    means = {Exit.FINE: "Fine.", Exit.INTERRUPTED: "Interrupted.", **member_texts(Exit)}
    yield from table(("code", "meaning"), [(str(int(each)), means[each]) for each in Exit])
    yield from say(
        "Errors go to standard error: one line what happened, one line what to do. Output has colours only on a",
        "terminal, and none with `NO_COLOR`. A setting of `factory.toml` is overridden by a variable: see",
        "[configuration](configuration.md).",
    )
    if LATER:
        yield from say(
            f"Not in this version: {', '.join(code(each) for each in sorted(LATER))}.",
        )


def _command(command: click.Command, parent: click.Context | None, name: str, depth: int) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    group = isinstance(command, click.Group)
    if depth:
        yield f"{'#' * (depth + 1)} {name}"
        yield ""
    if not group or not depth:
        yield "```text"
        yield " ".join(command.get_usage(context).removeprefix("Usage: ").split())
        yield "```"
        yield ""
    text = inspect.cleandoc(command.help or "").split("\n\n")
    for paragraph in text:
        yield from (" ".join(paragraph.split()), "")
    yield from _parameters(command, context)
    if isinstance(command, click.Group):
        for each in COMMANDS if not depth else command.list_commands(context):
            found = command.get_command(context, each)
            assert found is not None
            yield from _command(found, context, each, depth + 1)


def _parameters(command: click.Command, context: click.Context) -> Iterator[str]:
    rows = [
        each for parameter in command.params if (each := parameter.get_help_record(context)) is not None and each[1]
    ]
    if rows:
        yield from table(("option", "meaning"), [(code(option), meaning) for option, meaning in rows])


def keys() -> Iterator[str]:
    """Every key of the control room, by screen."""
    yield from say(
        "What changes something is refused with `--read-only` and marked • here.",
    )
    shown = [each for each in Where if each not in (Where.ANYWHERE, Where.LISTS)]
    anywhere = {action.name for action in actions_of(Where.RUN) if Where.ANYWHERE in action.where}
    yield from ("## Anywhere", "")
    yield from table(("key", "action", "meaning"), [*_keys(Where.RUN, lambda name: name in anywhere)])
    yield from ("## Moving in a list or a text", "")
    yield from table(("key", "meaning"), [(code(each), meaning) for each, meaning in MOVEMENT])
    for screen in shown:
        yield from (f"## {screen.value.capitalize()}", "")
        yield from table(("key", "action", "meaning"), [*_keys(screen, lambda name: name not in anywhere)])


def _keys(screen: Where, wanted: Callable[[str], bool]) -> Iterator[tuple[str, str, str]]:
    for action in actions_of(screen):
        if wanted(action.name):
            pressed = " ".join(code(show_key(key)) for key in action.keys) or "palette only"
            yield pressed, f"{action.label}{' •' if action.commands else ''}", action.help


def configuration() -> Iterator[str]:
    """Every setting of `factory.toml`."""
    made = json_schema("config")
    parts = made["$defs"]
    yield from say(
        "`factory.toml` lies in the workspace. A key that is not known is an error that names the nearest one.",
        "Every value can be overridden by a variable `FACTORY_<SECTION>__<KEY>`, such as",
        "`FACTORY_FACTORY__PARALLEL=2`. A key or a password never stands in the file. The schema: `factory-tui",
        "schema config`.",
    )
    for name in made["properties"]:
        model = config.Settings.model_fields[name].annotation
        if name in ("profiles", "routing"):
            model = config.Profile if name == "profiles" else config.Route
        assert inspect.isclass(model)
        assert issubclass(model, BaseModel)
        yield f"## {'[[routing]]' if name == 'routing' else '[profiles.NAME]' if name == 'profiles' else f'[{name}]'}"
        yield ""
        if model.__doc__ and name in ("profiles", "routing"):
            yield from (model.__doc__, "")
        yield from fields(parts[model.__name__], parts)


def spec() -> Iterator[str]:
    """What stands in `specs/<id>.md`."""
    made = json_schema("spec")
    yield from say(
        "A spec is one Markdown file: a head of YAML between two lines of `---`, then the seven questions as `##`",
        "headings, in this order. `factory-tui spec new` writes a draft from a template; `factory-tui spec lint`",
        "says what is missing, by [these rules](../rules.md). The schema of the head: `factory-tui schema spec`.",
    )
    yield from ("## Head", "")
    parts = made.get("$defs", {})
    yield from fields(made, parts)
    yield from sections({name: part for name, part in parts.items() if has_section(part)}, parts)
    yield from ("## The seven questions", "")
    guidance = _guidance(packaged_text(Kind.FEATURE))
    yield from table(("question", "for a feature"), [(each.value, guidance[each]) for each in Question])
    yield from say(
        "Items of RULES begin with `R1`, those of EVALUATION with `E1`; an item of EVALUATION names in brackets",
        "the rules that it covers. Further `###` sub-sections are allowed. `<!-- allow C02: reason -->` on a line",
        "or above it takes a finding knowingly; it stays visible as a remark. Kinds have templates of their own,",
        "kept in `specs/_templates/`:",
        f"{', '.join(code(kind.value) for kind in Kind)}.",
    )
    yield from ("## Example", "", "````markdown")
    yield (EXAMPLE / "specs" / "count-words.md").read_text(encoding="utf-8").rstrip()
    yield "````"


def _guidance(text: str) -> dict[Question, str]:
    found: dict[Question, str] = {}
    for part in text.split("\n## ")[1:]:
        title, _, rest = part.partition("\n")
        found[Question(title.strip())] = rest.partition("<!--")[2].partition("-->")[0].strip()
    return found


def scenario() -> Iterator[str]:
    """What stands in `scenarios/<spec-id>/<id>.yaml`."""
    made = json_schema("scenario")
    parts: dict[str, Any] = made["$defs"]
    yield from say(
        "A scenario is one YAML file: a plain sentence first, then steps with checks. It is part of the holdout:",
        "an agent never sees it. The schema: `factory-tui schema scenario`.",
    )
    yield from fields(made, parts)
    named = ("Step", "Quality", "Service", "Condition", "Clock", "Judge", "TuiSession", "TuiAction", "DbQuery")
    yield from sections({name: parts[name] for name in named}, parts)
    for model in (HttpRequest, RunExpect, HttpExpect, TuiExpect, DbExpect):
        shape = described(model)
        yield from (f"## {model.__name__}", "")
        yield from fields(shape, {**parts, **shape.get("$defs", {})})
    yield from ("## Matcher", "")
    yield from say(
        "A bare value means equals. A mapping of these words is a matcher, and all that are given must hold:",
        f"{', '.join(code(each) for each in sorted(MATCHER_WORDS))}.",
        "Line ends and one line end at the end of a text make no difference. `expect` of a `file` step is a",
        "matcher on its text; without one the file has to exist.",
    )
    matcher = described(Matcher)
    yield from fields(matcher, matcher["$defs"])
    yield from ("## Example", "", "```yaml")
    yield (EXAMPLE / "scenarios" / "count-words" / "words-of-a-letter.yaml").read_text(encoding="utf-8").rstrip()
    yield "```"


def twin() -> Iterator[str]:
    """What stands in `twins/anthropic/<spec-id>.yaml`."""
    made = described(script.Script)
    parts = made["$defs"]
    yield from say(
        'With `base_url = "twin"` a server on this machine answers in place of the model: it speaks the Messages',
        "API, and takes what it says from a script of the spec. A spec without a script is told so and ends",
        "NO-DELIVERY.",
    )
    yield from fields(made, parts)
    yield from sections({name: part for name, part in parts.items() if has_section(part)}, parts)


def events() -> Iterator[str]:
    """What `run --json`, `logs --json` and the control socket say."""
    made = json_schema("event")
    yield from say(
        "One JSON object a line. `seq` has no gaps. The fields of a type stand beside the fixed ones; ignore",
        "types and fields that you do not know. A field whose name ends in `_usd` is an amount in US dollars; `report`",
        "has the exact ones.",
    )
    yield from fields(made, made.get("$defs", {}))
    yield from ("## Types", "")
    yield from table(("type", "meaning"), [(code(each), EVENT_MEANS[each]) for each in EVENT_TYPES])  # type: ignore[index]


def failure_classes() -> Iterator[str]:
    """The failure taxonomy."""
    yield from say(
        "Every failed scenario and every failed run leaves a record with one class: the first in this order that",
        "matches, decided on what can be observed. The operator's word counts more: `factory-tui failures",
        "classify`.",
    )
    charged = {each: "no" if each in UNCHARGED else "yes" for each in FailureClass}
    against = {each: "no" if each in NOT_THE_SPEC else "yes" for each in FailureClass}
    rows = [(code(each.value), CLASS_MEANS[each], charged[each], against[each]) for each in FailureClass]
    yield from table(("class", "meaning", "counts as an attempt", "counts against the spec"), rows)
    yield from say(
        "A record also says where the cause lies, and what is wrong with what a rule asks for:",
    )
    yield f"- layer: {members(FailureLayer)}"
    yield f"- qualifier: {members(Qualifier)}"


def report_json() -> Iterator[str]:
    """What `report --format json` prints."""
    made = described(report.Report)
    parts = made["$defs"]
    yield from say(
        'One JSON object, or `null` before the first batch. Money is whole micro-dollars: `"cost": 420000` is',
        "$0.42, and so for `cost_before`, `spent` and `cap`. Times are ISO 8601 in UTC, spans are seconds, shares",
        "go from 0 to 1.",
    )
    yield from fields(made, parts)
    yield from sections({name: part for name, part in parts.items() if has_section(part)}, parts)


PAGES: dict[str, tuple[str, Callable[[], Iterable[str]]]] = {
    "reference/commands": ("Commands", commands),
    "reference/keys": ("Keys of the control room", keys),
    "reference/configuration": ("Configuration", configuration),
    "reference/spec": ("Specs", spec),
    "rules": ("Rules of the validator", rules),
    "reference/scenario": ("Scenarios", scenario),
    "reference/failure-classes": ("Failure classes", failure_classes),
    "reference/report": ("The report as JSON", report_json),
    "reference/json": ("Output as JSON", json_output),
    "reference/events": ("Events", events),
    "reference/twin": ("Scripts of the twin", twin),
}
"""Path below docs/, without its end → title and content."""
