"""What must be there before anything is queued: sandbox, image, key, price, cap. Asked before the night, not in it."""

from factory_tui.config import Settings
from factory_tui.ledger import PriceList, UnknownPrice
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


async def preflight(settings: Settings, host: SandboxHost, prices: PriceList, *, has_key: bool) -> None:
    """Check everything that would stop every run.

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
        except UnknownPrice as error:
            raise Missing(f"profile {name}: {error}", "give its price in prices.toml, or name another model") from error
    if settings.model.is_twin:
        return
    if not has_key:
        raise Missing(
            "there is no API key",
            f"set {settings.model.api_key_env or '`api_key_file` in factory.toml'} before the engine starts, "
            'or use the twin: [model] base_url = "twin"',
        )
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
