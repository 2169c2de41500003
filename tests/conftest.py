"""What every test shares: tests marked `docker` need a container engine and the sandbox image.

Without them such a test is skipped with the reason, unless `FACTORY_REQUIRE_DOCKER=1` says that there must be one:
then it fails.
"""

import os

import pytest
from hypothesis import settings

LONGEST_ID = 80
"""Characters of a parameter that can be read in the name of a test; hostile input is longer."""

# A machine may be slow, and how long an example takes is no part of what a property says.
settings.register_profile("properties", deadline=None)
settings.load_profile("properties")

IMAGE = os.environ.get("FACTORY_SANDBOX__IMAGE", "factory-sandbox:latest")


def _missing_docker() -> str | None:
    """Why containers cannot be used here; None when they can."""
    from factory_tui.sandbox.engine import connect
    from factory_tui.sandbox.port import SandboxUnavailable

    try:
        client = connect()
    except SandboxUnavailable as error:
        return str(error).partition("\n")[0]
    try:
        return None if client.images(IMAGE) else f"no image {IMAGE}: run `factory-tui image build --bootstrap`"
    finally:
        client.close()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names a long parameter by its length; None leaves it to pytest."""
    return f"{argname} of {len(val)}" if isinstance(val, str | bytes) and len(val) > LONGEST_ID else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("docker") is None:
        return
    if not hasattr(item.config, "missing_docker"):
        item.config.missing_docker = _missing_docker()
    reason = item.config.missing_docker
    if reason is None:
        return
    if os.environ.get("FACTORY_REQUIRE_DOCKER") == "1":
        pytest.fail(f"{reason} (FACTORY_REQUIRE_DOCKER=1)", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator's own overrides and key never steer a test."""
    for name in list(os.environ):
        if (name.startswith("FACTORY_") and "__" in name) or name == "ANTHROPIC_API_KEY":
            monkeypatch.delenv(name)
