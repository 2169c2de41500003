"""What history says about work that was not done yet: its cost, its time, its chance to ship."""

from pydantic import BaseModel, ConfigDict

from factory_tui.model.money import MicroUsd
from factory_tui.model.spec import Category


class PastRun(BaseModel):
    """A run that came to its end, as far as an estimate needs it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    spec: str
    category: Category
    agent: str
    """Profile that built it."""
    shipped: bool
    """And was not marked as an escaped defect since."""
    first_attempt: bool
    """Shipped with its first attempt."""
    escaped: bool = False
    cost: MicroUsd
    seconds: float


class Estimate(BaseModel):
    """From runs of the same category and agent."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    n: int
    """Runs that it is made from; 0: no history, and nothing else here means anything."""
    cost: MicroUsd = MicroUsd(0)
    """Median of a run."""
    seconds: float = 0.0
    """Median of a run."""
    shipped: int = 0
    """Of them, without those that escaped since."""
    low: float = 0.0
    """Lower end of the 95 % Wilson score interval of the chance to ship."""
    high: float = 1.0
    """Its upper end."""


class Advice(BaseModel):
    """Whether work of a category suits the factory, from what became of it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    category: Category
    """Of the work."""
    agent: str
    """Profile that built it; empty when there is no history."""
    estimate: Estimate
    """What history says of this category and agent."""
    escaped: int = 0
    """Runs that shipped and were marked as wrong since."""
    word: str
    """`suits`, `watch`, `not yet` or `no history`."""
    why: str
    """One sentence with the numbers that it rests on."""
