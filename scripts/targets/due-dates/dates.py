"""Due dates of payments."""

import datetime

FIRST, LAST = datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)


class OutOfBounds(ValueError):
    """Text that is no date, or no number of days."""


def parse_date(text):
    try:
        date = datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise OutOfBounds(f"bad date: {text}") from None
    if not FIRST <= date <= LAST:
        raise OutOfBounds(f"bad date: {text}")
    return date


def parse_days(text):
    if not text.isdecimal() or int(text) > 365:
        raise OutOfBounds(f"bad number of days: {text}")
    return int(text)


def due_date(date, days):
    """The day that lies `days` after `date`."""
    return date + datetime.timedelta(days=days)
