"""Delivery: the factory's own git. An artifact becomes a commit, and a passed one the target's new base."""

from factory_tui.delivery.holdout import HoldoutCopy, HoldoutError, fetch_holdout
from factory_tui.delivery.place import TargetError
from factory_tui.delivery.ship import NotShipped, Shipped
from factory_tui.delivery.target import BaseTree, Target, open_target

__all__ = [
    "BaseTree",
    "HoldoutCopy",
    "HoldoutError",
    "NotShipped",
    "Shipped",
    "Target",
    "TargetError",
    "fetch_holdout",
    "open_target",
]
