"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a change."""

from collections.abc import Iterator, Sequence

from factory_tui.cli.findings import Told
from factory_tui.model.finding import Level
from factory_tui.model.foreign import clean, clean_line

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


def annotations(told: Sequence[Told]) -> Iterator[str]:
    """One line for each finding."""
    for each in told:
        finding = each.finding
        yield annotation(
            _COMMANDS[finding.level],
            f"{finding.message}\n→ {finding.fix}",
            file=each.path,
            line=str(finding.line),
            col=str(finding.column),
            title=finding.rule,
        )


def annotation(command: str, message: str, **properties: str) -> str:
    """`::error file=…,line=…::message`, escaped so that no text of a file can end it or begin another one."""
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {told}::{_data(clean(message))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(clean_line(text)).replace(":", "%3A").replace(",", "%2C")
