"""A terminal of xterm's kind, outside the sandbox: keys by name, the screen that a program has drawn.

What a program writes is never shown to the operator's own terminal: it ends here as text.
"""

from factory_tui.scenarios.terminal.emulator import LARGEST_COLUMNS, LARGEST_ROWS, Emulator, Undrawable
from factory_tui.scenarios.terminal.keys import UnknownKey, bytes_of
from factory_tui.scenarios.terminal.sitting import Sitting, Spoiled

__all__ = [
    "LARGEST_COLUMNS",
    "LARGEST_ROWS",
    "Emulator",
    "Sitting",
    "Spoiled",
    "Undrawable",
    "UnknownKey",
    "bytes_of",
]
