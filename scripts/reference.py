"""The reference, made from the code: `python -m scripts.reference` writes docs/reference/ and docs/rules.md, `--check`
compares."""

import argparse
import sys
from pathlib import Path

from scripts.reference_pages import PAGES

DOCS = Path(__file__).resolve().parents[1] / "docs"
REFERENCE = DOCS / "reference"
MADE = "<!-- Made by scripts/reference.py (`make docs`) from the code: change it there. -->"


def pages() -> dict[str, str]:
    """Path below docs/ → text of every page."""
    made = {f"{name}.md": "\n".join([f"# {title}", "", MADE, "", *make()]) for name, (title, make) in PAGES.items()}
    return {name: f"{text.rstrip()}\n" for name, text in made.items()}


def stale() -> list[str]:
    """Pages that differ from what the code would write, and files that nothing writes."""
    made = pages()
    there = {f"{REFERENCE.name}/{path.name}" for path in REFERENCE.glob("*.md")}
    differing = [
        name
        for name, text in made.items()
        if not (DOCS / name).is_file() or (DOCS / name).read_text(encoding="utf-8") != text
    ]
    return sorted([*differing, *(there - made.keys())])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 when a page is stale")
    if parser.parse_args().check:
        found = stale()
        if found:
            print(f"docs/ is stale: {', '.join(found)}\n`make docs` writes it anew")
        return 1 if found else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
