"""runs.db: the only truth about what happened, and the only SQL of the product.

The engine writes through `Store`; screens and commands read through `store.reader.Reader`. `Store` is imported when
first asked for, so that a reader does not pay for the writer.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from factory_tui.store.errors import AlreadyDecided, StaleEpoch, StoreDown, StoreError
from factory_tui.store.rows import Answer, NewRun, NotReady, StoredRun

if TYPE_CHECKING:
    from factory_tui.store.store import Store as Store

__all__ = [
    "AlreadyDecided",
    "Answer",
    "NewRun",
    "NotReady",
    "StaleEpoch",
    "Store",
    "StoreDown",
    "StoreError",
    "StoredRun",
]


def __getattr__(name: str) -> object:
    if name == "Store":
        return import_module("factory_tui.store.store").Store
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
