"""The SDK's client, with everything stated that an environment could otherwise decide.

Not used of the SDK: its retries (they send no idempotency key, obey `retry-after: 3600` silently and repeat
spend-limit refusals), its environment variables, proxies and redirects.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from factory_tui.agents.key import ApiKey

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

SDK_VARIABLES = ("ANTHROPIC_",)
"""Prefixes of the variables by which an environment could steer the SDK."""


def load_client() -> None:
    """Import the SDK, so that the first `ModelGateway` of a process is made at once; takes about a second."""
    with _sdk_environment_hidden():
        import anthropic  # noqa: F401

        import factory_tui.agents.transport  # noqa: F401


def make_client(key: ApiKey, base_url: str, timeout_s: float) -> "AsyncAnthropic":
    """A client for one service. Importing the SDK for the first takes about a second."""
    with _sdk_environment_hidden():
        import httpx2
        from anthropic import AsyncAnthropic

        from factory_tui.agents.transport import UNPACKED, BoundedTransport

        limits = httpx2.Limits(max_connections=512, max_keepalive_connections=64)
        return AsyncAnthropic(
            api_key=key.reveal(),
            base_url=base_url,
            max_retries=0,
            open_telemetry=False,
            http_client=httpx2.AsyncClient(
                trust_env=False,
                follow_redirects=False,
                timeout=httpx2.Timeout(timeout_s, connect=min(30.0, timeout_s)),
                headers=UNPACKED,
                transport=BoundedTransport(httpx2.AsyncHTTPTransport(trust_env=False, limits=limits)),
            ),
        )


@contextmanager
def _sdk_environment_hidden() -> Iterator[None]:
    """The SDK reads its variables while it is imported and when a client is made (custom headers among them)."""
    hidden = {name: value for name, value in os.environ.items() if name.startswith(SDK_VARIABLES)}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)
