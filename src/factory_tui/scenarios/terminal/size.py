"""How large a screen may be."""

LARGEST_COLUMNS, LARGEST_ROWS = 300, 120
"""One sequence can make every cell be written, which takes the emulator about 40 ms at this size."""


def size_of(text: str) -> tuple[int, int]:
    """Columns and rows of `80x24`.

    Raises:
        ValueError: larger than a screen can be.
    """
    columns, rows = map(int, text.split("x"))
    if columns > LARGEST_COLUMNS or rows > LARGEST_ROWS:
        raise ValueError(f"a screen of {text} is too large: {LARGEST_COLUMNS}x{LARGEST_ROWS} at most")
    return columns, rows
