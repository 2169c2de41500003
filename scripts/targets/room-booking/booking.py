"""Bookings of rooms and the pairs of them that overlap."""

from dataclasses import dataclass


class BadBooking(ValueError):
    """A line that is not a booking."""


@dataclass(frozen=True)
class Booking:
    id: str
    room: str
    start: int
    end: int


def read(lines):
    """Bookings of the lines `ID,ROOM,START,END`; empty lines are skipped."""
    bookings = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        parts = line.strip().split(",")
        if len(parts) != 4 or not parts[2].isdecimal() or not parts[3].isdecimal():
            raise BadBooking(f"line {number}: not a booking")
        booking = Booking(parts[0], parts[1], int(parts[2]), int(parts[3]))
        if booking.end <= booking.start:
            raise BadBooking(f"line {number}: ends before it starts")
        bookings.append(booking)
    return bookings


def conflicts(bookings):
    """Pairs of bookings of one room that overlap, in the order of the input."""
    found = []
    for i in range(len(bookings)):
        for j in range(i + 1, len(bookings)):
            first, second = bookings[i], bookings[j]
            if first.room == second.room and first.start < second.end and second.start < first.end:
                found.append((first, second))
    return found
