"""Modules of the artifact that Python would import instead of its own in the commands with which a scenario judges.

`python3 -c "import json …"` looks into the work directory before it looks into the standard library: a `json.py` there
would answer for the scenario. What the artifact runs of its own (`python3 -m shop`) is its own business.
"""

import re
import sys
from collections.abc import Iterable, Iterator

from factory_tui.model.artifact import Artifact
from factory_tui.model.evaluation import Evidence

_SHADOWS = re.compile(r"(\w+)(?:\.pyc?|\.[\w-]+\.so|\.so|/__init__\.(?:pyc?|so))", re.ASCII)
_CALL = re.compile(r"(?<![\w-])python[0-9.]*(?=\s)((?:\s+-[A-Za-z]+)*)[ \t]*(\S*)", re.ASCII)
_APART = frozenset("IP")
"""Options by which Python does not look there."""


def modules_of(artifact: Artifact, base: Artifact | None, spec: str) -> dict[str, str]:
    """Names of modules of the standard library that the artifact has one of its own for → where it lies.

    Not what the base has as it is, nor what the spec asks for by the name of the file.
    """
    untouched = set(base or ())
    paths = (str(each.path) for each in artifact if len(each.path.parts) <= 2 and each not in untouched)
    found = ((match[1], path) for path in paths if (match := _SHADOWS.fullmatch(path)) and path not in spec)
    return {name: path for name, path in found if name in sys.stdlib_module_names}


def judges_with_python(texts: Iterable[str], scripts: frozenset[str]) -> bool:
    """Whether commands run Python on code of their own, on a module of its library, or on one of `scripts`."""
    calls = (match for text in texts for match in _CALL.finditer(text))
    return any(_judges(match[1], match[2], scripts) for match in calls)


def shadowed(modules: dict[str, str]) -> Iterator[Evidence]:
    """Why a scenario that judges with Python fails."""
    for name, path in sorted(modules.items()):
        yield Evidence(
            step=0,
            check=path,
            expected=f"Python's own {name}, on which this scenario relies",
            observed=f"the artifact brings {path}, which would be imported instead (a spec that wants it names {path})",
        )


def _judges(options: str, first: str, scripts: frozenset[str]) -> bool:
    letters = options.replace("-", "").split()
    if _APART & set("".join(letters)):
        return False
    last = letters[-1][-1] if letters else ""
    if last == "m":
        return first.partition(".")[0] in sys.stdlib_module_names
    return last == "c" or first[:1] in ("", "-", "<") or first.strip("\"'").removeprefix("./") in scripts
