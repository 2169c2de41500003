"""What is sent into a sandbox runs there: on an old Python, with nothing installed."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from factory_tui.sandbox import inside

OLDEST = (3, 8)
PROGRAMS = sorted(Path(inside.__file__).parent.glob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_of_the_sandbox_needs_an_old_python_and_nothing_else(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=OLDEST)
    for name in imported(tree):
        of_python = name.partition(".")[0] in sys.stdlib_module_names
        assert of_python or name.startswith(f"{inside.__name__}."), f"{name} is not in every sandbox"
