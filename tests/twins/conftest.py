"""A real twin process, spoken to over HTTP."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from factory_tui.twins import start_messages_twin

HEADERS = {"x-api-key": "none", "anthropic-version": "2023-06-01", "x-factory-spec": "demo", "x-factory-attempt": "1"}


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    directory = tmp_path / "scripts"
    directory.mkdir()
    return directory


@pytest.fixture
async def twin(scripts: Path, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with (
        start_messages_twin(scripts, tmp_path / "record.jsonl") as url,
        httpx2.AsyncClient(base_url=url, headers=HEADERS, trust_env=False, timeout=20) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def shared_twin_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One twin without scripts for all tests that only ask whether a request is accepted."""
    argv = [sys.executable, "-m", "factory_tui.twins.messages", "--scripts", str(tmp_path_factory.mktemp("none"))]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}"
        process.stdin.close()


@pytest.fixture
async def shared_twin(shared_twin_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=shared_twin_url, headers=HEADERS, trust_env=False, timeout=20) as client:
        yield client
