"""Runs the benchmarks and keeps their figures: `python bench/run.py [NAME…]`.

Each `bench/bench_*.py` has `measure() -> dict[str, float]`: names that end in their unit (`_s`, `_ms`, `_mb`) and
`ratio…` against a floor or a peer in the same run. One that cannot run here raises and is listed with its reason.
Nothing fails on a figure: a person reads the table.
"""

import argparse
import importlib
import json
import platform
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"


def main() -> int:
    names = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    parser = argparse.ArgumentParser(description="Run the benchmarks.")
    parser.add_argument("name", nargs="*", help=f"only these of: {', '.join(names)}")
    chosen = parser.parse_args().name
    unknown = set(chosen) - set(names)
    if unknown:
        parser.error(f"no benchmark named {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    results = read_results()
    for name in chosen or names:
        print(f"{name} …", end=" ", flush=True)
        started = time.monotonic()
        results[name] = run(name)
        print(f"{time.monotonic() - started:.0f} s", flush=True)
    document = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "benchmarks": {name: results[name] for name in names if name in results},
    }
    RESULTS.write_text(json.dumps(document, indent=2) + "\n")
    print(f"\n{table(document['benchmarks'])}")
    return 0


def run(name: str) -> dict[str, float | str]:
    """The figures of one benchmark, or why there are none."""
    sys.path.insert(0, str(HERE))
    try:
        return dict(importlib.import_module(f"bench_{name}").measure())
    except Exception as error:  # noqa: BLE001 - one that cannot run here must not end the others
        return {"unavailable": f"{type(error).__name__}: {error}".partition("\n")[0][:160]}
    finally:
        sys.path.remove(str(HERE))


def read_results() -> dict[str, dict[str, float | str]]:
    """What earlier runs measured, so that running one benchmark keeps the figures of the others."""
    try:
        found = json.loads(RESULTS.read_text())["benchmarks"]
    except (OSError, ValueError, KeyError):
        return {}
    return found if isinstance(found, dict) else {}


def goals_of(name: str) -> Mapping[str, float]:
    """Figure → the most it may be, where a benchmark says so."""
    sys.path.insert(0, str(HERE))
    try:
        goals: Mapping[str, float] = getattr(importlib.import_module(f"bench_{name}"), "GOALS", {})
        return goals
    except ImportError:
        return {}
    finally:
        sys.path.remove(str(HERE))


def table(results: Mapping[str, Mapping[str, float | str]]) -> str:
    """Figures as aligned text, with the goal and the verdict where there is one."""
    rows = [("", "figure", "measured", "goal", "")]
    for name, figures in results.items():
        goals = goals_of(name)
        for figure, value in figures.items():
            goal = goals.get(figure)
            shown = value if isinstance(value, str) else f"{value:,.3f}"
            if goal is None or isinstance(value, str):
                rows.append((name, figure, shown, "", ""))
            else:
                rows.append((name, figure, shown, f"≤ {goal:,.6g}", "kept" if value <= goal else "MISSED"))
    first, second, third, fourth = (max(len(row[column]) for row in rows) for column in range(4))
    return "\n".join(
        f"{row[0]:<{first}}  {row[1]:<{second}}  {row[2]:>{third}}  {row[3]:>{fourth}}  {row[4]}".rstrip()
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(main())
