"""The date and time that a scenario names for its clock, if there is such a one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from factory_tui.model.scenario import Clock


def moment(clock: Clock) -> datetime:
    """The time at the start, in its zone.

    Raises:
        ValueError: there is no such date, zone or time of day; the message says which.
    """
    try:
        zone = ZoneInfo(clock.zone)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"there is no time zone {clock.zone[:60]!r}") from None
    try:
        local = datetime.fromisoformat(clock.at.replace("T", " "))
    except ValueError as error:
        raise ValueError(f"there is no {clock.at}: {error}") from None
    if not 1970 < local.year < 9999:
        raise ValueError(f"{clock.at} is beyond the years that programs can count, 1971 to 9998")
    there = local.replace(tzinfo=zone)
    if there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError(f"there is no {clock.at} in {clock.zone}: the clocks go forward then")
    return there
