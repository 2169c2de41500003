"""What every test shares: tests marked `docker` need a container engine and the sandbox image.

Without them such a test is skipped with the reason, unless `FACTORY_REQUIRE_DOCKER=1` says that there must be one:
then it fails.
"""

import os

import pytest

IMAGE = os.environ.get("FACTORY_SANDBOX__IMAGE", "factory-sandbox:latest")


def _missing_docker() -> str | None:
    """Why containers cannot be used here; None when they can."""
    import docker

    try:
        client = docker.from_env(timeout=10)
    except docker.errors.DockerException as error:
        return f"no container engine: {error}"
    try:
        client.images.get(IMAGE)
    except docker.errors.ImageNotFound:
        return f"no image {IMAGE}: run `factory-tui image build --bootstrap`"
    except (docker.errors.DockerException, OSError) as error:
        return f"the container engine does not answer: {error}"
    finally:
        client.close()
    return None


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
