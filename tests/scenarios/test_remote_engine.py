"""Scenarios on a container engine that is only reached over TCP: services are asked from inside, files travel along."""

import pytest

from factory_tui.config import SandboxSettings
from factory_tui.model.evaluation import Result
from factory_tui.sandbox import open_host
from tests.sandbox.relay import relayed
from tests.scenarios.conftest import LABEL, Judge, scenario, tree
from tests.scenarios.steps.test_steps import SERVER

pytestmark = pytest.mark.docker


async def test_a_service_is_asked_over_http_on_an_engine_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    asks = scenario(
        """
        files: {note.txt: here}
        service: {run: 'python3 server.py $port', ready: {http: 'http://127.0.0.1:${port}/health', within: 30s}}
        steps:
          - http: {method: POST, url: 'http://127.0.0.1:${port}/links', json: {url: 'https://example.org'}}
            expect: {status: 201, json: {$.number: 1}}
            capture: {code: $.code}
          - http: {url: 'http://127.0.0.1:${port}/${code}'}
            expect: {status: 200, json: {$.url: 'https://example.org'}}
          - wait: {http: 'http://127.0.0.1:${port}/health', within: 10s}
          - run: cat note.txt && cat "$FACTORY_BASE/old" && date +%Y
            expect: {stdout: "herebefore\\n2020"}
          - file: note.txt
            expect: here
        clock: {at: '2020-02-03 04:05', zone: UTC}
        trials: 2
        """
    )
    with relayed() as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        host = open_host(SandboxSettings(backend="docker"))
        judge = Judge(host, await host.resolve_image(SandboxSettings().image))
        evaluation = await judge({"server.py": SERVER}, asks, base=tree({"old": "before\n"}))
        left = await host.sweep(LABEL)
        await host.close()
    assert (evaluation.scenarios[0].result, evaluation.scenarios[0].evidence) == (Result.PASS, ())
    assert left == ()
