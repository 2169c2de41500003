"""`python -m factory_tui.twins.messages --scripts DIR [options]`: one JSON line, then serves.

Ends when its stdin closes or its parent dies.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from factory_tui.ledger import PricesError, load_prices
from factory_tui.twins.messages.api import MessagesApi
from factory_tui.twins.messages.server import serving


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m factory_tui.twins.messages", description=__doc__)
    parser.add_argument("--scripts", type=Path, required=True, help="directory of <spec-id>.yaml")
    parser.add_argument("--prices", type=Path, default=None, help="workspace whose prices.toml adds models to serve")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--record", type=Path, default=None, help="append every request to this file")
    chosen = parser.parse_args()
    if not chosen.scripts.is_dir():
        print(f"{chosen.scripts}: no such directory", file=sys.stderr)
        return 2
    try:
        api = MessagesApi(chosen.scripts, load_prices(chosen.prices), chosen.record)
        asyncio.run(_serve(api, chosen.port))
    except PricesError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"127.0.0.1:{chosen.port}: {error.strerror}", file=sys.stderr)
        return 3
    return 0


async def _serve(api: MessagesApi, port: int) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, ended.set)
    with _parent_watched(loop, ended):
        threading.Thread(target=_until_stdin_closes, args=(loop, ended), daemon=True).start()
        async with serving(api, port) as bound:
            print(json.dumps({"port": bound}), flush=True)
            await ended.wait()


def _until_stdin_closes(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    """A thread, because stdin may be a file, which no event loop can wait for."""
    with contextlib.suppress(OSError, ValueError):
        while os.read(0, 4096):
            pass
    with contextlib.suppress(RuntimeError):  # the loop may have ended meanwhile
        loop.call_soon_threadsafe(ended.set)


@contextlib.contextmanager
def _parent_watched(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> Iterator[None]:
    """A killed parent closes our stdin too, unless another child of it holds the other end."""
    try:
        parent = os.pidfd_open(os.getppid())
    except (AttributeError, OSError):
        yield
        return
    loop.add_reader(parent, ended.set)
    try:
        yield
    finally:
        loop.remove_reader(parent)
        os.close(parent)


if __name__ == "__main__":
    sys.exit(main())
