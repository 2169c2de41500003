"""A real twin process, spoken to over HTTP."""

import itertools
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

HEADERS = {"x-api-key": "none", "anthropic-version": "2023-06-01", "x-factory-attempt": "1"}
_numbers = itertools.count()


@dataclass(frozen=True)
class RunningTwin:
    url: str
    scripts: Path
    record: Path


@pytest.fixture(scope="session")
def running_twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTwin]:
    """One twin for the whole session; every test is a spec of its own."""
    scripts, record = tmp_path_factory.mktemp("scripts"), tmp_path_factory.mktemp("record") / "requests.jsonl"
    argv = [sys.executable, "-m", "factory_tui.twins.messages", "--scripts", str(scripts), "--record", str(record)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = json.loads(process.stdout.readline())["port"]
        yield RunningTwin(f"http://127.0.0.1:{port}", scripts, record)
        process.stdin.close()


@pytest.fixture
def script_path(running_twin: RunningTwin) -> Path:
    """Where the script of this test's spec belongs."""
    return running_twin.scripts / f"demo-{next(_numbers)}.yaml"


@pytest.fixture
async def twin(running_twin: RunningTwin, script_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that asks as the spec of this test."""
    headers = {**HEADERS, "x-factory-spec": script_path.stem}
    async with httpx2.AsyncClient(base_url=running_twin.url, headers=headers, trust_env=False, timeout=20) as client:
        yield client
