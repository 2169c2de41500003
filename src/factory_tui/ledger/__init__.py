"""The ledger: what models cost, what may still be spent, and the door to the book that remembers it."""

from factory_tui.ledger.book import Book, CapExceeded, Reservation
from factory_tui.ledger.caps import Caps, Fit, Refuse, Spent, Tally, Wait, fits
from factory_tui.ledger.cost import cost, input_bound, worst_case
from factory_tui.ledger.prices import ModelPrice, PriceList, PricesError, UnknownModel, load_prices

__all__ = [
    "Book",
    "CapExceeded",
    "Caps",
    "Fit",
    "ModelPrice",
    "PriceList",
    "PricesError",
    "Refuse",
    "Reservation",
    "Spent",
    "Tally",
    "UnknownModel",
    "Wait",
    "cost",
    "fits",
    "input_bound",
    "load_prices",
    "worst_case",
]
