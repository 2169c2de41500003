"""Pictures of every screen, made from the real program: `python scripts/pictures.py [--out DIR]`.

A fresh copy of the bundled workspace is run by a real engine while the control room looks at it. The board is taken
while work is going on, the other screens when the batch is over. Needs what `factory-tui demo` needs, no terminal.
With `--png DIR` and `rsvg-convert` installed each also becomes a PNG there.
"""

import argparse
import asyncio
import html
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.cells import cell_len
from textual.pilot import Pilot

from factory_tui import config
from factory_tui.cli.engine import stop_engine
from factory_tui.demo import choose, configure, make_workspace
from factory_tui.model.evaluation import Result
from factory_tui.model.run import AT_REST, FINAL, LIVE
from factory_tui.tui.actions import Where
from factory_tui.tui.app import ControlRoom
from factory_tui.tui.live import LiveSource
from factory_tui.tui.screens.editor import EditorScreen

SIZE = (120, 34)
PNG_WIDTH = 1400
CELL = 12.2
"""Width of a character in the SVG, as Rich writes it."""


async def take_pictures(workspace: Path, out: Path, png: Path | None) -> None:
    """Run the batch in `workspace` and write the pictures."""
    settings = config.load(workspace)
    room = ControlRoom(LiveSource(workspace, settings), first=Where.BOARD, start_batch=True)
    async with room.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: started(room), 300, "work to begin")
        await pilot.press("g")
        await picture(pilot, out / "board.svg", png)
        await until(pilot, lambda: over(room), 900, "the end of the batch")
        await picture(pilot, out / "board-done.svg", png)
        await pilot.press("3", "j")
        await picture(pilot, out / "failures.svg", png)
        await pilot.press("tab")
        await picture(pilot, out / "lessons.svg", png)
        await pilot.press("4")
        await until(pilot, lambda: room.up_to_date, 60, "the suites")
        await picture(pilot, out / "scenarios.svg", png)
        await pilot.press(*"/close-month", "enter", "enter")
        await until(pilot, lambda: room.up_to_date, 30, "the suite")
        await picture(pilot, out / "suite.svg", png)
        await pilot.press("j", "enter")
        await until(pilot, lambda: room.up_to_date, 30, "the evidence")
        await picture(pilot, out / "evidence.svg", png)
        await pilot.press("5")
        await picture(pilot, out / "report.svg", png)
        await pilot.press("1")
        await picture(pilot, out / "specs.svg", png)
        await pilot.press(*"/supplier-mail", "enter", "i")
        await until(pilot, lambda: isinstance(room.screen, EditorScreen), 30, "the editor")
        await pilot.pause(1.0)
        await pilot.press("f8")
        await picture(pilot, out / "editor.svg", png)
        await pilot.press("escape")
        room.go(Where.BOARD)
        await open_most_telling_run(room, pilot)
        await picture(pilot, out / "run.svg", png)


def started(room: ControlRoom) -> bool:
    """A moment worth a picture: work goes on, and something has been judged."""
    rows = room.board.rows
    busy = sum(row.state in LIVE for row in rows)
    return any(row.state in FINAL for row in rows) and busy >= 2


def over(room: ControlRoom) -> bool:
    rows = room.board.rows
    return bool(rows) and all(row.state in AT_REST for row in rows)


async def open_most_telling_run(room: ControlRoom, pilot: Pilot[int]) -> None:
    """The run with most evidence: scenarios that failed."""
    best, most = "", -1
    for row in room.board.rows:
        view = await room.source.run(row.run)
        results = [each for attempt in view.attempts for each in attempt.scenarios] if view else []
        missed = sum(each.result is not Result.PASS for each in results)
        if missed > most:
            best, most = row.run, missed
    room.open_run(best)
    await until(pilot, lambda: room.up_to_date, 30, "the run")


async def picture(pilot: Pilot[int], path: Path, png: Path | None) -> None:
    await pilot.pause(1.0)
    await asyncio.to_thread(write, pilot.app.export_screenshot(title="factory-tui", simplify=True), path, png)


def write(svg: str, path: Path, png: Path | None) -> None:
    svg = without_foreign_fonts(svg)
    path.write_text(svg, encoding="utf-8")
    print(path)
    if png is not None:
        command = ["rsvg-convert", "-w", str(PNG_WIDTH), "-o", str(png / f"{path.stem}.png")]
        subprocess.run(command, input=word_by_word(svg).encode(), check=True)


def word_by_word(svg: str) -> str:
    """Every word at its own place: the converter knows no `textLength`, so that long texts would drift."""

    def words(match: re.Match[str]) -> str:
        before, left, after, text = match.groups()
        after = re.sub(r' textLength="[^"]*"', "", after)
        column, parts = 0, []
        for piece in re.split(r"((?:&#160;)+)", text):
            if piece.startswith("&#160;"):
                column += piece.count("&#160;")
            elif piece:
                parts.append(f'<text{before}x="{float(left) + CELL * column:.1f}"{after}>{piece}</text>')
                column += cell_len(html.unescape(piece))
        return "".join(parts)

    return re.sub(r'<text([^>]*?)x="([0-9.]+)"([^>]*)>([^<]*)</text>', words, svg)


def without_foreign_fonts(svg: str) -> str:
    """The picture asks no other host for its letters."""
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace(
        "font-family: Fira Code, monospace", "font-family: Fira Code, DejaVu Sans Mono, Menlo, Consolas, monospace"
    )


async def until(pilot: Pilot[int], condition: Callable[[], bool], seconds: float, what: str) -> None:
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                await pilot.pause(0.2)
    except TimeoutError:
        raise SystemExit(f"waited {seconds:.0f} s in vain for {what}") from None


async def run_and_take(directory: Path, out: Path, png: Path | None) -> None:
    """Pictures of a fresh workspace in `directory`; its engine is stopped afterwards."""
    make_workspace(directory)
    configure(directory, await choose(config.load(directory).sandbox, {}))
    try:
        await take_pictures(directory, out, png)
    finally:
        await stop_engine(directory)


def main() -> int:
    parser = argparse.ArgumentParser(description="Pictures of every screen.")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "docs" / "screens")
    parser.add_argument("--png", type=Path, metavar="DIR", help="Also write PNGs there; needs rsvg-convert.")
    chosen = parser.parse_args()
    out = chosen.out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="factory-tui-pictures-") as directory:
        asyncio.run(run_and_take(Path(directory).resolve() / "workspace", out, chosen.png))
    return 0


if __name__ == "__main__":
    sys.exit(main())
