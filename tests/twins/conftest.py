"""A real twin process, spoken to over HTTP."""

import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.twins.process import twin_process

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
    with twin_process(scripts, record) as url:
        yield RunningTwin(url, scripts, record)


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
