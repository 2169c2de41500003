"""A real twin process."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def twin_process(scripts: Path, record: Path) -> Iterator[str]:
    """Start a twin that answers from `scripts` and notes every request in `record`; its URL. It ends with its input."""
    argv = [sys.executable, "-m", "factory_tui.twins.messages", "--scripts", str(scripts), "--record", str(record)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = json.loads(process.stdout.readline())["port"]
        yield f"http://127.0.0.1:{port}"
        process.stdin.close()
