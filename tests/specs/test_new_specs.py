"""A new spec of each kind: its author is told what is open, once, and is led to what every rule asks for."""

from pathlib import Path

import pytest

from factory_tui.model.finding import Level
from factory_tui.model.spec import Kind
from factory_tui.specs import load_specs, new_spec, read_spec, validate

SAID = {
    "## WHAT": "A command that closes the day of a shop.",
    "## WHO": "The shopkeeper, who wants to go home with correct books.",
}
ANSWERS = (
    ("| <", "| DAY | date | 1970 to 2100 inclusive | `x`: exit code 2 |"),
    ("Success:", "Success: one line on standard output, `closed`."),
    ("Holds:", "Holds: one line on standard output, `closed`."),
    ("Failure:", "Failure: one line on standard error, exit code 2."),
    ("Broken:", "Broken: one line on standard error, exit code 2."),
    ("- R1", "- R1 The command must print `closed`."),
    ("- R2", "- R2 If DAY is no date, then the command must print `no day`."),
    ("- R3", "- R3 The command must never lose an entry."),
    ("- R4", "- R4 The books of earlier days must stay as they are."),
    ("- Performance", "- Performance: at most 2 seconds."),
    ("- Cost", "- Cost: at most 2.00 USD for a run."),
    ("- Security", "- Security: none, because the command reads one local file."),
    ("- Compatibility", "- Compatibility: Python 3.11."),
    ("- <where", "- None, because there is one command."),
    ("- <what is not asked for>", "- Opening a day again."),
)


@pytest.mark.parametrize("kind", Kind)
def test_what_is_open_is_told_once(tmp_path: Path, kind: Kind) -> None:
    path = new_spec(tmp_path, "close-day", kind)
    found = validate(read_spec(path), load_specs(tmp_path))
    assert {each.rule for each in found} == {"C01", "C02"}
    assert len({each.line for each in found}) == len(found)


@pytest.mark.parametrize("kind", Kind)
def test_answering_each_line_as_it_asks_keeps_every_rule(tmp_path: Path, kind: Kind) -> None:
    path = new_spec(tmp_path, "close-day", kind)
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
    found = validate(read_spec(path), load_specs(tmp_path))
    assert [each for each in found if each.level is Level.ERROR] == []


def filled(text: str) -> str:
    lines = []
    for line in text.split("\n"):
        answer = next((said for start, said in ANSWERS if line.startswith(start) and "<" in line), None)
        if line in SAID:
            lines += [line, SAID[line]]
        elif line.startswith("- E"):
            lines.append(f"{line.partition('<')[0]}given an open day, when it is closed, then `closed` is printed.")
        elif answer is not None:
            lines.append(answer)
        elif "<rule id" in line:
            lines.append(f"{line.partition('<')[0]}R2")
        else:
            lines.append(line)
    return "\n".join(lines)
