"""What must be there before anything is queued: sandbox, image, key, price, cap. Asked before the night, not in it."""

from collections.abc import Awaitable, Callable

from factory_tui.agents import ModelCallFailed
from factory_tui.config import Settings
from factory_tui.ledger import PriceList, UnknownModel
from factory_tui.sandbox.port import SandboxHost, SandboxUnavailable


class Missing(Exception):
    """Something the night needs is not there.

    Args:
        what: what is missing.
        todo: how to get it.
    """

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


VerifyModel = Callable[[str], Awaitable[None]]
"""Asks the model's service, free of charge, whether it serves a model. Raises `ModelCallFailed`."""


async def preflight(
    settings: Settings, host: SandboxHost, prices: PriceList, no_key: str | None, verify_model: VerifyModel
) -> None:
    """Check everything that would stop every run.

    Args:
        no_key: why there is no API key; None when there is one or none is needed.
        verify_model: not called for the twin.

    Raises:
        Missing: the first thing that is not there.
    """
    try:
        await host.check()
        await host.resolve_image(settings.sandbox.image)
    except SandboxUnavailable as error:
        what, _, todo = str(error).partition("\n")
        raise Missing(what, todo or "factory-tui doctor") from error
    for name, profile in settings.profiles.items():
        try:
            prices.of(profile.model)
        except UnknownModel as error:
            raise Missing(f"profile {name}: {error}", "give its price in prices.toml, or name another model") from error
    if settings.model.is_twin:
        return
    if no_key is not None:
        what, _, todo = no_key.partition("\n")
        raise Missing(what, f"{todo}; then `factory-tui engine stop` and start again")
    if not settings.limits.has_outer_cap:
        raise Missing(
            "a live model without a cap on the batch or the day could spend without end",
            "set `batch_usd` or `day_usd` in [limits] of factory.toml",
        )
    if host.capabilities().unsafe and not settings.sandbox.allow_unsafe_local:
        raise Missing(
            f"the {host.name} sandbox isolates less than a container, and a live model is configured",
            'use [sandbox] backend = "docker", or accept the risk with allow_unsafe_local = true',
        )
    for name, profile in settings.profiles.items():
        try:
            await verify_model(profile.model)
        except ModelCallFailed as error:
            raise Missing(
                f"profile {name}: {error}", "mend the profile, the key or `base_url`, then run again"
            ) from error
