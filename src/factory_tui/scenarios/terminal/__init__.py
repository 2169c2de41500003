"""A terminal of xterm's kind, outside the sandbox: keys by name, the screen that a program has drawn.

What a program writes is never shown to the operator's own terminal: it ends here as text.
"""

from factory_tui.scenarios.terminal.emulator import Emulator, Undrawable, size_of
from factory_tui.scenarios.terminal.keys import UnknownKey, bytes_of
from factory_tui.scenarios.terminal.sitting import Sitting, Spoiled

__all__ = [
    "Emulator",
    "Sitting",
    "Spoiled",
    "Undrawable",
    "UnknownKey",
    "bytes_of",
    "size_of",
]
