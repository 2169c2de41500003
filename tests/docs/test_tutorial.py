"""The tutorial, and the pages that go on where it ends, do what they say."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.walk import Command, File, Shell, agrees, steps_of

ROOT = Path(__file__).parents[2]
PAGES = ("tutorial.md", "when-it-was-wrong.md", "writing-specs.md", "scenarios.md")
"""In the order in which they are read."""
PROGRAM = "import sys; sys.path.insert(0, {src!r}); from factory_tui.cli.main import main; main()"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Shell]:
    """A reader with the program on the path and nothing else of this machine."""
    programs = tmp_path / "programs"
    programs.mkdir()
    program = programs / "factory-tui"
    program.write_text(f"#!{sys.executable}\n{PROGRAM.format(src=str(ROOT / 'src'))}\n")
    program.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    shell = Shell(
        home,
        tmp_path / "state",
        {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
    )
    yield shell
    shell.run("factory-tui engine stop")


def test_every_step_works_and_shows_what_it_says(reader: Shell) -> None:
    for page in PAGES:
        steps = list(steps_of((ROOT / "docs" / page).read_text(encoding="utf-8")))
        assert sum(isinstance(step, Command) for step in steps) > 8
        for step in steps:
            _take(step, reader, page)


def _take(step: File | Command, reader: Shell, page: str) -> None:
    if isinstance(step, File):
        assert step.is_named, f"docs/{page} does not say above the text that it is {step.path}"
        path = reader.directory / step.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step.text, encoding="utf-8")
        return
    code, printed = reader.run(step.words)
    where = f"docs/{page}:{step.line}: $ {step.words}"
    assert code == step.code, f"{where}\n{printed}"
    assert agrees(step.printed, printed), f"{where}\nshows:\n{step.printed}\nprinted:\n{printed}"


def test_the_links_of_the_documentation_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)", re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.relative_to(ROOT)} links to {link}"


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a\n", "a\nb\n", False),
        ("a\n…\n", "a\n", True),
        ("a\n…\nz\n", "a\nb\nc\nz\n", True),
        ("a … c\n", "a b c\n", True),
        ("10:00:00  x\n", "23:59:59  x\n", True),
        ("…\nz\n", "a\ny\n", False),
        ("", "", True),
        ("", "a\n", False),
    ],
)
def test_output_is_compared(shown: str, printed: str, same: bool) -> None:
    assert agrees(shown, printed) is same
