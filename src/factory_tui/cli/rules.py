"""`spec rules`: what the validator asks for, why, and what it looks like kept and broken."""

import textwrap
from collections.abc import Iterator

import click

from factory_tui.cli.findings import echo, styled
from factory_tui.cli.output import CommandFailed, as_json, print_json, print_lines
from factory_tui.scenarios.rulebook import RULEBOOK, all_rules, found_in_the_broken_one
from factory_tui.specs.reading.schema_errors import nearest
from factory_tui.specs.rules import Example, Family, Rule

_INDENT = "    "


@click.command("rules")
@click.argument("name", metavar="[RULE]", required=False)
@as_json
def rules(name: str | None, as_json: bool) -> None:
    """The rules that specs and scenarios are judged by; with RULE, such as C09, one of them with its examples."""
    if name is None:
        if as_json:
            print_json({"rules": [_said(family, rule) for family, rule in all_rules()]})
        else:
            _print_book()
        return
    family, rule = _named(name)
    if as_json:
        print_json(_said(family, rule))
    else:
        _print_rule(family, rule)


def _named(name: str) -> tuple[Family, Rule]:
    by_id = {rule.id: (family, rule) for family, rule in all_rules()}
    if name.upper() not in by_id:
        best = nearest(name.upper(), by_id)
        todo = f"did you mean {best}?" if best else "`factory-tui spec rules` lists them"
        raise CommandFailed(f"no rule is named {name}", todo)
    return by_id[name.upper()]


def _said(family: Family, rule: Rule) -> dict[str, object]:
    example = rule.example
    return {
        "id": rule.id,
        "family": family.title,
        "level": rule.level.value,
        "requires": rule.requires,
        "why": rule.why,
        "waivable": rule.waivable,
        "decided": rule.decided,
        "example": {"part": str(example.part), "good": example.good, "bad": example.bad} if example else None,
    }


def _print_book() -> None:
    for number, family in enumerate(RULEBOOK):
        if not family.rules:
            continue
        echo(("\n" if number else "") + styled(family.title, bold=True))
        for rule in sorted(family.rules, key=lambda each: each.id):
            print_lines([f"  {rule.id}  {rule.level.value:7}  {rule.requires or rule.why}"])
    print_lines(["", "`factory-tui spec rules C09` shows one of them with its reason and its examples."])


def _print_rule(family: Family, rule: Rule) -> None:
    echo(styled(f"{rule.id} {rule.level.value}: {rule.requires}", bold=True))
    print_lines([f"why:     {rule.why}", f"family:  {family.title}", f"waiver:  {_waiver(rule)}"])
    if rule.decided:
        print_lines([f"decided: {rule.decided}"])
    if rule.example is not None:
        print_lines(_shown(rule, rule.example))


def _waiver(rule: Rule) -> str:
    if not rule.waivable:
        return "cannot be waived"
    in_scenario = f"; in a scenario's file: # allow {rule.id}: reason" if rule.id.startswith("Q") else ""
    return f"<!-- allow {rule.id}: reason --> on the line or above it{in_scenario}"


def _shown(rule: Rule, example: Example) -> Iterator[str]:
    yield from ("", f"kept ({example.part}):", textwrap.indent(example.good.strip("\n"), _INDENT))
    yield from ("", "broken:", textwrap.indent(example.bad.strip("\n"), _INDENT))
    found = found_in_the_broken_one(rule)
    if found is not None:
        yield from ("", f"then it says: {found.message}", f"{_INDENT}→ {found.fix}")
