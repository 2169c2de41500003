"""Amounts of money: text in, number inside, text out."""

import re

_AMOUNT = re.compile(r"^-?\d+(\.\d{1,2})?$")


class InvalidAmount(ValueError):
    """The text is not an amount with at most two fraction digits."""


def parse(text):
    if not isinstance(text, str) or not _AMOUNT.match(text):
        raise InvalidAmount(text)
    return float(text)


def show(amount):
    return f"{amount:.2f}"
